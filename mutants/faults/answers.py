"""I10, I12 to I14, R4 and R12: what is judged, shown, waited for and refused."""

from typing import Final

from mutants import killers
from mutants.seeded_fault import SeededFault

FAULTS: Final = (
    SeededFault(
        "I10", "a missing score has a default", "answers._decisive",
        'data.get("faces_liveness")',
        'data.get("faces_liveness", 1)',
        killers.ANSWERS,
    ),
    SeededFault(
        "I10", "true is a score", "answers._number",
        "isinstance(value, bool) or not isinstance(value, int | Decimal)",
        "not isinstance(value, int | Decimal)",
        killers.ANSWERS,
    ),
    SeededFault(
        "I10", "a score above 1 is taken", "answers._unit",
        "not 0 <= number <= 1",
        "not 0 <= number",
        killers.ANSWERS,
    ),
    SeededFault(
        "I10", "errors inside a success are overlooked", "answers._error_code",
        "not errors",
        "True",
        killers.ANSWERS,
    ),
    SeededFault(
        "I10", "a 500 with a body is an answer", "outcomes.outcome_of",
        "200 <= reply.status < 300",
        "200 <= reply.status < 600",
        killers.CLIENT,
    ),
    SeededFault(
        "I10", "no face is judged by the score", "decision.decide",
        "if face_count == 0: ...",
        "if False: ...",
        killers.MODEL,
    ),
    SeededFault(
        "I10", "a score a hair below is rounded up", "answers",
        "Context(prec=60, rounding=ROUND_DOWN)",
        'Context(prec=60, rounding="ROUND_UP")',
        killers.ANSWERS,
    ),
    SeededFault(
        "I10", "several faces are trusted whatever the policy", "decision.decide",
        "multiple_faces is not MultipleFaces.SCORE",
        "False",
        killers.MODEL,
    ),
    SeededFault(
        "I10", "the caller's threshold is not the one judged by", "claims.new_claim",
        "policy.default_threshold if threshold is None else threshold",
        "policy.default_threshold",
        killers.VERIFY,
    ),
    SeededFault(
        "I10", "a result kept for days is stored for another selfie", "DynamoDBLedger.store",
        'f"attempt = :attempt AND deadline = :deadline AND expires_at > :now AND {allowed}"',
        'f"attempt = :attempt AND expires_at > :now AND {allowed}"',
        killers.LEDGER,
    ),
    SeededFault(
        "R12", "a score equal to the threshold is not live", "decision.decide",
        "score >= threshold",
        "score > threshold",
        killers.MODEL,
    ),
    SeededFault(
        "I12", "the boxes are in the event", "records",
        'BIOMETRIC: Final = ("faces", "image")',
        'BIOMETRIC: Final = ("image",)',
        killers.EVENTS,
    ),
    SeededFault(
        "I12", "another client's record can be read", "Verification.readable_by",
        "self.client_id == client_id and now < self.expires_at",
        "now < self.expires_at",
        killers.MODEL,
    ),
    SeededFault(
        "I12", "an unexpected error tells its text", "Application._unhandled",
        'return ProblemError("internal", ...)',
        'return ProblemError("internal", str(error))',
        killers.HTTP,
    ),
    SeededFault(
        "I12", "the key is in the log of a second try", "UpstreamClient._at_most_twice",
        "first.error.reason",
        "credentials.app_key",
        killers.CLIENT,
    ),
    SeededFault(
        "I12", "the selfie is in the answer to a conflict", "Verifier._repeat",
        'raise ProblemError("idempotency_conflict", ...)',
        """
        raise ProblemError(
            "idempotency_conflict", f"{request.selfie.content!r} is another selfie."
        )
        """,
        killers.CANARIES,
    ),
    SeededFault(
        "I13", "the breaker never opens", "CircuitBreaker._too_many_failures",
        "not success and failures >= _FAILURES and 2 * failures >= calls",
        "False",
        killers.BREAKER,
    ),
    SeededFault(
        "I13", "a table that is down is waited for without end", "Verifier._retry_until",
        "self._clock.monotonic() + wait > until",
        "self._clock.monotonic() + wait > until + 60",
        killers.VERIFY,
    ),
    SeededFault(
        "I13", "a second try is begun without time for it", "UpstreamClient._at_most_twice",
        "if deadline - self._clock.monotonic() - wait < _SHORTEST_TRY: ...",
        "if False: ...",
        killers.CLIENT,
    ),
    SeededFault(
        "I13", "every refusal is tried twice", "RetryBudget.spend",
        "self._tenths -= 10",
        "",
        killers.CLIENT,
    ),
    SeededFault(
        "I14", "a threshold of any script is taken", "requests._threshold",
        "if not THRESHOLD.fullmatch(form.threshold): ...",
        "if False: ...",
        killers.REQUESTS,
    ),
    SeededFault(
        "I14", "a second selfie is taken for the first", "multipart._form",
        "if name in found: ...",
        "if False: ...",
        killers.MULTIPART,
    ),
    SeededFault(
        "I14", "a body of any length is decoded", "requests._body",
        "if size > MAXIMUM_BODY: ...",
        "if False: ...",
        killers.REQUESTS,
    ),
    SeededFault(
        "I14", "a threshold below the minimum is taken", "Policy.refusal",
        "if request.threshold is not None and request.threshold < self.minimum_threshold: ...",
        "if False: ...",
        killers.VERIFY,
    ),
    SeededFault(
        "I14", "our own outage is called the caller's mistake", "verify._nothing_charged",
        'ProblemError("upstream_unavailable", ...)',
        'ProblemError("malformed_request", ...)',
        killers.VERIFY,
    ),
    SeededFault(
        "R4", "an image of any size is taken", "selfie._check_size",
        "if width * height > MAXIMUM_PIXELS: ...",
        "if False: ...",
        killers.SELFIE,
    ),
)  # fmt: skip
