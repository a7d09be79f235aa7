"""One page for a stage: traffic, decisions, upstream, own time, charges, queues, cost per day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.api.rest_api import Api
from infra.dashboard import counters
from infra.events import Events
from infra.functions.functions import Functions
from infra.metrics import UPSTREAM_TIME
from infra.own_metric import own_metric
from infra.stages.stage import Stage

# The grid of a dashboard has 24 columns (CloudWatch, "Dashboard body structure and syntax").
_WIDTH: Final = 8
_HEIGHT: Final = 6
_DAY: Final = Duration.days(1)
# What has one point a day is shown for longer than the rest of the page.
_MONTH: Final = "-P30D"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The page of one stage, and what it shows."""

    stage: Stage
    api: Api
    functions: Functions
    events: Events

    def add_to(self, scope: Construct) -> None:
        """Add it to the stack."""
        cloudwatch.Dashboard(
            scope,
            "Dashboard",
            dashboard_name=f"liveness-gateway-{self.stage.name}",
            default_interval=_DAY,
            widgets=[
                [
                    self._traffic(),
                    self._counts("Decisions", counters.DECISIONS),
                    self._counts("Charged, not charged, unknown", counters.CHARGES),
                ],
                [
                    self._upstream_time(),
                    self._counts("Liveness API: what failed", counters.UPSTREAM_FAULTS),
                    self._own_time(),
                ],
                [
                    self._per_day(),
                    self._counts("Refused requests, by problem", counters.REFUSALS),
                    self._queues(),
                ],
                [self._counts("Repaired, announced again", counters.RECOVERY)],
            ],
        )

    def _traffic(self) -> cloudwatch.GraphWidget:
        rest_api = self.api.rest_api
        return _graph(
            "Traffic",
            [
                rest_api.metric_count(label="requests"),
                rest_api.metric_client_error(statistic="Sum", label="4xx"),
                rest_api.metric_server_error(statistic="Sum", label="5xx"),
            ],
        )

    def _counts(self, title: str, shown: Iterable[tuple[str, str]]) -> cloudwatch.GraphWidget:
        metrics = [
            own_metric(function, name, self.stage.name, label=_label(function, name))
            for function, name in shown
        ]
        return _graph(title, metrics)

    def _upstream_time(self) -> cloudwatch.GraphWidget:
        metrics = [
            own_metric(*UPSTREAM_TIME, self.stage.name, statistic=statistic, label=statistic)
            for statistic in ("p50", "p95", "Maximum")
        ]
        return _graph("Liveness API: milliseconds a call", metrics)

    def _own_time(self) -> cloudwatch.GraphWidget:
        # Sums can be subtracted, percentiles cannot: so this is the average of all requests.
        sources = {
            "whole": self.api.rest_api.metric_latency(statistic="Sum"),
            "requests": self.api.rest_api.metric_count(),
            "upstream": own_metric(*UPSTREAM_TIME, self.stage.name),
        }
        own = cloudwatch.MathExpression(
            expression="(whole - FILL(upstream, 0)) / requests",
            using_metrics=sources,
            label="average",
        )
        return _graph("The gateway's own milliseconds a request", [own])

    def _per_day(self) -> cloudwatch.GraphWidget:
        calls = own_metric(
            *UPSTREAM_TIME, self.stage.name, statistic="SampleCount", label="calls"
        ).with_(period=_DAY)
        price = self.stage.upstream_call_price
        if not price:
            return _graph("Calls of the liveness API a day", [calls], period=_DAY, start=_MONTH)
        cost = cloudwatch.MathExpression(
            expression=f"calls * {price:f}",
            using_metrics={"calls": calls},
            period=_DAY,
            label=f"cost, at {price:f} a call",
        )
        title = "Calls of the liveness API a day, and cost"
        return _graph(title, [calls], [cost], period=_DAY, start=_MONTH)

    def _queues(self) -> cloudwatch.GraphWidget:
        queues = {
            "emergency": self.events.emergency_queue,
            "emergency dead letters": self.events.emergency_dead_letter_queue,
            "dead letters": self.events.dead_letter_queue,
        }
        waiting = [
            queue.metric_approximate_number_of_messages_visible(statistic="Maximum", label=label)
            for label, queue in queues.items()
        ]
        late = self.functions.publish_events.function.metric(
            "IteratorAge", statistic="Maximum", label="milliseconds behind the stream"
        )
        return _graph("Waiting in queues, and events that are late", waiting, [late])


def _label(function: str, name: str) -> str:
    """The metric's name; with the function where it is not the one that all others are of."""
    return name if function == "verify" else f"{name} ({function})"


def _graph(
    title: str,
    left: Sequence[cloudwatch.IMetric],
    right: Sequence[cloudwatch.IMetric] = (),
    *,
    period: Duration | None = None,
    start: str | None = None,
) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title=title,
        left=list(left),
        right=list(right),
        period=period,
        start=start,
        width=_WIDTH,
        height=_HEIGHT,
        left_y_axis=cloudwatch.YAxisProps(min=0, show_units=False),
        right_y_axis=cloudwatch.YAxisProps(min=0, show_units=False),
    )
