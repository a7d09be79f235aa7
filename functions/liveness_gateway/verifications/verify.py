"""The use cases of a request: verify a selfie, read a record.

The order is the product (docs/design.md): claim, call, one terminal write, answer. Nothing here
publishes; the table's stream does.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final, TypeVar

from liveness_gateway.problems import (
    CredentialsUnavailable,
    LedgerUnavailable,
    Problem,
    SettleRefused,
)
from liveness_gateway.verifications.model import (
    Claimed,
    Image,
    MultipleFaces,
    Selfie,
    Settlement,
    Status,
    UpstreamAnswer,
    UpstreamFault,
    Verification,
    decide,
    verification_id,
)
from liveness_gateway.verifications.ports import (
    Clock,
    EmergencyQueue,
    Fingerprints,
    Journal,
    Ledger,
    Upstream,
)

# A claim is overdue once the function that made it is certainly gone: its own limit is 28 s.
CLAIM_LIFETIME: Final = timedelta(seconds=60)
# A write the table did not take is repeated for so long: of the 5 s a request has of its own
# (docs/design.md) it leaves enough for the emergency queue and the answer.
_PATIENCE_SECONDS: Final = 1.5
_FIRST_WAIT: Final = 0.05

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class VerificationRequest:
    """A request that has passed every rule of input.

    `deadline` is the monotonic second by which the answer of upstream must be there. Without an
    `idempotency_key` every request is a verification of its own.
    """

    client_id: str
    idempotency_key: str | None
    selfie: Selfie
    threshold: Decimal | None
    subject_ref: str | None
    correlation_id: str
    deadline: float


@dataclass(frozen=True, slots=True)
class Policy:
    """The stage's rules for judging."""

    default_threshold: Decimal
    minimum_threshold: Decimal
    retention: timedelta
    multiple_faces: MultipleFaces


@dataclass(frozen=True, slots=True)
class Outcome:
    """A completed verification, and whether it was completed before this request."""

    verification: Verification
    replayed: bool


