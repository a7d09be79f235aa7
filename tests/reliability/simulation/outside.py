"""Everything around the functions, as doubles."""

from dataclasses import dataclass

from liveness_gateway.adapters.upstream.ports import Transport
from liveness_gateway.telemetry import InvocationTelemetry
from tests.doubles.breaker_store import BreakerTableDouble
from tests.doubles.bus import BusDouble
from tests.doubles.liveness_api import LivenessApi
from tests.doubles.queue import QueueDouble
from tests.doubles.secrets import SecretsDouble
from tests.doubles.table import TableDouble
from tests.doubles.telemetry import RecordingTelemetry
from tests.reliability.history.history import History
from tests.reliability.simulation.recorder import Recorder
from tests.reliability.simulation.steering import SteeredClock, Steering


@dataclass(frozen=True)
class Outside:
    """Everything the functions are wired to."""

    clock: SteeredClock
    telemetry: InvocationTelemetry
    table: TableDouble
    breaker_table: BreakerTableDouble
    secrets: SecretsDouble
    transport: Transport
    bus: BusDouble
    emergency: QueueDouble
    letters: QueueDouble


def simulated(
    steering: Steering,
    history: History,
    recorder: Recorder,
    api: LivenessApi,
    telemetry: type[RecordingTelemetry],
) -> Outside:
    """Doubles that share one steering, and write what they see into one history."""
    table = TableDouble(steering)
    table.on_write, table.on_refusal = recorder.wrote, recorder.refused
    api.asker, api.on_call = lambda: steering.actor, recorder.calls
    api.on_post = recorder.posted
    return Outside(
        clock=steering.clock,
        telemetry=telemetry(steering, history.lines, history.counts),
        table=table,
        breaker_table=BreakerTableDouble(steering.clock, steering),
        secrets=SecretsDouble(steering),
        transport=api,
        bus=BusDouble(steering, on_accept=recorder.accepted, on_refuse=recorder.not_accepted),
        emergency=QueueDouble(steering, "emergency.send", history.kept),
        letters=QueueDouble(steering, "letters.send", history.letters),
    )
