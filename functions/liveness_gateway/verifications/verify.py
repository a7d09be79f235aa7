"""The use case of a POST: verify a selfie.

The order matters (docs/design.md): claim, call, one terminal write, answer. Nothing is published
here; the table's stream does that.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from liveness_gateway.clock import Clock
from liveness_gateway.problems import CATALOGUE, ProblemError
from liveness_gateway.telemetry import Telemetry
from liveness_gateway.verifications.budgets import Spending
from liveness_gateway.verifications.claims import (
    ended,
    new_claim,
    result_of_answer,
    result_of_error,
)
from liveness_gateway.verifications.counting import Budgets
from liveness_gateway.verifications.model import (
    Selfie,
    Status,
    TerminalResult,
    UpstreamAnswer,
    Verification,
)
from liveness_gateway.verifications.pictures.picture import without_metadata
from liveness_gateway.verifications.ports import (
    CredentialsUnavailableError,
    EmergencyQueue,
    Fingerprints,
    Ledger,
    LedgerUnavailableError,
    ResultRefusedError,
    Upstream,
    UpstreamError,
)
from liveness_gateway.verifications.requests import Outcome, Policy, VerificationRequest

# A write the table did not take is repeated for so long: of the 5 s a request has of its own
# (docs/design.md) it leaves enough for the emergency queue and the answer.
_WRITE_SECONDS: Final = 1.5
_FIRST_WAIT: Final = 0.05

T = TypeVar("T")


class Verifier:
    """Judges selfies: each paid verification is paid once, stored, and only then answered."""

    def __init__(  # noqa: PLR0913 - one collaborator per port; all keyword-only
        self,
        *,
        ledger: Ledger,
        upstream: Upstream,
        budgets: Budgets,
        fingerprints: Fingerprints,
        emergency: EmergencyQueue,
        clock: Clock,
        telemetry: Telemetry,
        policy: Policy,
    ) -> None:
        self._ledger = ledger
        self._upstream = upstream
        self._budgets = budgets
        self._fingerprints = fingerprints
        self._emergency = emergency
        self._clock = clock
        self._telemetry = telemetry
        self._policy = policy

    def verify(self, request: VerificationRequest) -> Outcome:
        """Verify a selfie, or give the answer this client and key had before.

        Returns only what is stored (I6). Upstream is called at most once per client and key,
        except after a `failed` attempt, for which nothing was charged (I3).

        Raises:
            ProblemError: from the catalogue; with the verification's id where a record exists.
        """
        claim = self._new_claim(request)
        until = self._clock.monotonic() + _WRITE_SECONDS
        refusal = self._policy.refusal(request)
        try:
            if refusal is not None:
                return self._answered_before(claim, refusal, until)
            standing = self._retry_until(lambda: self._ledger.claim(claim), until)
            if standing is not None:
                return self._repeat(standing, claim, request, until)
        except LedgerUnavailableError:
            raise _nothing_charged("The record could not be claimed") from None
        return self._call_and_store(claim, request)

    def _new_claim(self, request: VerificationRequest) -> Verification:
        try:
            return new_claim(request, self._policy, self._fingerprints, self._clock.now())
        except CredentialsUnavailableError:
            raise _nothing_charged("The gateway's own secret is out of reach") from None

    def _answered_before(self, claim: Verification, refusal: ProblemError, until: float) -> Outcome:
        """The stored answer to a request that today's settings refuse.

        A record is not judged by settings that are younger than it.
        """
        standing = self._retry_until(lambda: self._ledger.get(claim.verification_id), until)
        if (
            standing is None
            or not standing.readable_by(claim.client_id, claim.created_at)
            or not secrets.compare_digest(standing.fingerprint, claim.fingerprint)
            or standing.status is Status.FAILED
        ):
            raise refusal
        return _told(standing)

    def _repeat(
        self,
        standing: Verification,
        claim: Verification,
        request: VerificationRequest,
        until: float,
    ) -> Outcome:
        if not secrets.compare_digest(standing.fingerprint, claim.fingerprint):
            # Without an id: the record may be another page's of the same client.
            raise ProblemError(
                "idempotency_conflict",
                "The record under this key is of another selfie, threshold or subject_ref.",
            )
        if standing.status is Status.FAILED:
            again = replace(claim, threshold=standing.threshold)
            reclaimed = self._retry_until(lambda: self._ledger.reclaim(standing, again), until)
            if reclaimed is not None:
                return self._call_and_store(reclaimed, request)
            raise _in_progress(standing)
        return _told(standing)

    def _call_and_store(self, claim: Verification, request: VerificationRequest) -> Outcome:
        selfie, spending = self._forwarded(request.selfie), Spending(self._budgets, claim.client_id)
        try:
            answer = self._upstream.verify(selfie, claim.threshold, request.deadline, spending)
        except UpstreamError as error:
            result, wait = result_of_error(claim, error, self._clock.now()), error.retry_after
        else:
            result, wait = self._judge(claim, answer), None
        stored = self._store(claim, result, request.deadline + _WRITE_SECONDS)
        self._report(stored)
        if stored.status is not Status.COMPLETED:
            raise stored.problem(retry_after=wait, limits=spending.limits)
        return Outcome(stored, replayed=False, limits=spending.limits)

    def _forwarded(self, selfie: Selfie) -> Selfie:
        if self._policy.forward_metadata:
            return selfie
        return replace(selfie, pieces=without_metadata(selfie.content, selfie.image.format))

    def _judge(self, claim: Verification, answer: UpstreamAnswer) -> TerminalResult:
        now = self._clock.now()
        return result_of_answer(claim, answer, self._policy.multiple_faces, now)

    def _store(self, claim: Verification, result: TerminalResult, until: float) -> Verification:
        try:
            stored = self._retry_until(lambda: self._ledger.store(result), until)
        except LedgerUnavailableError:
            kept = self._emergency.keep(result)
            self._telemetry.count("result_kept_in_emergency" if kept else "result_lost")
            raise ProblemError(
                "upstream_unavailable",
                "The verification was made but could not be stored yet. Read the record later.",
                verification_id=result.attempt_reference.verification_id,
            ) from None
        except ResultRefusedError:
            raise ProblemError(
                "internal",
                "The record did not take this result.",
                verification_id=result.attempt_reference.verification_id,
            ) from None
        return stored.before or ended(claim, result, stored.version)

    def _retry_until(self, write: Callable[[], T], until: float) -> T:
        """Repeat a conditional write until the table takes it.

        A repeated write recognises its own first try, so nothing is stored twice.
        """
        wait = _FIRST_WAIT
        while True:
            try:
                return write()
            except LedgerUnavailableError:
                if self._clock.monotonic() + wait > until:
                    raise
            self._clock.sleep(wait)
            wait *= 2

    def _report(self, stored: Verification) -> None:
        self._telemetry.count(f"verification_{stored.status}")
        if stored.decision is not None:
            self._telemetry.count(f"decision_{stored.decision}")
        self._telemetry.log(
            "verification ended",
            level=CATALOGUE[stored.problem_code].log_level if stored.problem_code else logging.INFO,
            verification_id=stored.verification_id,
            status=stored.status,
            version=stored.version,
            attempt=stored.attempt,
            reasons=list(stored.reasons),
            upstream_request_id=stored.upstream.request_id if stored.upstream else None,
        )


def _told(standing: Verification) -> Outcome:
    """What a standing record tells a request that is the same."""
    if standing.status is Status.COMPLETED:
        return Outcome(standing, replayed=True)
    if standing.status is Status.UNKNOWN:
        raise standing.problem(replayed=True)
    raise _in_progress(standing)


def _in_progress(standing: Verification) -> ProblemError:
    return ProblemError(
        "in_progress",
        "This verification was asked for before and has no result yet.",
        verification_id=standing.verification_id,
    )


def _nothing_charged(why: str) -> ProblemError:
    return ProblemError("upstream_unavailable", f"{why}; nothing was sent and nothing was charged.")
