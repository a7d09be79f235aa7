"""The call to the liveness API: when it is made, when it is made again, and what its answer means.

A second call is made only where the first was certainly not charged (docs/design.md): nothing
was sent, or upstream refused before charging. What was sent and not answered is never sent again.
"""

import logging
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from liveness_gateway.adapters.secrets import Credentials
from liveness_gateway.adapters.upstream.budget import RetryBudget
from liveness_gateway.adapters.upstream.dialects import BadAnswerError, Dialect, read_answer
from liveness_gateway.adapters.upstream.ports import Breaker, CredentialSource, Permit, Transport
from liveness_gateway.adapters.upstream.replies import AnswerLostError, NotSentError, Reply
from liveness_gateway.clock import Clock
from liveness_gateway.telemetry import Telemetry
from liveness_gateway.verifications.model import Selfie, UpstreamAnswer
from liveness_gateway.verifications.ports import (
    CredentialsUnavailableError,
    NotChargedError,
    OutcomeUnknownError,
    UpstreamError,
)

# RFC 9110, 10.2.3: `Retry-After` is seconds or a date (5.6.7).
_WHEN: Final = re.compile(
    r"[0-9]+|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII
)
# At most two seconds. A date is never waited for.
_SOON: Final = re.compile(r"0{0,4}[0-2]")
# Below this there is no time for another whole exchange.
_SHORTEST_TRY: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Again:
    """A first call that may be made once more after `wait` seconds, else `fault` stands."""

    fault: UpstreamError
    wait: float = 0.0
    credentials: Credentials | None = None


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

    def verify(self, selfie: Selfie, threshold: Decimal, deadline: float) -> UpstreamAnswer:
        """See the port.

        Raises:
            NotChargedError: nothing was sent, or upstream refused before charging.
            OutcomeUnknownError: it was sent and no usable answer came.
        """
        try:
            credentials = self._credentials.get()
        except CredentialsUnavailableError:
            self._telemetry.count("credentials_unavailable")
            raise NotChargedError("upstream_unavailable", "credentials_unavailable") from None
        permit = self._breaker.admit()
        if permit is None:
            raise NotChargedError("upstream_unavailable", "circuit_open")
        return self._permitted(permit, credentials, selfie, threshold, deadline)

    def _permitted(
        self,
        permit: Permit,
        credentials: Credentials,
        selfie: Selfie,
        threshold: Decimal,
        deadline: float,
    ) -> UpstreamAnswer:
        try:
            answer = self._at_most_twice(credentials, selfie, threshold, deadline)
        except UpstreamError as fault:
            if fault.reason in {"credentials_refused", "limit_reached"}:
                self._telemetry.count(fault.reason)
                permit.refused()
            else:
                permit.failed()
            raise
        permit.succeeded()
        return answer

    def _at_most_twice(
        self, credentials: Credentials, selfie: Selfie, threshold: Decimal, deadline: float
    ) -> UpstreamAnswer:
        self._budget.earn()
        first = self._try(credentials, selfie, threshold, deadline)
        if isinstance(first, UpstreamAnswer):
            return first
        left = deadline - self._clock.monotonic() - first.wait
        if left < _SHORTEST_TRY or not self._budget.spend():
            raise first.fault
        self._telemetry.log(
            "upstream is asked again", level=logging.WARNING, reason=first.fault.reason
        )
        self._clock.sleep(first.wait)
        second = self._try(first.credentials or credentials, selfie, threshold, deadline)
        if isinstance(second, UpstreamAnswer):
            return second
        raise second.fault

    def _try(
        self, credentials: Credentials, selfie: Selfie, threshold: Decimal, deadline: float
    ) -> UpstreamAnswer | _Again:
        headers = self._dialect.credential_headers(credentials.app_id, credentials.app_key)
        try:
            reply = self._transport.post(self._url, headers, selfie, threshold, deadline)
        except NotSentError as stopped:
            return _Again(NotChargedError("upstream_unavailable", str(stopped)))
        except AnswerLostError as lost:
            raise _lost(str(lost)) from None
        return self._result_of_reply(reply, credentials, deadline)

    def _result_of_reply(
        self, reply: Reply, used: Credentials, deadline: float
    ) -> UpstreamAnswer | _Again:
        match reply.status:
            case status if 200 <= status < 300:  # noqa: PLR2004 - RFC 9110 section 15.3
                return _answer(reply)
            case 401:
                fault = _refusal("upstream_unavailable", "credentials_refused", reply)
                return self._refreshed(fault, used, deadline)
            case 403:
                fault = _refusal("upstream_limit", "limit_reached", reply)
                return self._refreshed(fault, used, deadline)
            case 429 | 503:
                return _later(reply)
        raise OutcomeUnknownError(
            "upstream_bad_answer", f"upstream_status_{reply.status}", request_id=reply.request_id
        )

    def _refreshed(self, fault: NotChargedError, used: Credentials, deadline: float) -> _Again:
        # Reading the secret can hang: it is not read when no time is left for a second call (I13).
        if deadline - self._clock.monotonic() < _SHORTEST_TRY:
            raise fault
        fresh = self._credentials.refresh()
        if fresh is None or fresh.version == used.version:
            raise fault
        return _Again(fault, credentials=fresh)


def _refusal(code: str, reason: str, reply: Reply) -> NotChargedError:
    return NotChargedError(code, reason, request_id=reply.request_id)


def _answer(reply: Reply) -> UpstreamAnswer:
    try:
        return read_answer(reply.body, reply.request_id)
    except BadAnswerError:
        raise OutcomeUnknownError(
            "upstream_bad_answer", "unusable_answer", request_id=reply.request_id
        ) from None


def _later(reply: Reply) -> _Again:
    """429 is a refusal; 503 is one only if it says when to come back (RFC 9110, 15.6.4)."""
    when = reply.retry_after or ""
    if reply.status == 503 and not _WHEN.fullmatch(when):  # noqa: PLR2004 - Service Unavailable
        raise OutcomeUnknownError(
            "upstream_bad_answer", "upstream_status_503", request_id=reply.request_id
        )
    fault = NotChargedError(
        "upstream_unavailable", f"upstream_status_{reply.status}", request_id=reply.request_id
    )
    if not _SOON.fullmatch(when):
        raise fault
    return _Again(fault, wait=int(when))


def _lost(reason: str) -> OutcomeUnknownError:
    code = "upstream_timeout" if reason == "timeout" else "upstream_bad_answer"
    return OutcomeUnknownError(code, reason)
