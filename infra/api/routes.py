"""The routes of the API.

`functions/` serves the same routes and imports nothing from here: a contract test compares the two.
"""

from dataclasses import dataclass
from typing import Final, Literal

HEALTH_PATH: Final = "/v1/health"
# With `*/*` API Gateway would treat the preflight as binary too, and its mock integration fails.
BINARY_MEDIA_TYPES: Final = ("multipart/form-data",)


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path, and the function that serves it."""

    method: str
    path: str
    function: Literal["verify", "results"]

    @property
    def needs_key(self) -> bool:
        """Whether a request must carry an API key."""
        return self.path != HEALTH_PATH


ROUTES: Final = (
    Route("POST", "/v1/verifications", "verify"),
    Route("GET", "/v1/verifications/{verification_id}", "results"),
    Route("POST", "/v0.1/liveness-verification", "verify"),
    Route("POST", "/v0.2/liveness-verification", "verify"),
    Route("GET", HEALTH_PATH, "results"),
)
