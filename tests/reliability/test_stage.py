"""What the faults are tried on is the functions: wired as `bootstrap` wires them."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.client import BaseClient

from liveness_gateway import bootstrap
from liveness_gateway.adapters.powertools import PowertoolsTelemetry
from tests.reliability.cloud import Cloud
from tests.reliability.outputs import Outputs
from tests.reliability.recovery import Recovery
from tests.reliability.stage import Stage
from tests.reliability.surroundings import environment

_PLAIN = (str, int, float, bool, Decimal, timedelta, type(None))
_SETTINGS = ("connect_timeout", "read_timeout", "retries", "proxies", "max_pool_connections")


def wiring(of: Any) -> Any:  # noqa: ANN401 - any object there is
    """An object and all it holds, as plain values; clocks and telemetries are only named."""
    if isinstance(of, _PLAIN):
        return of
    if isinstance(of, Mapping):
        return {str(name): wiring(value) for name, value in of.items()}
    if isinstance(of, (tuple, list)):
        return [wiring(value) for value in of]
    return _object(of)


def _object(of: Any) -> Any:  # noqa: ANN401 - any object there is
    if isinstance(of, BaseClient):
        settings = [getattr(of.meta.config, name) for name in _SETTINGS]
        return [type(of).__name__, of.meta.endpoint_url, of.meta.region_name, *settings]
    if isinstance(of, PowertoolsTelemetry) or hasattr(of, "monotonic"):
        return "telemetry" if isinstance(of, PowertoolsTelemetry) else "clock"
    if hasattr(of, "__self__"):
        return [of.__name__, wiring(of.__self__)]
    if type(of).__module__.startswith("liveness_gateway"):
        return [type(of).__qualname__, wiring(_held(of))]
    return type(of).__qualname__


def _held(of: object) -> dict[str, object]:
    slots = [name for kind in type(of).__mro__ for name in getattr(kind, "__slots__", ())]
    return {name: getattr(of, name) for name in slots} | getattr(of, "__dict__", {})


def _verify(stage: Stage) -> object:
    return stage.verify_function()._build()  # noqa: SLF001 - what Lambda would build


def _results(stage: Stage) -> object:
    return stage.results_function()._build()  # noqa: SLF001 - what Lambda would build


@pytest.mark.parametrize(
    ("ours", "real"),
    [
        (_verify, bootstrap.verify_application),
        (_results, bootstrap.results_application),
        (lambda stage: Recovery(stage).publisher(), lambda: bootstrap.publisher()[0]),
        (lambda stage: Recovery(stage).sweeper(), lambda: bootstrap.sweeper()[0]),
        (lambda stage: Recovery(stage).recoverer(), lambda: bootstrap.recoverer()[0]),
    ],
    ids=["verify", "results", "publish_events", "sweep", "recover"],
)
def test_a_stage_is_wired_as_the_functions_are(
    ours: Callable[[Stage], object], real: Callable[[], object]
) -> None:
    with Cloud() as cloud, Stage(cloud, Outputs(), 1, patient=False) as stage:
        with environment(stage.environment()):
            expected = wiring(real())
        assert wiring(ours(stage)) == expected


def test_a_difference_in_the_wiring_is_seen() -> None:
    def text(stage: Stage) -> str:
        port = stage.upstream_url.rpartition(":")[2]
        return str(wiring(_verify(stage))).replace(stage.name, "name").replace(port, "port")

    with Cloud() as cloud, ExitStack() as stack:
        one, same, other = (
            text(stack.enter_context(Stage(cloud, Outputs(), 1, patient=patient)))
            for patient in (True, True, False)
        )
    assert one == same != other
    assert "HttpTransport" in one
