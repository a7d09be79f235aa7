"""What the use case of a POST is given, the stage's policy, and what comes back."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from liveness_gateway.limits import Limit
from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import Image, MultipleFaces, Selfie, Verification


class VerificationRequest(NamedTuple):
    """A request that has passed every rule of input that no setting decides.

    `deadline` is the monotonic second by which the answer of upstream must be there. Without an
    `idempotency_key` the request is known by its `event_id`, which the caller cannot choose: the
    same event delivered twice is one verification. Without either it is one of its own.
    """

    client_id: str
    idempotency_key: str | None
    event_id: str | None
    selfie: Selfie
    threshold: Decimal | None
    subject_ref: str | None
    correlation_id: str
    deadline: float


@dataclass(frozen=True, slots=True)
class Policy:
    """The stage's rules. Sides are pixels; 0 means no limit.

    Unless `forward_metadata`, the liveness API gets pixels, orientation and colour profile only.
    """

    default_threshold: Decimal
    minimum_threshold: Decimal
    retention: timedelta
    multiple_faces: MultipleFaces
    minimum_side: int = 0
    maximum_side: int = 0
    forward_metadata: bool = False

    def refusal(self, request: VerificationRequest) -> ProblemError | None:
        """Why this stage takes no such request; None when it does."""
        if request.threshold is not None and request.threshold < self.minimum_threshold:
            return ProblemError(
                "invalid_threshold",
                f"This gateway takes no threshold below {self.minimum_threshold}.",
            )
        return self._size_refusal(request.selfie.image)

    def _size_refusal(self, image: Image) -> ProblemError | None:
        shown = f"The selfie is {image.width} x {image.height} pixels"
        if min(image.width, image.height) < self.minimum_side:
            return ProblemError(
                "invalid_selfie", f"{shown}; each side must be at least {self.minimum_side}."
            )
        if self.maximum_side and max(image.width, image.height) > self.maximum_side:
            return ProblemError(
                "invalid_selfie", f"{shown}; each side must be at most {self.maximum_side}."
            )
        return None


class Outcome(NamedTuple):
    """A completed verification, whether it was completed before, and what the client has left."""

    verification: Verification
    replayed: bool
    limits: tuple[Limit, ...] = ()
