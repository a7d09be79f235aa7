"""At log level DEBUG, through every outcome: no secret, image, file name or EXIF text anywhere."""

import base64
import importlib
import io
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from typing import Any, Final

import boto3
import pytest

from liveness_gateway.clock import SystemClock
from sandbox import OUTCOMES
from sandbox.selfies import draw_selfie
from tests.adapters.aws_endpoint import SERVER_ERROR
from tests.api.canaries import API_KEY, Canaries, windows, writings
from tests.api.deployment import APP_KEY, FINGERPRINT_KEY, Deployment
from tests.api.events import COMPAT_PATHS, CREATE, post_event, read_event
from tests.bodies import CLIENTS, Body, form, mutate, seeded
from tests.canary_names import EXIF_TEXT, FILE_NAME
from tests.doubles.lambda_context import LambdaContextDouble
from tests.environment import bare_environment

Event = dict[str, Any]

JPEG: Final = draw_selfie(width=320, height=240, exif_text=EXIF_TEXT)
PNG: Final = draw_selfie(width=120, height=90, format="PNG", exif_text=EXIF_TEXT)
CANARIES: Final = Canaries.of(JPEG, PNG)
# These hold a request up for as long as it has; the adapters' tests have them.
SLOW: Final = {"silent", "drip_headers", "drip_body", "slow"}


def good(content: bytes = JPEG, **changes: Any) -> Body:  # noqa: ANN401 - as `form` takes them
    return form("curl", content, file_name=FILE_NAME, **changes)