class VerificationService:
    """Judges selfies: each paid verification is paid once, stored, and only then answered."""

    def __init__(  # noqa: PLR0913 - one collaborator per port; all keyword-only
        self,
        *,
        ledger: Ledger,
        upstream: Upstream,
        fingerprints: Fingerprints,
        emergency: EmergencyQueue,
        clock: Clock,
        journal: Journal,
        policy: Policy,
    ) -> None:
        self._ledger = ledger
        self._upstream = upstream
        self._fingerprints = fingerprints
        self._emergency = emergency
        self._clock = clock
        self._journal = journal
        self._policy = policy

    def verify(self, request: VerificationRequest) -> Outcome:
        """Verify a selfie, or give the answer this client and key had before.

        Returns only what is stored (I6). Upstream is called at most once per client and key,
        except after a `failed` attempt, for which nothing was charged (I3).

        Raises:
            Problem: from the catalogue; where a record exists it carries the verification's id.
        """
        claim = self._new_claim(request)
        until = self._clock.monotonic() + _PATIENCE_SECONDS
        try:
            standing = self._patiently(lambda: self._ledger.claim(claim), until)
            if standing is not None:
                return self._repeat(standing, claim, request, until)
        except LedgerUnavailable:
            raise _nothing_charged("The record could not be claimed") from None
        return self._judge(claim, request)

    def _new_claim(self, request: VerificationRequest) -> Verification:
        threshold = self._effective_threshold(request.threshold)
        try:
            fingerprint = self._fingerprints.of(request.selfie, threshold, request.subject_ref)
        except CredentialsUnavailable:
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
            raise Problem(
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
            raise Problem(
                "idempotency_conflict",
                "The record under this key is of another selfie, threshold or subject_ref.",
                verification_id=standing.verification_id,
            )
        if standing.status is Status.COMPLETED:
            return Outcome(standing, replayed=True)
        if standing.status is Status.UNKNOWN:
            raise standing.problem(replayed=True)
        if standing.status is Status.FAILED:
            reclaimed = self._patiently(lambda: self._ledger.reclaim(standing, claim), until)
            if reclaimed is not None:
                return self._judge(reclaimed, request)
        raise Problem(
            "in_progress",
            "This verification was asked for before and has no result yet.",
            verification_id=standing.verification_id,
        )

    def _judge(self, claim: Verification, request: VerificationRequest) -> Outcome:
        claimed = claim.claimed
        try:
            answer = self._upstream.verify(request.selfie, claim.threshold, request.deadline)
        except UpstreamFault as fault:
            settlement = self._faulted(claimed, fault)
        else:
            settlement = self._judged(claimed, claim, answer)
        stored = self._settle(settlement, request.deadline + _PATIENCE_SECONDS)
        self._report(stored)
        if stored.status is not Status.COMPLETED:
            raise stored.problem()
        return Outcome(stored, replayed=False)

    def _faulted(self, claimed: Claimed, fault: UpstreamFault) -> Settlement:
        return Settlement(
            claimed=claimed,
            status=Status.UNKNOWN if fault.charged else Status.FAILED,
            settled_at=self._clock.now(),
            reasons=(fault.reason,),
            upstream=fault.receipt,
            problem_code=fault.code,
        )

    def _judged(self, claimed: Claimed, claim: Verification, answer: UpstreamAnswer) -> Settlement:
        decision, reasons = decide(answer, claim.threshold, self._policy.multiple_faces)
        return Settlement(
            claimed=claimed,
            status=Status.COMPLETED,
            settled_at=self._clock.now(),
            decision=decision,
            reasons=reasons,
            score=answer.score,
            faces=answer.faces,
            image=_as_upstream_saw(claim.image, answer),
            upstream=answer.receipt,
        )

    def _settle(self, settlement: Settlement, until: float) -> Verification:
        try:
            return self._patiently(lambda: self._ledger.settle(settlement), until)
        except LedgerUnavailable:
            kept = self._emergency.keep(settlement)
            self._journal.count("result_kept_in_emergency" if kept else "result_lost")
            raise Problem(
                "upstream_unavailable",
                "The verification was made but could not be stored yet. Read the record later.",
                verification_id=settlement.claimed.verification_id,
            ) from None
        except SettleRefused:
            raise Problem(
                "internal",
                "The record did not take this result.",
                verification_id=settlement.claimed.verification_id,
            ) from None

    def _patiently(self, write: Callable[[], T], until: float) -> T:
        """Repeat a conditional write until the table takes it; safe, for it knows itself again."""
        wait = _FIRST_WAIT
        while True:
            try:
                return write()
            except LedgerUnavailable:
                if self._clock.monotonic() + wait > until:
                    raise
            self._clock.sleep(wait)
            wait *= 2

    def _report(self, stored: Verification) -> None:
        fine = stored.status is Status.COMPLETED
        self._journal.count(f"verification_{stored.status}")
        self._journal.note(
            "verification settled",
            level=logging.INFO if fine else logging.ERROR,
            verification_id=stored.verification_id,
            status=stored.status,
            version=stored.version,
            attempt=stored.attempt,
            reasons=list(stored.reasons),
            upstream_request_id=stored.upstream.request_id if stored.upstream else None,
        )


class RecordReader:
    """Reads stored verifications for the client they belong to."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def read(self, verification_id: str, client_id: str) -> Verification:
        """The record.

        Raises:
            Problem: `not_found` when there is none, it has expired, or it is another client's.
        """
        try:
            found = self._ledger.get(verification_id)
        except LedgerUnavailable:
            raise Problem("upstream_unavailable", "The record could not be read.") from None
        if found is None or not found.readable_by(client_id, self._clock.now()):
            raise Problem("not_found", "There is no such verification.")
        return found


def _as_upstream_saw(image: Image, answer: UpstreamAnswer) -> Image:
    # The boxes are in upstream's pixels, so its own size counts where it gave one.
    if answer.width is None or answer.height is None:
        return image
    return replace(image, width=answer.width, height=answer.height)


def _nothing_charged(why: str) -> Problem:
    return Problem("upstream_unavailable", f"{why}; nothing was sent and nothing was charged.")
