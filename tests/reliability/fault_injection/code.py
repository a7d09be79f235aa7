"""Fault 30: an exception nobody foresaw, of any type, thrown from any port."""

import http.client
import json
import ssl
from collections import defaultdict
from collections.abc import Callable
from decimal import InvalidOperation
from typing import Any, Final

from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from tests.adapters.aws_endpoint import SERVER_ERROR
from tests.reliability.cloud import Moment
from tests.reliability.outputs import ERROR_CANARY
from tests.reliability.recovery import Recovery
from tests.reliability.scenarios import scenario
from tests.reliability.stage import Stage, Wrap

_REFUSAL: Final[Any] = {"Error": {"Code": ERROR_CANARY, "Message": ERROR_CANARY}}
_ERRORS: Final[tuple[Callable[[], Exception], ...]] = (
    lambda: ValueError(ERROR_CANARY),
    lambda: TypeError(ERROR_CANARY),
    lambda: KeyError(ERROR_CANARY),
    lambda: IndexError(ERROR_CANARY),
    lambda: AttributeError(ERROR_CANARY),
    lambda: RuntimeError(ERROR_CANARY),
    lambda: NotImplementedError(ERROR_CANARY),
    lambda: RecursionError(ERROR_CANARY),
    lambda: MemoryError(ERROR_CANARY),
    lambda: AssertionError(ERROR_CANARY),
    lambda: OSError(ERROR_CANARY),
    lambda: ConnectionResetError(ERROR_CANARY),
    lambda: TimeoutError(ERROR_CANARY),
    lambda: StopIteration(ERROR_CANARY),
    lambda: EOFError(ERROR_CANARY),
    lambda: BufferError(ERROR_CANARY),
    lambda: ImportError(ERROR_CANARY),
    lambda: ZeroDivisionError(ERROR_CANARY),
    lambda: OverflowError(ERROR_CANARY),
    lambda: InvalidOperation(ERROR_CANARY),
    lambda: UnicodeDecodeError("utf-8", ERROR_CANARY.encode(), 0, 1, ERROR_CANARY),
    lambda: json.JSONDecodeError(ERROR_CANARY, ERROR_CANARY, 0),
    lambda: http.client.HTTPException(ERROR_CANARY),
    lambda: ssl.SSLError(ERROR_CANARY),
    lambda: ClientError(_REFUSAL, ERROR_CANARY),
    lambda: EndpointConnectionError(endpoint_url=ERROR_CANARY),
    NoCredentialsError,
    lambda: Exception(ERROR_CANARY),
)


class _Exploding:
    """A port one of whose methods raises what `pending` still holds."""

    def __init__(self, port: Any, method: str, moment: Moment, pending: list[Exception]) -> None:  # noqa: ANN401 - any port
        self._port = port
        self._method = method
        self._moment = moment
        self._pending = pending

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        found = getattr(self._port, name)
        return self._explosive(found) if name == self._method else found

    def _explosive(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as the port's
            if self._pending and self._moment == "before":
                raise self._pending.pop()
            result = method(*arguments, **named)
            if self._pending:
                raise self._pending.pop()
            return result

        return call


def _explosion(stage: Stage, port: str, method: str, moment: Moment) -> Wrap:
    """One exception, once, in whichever environment comes first."""
    pending = [stage.random.choice(_ERRORS)()]
    return lambda name, inner: _Exploding(inner, method, moment, pending) if name == port else inner


def _in_verify(port: str, method: str, moment: Moment, words: str) -> None:
    """Register the scenario of one port of `verify`."""

    # In threads where each waits for a table that is down.
    @scenario(
        30,
        f"an exception of any type {words}",
        together=port == "emergency",
        seconds_left=_SECONDS[port],
    )
    def explode(stage: Stage, _: Recovery) -> None:
        if port == "emergency":
            stage.fail_always("UpdateItem", SERVER_ERROR)
        stage.post(function=stage.verify_function(_explosion(stage, port, method, moment)))


_SECONDS: Final = defaultdict(lambda: 28.0, emergency=7.0)
_PORTS: Final[tuple[tuple[str, str, Moment, str], ...]] = (
    ("fingerprints", "of", "before", "when the selfie is fingerprinted"),
    ("ledger", "claim", "before", "in place of the claim"),
    ("ledger", "claim", "after", "after the claim was stored"),
    ("credentials", "get", "before", "from the credentials"),
    ("breaker", "admit", "before", "from the breaker"),
    ("transport", "post", "before", "before the call"),
    ("transport", "post", "after", "after the call"),
    ("ledger", "settle", "before", "in place of the result's write"),
    ("ledger", "settle", "after", "after the result was stored"),
    ("emergency", "keep", "before", "from the emergency queue while the table is down"),
    ("clock", "now", "before", "from the clock"),
    ("telemetry", "note", "before", "from the log, after the result was stored"),
    ("application_telemetry", "begin", "before", "from the log, at the very start"),
    ("application_telemetry", "flush", "before", "from the metrics, at the very end"),
)
for _port in _PORTS:
    _in_verify(*_port)


@scenario(
    30,
    "an exception of any type from each port of `publish_events`, `sweep` and `recover`",
    together=True,
    seconds_left=7.0,
)
def behind(stage: Stage, recovery: Recovery) -> None:
    stage.fail_always("UpdateItem", SERVER_ERROR)
    stage.post()
    stage.mend()
    stage.post(function=stage.verify_function(_explosion(stage, "ledger", "settle", "before")))
    for port, method in (
        ("ledger", "settle"), ("ledger", "overdue"), ("bus", "put"), ("letters", "send"),
        ("clock", "now"),
    ):  # fmt: skip
        recovery.wrap = _explosion(stage, port, method, stage.random.choice(("before", "after")))
        recovery.store_kept()
        recovery.sweep()
        recovery.deliver()
