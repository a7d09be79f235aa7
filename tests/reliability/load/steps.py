"""What a load run found, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One request: its answer's status (0: none came) and code, and how long it took."""

    status: int
    code: str
    seconds: float


@dataclass(frozen=True)
class Step:
    """What one arrival rate showed.

    Attributes:
        share: of the rate at which every environment is busy.
        seconds: how long requests arrived.
        own: seconds each completed request took in the function beyond upstream's wait.
        calls: how many requests upstream got.
    """

    share: float
    seconds: float
    answers: Sequence[Answer]
    own: Sequence[float]
    calls: int

    @property
    def rate(self) -> float:
        """Arrivals a second."""
        return len(self.answers) / self.seconds
