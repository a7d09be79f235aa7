"""Runs last: no secret, image byte or file name in anything the session left behind."""

import base64
import time
from pathlib import Path

import pytest

from local.gateway import Gateway
from sandbox import Sandbox
from tests.e2e.clients import Answer, python_requests
from tests.e2e.conftest import Selfie
from tests.e2e.traces import EXIF_CANARY, FILE_NAME_CANARY, forms, slices, traces


def test_nothing_that_must_not_be_seen_was_left_anywhere(
    gateway: Gateway, sandbox: Sandbox, selfie: Selfie, answers: list[Answer]
) -> None:
    assert gateway.deployment.settings["POWERTOOLS_LOG_LEVEL"] == "DEBUG"
    sandbox.next("live")
    headers = {"x-api-key": gateway.api_key, "app_key": "canary-client-key-77"}
    answer = python_requests(f"{gateway.url}/v1/verifications", selfie.path, "0.6", headers)
    answers.append(answer)
    verification_id = answer.json()["verification_id"].encode()
    assert gateway.await_event(verification_id.decode())
    assert _is_in_time(gateway.logs / "functions.log", verification_id)
    secrets = [
        sandbox.credentials.app_key.encode(),
        b"canary-client-key-77",
        gateway.api_key.encode(),
        FILE_NAME_CANARY.encode(),
        EXIF_CANARY.encode(),
        *slices(selfie.content),
    ]
    hunted = [form for secret in secrets for form in forms(secret)]
    left = dict(traces(gateway, answers))
    # The search can find something: the id is everywhere it should be.
    for place in (
        "functions.log",
        "function logs",
        "items",
        "events",
        "queues",
        f"answer {len(answers) - 1}",
    ):
        assert verification_id in left[place], place
    found = [(place, form) for place, text in left.items() for form in hunted if form in text]
    assert found == []


@pytest.mark.parametrize("before", [b"", b"a", b"ab", b"abc"])
def test_the_hunted_forms_are_found_wherever_they_start(before: bytes) -> None:
    secret = b"sandbox-0123456789abcdef"
    texts = [before + secret + b"z", (before + secret).hex().encode()]
    texts.append(base64.b64encode(before + secret + b"after"))
    for text in texts:
        assert any(form in text for form in forms(secret)), text


def _is_in_time(log: Path, text: bytes) -> bool:
    """The file follows the functions by a second or so."""
    deadline = time.monotonic() + 20
    while text not in log.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.1)
    return text in log.read_bytes()
