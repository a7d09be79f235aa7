"""An exception of any type from any port: the problem `internal`, without a word of its text."""

import logging
from typing import Any

import pytest

from liveness_gateway.clock import SystemClock
from liveness_gateway.entrypoints.http.application import Application, LambdaContext
from liveness_gateway.entrypoints.http.handler import LambdaHandler
from liveness_gateway.entrypoints.http.routes import Route
from liveness_gateway.settings import SettingsError
from liveness_gateway.verifications.model import Status
from liveness_gateway.verifications.ports import NotChargedError
from tests.api.events import COMPAT_PATHS, CREATE, HEALTH, post_event, proxy_event, selfie_form
from tests.api.gateway import SELFIE, Answered, Context, Gateway, answered
from tests.fakes import KilledError
from tests.world import World
from tests.written_telemetry import WrittenTelemetry, counted

Output = pytest.CaptureFixture[str]
EXCEPTIONS = [
    Exception, ValueError, TypeError, KeyError, AttributeError, IndexError, LookupError, OSError,
    ArithmeticError, AssertionError, RuntimeError, RecursionError, MemoryError, NotImplementedError,
    TimeoutError, ConnectionError, UnicodeError, StopIteration, BufferError, EOFError, ImportError,
    ExceptionGroup,
]  # fmt: skip
BEFORE_THE_MONEY = ["clock.now", "fingerprints.of", "ledger.claim"]
PORTS = [*BEFORE_THE_MONEY, "upstream.verify", "ledger.store", "telemetry.count", "telemetry.log"]


def thrown(kind: type[Exception]) -> Exception:
    if kind is ExceptionGroup:
        return ExceptionGroup("canary", [ValueError("canary")])
    return kind("canary")


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
    assert line["level"] == "CRITICAL"
    assert '"unhandled":[1.0]' in captured.out


@pytest.mark.parametrize("kind", EXCEPTIONS)
@pytest.mark.parametrize("port", PORTS)
def test_any_exception_from_any_port(
    gateway: Gateway, capsys: Output, port: str, kind: type[Exception]
) -> None:
    gateway.world.faults.fail(port, thrown(kind))
    check(gateway.post(), gateway, capsys, CREATE)
    if port in BEFORE_THE_MONEY:
        assert gateway.world.upstream.calls == []


@pytest.mark.parametrize("path", COMPAT_PATHS)
@pytest.mark.parametrize("port", PORTS)
def test_also_on_the_compat(gateway: Gateway, capsys: Output, port: str, path: str) -> None:
    gateway.world.faults.fail(port, RuntimeError("canary"))
    check(gateway.post(resource=path), gateway, capsys, path)


@pytest.mark.parametrize("port", ["ledger.get", "clock.now"])
def test_also_when_a_record_is_read(gateway: Gateway, capsys: Output, port: str) -> None:
    created = gateway.post()
    capsys.readouterr()
    gateway.world.faults.fail(port, RuntimeError("canary"))
    check(gateway.read(created.body["verification_id"]), gateway, capsys, CREATE)


def test_also_when_a_failed_record_is_tried_again(gateway: Gateway, capsys: Output) -> None:
    gateway.world.upstream.will(NotChargedError("upstream_limit", "limit_reached"))
    gateway.post(key="key-1")
    capsys.readouterr()
    gateway.world.faults.fail("ledger.reclaim", RuntimeError("canary"))
    check(gateway.post(key="key-1"), gateway, capsys, CREATE)


def test_after_the_money_the_record_is_found_by_the_sweep(gateway: Gateway) -> None:
    gateway.world.faults.fail("ledger.store", RuntimeError("canary"))
    assert gateway.post(key="key-1").status == 500
    gateway.world.clock.advance(61)
    gateway.world.sweeper().sweep()
    (stored,) = gateway.world.ledger.all()
    assert stored.status is Status.UNKNOWN
    assert gateway.post(key="key-1").status == 504
    assert len(gateway.world.upstream.calls) == 1


def test_one_failure_does_not_spoil_the_next_request(gateway: Gateway) -> None:
    gateway.world.faults.fail("ledger.claim", RuntimeError("canary"))
    assert [gateway.post().status for _ in range(3)] == [500, 201, 201]


def test_a_dying_process_is_not_held_up(gateway: Gateway) -> None:
    gateway.world.faults.fail("ledger.claim", KilledError())
    with pytest.raises(KilledError):
        gateway.post()


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
    function = LambdaHandler(lambda: gateway.application)
    event = post_event(selfie_form(SELFIE)) | {name: value}
    assert answered(function(event, Context())).status in {201, 400, 401, 404, 415, 500}


@pytest.mark.parametrize("event", [None, [], "event", 5])
def test_no_event_at_all_is_answered(gateway: Gateway, event: Any) -> None:  # noqa: ANN401 - not an event
    assert answered(LambdaHandler(lambda: gateway.application)(event, Context())).status == 500


def broken() -> Application:
    raise SettingsError("TABLE_NAME is not set: canary")


def test_a_function_that_cannot_start_says_so(caplog: pytest.LogCaptureFixture) -> None:
    function = LambdaHandler(broken)
    event = post_event(selfie_form(SELFIE), request_id="r-1", headers=[("Origin", "https://x.y")])
    refused = answered(function(event, Context()))
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
        return gateway.application

    function = LambdaHandler(build)
    event = proxy_event("GET", HEALTH)
    statuses = [answered(function(event, Context())).status for _ in range(5)]
    assert statuses == [500, 500, 200, 200, 200]
    assert len(tries) == 3


class BrokenTelemetry(WrittenTelemetry):
    """A telemetry that fails at one of its methods."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self._method = method

    def begin(self, **ids: str | None) -> None:
        self._fail("begin")
        super().begin(**ids)

    def log(self, message: str, *, level: int, **fields: object) -> None:
        self._fail("log")
        super().log(message, level=level, **fields)

    def count(self, metric: str, value: int = 1) -> None:
        self._fail("count")
        super().count(metric, value)

    def flush(self) -> None:
        self._fail("flush")
        super().flush()

    def _fail(self, method: str) -> None:
        if method == self._method:
            raise RuntimeError("canary")


@pytest.mark.parametrize("method", ["begin", "log", "count", "flush"])
def test_a_telemetry_that_fails_leaves_an_answer(
    world: World, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    routes = Gateway(world).application._routes  # noqa: SLF001 - the same routes, another telemetry
    telemetry = BrokenTelemetry(method)
    function = LambdaHandler(lambda: Application(routes, ("*",), world.clock, telemetry))
    event = post_event(selfie_form(SELFIE), request_id="r-1")
    refused = answered(function(event, Context()))
    assert (refused.status, refused.body["code"]) == (500, "internal")
    assert refused.headers["X-Correlation-Id"] == "r-1"
    assert "RuntimeError" in caplog.text
    assert "canary" not in caplog.text + refused.text


def test_a_route_that_fails_is_counted(capsys: Output) -> None:
    def fail(_: object) -> Any:  # noqa: ANN401 - it never returns
        raise LookupError("canary")

    telemetry = WrittenTelemetry()
    routes = {("GET", HEALTH): Route(fail)}
    application = Application(routes, ("*",), SystemClock(), telemetry)
    context: LambdaContext = Context()
    assert application(proxy_event("GET", HEALTH), context)["statusCode"] == 500
    assert counted(capsys) == {"unhandled": 1, "problem_internal": 1, "requests": 1}
    unhandled = telemetry.lines[0]
    assert unhandled["error_type"] == "LookupError"
    assert unhandled["raised_at"].startswith("test_unhandled_errors.py:")
