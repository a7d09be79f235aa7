"""`make demo`: one selfie through the whole gateway; shows the response, the record, the event."""

import json
import os
import sys
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from local import command_line
from local.errors import LocalError
from local.gateway import Gateway, running_gateway
from local.upstream import upstream_from
from sandbox.selfies import draw_selfie

_THRESHOLD = "0.6"
_RESPONSE_SECONDS = 35


def main() -> int:
    """Start the gateway, show one verification, and end everything; 0 if all of it agrees.

    Raises:
        LocalError: something is missing or differs; the message says what.
    """
    with running_gateway(upstream=upstream_from(os.environ)) as gateway:
        show(gateway)
    return 0


def show(gateway: Gateway) -> None:
    """Print response, stored record and received event of one verification as a JSON object.

    Raises:
        LocalError: something is missing or differs; the message says what.
    """
    shown = _verify(gateway)
    print(json.dumps(shown, indent=2), flush=True)
    if found := faults(shown):
        listed = "\n".join(f"  - {fault}" for fault in found)
        raise LocalError(f"The demo failed:\n{listed}\nLogs: {gateway.logs}")


def _verify(gateway: Gateway) -> dict[str, Any]:
    response = httpx.post(
        f"{gateway.url}/v1/verifications",
        headers={"x-api-key": gateway.api_key, "idempotency-key": str(uuid.uuid4())},
        files={"selfie": ("selfie.jpg", draw_selfie(), "image/jpeg")},
        data={"threshold": _THRESHOLD},
        timeout=_RESPONSE_SECONDS,
        trust_env=False,
    )
    body = response.json()
    verification_id = body.get("verification_id", "")
    return {
        "decision": body.get("decision"),
        "http_status": response.status_code,
        "answer": body,
        "stored_item": gateway.record(verification_id) if verification_id else None,
        "received_event": gateway.await_event(verification_id) if verification_id else None,
    }


def faults(shown: Mapping[str, Any]) -> list[str]:
    """What is missing or belongs to another verification; empty if everything agrees."""
    verification_id = shown["answer"].get("verification_id")
    stored, event = shown["stored_item"], shown["received_event"]
    found = []
    if shown["http_status"] != HTTPStatus.CREATED:
        found.append(f"the gateway answered {shown['http_status']}, not 201")
    if not shown["decision"]:
        found.append("there is no decision")
    if stored is None:
        found.append("there is no stored item")
    elif stored.get("verification_id") != verification_id:
        found.append("the stored item has another verification_id")
    if event is None:
        found.append("the consumer received no event")
    elif event["detail"]["data"].get("verification_id") != verification_id:
        found.append("the event has another verification_id")
    return found


if __name__ == "__main__":
    sys.exit(command_line.run(main))
