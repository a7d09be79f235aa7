"""What `make demo` shows, and what it does not accept."""

import json

import pytest

from local import demo
from local.errors import LocalError
from local.gateway import Gateway
from sandbox import Sandbox


def test_the_demo_shows_one_verification(
    gateway: Gateway, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.set_default("live")
    demo.show(gateway)
    shown = json.loads(capsys.readouterr().out)
    assert shown["decision"] == "live"
    verification_id = shown["answer"]["verification_id"]
    assert shown["stored_item"]["verification_id"] == verification_id
    assert shown["received_event"]["detail"]["data"]["verification_id"] == verification_id

    sandbox.set_default("cut")
    with pytest.raises(LocalError, match="the gateway answered 502, not 201"):
        demo.show(gateway)


@pytest.mark.parametrize(
    ("missing", "fault"),
    [
        ({"decision": None}, "there is no decision"),
        ({"stored_item": None}, "there is no stored item"),
        ({"stored_item": {"verification_id": "2"}}, "the stored item has another"),
        ({"received_event": None}, "the consumer received no event"),
        ({"received_event": {"detail": {"data": {}}}}, "the event has another"),
    ],
)
def test_the_demo_names_what_does_not_agree(missing: dict[str, object], fault: str) -> None:
    own = {"verification_id": "1"}
    shown = {
        "decision": "live",
        "http_status": 201,
        "answer": own,
        "stored_item": own,
        "received_event": {"detail": {"data": own}},
    }
    assert demo.faults(shown) == []
    (found,) = demo.faults(shown | missing)
    assert fault in found
