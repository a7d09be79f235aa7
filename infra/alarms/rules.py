"""What is watched: each row is one alarm and one line of the operator's handbook."""

from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.api.rest_api import Api
from infra.events import EventBus
from infra.functions.function import METRICS_NAMESPACE
from infra.functions.functions import Functions
from infra.stages import Stage

_PERIOD: Final = Duration.minutes(5)
_LATE_MS: Final = 5 * 60 * 1000
# Upstream is given 20 s; who waits longer than this waits for trouble.
_SLOW_MS: Final = 15_000

# What the functions count themselves: alarm, counter, function, meaning.
COUNTED: Final = (
    (
        "VerificationsUnknown",
        "verification_unknown",
        "verify",
        "The liveness API was asked and no usable answer came: it may have charged.",
    ),
    (
        "VerificationsAbandoned",
        "verification_unknown",
        "sweep",
        "A function died between asking the liveness API and storing the answer.",
    ),
    (
        "BreakerOpened",
        "breaker_opened",
        "verify",
        "The liveness API fails too often: it is left alone for a while, clients get 503.",
    ),
    (
        "BreakerStoreFailed",
        "breaker_store_failed",
        "verify",
        "The breaker's table does not answer: calls go on without its protection.",
    ),
    (
        "CredentialsRefused",
        "credentials_refused",
        "verify",
        "The liveness API refuses our credentials: put the right ones into the secret.",
    ),
    (
        "CredentialsUnavailable",
        "credentials_unavailable",
        "verify",
        "The secret is empty, malformed or out of reach: fill it, or look at its permissions.",
    ),
    (
        "LimitReached",
        "limit_reached",
        "verify",
        "The usage limit of the liveness API is reached: buy more, or lower the quotas here.",
    ),
    (
        "ResultsKept",
        "result_kept_in_emergency",
        "verify",
        "The table did not take a paid result; it waits in the emergency queue.",
    ),
    (
        "ResultsLost",
        "result_lost",
        "verify",
        "Neither table nor emergency queue took a paid result; sweep will call it unknown.",
    ),
    (
        "ResultsNotRecoverable",
        "result_not_recoverable",
        "recover",
        "A kept result fits no record any more: it ends in the emergency dead-letter queue.",
    ),
    (
        "SweepFailed",
        "sweep_failed",
        "sweep",
        "The table did not answer the sweep: overdue verifications wait for the next run.",
    ),
    (
        "VerifyUnhandled",
        "unhandled",
        "verify",
        "An error that nobody foresaw became an `internal` problem.",
    ),
    (
        "ResultsUnhandled",
        "unhandled",
        "results",
        "An error that nobody foresaw became an `internal` problem.",
    ),
    (
        "PublishEventsUnhandled",
        "unhandled",
        "publish_events",
        "An error that nobody foresaw: the batch is delivered again.",
    ),
    (
        "SweepUnhandled",
        "unhandled",
        "sweep",
        "An error that nobody foresaw: the next run goes on.",
    ),
    (
        "RecoverUnhandled",
        "unhandled",
        "recover",
        "An error that nobody foresaw: the messages are delivered again.",
    ),
)


@dataclass(frozen=True, slots=True)
class Watch:
    """When an alarm rises: the metric reaches `threshold` within five minutes."""

    name: str
    metric: cloudwatch.IMetric
    threshold: float
    meaning: str


def everything(stage: Stage, *, api: Api, functions: Functions, bus: EventBus) -> list[Watch]:
    """All that is watched in one stage."""
    counted = [
        Watch(name, _counter(counter, function, stage), 1, meaning)
        for name, counter, function, meaning in COUNTED
    ]
    return [*_queues(bus), *_api(api), *_functions(functions), *counted]


def _counter(counter: str, function: str, stage: Stage) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=METRICS_NAMESPACE,
        metric_name=counter,
        dimensions_map={"service": function, "stage": stage.name},
        period=_PERIOD,
        statistic="sum",
    )


def _queues(bus: EventBus) -> list[Watch]:
    rows = (
        (
            "DeadLetters",
            bus.dead_letters,
            "A stored verification could not be announced; it waits in the dead-letter queue.",
        ),
        (
            "Emergency",
            bus.emergency,
            "Paid results wait in the emergency queue and are not stored yet.",
        ),
        (
            "EmergencyDeadLetters",
            bus.emergency_dead_letters,
            "A paid result could not be stored later either; a person must.",
        ),
    )
    return [
        Watch(
            name,
            queue.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="max"),
            1,
            meaning,
        )
        for name, queue, meaning in rows
    ]


def _api(api: Api) -> list[Watch]:
    rest_api = api.rest_api
    return [
        Watch(
            "ServerErrors",
            rest_api.metric_server_error(period=_PERIOD, statistic="sum"),
            5,
            "Clients got 5xx answers.",
        ),
        Watch(
            "Latency",
            rest_api.metric_latency(period=_PERIOD, statistic="p95"),
            _SLOW_MS,
            "One request in twenty takes 15 seconds or more.",
        ),
    ]


def _functions(functions: Functions) -> list[Watch]:
    crashes = [
        Watch(
            f"{name}Errors",
            function.metric_errors(period=_PERIOD, statistic="sum"),
            1,
            f"{name} crashed or ran out of time.",
        )
        for name, function in functions.all.items()
    ]
    throttles = Watch(
        "VerifyThrottles",
        functions.verify.metric_throttles(period=_PERIOD, statistic="sum"),
        1,
        "Requests were refused because verify's concurrency was used up.",
    )
    age = Watch(
        "StreamAge",
        functions.publish_events.metric("IteratorAge", period=_PERIOD, statistic="max"),
        _LATE_MS,
        "Verifications are announced more than five minutes late.",
    )
    return [*crashes, throttles, age]
