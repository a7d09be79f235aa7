"""20,000 broken request bodies: no 5xx, nothing unhandled, and no upstream call but for a 2xx."""

import base64
import time
from random import Random
from typing import Any, Final

import pytest

from tests.api.events import COMPAT_PATHS, CREATE, post_event
from tests.api.gateway import Gateway
from tests.bodies import CLIENTS, Body, form, mutate, seeded
from tests.images import drawn

BODIES: Final = 20_000
SHARDS: Final = 10
# A whole answer takes about a millisecond: this bounds what a body can do to us (R10).
LONGEST: Final = 5.0
PICTURES: Final = (drawn("JPEG", 16, 16), drawn("PNG", 7, 5), drawn("JPEG", 640, 480))
ROUTES: Final = (CREATE, *COMPAT_PATHS)
HEADERS: Final = (
    ("Idempotency-Key", "key-1"), ("Idempotency-Key", ""), ("Idempotency-Key", "\u00e9" * 300),
    ("content-type", "text/plain"), ("Content-Type", "multipart/form-data; boundary=x"),
    ("x-api-key", "another"), ("Origin", "https://app.example.com"), ("origin", "\r\n"),
)  # fmt: skip


def good(random: Random) -> Body:
    return form(
        random.choice(list(CLIENTS)),
        random.choices(PICTURES, (6, 3, 1))[0],
        threshold=random.choice(["0.6", "1.0", "0.5", None]),
        subject_ref=random.choice(["abc", None]),
        file_name=random.choice(["selfie.jpg", "caf\u00e9.jpg", "a;b.jpg", ""]),
    )


def broken(random: Random) -> dict[str, Any]:
    """An event with a mutated body; now and then its envelope is broken too."""
    body = mutate(good(random), random)
    extra = random.sample(HEADERS, random.choice((0, 0, 0, 1, 2)))
    event = post_event(body, random.choice(ROUTES), headers=extra)
    match random.randrange(40):
        case 0:
            event["body"] = event["body"][: random.randint(0, len(event["body"]))]
        case 1:
            event["body"] = "\u00e9" + event["body"]
        case 2:
            event |= {"isBase64Encoded": False, "body": body.content.decode("utf-8", "replace")}
        case 3:
            event["body"] = base64.urlsafe_b64encode(body.content).decode()
        case 4:
            event["body"] = None
        case _:
            pass
    return event


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_body_does_harm(gateway: Gateway, shard: int) -> None:
    random = seeded("bodies", shard)
    created = refused = 0
    for number in range(BODIES // SHARDS):
        event = broken(random)
        started = time.monotonic()
        answered = gateway.send(event)
        assert time.monotonic() - started < LONGEST, number
        assert answered.status in {200, 201, 400, 413, 415, 422}, (number, answered.text)
        fresh = answered.status < 400 and "Idempotency-Replayed" not in answered.headers
        created += fresh
        refused += answered.status >= 400
    assert gateway.world.calls == created
    assert len(gateway.world.table.items) == created
    assert created > 50, "the mutator breaks everything: nothing is learned of what is let through"
    assert refused > 1000
    assert not [line for line in gateway.telemetry.lines if line["level"] == "CRITICAL"]


def test_what_is_let_through_is_what_was_sent(gateway: Gateway) -> None:
    """Whatever the envelope looks like, the selfie upstream sees is a part of the body."""
    random = seeded("let through")
    for _ in range(1500):
        body = mutate(good(random), random)
        before = gateway.world.calls
        if gateway.post(body).status < 400:
            (call,) = gateway.world.liveness_api.received[before:]
            assert call.content in body.content
            assert 0 <= call.threshold <= 1
