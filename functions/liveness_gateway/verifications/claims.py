"""The claim of a request, and the terminal result that its attempt ends in."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from liveness_gateway.verifications.decision import decide
from liveness_gateway.verifications.model import (
    Image,
    MultipleFaces,
    Status,
    TerminalResult,
    UpstreamAnswer,
    Verification,
)
from liveness_gateway.verifications.ports import Fingerprints, UpstreamError
from liveness_gateway.verifications.requests import Policy, VerificationRequest

# Longer than the 28 s that Lambda gives the function: an overdue claim has no function any more.
CLAIM_LIFETIME: Final = timedelta(seconds=60)


def new_claim(
    request: VerificationRequest, policy: Policy, fingerprints: Fingerprints, now: datetime
) -> Verification:
    """The `processing` record of a request, not stored yet.

    Its id is the same for the same client and key, so that the record itself tells a repetition;
    its `claim_id` is random.

    Raises:
        CredentialsUnavailableError: the stack's own secret is out of reach.
    """
    threshold = request.threshold
    return Verification(
        verification_id=fingerprints.verification_id(request.client_id, *_name(request)),
        client_id=request.client_id,
        status=Status.PROCESSING,
        fingerprint=fingerprints.of(request.selfie, threshold, request.subject_ref),
        threshold=policy.default_threshold if threshold is None else threshold,
        image=request.selfie.image,
        subject_ref=request.subject_ref,
        correlation_id=request.correlation_id,
        claim_id=secrets.token_hex(16),
        created_at=now,
        deadline=_whole_seconds(now + CLAIM_LIFETIME),
        expires_at=_whole_seconds(now + policy.retention),
    )


def result_of_error(claim: Verification, error: UpstreamError, now: datetime) -> TerminalResult:
    """What an attempt without an answer ends in: `failed` only if certainly nothing was charged."""
    return TerminalResult(
        attempt_reference=claim.attempt_reference,
        status=Status.UNKNOWN if error.charged else Status.FAILED,
        ended_at=now,
        reasons=(error.reason,),
        upstream=error.receipt,
        problem_code=error.code,
    )


def result_of_answer(
    claim: Verification, answer: UpstreamAnswer, multiple_faces: MultipleFaces, now: datetime
) -> TerminalResult:
    """What an attempt ends in by upstream's answer."""
    decision, reasons = decide(answer.score, answer.face_count, claim.threshold, multiple_faces)
    return TerminalResult(
        attempt_reference=claim.attempt_reference,
        status=Status.COMPLETED,
        ended_at=now,
        decision=decision,
        reasons=reasons,
        score=answer.score,
        face_count=answer.face_count,
        faces=answer.faces,
        image=_as_upstream_saw(claim.image, answer),
        upstream=answer.receipt,
    )


def _whole_seconds(moment: datetime) -> datetime:
    # As the table keeps them, so that an answer is the same before and after it.
    return moment.replace(microsecond=0)


def ended(record: Verification, result: TerminalResult, version: int) -> Verification:
    """The record with a result in it, as the ledger keeps it.

    Args:
        record: its attempt is the one that the result is of.
        result: what the attempt ended in.
        version: of the record, with the result in it.
    """
    return replace(
        record,
        version=version,
        status=result.status,
        ended_at=result.ended_at,
        reasons=result.reasons,
        decision=result.decision,
        score=result.score,
        faces=result.faces,
        image=result.image or record.image,
        upstream=result.upstream,
        problem_code=result.problem_code,
    )


def _name(request: VerificationRequest) -> tuple[str, str]:
    # The kind stands first, so that no client's key is another request's event id.
    if request.idempotency_key is not None:
        return "key", request.idempotency_key
    return "event", request.event_id or secrets.token_hex(16)


def _as_upstream_saw(image: Image, answer: UpstreamAnswer) -> Image:
    # The boxes are in upstream's pixels, so its own size counts where it gave one.
    if answer.width is None or answer.height is None:
        return image
    return replace(image, width=answer.width, height=answer.height)
