"""Runs last: no secret, image byte or file name in anything the session has left."""

import time
from pathlib import Path

from local.gateway import Gateway
from sandbox import Sandbox
from tests.api.canaries import writings
from tests.canary_names import EXIF_TEXT, FILE_NAME
from tests.e2e.clients import Response
from tests.e2e.conftest import Poster, Selfie
from tests.e2e.traces import slices, traces


def test_nothing_secret_was_left_anywhere(
    gateway: Gateway, sandbox: Sandbox, selfie: Selfie, post: Poster, responses: list[Response]
) -> None:
    assert gateway.deployment.settings["POWERTOOLS_LOG_LEVEL"] == "DEBUG"
    response = post(selfie, headers={"app_key": "canary-client-key-77"})
    verification_id = response.json()["verification_id"]
    assert gateway.await_event(verification_id)
    _wait_for(gateway.logs / "functions.log", verification_id.encode())
    secrets = [
        sandbox.credentials.app_key.encode(),
        b"canary-client-key-77",
        gateway.api_key.encode(),
        FILE_NAME.encode(),
        EXIF_TEXT.encode(),
        *slices(selfie.content),
    ]
    left = dict(traces(gateway, responses))
    # The search can find something: the id is everywhere it should be.
    places = ("functions.log", "function logs", "items", "events", "queues")
    for place in (*places, f"response {len(responses) - 1}"):
        assert verification_id.encode() in left[place], place
    searched = [form for secret in secrets for form in writings(secret)]
    found = [
        (place, form) for place, content in left.items() for form in searched if form in content
    ]
    assert found == []


def _wait_for(log: Path, text: bytes) -> None:
    """Return when the log has the text; the test's own timeout is the limit."""
    while text not in log.read_bytes():
        time.sleep(0.1)
