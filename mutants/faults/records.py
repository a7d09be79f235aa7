"""I6, I7, I9 and I11: what a record says, who may change it, and when it is gone."""

from typing import Final

from mutants import killers
from mutants.seeded_fault import SeededFault

_RESULT_CONDITION: Final = (
    'f"attempt = :attempt AND deadline = :deadline AND expires_at > :now AND {allowed}"'
)

FAULTS: Final = (
    SeededFault(
        "I6", "a table that is down is no problem of the catalogue", "Verifier._store",
        """
        try:
            ...
        except LedgerUnavailableError:
            ...
        except ResultRefusedError:
            ...
        """,
        """
        try:
            ...
        except ResultRefusedError:
            ...
        except ResultRefusedError:
            ...
        """,
        killers.VERIFY,
    ),
    SeededFault(
        "I6", "answered before it is stored", "Verifier._store",
        'self._telemetry.count("result_kept_in_emergency" if kept else "result_lost")',
        """
        found = self._ledger.get(result.attempt_reference.verification_id)
        if found and result.score is not None:
            return replace(
                found,
                status=result.status,
                ended_at=result.ended_at,
                decision=result.decision,
                score=result.score,
            )
        """,
        killers.VERIFY,
    ),
    SeededFault(
        "I6", "the key counts without the client", "HmacFingerprints.verification_id",
        "(client_id.encode(), kind.encode(), name.encode())",
        "(kind.encode(), name.encode())",
        killers.FINGERPRINTS,
    ),
    SeededFault(
        "I6", "a late answer keeps the problem of the unknown before it", "ledger._update",
        'values.keys() - present.keys() - {"image"}',
        "set[str]()",
        killers.LEDGER,
    ),
    SeededFault(
        "I7", "other content under a key gets the first answer", "Verifier._repeat",
        "if not secrets.compare_digest(standing.fingerprint, claim.fingerprint): ...",
        """
        if False:
            ...
        """,
        killers.VERIFY,
    ),
    SeededFault(
        "I7", "the fingerprint knows no subject", "HmacFingerprints.of",
        'self._digest(b"content", selfie.content, _optional(sent), _optional(subject_ref))',
        'self._digest(b"content", selfie.content, _optional(sent))',
        killers.FINGERPRINTS,
    ),
    SeededFault(
        "I7", "the fingerprint knows no threshold", "HmacFingerprints.of",
        'self._digest(b"content", selfie.content, _optional(sent), _optional(subject_ref))',
        'self._digest(b"content", selfie.content, _optional(subject_ref))',
        killers.FINGERPRINTS,
    ),
    SeededFault(
        "I9", "a late unknown overwrites", "DynamoDBLedger.store",
        'allowed = "#status = :processing"',
        'allowed = "(#status = :processing OR attempt = :attempt)"',
        killers.LEDGER,
    ),
    SeededFault(
        "I9", "a result of an earlier attempt is taken", "DynamoDBLedger.store",
        _RESULT_CONDITION,
        'f":attempt = :attempt AND :deadline = :deadline AND expires_at > :now AND {allowed}"',
        killers.LEDGER,
    ),
    SeededFault(
        "I9", "a result overwrites a completed record", "DynamoDBLedger.store",
        _RESULT_CONDITION,
        'f"attempt = :attempt AND deadline = :deadline AND expires_at > :now"',
        killers.LEDGER,
    ),
    SeededFault(
        "I9", "a version is not counted up", "ledger._update",
        'f"SET version = version + :one, {assignments} REMOVE {gone}"',
        'f"SET version = :one, {assignments} REMOVE {gone}"',
        killers.LEDGER,
    ),
    SeededFault(
        "I9", "a next attempt forgets the versions before it", "DynamoDBLedger.reclaim",
        "failed.version",
        "claim.version",
        killers.LEDGER,
    ),
    SeededFault(
        "I11", "an expired record is announced", "Publisher._event",
        "verification.status is Status.PROCESSING or now >= verification.expires_at",
        "verification.status is Status.PROCESSING",
        killers.PUBLISHING,
    ),
    SeededFault(
        "I11", "an expired record stands in the way of a claim", "DynamoDBLedger.claim",
        '"attribute_not_exists(#name) OR expires_at <= :now"',
        '"attribute_not_exists(#name)"',
        killers.LEDGER,
    ),
    SeededFault(
        "I11", "an expired record can be read", "Verification.readable_by",
        "self.client_id == client_id and now < self.expires_at",
        "self.client_id == client_id",
        killers.MODEL,
    ),
    SeededFault(
        "I11", "an expired record takes a result", "DynamoDBLedger.store",
        _RESULT_CONDITION,
        'f"attempt = :attempt AND deadline = :deadline AND {allowed}"',
        killers.LEDGER,
    ),
    SeededFault(
        "I6", "the answer has the size that the claim has", "claims.ended",
        "result.image or record.image", "record.image",
        killers.VERIFY,
    ),
    SeededFault(
        "I6", "an answer that was lost is told with this call's own time", "Verifier._store",
        "return stored.before or ended(claim, result, stored.version)",
        "return ended(claim, result, stored.version)",
        killers.VERIFY,
    ),
    SeededFault(
        "I9", "a sweep counts what another one ended", "Sweeper._end",
        """
        if stored.before is not None:
            ...
        """,
        """
        if False:
            ...
        """,
        killers.RECOVERY,
    ),
)  # fmt: skip
