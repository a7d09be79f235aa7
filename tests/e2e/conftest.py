"""The real stack, deployed once by the CDK command line, and the clients that call it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.gateway import Gateway
from sandbox.selfies import draw_selfie
from tests.canary_names import EXIF_TEXT, FILE_NAME
from tests.e2e.clients import CLIENTS, Response

OWN = "/v1/verifications"
COMPAT = ("/v0.1/liveness-verification", "/v0.2/liveness-verification")
LAST = "test_canaries.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    for item in ours:
        item.add_marker(pytest.mark.e2e)
    # The canaries are searched for in what all the other tests have left.
    last = [item for item in ours if item.path.name == LAST]
    items[:] = [item for item in items if item not in last] + last


@dataclass(frozen=True)
class Selfie:
    """A file that nobody has posted before."""

    path: Path
    content: bytes


@dataclass(frozen=True)
class Poster:
    """Posts selfies as the stage's first client; keeps every response for the canaries."""

    gateway: Gateway
    responses: list[Response]

    def __call__(
        self,
        selfie: Selfie,
        route: str = OWN,
        *,
        client: str = "python-requests",
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        credential = {"x-api-key": self.gateway.api_key}
        url = self.gateway.url + route
        response = CLIENTS[client](url, selfie.path, "0.6", credential | dict(headers or {}))
        self.responses.append(response)
        return response


@pytest.fixture
def selfie(tmp_path: Path) -> Selfie:
    seed = uuid.uuid4().int % 2**32
    path = tmp_path / f"{seed}-{FILE_NAME}"
    content = draw_selfie(1, 320, 240, seed=seed, exif_text=f"{EXIF_TEXT} {seed}")
    path.write_bytes(content)
    return Selfie(path, content)


@pytest.fixture(scope="session")
def responses() -> list[Response]:
    """Every response of this session."""
    return []


@pytest.fixture
def post(gateway: Gateway, responses: list[Response]) -> Poster:
    return Poster(gateway, responses)
