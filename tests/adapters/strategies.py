"""Hypothesis strategies for everything a verification can be."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from liveness_gateway.verifications.model import (
    AttemptReference,
    Decision,
    Face,
    Image,
    Point,
    Status,
    TerminalResult,
    UpstreamReceipt,
    Verification,
)

# What the dialects let through: at most 36 places of a score, 20 of a coordinate below 10^9.
UNITS: Final = st.decimals(0, 1, places=36, allow_nan=False).map(abs)
COORDINATES: Final = st.decimals(-(10**9), 10**9, places=20, allow_nan=False)
TEXTS: Final = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
MOMENTS: Final = st.timedeltas(timedelta(0), timedelta(days=80_000)).map(
    lambda age: datetime.fromtimestamp(0, UTC) + age
)
SECONDS: Final = MOMENTS.map(lambda moment: moment.replace(microsecond=0))
IMAGES: Final = st.builds(
    Image,
    width=st.integers(1, 10**6),
    height=st.integers(1, 10**6),
    format=st.sampled_from(["jpeg", "png"]),
    bytes=st.integers(1, 5_000_000),
)
POINTS: Final = st.builds(Point, COORDINATES, COORDINATES)
FACES: Final = st.builds(Face, confidence=UNITS, top_left=POINTS, delta=POINTS)
RECEIPTS: Final = st.builds(
    UpstreamReceipt,
    api_req_uid=st.none() | TEXTS,
    response_code=st.none() | st.integers(-(2**53), 2**53),
    requested_at=st.none() | TEXTS,
    processed_at=st.none() | TEXTS,
    request_id=st.none() | TEXTS,
)
FACE_LISTS: Final = st.lists(FACES, max_size=4).map(tuple)
CLAIMS: Final = st.builds(
    Verification,
    verification_id=st.text("0123456789abcdef", min_size=32, max_size=32),
    client_id=TEXTS,
    status=st.just(Status.PROCESSING),
    fingerprint=TEXTS,
    threshold=UNITS,
    image=IMAGES,
    subject_ref=st.none() | TEXTS,
    correlation_id=TEXTS,
    claim_id=TEXTS,
    created_at=MOMENTS,
    deadline=SECONDS,
    expires_at=SECONDS,
    attempt=st.integers(1, 1000),
    version=st.integers(0, 1000),
)
_ENDED: Final = {
    "attempt_reference": st.builds(
        AttemptReference,
        st.text("0123456789abcdef", min_size=32, max_size=32),
        st.integers(1, 1000),
        SECONDS,
    ),
    "ended_at": MOMENTS,
    "upstream": st.none() | RECEIPTS,
}


def _completed(score: Decimal, faces: tuple[Face, ...], more: int) -> st.SearchStrategy[Any]:
    count = len(faces) + more
    decided: list[tuple[Decision, tuple[str, ...]]] = [
        (Decision.INCONCLUSIVE, ("multiple_faces",)),
        (Decision.INCONCLUSIVE, ("no_face",)),
    ]
    if count:
        decided += [(Decision.LIVE, ()), (Decision.NOT_LIVE, ("below_threshold",))]
    return st.builds(
        lambda decision, **ended: TerminalResult(
            status=Status.COMPLETED, decision=decision[0], reasons=decision[1], **ended
        ),
        st.sampled_from(decided),
        score=st.just(score),
        face_count=st.just(count),
        faces=st.just(faces),
        image=st.none() | IMAGES,
        **_ENDED,
    )


RESULTS: Final = st.tuples(UNITS, FACE_LISTS, st.integers(0, 3)).flatmap(
    lambda drawn: _completed(*drawn)
) | st.builds(
    TerminalResult,
    status=st.sampled_from([Status.FAILED, Status.UNKNOWN]),
    reasons=st.lists(TEXTS, min_size=1, max_size=3).map(tuple),
    problem_code=st.sampled_from(["upstream_timeout", "upstream_unavailable"]),
    **_ENDED,
)
