"""An error of any type from anything outside: the problem `internal`, with nothing of its text."""

import logging
import re
from typing import Any

import pytest

from liveness_gateway.entrypoints.http.application import Application
from liveness_gateway.entrypoints.http.handler import LambdaHandler
from liveness_gateway.settings import SettingsError
from tests.api.events import COMPAT_PATHS, CREATE, post_event, selfie_form
from tests.api.gateway import SELFIE, Answered, Gateway, answered
from tests.doubles.clock import ManualClock
from tests.doubles.lambda_context import LambdaContextDouble

Output = pytest.CaptureFixture[str]


def context() -> LambdaContextDouble:
    return LambdaContextDouble(ManualClock())


def check(refused: Answered, gateway: Gateway, output: Output, path: str) -> None:
    assert (refused.status, refused.body["code"]) == (500, "internal")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["X-Correlation-Id"] == refused.body["correlation_id"]
    assert ("Errors" in refused.body) == (path in COMPAT_PATHS)
    captured = output.readouterr()
    everything = refused.text + gateway.telemetry.stream.getvalue() + captured.out + captured.err
    assert "canary" not in everything
    assert "Traceback" not in everything
    (line,) = [line for line in gateway.telemetry.lines if line["message"] == "unhandled error"]
    assert (line["level"], line["error_type"]) == ("CRITICAL", "RuntimeError")
    assert re.fullmatch(r"\w+\.py:\d+", line["raised_at"])
    for metric in ("unhandled", "problem_internal"):
        assert f'"{metric}":[1.0]' in captured.out


@pytest.mark.parametrize("path", [CREATE, *COMPAT_PATHS], ids=["ours", "v0.1", "v0.2"])
def test_an_error_of_a_post(gateway: Gateway, capsys: Output, path: str) -> None:
    """From every port and of any type: fault 30 of `tests/reliability/fault_injection`."""
    gateway.world.faults.fail("transport.post", RuntimeError("canary"))
    check(gateway.post(resource=path), gateway, capsys, path)


@pytest.mark.parametrize("effect", ["table.get", "clock.now"])
def test_an_error_while_a_record_is_read(gateway: Gateway, capsys: Output, effect: str) -> None:
    created = gateway.post()
    capsys.readouterr()
    gateway.world.faults.fail(effect, RuntimeError("canary"))
    check(gateway.read(created.body["verification_id"]), gateway, capsys, CREATE)


STRANGE: list[tuple[str, Any]] = [
    ("requestContext", "text"), ("requestContext", {"identity": "text"}), ("body", 5),
    ("body", ["x"]), ("body", {"a": 1}), ("multiValueHeaders", "text"), ("headers", ["x"]),
    ("multiValueHeaders", {"Content-Type": None}), ("multiValueHeaders", {"Content-Type": [None]}),
    ("headers", {"x": {}}), ("pathParameters", "text"), ("isBase64Encoded", "yes"),
    ("resource", None), ("resource", ["x"]), ("httpMethod", {}), ("requestContext", []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), STRANGE)
def test_an_event_api_gateway_never_sends_is_answered(
    gateway: Gateway, name: str, value: object
) -> None:
    function = LambdaHandler(lambda: gateway.verify)
    event = post_event(selfie_form(SELFIE)) | {name: value}
    assert answered(function(event, context())).status in {201, 400, 401, 404, 415, 500}


@pytest.mark.parametrize("event", [None, [], "event", 5])
def test_no_event_at_all_is_answered(gateway: Gateway, event: Any) -> None:  # noqa: ANN401 - not an event
    assert answered(LambdaHandler(lambda: gateway.verify)(event, context())).status == 500


def broken() -> Application:
    raise SettingsError("TABLE_NAME is not set: canary")


def test_a_function_that_cannot_start_says_so(caplog: pytest.LogCaptureFixture) -> None:
    function = LambdaHandler(broken)
    event = post_event(selfie_form(SELFIE), request_id="r-1", headers=[("Origin", "https://x.y")])
    refused = answered(function(event, context()))
    assert (refused.status, refused.body["code"]) == (500, "internal")
    assert refused.headers["X-Correlation-Id"] == refused.body["correlation_id"] == "r-1"
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Cache-Control"] == "no-store"
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert "SettingsError" in caplog.text
    assert caplog.records[0].levelno == logging.CRITICAL
    assert "canary" not in caplog.text + refused.text


def test_a_function_that_could_not_start_tries_again(gateway: Gateway) -> None:
    tries: list[int] = []

    def build() -> Application:
        tries.append(1)
        if len(tries) < 3:
            raise LookupError("canary")
        return gateway.verify

    function = LambdaHandler(build)
    event = post_event(selfie_form(SELFIE))
    statuses = [answered(function(event, context())).status for _ in range(5)]
    assert statuses == [500, 500, 201, 201, 201]
    assert len(tries) == 3
