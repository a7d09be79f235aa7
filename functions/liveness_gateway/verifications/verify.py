"""The use case of a POST: verify a selfie.

The order matters (docs/design.md): claim, call, one terminal write, answer. Nothing is published
here; the table's stream does that.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final, TypeVar

from liveness_gateway.clock import Clock
from liveness_gateway.problems import ProblemError
from liveness_gateway.telemetry import Telemetry
from liveness_gateway.verifications.model import (
    Image,
    Status,
    TerminalResult,
    UpstreamAnswer,
    Verification,
    decide,
    verification_id,
)
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

# Longer than the 28 s that Lambda gives the function: an overdue claim has no function any more.
CLAIM_LIFETIME: Final = timedelta(seconds=60)
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
        fingerprints: Fingerprints,
        emergency: EmergencyQueue,
        clock: Clock,
        telemetry: Telemetry,
        policy: Policy,
    ) -> None:
        self._ledger = ledger
        self._upstream = upstream
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
        try:
            standing = self._retry_until(lambda: self._ledger.claim(claim), until)
            if standing is not None:
                return self._repeat(standing, claim, request, until)
        except LedgerUnavailableError:
            raise _nothing_charged("The record could not be claimed") from None
        return self._call_and_store(claim, request)

    def _new_claim(self, request: VerificationRequest) -> Verification:
        threshold = self._effective_threshold(request.threshold)
        try:
            fingerprint = self._fingerprints.of(request.selfie, threshold, request.subject_ref)
        except CredentialsUnavailableError:
            raise _nothing_charged("The gateway's own secret is out of reach") from None
        key = request.idempotency_key or secrets.token_hex(16)
        now = self._clock.now()
        return Verification(
            verification_id=verification_id(request.client_id, key),
            client_id=request.client_id,
            status=Status.PROCESSING,
            fingerprint=fingerprint,
            threshold=threshold,
            image=request.selfie.image,
            subject_ref=request.subject_ref,
            correlation_id=request.correlation_id,
            claim_id=secrets.token_hex(16),
            created_at=now,
            deadline=now + CLAIM_LIFETIME,
            expires_at=now + self._policy.retention,
        )

    def _effective_threshold(self, asked: Decimal | None) -> Decimal:
        if asked is None:
            return self._policy.default_threshold
        if asked < self._policy.minimum_threshold:
            raise ProblemError(
                "invalid_threshold",
                f"This gateway takes no threshold below {self._policy.minimum_threshold}.",
            )
        return asked

    def _repeat(
        self,
        standing: Verification,
        claim: Verification,
        request: VerificationRequest,
        until: float,
    ) -> Outcome:
        if not secrets.compare_digest(standing.fingerprint, claim.fingerprint):
            raise ProblemError(
                "idempotency_conflict",
                "The record under this key is of another selfie, threshold or subject_ref.",
                verification_id=standing.verification_id,
            )
        if standing.status is Status.COMPLETED:
            return Outcome(standing, replayed=True)
        if standing.status is Status.UNKNOWN:
            raise standing.problem(replayed=True)
        if standing.status is Status.FAILED:
            reclaimed = self._retry_until(lambda: self._ledger.reclaim(standing, claim), until)
            if reclaimed is not None:
                return self._call_and_store(reclaimed, request)
        raise ProblemError(
            "in_progress",
            "This verification was asked for before and has no result yet.",
            verification_id=standing.verification_id,
        )

    def _call_and_store(self, claim: Verification, request: VerificationRequest) -> Outcome:
        try:
            answer = self._upstream.verify(request.selfie, claim.threshold, request.deadline)
        except UpstreamError as error:
            result = self._result_of_error(claim, error)
        else:
            result = self._result_of_answer(claim, answer)
        stored = self._store(result, request.deadline + _WRITE_SECONDS)
        self._report(stored)
        if stored.status is not Status.COMPLETED:
            raise stored.problem()
        return Outcome(stored, replayed=False)

    def _result_of_error(self, claim: Verification, error: UpstreamError) -> TerminalResult:
        return TerminalResult(
            attempt_reference=claim.attempt_reference,
            status=Status.UNKNOWN if error.charged else Status.FAILED,
            ended_at=self._clock.now(),
            reasons=(error.reason,),
            upstream=error.receipt,
            problem_code=error.code,
        )

    def _result_of_answer(self, claim: Verification, answer: UpstreamAnswer) -> TerminalResult:
        decision, reasons = decide(answer, claim.threshold, self._policy.multiple_faces)
        return TerminalResult(
            attempt_reference=claim.attempt_reference,
            status=Status.COMPLETED,
            ended_at=self._clock.now(),
            decision=decision,
            reasons=reasons,
            score=answer.score,
            faces=answer.faces,
            image=_as_upstream_saw(claim.image, answer),
            upstream=answer.receipt,
        )

    def _store(self, result: TerminalResult, until: float) -> Verification:
        try:
            return self._retry_until(lambda: self._ledger.store(result), until)
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
        fine = stored.status is Status.COMPLETED
        self._telemetry.count(f"verification_{stored.status}")
        self._telemetry.log(
            "verification ended",
            level=logging.INFO if fine else logging.ERROR,
            verification_id=stored.verification_id,
            status=stored.status,
            version=stored.version,
            attempt=stored.attempt,
            reasons=list(stored.reasons),
            upstream_request_id=stored.upstream.request_id if stored.upstream else None,
        )


def _as_upstream_saw(image: Image, answer: UpstreamAnswer) -> Image:
    # The boxes are in upstream's pixels, so its own size counts where it gave one.
    if answer.width is None or answer.height is None:
        return image
    return replace(image, width=answer.width, height=answer.height)


def _nothing_charged(why: str) -> ProblemError:
    return ProblemError("upstream_unavailable", f"{why}; nothing was sent and nothing was charged.")
