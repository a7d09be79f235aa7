"""How a verification is decided."""

from decimal import Decimal

from liveness_gateway.verifications.model import Decision, MultipleFaces


def decide(
    score: Decimal | None, face_count: int, threshold: Decimal, multiple_faces: MultipleFaces
) -> tuple[Decision, tuple[str, ...]]:
    """Decide by the score and the number of faces: the decision and its reasons (none when live).

    A score equal to the threshold is live. No face is never live, whatever the score; several
    faces are inconclusive unless the stage's policy trusts the one score upstream gives for all.

    Raises:
        ValueError: there is one face and no score.
    """
    if face_count == 0:
        return Decision.INCONCLUSIVE, ("no_face",)
    if face_count > 1 and (score is None or multiple_faces is not MultipleFaces.SCORE):
        return Decision.INCONCLUSIVE, ("multiple_faces",)
    if score is None:
        raise ValueError("a face without a score cannot be decided")
    if score >= threshold:
        return Decision.LIVE, ()
    return Decision.NOT_LIVE, ("below_threshold",)
