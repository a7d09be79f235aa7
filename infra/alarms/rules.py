"""The rules of all alarms; each has a line in the operator's handbook."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms.counters import COUNTER_ALARMS, CounterAlarm
from infra.api.rest_api import Api
from infra.events import Events
from infra.functions.functions import Functions
from infra.metrics import UPSTREAM_TIME
from infra.own_metric import own_metric
from infra.stages.stage import Stage

_PERIOD: Final = Duration.minutes(5)
_LATE_MILLISECONDS: Final = 5 * 60 * 1000
# A call of the liveness API is ended after 20 s.
_SLOW_MILLISECONDS: Final = 15_000

_VOLUMES: Final = {"Half": 50, "Most": 80, "All": 100}


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """An alarm goes off when `metric` is `threshold` or more in one period.

    Where it is `expected`, the alarm goes off when it is less, or not there at all.
    """

    name: str
    metric: cloudwatch.IMetric
    threshold: float
    description: str
    expected: bool = False


def alarm_rules(stage: Stage, *, api: Api, functions: Functions, events: Events) -> list[AlarmRule]:
    """The rules of one stage, each under a name of its own."""
    counters = [
        AlarmRule(alarm.name, _counter(alarm, stage), 1, alarm.description)
        for alarm in COUNTER_ALARMS
    ]
    return [
        *_queue_rules(events),
        *_api_rules(api, stage),
        *_crash_rules(functions),
        *_delay_rules(functions),
        *_volume_rules(stage),
        *counters,
    ]


def _counter(alarm: CounterAlarm, stage: Stage) -> cloudwatch.Metric:
    return own_metric(alarm.function, alarm.counter, stage.name).with_(period=_PERIOD)


def _volume_rules(stage: Stage) -> list[AlarmRule]:
    expected = stage.daily_upstream_calls
    if not expected:
        return []
    # Each call is one sample of the time that it took.
    calls = own_metric(*UPSTREAM_TIME, stage.name, statistic="SampleCount").with_(
        period=Duration.days(1)
    )
    return [
        AlarmRule(
            f"UpstreamCalls{name}",
            calls,
            ceil(expected * percent / 100),
            f"In a day, {percent} % of the {expected} calls of the liveness API were made that"
            " daily_upstream_calls expects.",
        )
        for name, percent in _VOLUMES.items()
    ]


def _queue_rules(events: Events) -> list[AlarmRule]:
    waiting = [
        AlarmRule(
            name,
            queue.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="max"),
            1,
            description,
        )
        for name, queue, description in (
            (
                "DeadLetters",
                events.dead_letter_queue,
                "A stored verification could not be announced; it waits in the dead-letter queue.",
            ),
            (
                "Emergency",
                events.emergency_queue,
                "Paid results wait in the emergency queue and are not stored yet.",
            ),
            (
                "EmergencyDeadLetters",
                events.emergency_dead_letter_queue,
                "A paid result could not be stored later either; a person must.",
            ),
        )
    ]
    # A message that a function works on, or that waits for its next try, is not visible. A sum of
    # both would be one alarm, but the emulator takes no alarm on an expression.
    in_flight = events.emergency_queue.metric_approximate_number_of_messages_not_visible(
        period=_PERIOD, statistic="max"
    )
    return [
        *waiting,
        AlarmRule(
            "EmergencyInFlight", in_flight, 1, "Paid results are being stored, and are not yet."
        ),
    ]


def _api_rules(api: Api, stage: Stage) -> list[AlarmRule]:
    rest_api = api.rest_api
    return [
        AlarmRule(
            "ServerErrors",
            rest_api.metric_server_error(period=_PERIOD, statistic="sum"),
            stage.server_errors_alarm,
            "Clients got 5xx answers.",
        ),
        AlarmRule(
            "Latency",
            rest_api.metric_latency(period=_PERIOD, statistic="p95"),
            _SLOW_MILLISECONDS,
            "One request in twenty takes 15 seconds or more.",
        ),
    ]


def _crash_rules(functions: Functions) -> list[AlarmRule]:
    return [
        AlarmRule(
            f"{name}Errors",
            function.metric_errors(period=_PERIOD, statistic="sum"),
            1,
            f"{name} crashed or ran out of time.",
        )
        for name, function in functions.all.items()
    ]


def _delay_rules(functions: Functions) -> list[AlarmRule]:
    verify, publish_events = functions.verify.function, functions.publish_events.function
    return [
        AlarmRule(
            "SweepIdle",
            functions.sweep.function.metric_invocations(
                period=Duration.minutes(15), statistic="sum"
            ),
            1,
            "The sweep, which runs every five minutes, did not run for fifteen.",
            expected=True,
        ),
        AlarmRule(
            "VerifyThrottles",
            verify.metric_throttles(period=_PERIOD, statistic="sum"),
            1,
            "Requests were refused because verify's concurrency was used up.",
        ),
        AlarmRule(
            "StreamAge",
            publish_events.metric("IteratorAge", period=_PERIOD, statistic="max"),
            _LATE_MILLISECONDS,
            "Verifications are announced more than five minutes late.",
        ),
    ]
