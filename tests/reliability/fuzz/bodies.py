"""Request bodies, broken in every way, in the events of API Gateway."""

import base64
import os
from random import Random
from typing import Any, Final

from tests.bodies import CLIENTS, Body, form, mutate, proxied
from tests.images import drawn

_PICTURES: Final = (drawn("JPEG", 16, 16), drawn("PNG", 7, 5), drawn("JPEG", 640, 480))
_RESOURCES: Final = (
    "/v1/verifications",
    "/v0.1/liveness-verification",
    "/v0.2/liveness-verification",
)
_HEADERS: Final = (
    ("Idempotency-Key", "key-1"), ("Idempotency-Key", ""), ("Idempotency-Key", "\u00e9" * 300),
    ("content-type", "text/plain"), ("Content-Type", "multipart/form-data; boundary=x"),
    ("x-api-key", "another"), ("Origin", "https://app.example.com"), ("origin", "\r\n"),
)  # fmt: skip


def amount(all_of_it: int) -> int:
    """How much is tried: a tenth of it, or with SOAK=1 all."""
    return all_of_it if os.environ.get("SOAK") else all_of_it // 10


def post_event(body: Body, resource: str = _RESOURCES[0]) -> dict[str, Any]:
    return proxied(body) | {"httpMethod": "POST", "resource": resource}


def good(random: Random) -> Body:
    """A whole form, as one of the clients writes it."""
    return form(
        random.choice(list(CLIENTS)),
        random.choices(_PICTURES, (6, 3, 1))[0],
        threshold=random.choice(["0.6", "1.0", "0.5", None]),
        subject_ref=random.choice(["abc", None]),
        file_name=random.choice(["selfie.jpg", "caf\u00e9.jpg", "a;b.jpg", ""]),
    )


def broken(random: Random) -> dict[str, Any]:
    """An event with a mutated body; now and then its envelope is broken too."""
    body = mutate(good(random), random)
    event = post_event(body, random.choice(_RESOURCES))
    extra = random.sample(_HEADERS, random.choice((0, 0, 0, 1, 2)))
    several = {name: [value] for name, value in event["headers"].items()}
    for name, value in extra:
        several.setdefault(name, []).append(value)
    event |= {"multiValueHeaders": several}
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