class Invocations:
    """New copies of the functions of one deployment.

    Attributes:
        output: all that any library logs at level DEBUG, and all that is printed.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._environment = deployment.environment
        self.output = io.StringIO()

    def run(
        self,
        *invocations: tuple[str, Event],
        seconds: float = 28.0,
        settings: Mapping[str, str] | None = None,
    ) -> list[Any]:
        """Invoke each in turn, in an environment of their own; give what they returned."""
        everything = logging.StreamHandler(self.output)
        everything.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        root = logging.getLogger()
        level = root.level
        root.setLevel(logging.DEBUG)
        root.addHandler(everything)
        try:
            with bare_environment(**self._environment | dict(settings or {})):
                boto3.setup_default_session()
                with redirect_stdout(self.output):
                    copies = {name: _new_copy(name) for name, _ in invocations}
                    return [
                        copies[name](event, LambdaContextDouble(SystemClock(), seconds))
                        for name, event in invocations
                    ]
        finally:
            root.removeHandler(everything)
            root.setLevel(level)


def _new_copy(name: str) -> Callable[[Event, LambdaContextDouble], Any]:
    module = importlib.reload(importlib.import_module(f"{name}.handler"))
    handler: Callable[[Event, LambdaContextDouble], Any] = module.handler
    return handler


@pytest.fixture
def said(deployment: Deployment) -> Invocations:
    return Invocations(deployment)


def everything(deployment: Deployment, said: Invocations, answers: list[Any]) -> dict[str, bytes]:
    """All that was written or said, by the place where it is."""
    breaker = deployment.environment["BREAKER_TABLE_NAME"]
    return {
        "log": said.output.getvalue().encode(),
        "answers": json.dumps(answers).encode() + str(answers).encode(),
        "items": json.dumps(deployment.items()).encode(),
        "breaker": json.dumps(deployment.items(breaker)).encode(),
        **{name: json.dumps(deployment.messages(name)).encode() for name in deployment.queues},
    }


def check(places: dict[str, bytes]) -> None:
    assert {name: CANARIES.found_in(text) for name, text in places.items()} == {
        name: set() for name in places
    }


def test_the_canaries_are_found_where_they_are() -> None:
    """A search that cannot fail proves nothing: each is found in each writing."""
    text = f"{APP_KEY} {FINGERPRINT_KEY} {FILE_NAME} {EXIF_TEXT} {API_KEY}".encode()
    names = {"app_key", "fingerprint key", "file name", "exif", "api key"}
    assert CANARIES.found_in(text) == names
    assert CANARIES.found_in(b"data:" + base64.b64encode(JPEG)) >= {"image"}
    assert CANARIES.found_in(b"x" + base64.b64encode(b"12" + PNG)) >= {"image"}
    assert CANARIES.found_in(JPEG.hex().encode()) == {"image", "exif"}
    assert CANARIES.found_in(repr(PNG).encode()) >= {"image"}
    assert CANARIES.found_in(json.dumps(JPEG.decode("latin-1"), ensure_ascii=False).encode())
    for piece in windows(JPEG)[::10]:
        for writing in writings(piece):
            assert CANARIES.found_in(b"before " + writing + b" after") == {"image"}
    assert CANARIES.found_in(b"nothing of it") == set()


def test_through_every_outcome_of_upstream(deployment: Deployment, said: Invocations) -> None:
    outcomes = [name for name in OUTCOMES if name not in SLOW]
    invocations: list[tuple[str, Event]] = []
    for number, outcome in enumerate(outcomes):
        if outcome in {"too_many_requests", "unavailable"}:
            deployment.sandbox.next(outcome, retry_after="9")
        else:
            deployment.sandbox.next(outcome)
        body = good(PNG if number % 2 else JPEG, subject_ref="subject-1")
        resource = (CREATE, *COMPAT_PATHS)[number % 3]
        invocations.append(("verify", post_event(body, resource)))
    # Without its store the breaker lets every call go on.
    answers = said.run(*invocations, settings={"BREAKER_TABLE_NAME": "nowhere"})
    batch = deployment.stream()
    answers += said.run(("publish_events", batch))
    ids = [item["verification_id"]["S"] for item in deployment.items()]
    answers += said.run(*(("results", read_event(one)) for one in ids), ("sweep", {}))
    statuses = {answer["statusCode"] for answer in answers if "statusCode" in answer}
    assert statuses >= {200, 201, 403, 502, 503}
    assert len(batch["Records"]) == len(outcomes)
    places = everything(deployment, said, answers)
    # At least once: an answer of the bus may be lost.
    assert places["consumer"].count(b"LivenessVerification") >= len(outcomes)
    assert b"verification ended" in places["log"]
    assert b"DEBUG" in places["log"]
    check(places)


def test_through_refused_input(deployment: Deployment, said: Invocations) -> None:
    random = seeded("canaries")
    bodies = [
        good(threshold="1.5"), good(b"GIF89a" + JPEG), good(JPEG[:200]), good(b""),
        Body("text/plain", good().content), Body("multipart/form-data", good().content),
        Body(good().content_type, good().content[:-3]),
        Body(good().content_type, good().content.replace(b'"threshold"', b'"selfie"')),
        Body(good().content_type, good().content + bytes(4_800_000)),
        Body(FILE_NAME, JPEG), good(subject_ref="s" * 300),
    ]  # fmt: skip
    bodies += [form(client, JPEG, file_name=f'a"; {FILE_NAME}') for client in CLIENTS]
    bodies += [form("curl", JPEG, file_name=f'{FILE_NAME}"; name="threshold')]
    bodies += [mutate(good(), random) for _ in range(40)]
    events = [post_event(body, headers=[("Idempotency-Key", "key-1")]) for body in bodies]
    events.append(post_event(good(), headers=[("Idempotency-Key", FILE_NAME), ("X-Image", "x")]))
    events.append(read_event(FILE_NAME))
    answers = said.run(*(("verify", event) for event in events))
    assert {answer["statusCode"] for answer in answers} >= {400, 413, 415, 422}
    check(everything(deployment, said, answers))


@pytest.mark.parametrize(
    "settings",
    [
        {"UPSTREAM_URL": "https://\u00e9\udc80"}, {"UPSTREAM_URL": "http://127.0.0.1:99999"},
        {"UPSTREAM_URL": "http://[::1"}, {"UPSTREAM_URL": "http://a b"}, {"UPSTREAM_URL": "ftp://x"},
        {"UPSTREAM_URL": ""}, {"TABLE_NAME": "no such table"}, {"RETENTION_HOURS": "many"},
        {"FINGERPRINT_SECRET_ARN": "arn:aws:secretsmanager:x"}, {"AWS_DEFAULT_REGION": ""},
    ],
)  # fmt: skip
def test_with_broken_settings(
    deployment: Deployment, said: Invocations, settings: dict[str, str]
) -> None:
    answers = said.run(("verify", post_event(good())), settings=settings)
    assert answers[0]["statusCode"] in {500, 503}
    places = everything(deployment, said, answers)
    assert b"Traceback" not in places["answers"]
    check(places)


def test_what_is_kept_in_an_emergency(deployment: Deployment, said: Invocations) -> None:
    deployment.aws.fail_always("UpdateItem", SERVER_ERROR)
    answers = said.run(("verify", post_event(good())), seconds=9)
    deployment.aws.recover()
    kept = deployment.messages("emergency")
    assert json.loads(kept[0]["Body"])["status"] == "completed"
    records = [{"messageId": "m-1", "body": kept[0]["Body"]}]
    records.append({"messageId": "m-2", "body": json.dumps({"selfie": FILE_NAME, "x": APP_KEY})})
    answers += said.run(("recover", {"Records": records}))
    assert answers[1] == {"batchItemFailures": [{"itemIdentifier": "m-2"}]}
    places = everything(deployment, said, answers)
    places["emergency"] = json.dumps(kept).encode()
    check(places)
