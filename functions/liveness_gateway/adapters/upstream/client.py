"""The call to the liveness API: when it is made, when it is made again, and what its answer means.

A second call is made only where the first was certainly not charged (docs/design.md): nothing
was sent, or upstream refused before charging. What was sent and not answered is never sent again.
"""

import logging
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from math import ceil
from typing import Final

from liveness_gateway.adapters.secrets import Credentials
from liveness_gateway.adapters.upstream.budget import RetryBudget
from liveness_gateway.adapters.upstream.dialects import Dialect
from liveness_gateway.adapters.upstream.outcomes import (
    Failure,
    Health,
    Outcome,
    answer_lost,
    not_sent,
    outcome_of,
)
from liveness_gateway.adapters.upstream.ports import (
    Breaker,
    CircuitOpenError,
    CredentialSource,
    Transport,
)
from liveness_gateway.adapters.upstream.replies import AnswerLostError, NotSentError
from liveness_gateway.clock import Clock
from liveness_gateway.telemetry import Telemetry
from liveness_gateway.verifications.model import Selfie, UpstreamAnswer
from liveness_gateway.verifications.ports import CredentialsUnavailableError, NotChargedError

# Below this there is no time for another whole exchange.
_SHORTEST_TRY: Final = 1.0


class UpstreamClient:
    """Implements the `Upstream` port over HTTP."""

    def __init__(  # noqa: PLR0913 - one collaborator each; all keyword-only
        self,
        *,
        transport: Transport,
        dialect: Dialect,
        base_url: str,
        credentials: CredentialSource,
        breaker: Breaker,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._transport = transport
        self._dialect = dialect
        self._url = dialect.url(base_url)
        self._credentials = credentials
        self._breaker = breaker
        self._clock = clock
        self._telemetry = telemetry
        self._budget = RetryBudget()

    def verify(
        self, selfie: Selfie, threshold: Decimal, deadline: float, spend: Callable[[], None]
    ) -> UpstreamAnswer:
        """See the port.

        Raises:
            NotChargedError: nothing was sent, or upstream refused before charging.
            OutcomeUnknownError: it was sent and no usable answer came.
        """
        try:
            credentials = self._credentials.get()
        except CredentialsUnavailableError as error:
            self._telemetry.count("credentials_unavailable")
            # The rule that is broken, in words of ours: never the value.
            self._telemetry.log("credentials are unusable", level=logging.ERROR, reason=str(error))
            raise NotChargedError("upstream_unavailable", "credentials_unavailable") from None
        try:
            permit = self._breaker.admit()
        except CircuitOpenError as opened:
            raise NotChargedError(
                "upstream_unavailable", "circuit_open", retry_after=ceil(opened.seconds_left)
            ) from None
        ask = partial(self._ask, selfie=selfie, threshold=threshold, deadline=deadline)
        outcome = self._at_most_twice(credentials, deadline, ask, spend)
        if isinstance(outcome, UpstreamAnswer):
            permit.succeeded()
            self._count_left_out(outcome)
            return outcome
        told = {
            Health.WELL: permit.succeeded,
            Health.TROUBLED: permit.failed,
            Health.REFUSING: permit.refused,
            Health.UNDECIDED: permit.undecided,
        }
        told[outcome.health]()
        if outcome.error.reason in {"credentials_refused", "limit_reached"}:
            self._telemetry.count(outcome.error.reason)
        raise outcome.error

    def _at_most_twice(
        self,
        credentials: Credentials,
        deadline: float,
        ask: Callable[[Credentials], Outcome],
        spend: Callable[[], None],
    ) -> Outcome:
        if forbidden := _forbidden(spend):
            return forbidden
        self._budget.earn()
        first = ask(credentials)
        if isinstance(first, UpstreamAnswer):
            return first
        wait = 0.0 if first.wait is None else first.wait
        # Reading the secret can hang, too: nothing is begun that there is no time for (I13).
        if deadline - self._clock.monotonic() - wait < _SHORTEST_TRY:
            return first
        newer = self._newer(credentials) if first.new_credentials else None
        if (first.wait is None and newer is None) or not self._budget.spend():
            return first
        if _forbidden(spend):
            return first
        self._telemetry.log(
            "upstream is called again", level=logging.WARNING, reason=first.error.reason
        )
        self._clock.sleep(wait)
        return ask(newer or credentials)

    def _ask(
        self, credentials: Credentials, selfie: Selfie, threshold: Decimal, deadline: float
    ) -> Outcome:
        headers = self._dialect.credential_headers(credentials.app_id, credentials.app_key)
        began = self._clock.monotonic()
        try:
            reply = self._transport.post(self._url, headers, selfie, threshold, deadline)
        except NotSentError as stopped:
            return not_sent(str(stopped))
        except AnswerLostError as lost:
            outcome: Outcome = answer_lost(str(lost))
        else:
            outcome = outcome_of(reply, self._clock.now())
        self._telemetry.measure("upstream_time", self._clock.monotonic() - began)
        return outcome

    def _newer(self, used: Credentials) -> Credentials | None:
        fresh = self._credentials.refresh()
        return None if fresh is None or fresh.version == used.version else fresh

    def _count_left_out(self, answer: UpstreamAnswer) -> None:
        if answer.left_out:
            self._telemetry.count("answer_part_left_out", answer.left_out)


def _forbidden(spend: Callable[[], None]) -> Failure | None:
    try:
        spend()
    except NotChargedError as error:
        return Failure(error, Health.UNDECIDED)
    return None
