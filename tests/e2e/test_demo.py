"""What `make demo` shows, and what it does not accept."""

import json

import pytest

from local import demo
from local.errors import LocalError
from local.gateway import Gateway
from sandbox import Sandbox

OWN = {"verification_id": "1"}
SHOWN = {
    "decision": "live",
    "http_status": 201,
    "answer": OWN,
    "stored_item": OWN,
    "received_event": {"detail": {"data": OWN}},
}


def test_the_demo_shows_one_verification(
    gateway: Gateway, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.set_default("live")
    demo.show(gateway)
    assert json.loads(capsys.readouterr().out).keys() == SHOWN.keys()

    sandbox.set_default("cut")
    with pytest.raises(LocalError, match="the gateway answered 502, not 201"):
        demo.show(gateway)


@pytest.mark.parametrize(
    ("differs", "fault"),
    [
        ({"decision": None}, "there is no decision"),
        ({"stored_item": None}, "there is no stored item"),
        ({"stored_item": {"verification_id": "2"}}, "the stored item has another"),
        ({"received_event": None}, "the consumer received no event"),
        ({"received_event": {"detail": {"data": {}}}}, "the event has another"),
    ],
)
def test_the_demo_names_what_does_not_agree(differs: dict[str, object], fault: str) -> None:
    (found,) = demo.faults(SHOWN | differs)
    assert fault in found
