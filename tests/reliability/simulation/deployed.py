"""The functions as they are deployed, built by `bootstrap` over doubles that share one steering."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from liveness_gateway.bootstrap.publish_events import build_publish_events
from liveness_gateway.bootstrap.recover import build_recover
from liveness_gateway.bootstrap.results import build_results
from liveness_gateway.bootstrap.sweep import build_sweep
from liveness_gateway.bootstrap.verify import VerifyClients, build_verify
from liveness_gateway.entrypoints.batch import BatchHandler
from liveness_gateway.entrypoints.http.handler import LambdaHandler
from liveness_gateway.entrypoints.queues import all_messages
from liveness_gateway.entrypoints.schedule import nothing_swept
from liveness_gateway.entrypoints.streams import whole_batch
from liveness_gateway.settings import PublishSettings, RecoverSettings
from liveness_gateway.verifications.model import MultipleFaces
from tests.doubles.breaker_store import BreakerTableDouble
from tests.doubles.bus import BusDouble
from tests.doubles.counter_table import CounterTableDouble
from tests.doubles.liveness_api import LivenessApi
from tests.doubles.queue import QueueDouble
from tests.doubles.secrets import SecretsDouble
from tests.doubles.table import TableDouble
from tests.doubles.telemetry import RecordingTelemetry
from tests.reliability.history.history import History
from tests.reliability.simulation.steering import Steering
from tests.world import SETTINGS

_PUBLISH: Final = PublishSettings(
    SETTINGS.stage, SETTINGS.powertools_metrics_namespace, "the-bus", "letters"
)
Batch = Callable[..., dict[str, Any]]


class Deployed:
    """What the functions call, and execution environments: each has caches of its own."""

    def __init__(
        self, retention: timedelta, several: MultipleFaces, telemetry: type[RecordingTelemetry]
    ) -> None:
        self.steering = steering = Steering()
        self.clock = steering.clock
        self.history = history = History(steering, several, overran=steering.overran)
        self.api = LivenessApi(self.clock, steering)
        self.api.asker = lambda: steering.actor
        self.api.on_call, self.api.on_post = history.on_call, history.on_post
        self.table, self.secrets = TableDouble(steering), SecretsDouble(steering)
        self.table.on_write, self.table.on_refusal = history.on_write, history.on_refusal
        self.bus = BusDouble(
            steering, on_accept=history.on_accept, on_refuse=history.on_refused_event
        )
        self.emergency = QueueDouble(steering, "emergency.send", history.kept)
        self.letters = QueueDouble(steering, "letters.send", history.letters)
        self._breaker = BreakerTableDouble(self.clock, steering)
        self._budgets = CounterTableDouble(steering)
        hours = int(retention.total_seconds()) // 3600
        self._settings = replace(SETTINGS, retention_hours=hours, multiple_faces=several)
        # The doubles are the part of boto3's clients that is used.
        self._telemetry: Any = telemetry(steering, history.lines, history.counts)
        self._table: Any = {"dynamodb": self.table, "telemetry": self._telemetry}
        self._clock: Any = {"clock": self.clock}

    def redeploy(self, **settings: Any) -> None:  # noqa: ANN401 - as `VerifySettings` has them
        """From now on functions start with these settings."""
        self._settings = replace(self._settings, **settings)

    def verify_function(self) -> LambdaHandler:
        doubles: Any = (self.table, self._breaker, self._budgets, self.secrets, self.emergency)
        more: Any = {"transport": self.api, "breaker_store": self._breaker.store(self._telemetry)}
        more |= {"clients": VerifyClients(*doubles), "telemetry": self._telemetry} | self._clock
        return LambdaHandler(lambda: build_verify(self._settings, **more))

    def results_function(self) -> LambdaHandler:
        return LambdaHandler(lambda: build_results(self._settings, **self._table, **self._clock))

    def sweep_function(self) -> Batch:
        return BatchHandler(
            lambda: build_sweep(self._settings, **self._table, **self._clock), nothing_swept
        )

    def recover_function(self) -> Batch:
        settings = RecoverSettings(
            SETTINGS.stage,
            SETTINGS.powertools_metrics_namespace,
            SETTINGS.table_name,
            self._settings.multiple_faces,
        )
        return BatchHandler(lambda: build_recover(settings, **self._table), all_messages)

    def publish_function(self) -> Batch:
        more: Any = {"events": self.bus, "sqs": self.letters, "telemetry": self._telemetry}
        return BatchHandler(
            lambda: build_publish_events(_PUBLISH, **more, **self._clock), whole_batch
        )
