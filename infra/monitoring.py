"""Alarms: what an operator must hear of without looking."""

from dataclasses import dataclass
from typing import cast

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.api import Api
from infra.event_bus import EventBus
from infra.functions import Functions

_PERIOD = Duration.minutes(5)


@dataclass(frozen=True, slots=True)
class Watch:
    """When an alarm rises: the metric reaches `threshold` within five minutes."""

    name: str
    metric: cloudwatch.IMetric
    threshold: float
    meaning: str


class Monitoring(Construct):
    """One alarm for each thing that needs a person, and the topic they all go to.

    Attributes:
        topic: the operator subscribes to it.
        alarms: by name.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, api: Api, functions: Functions, bus: EventBus
    ) -> None:
        super().__init__(scope, construct_id)
        self.topic = self._topic()
        watches = [
            *_queues(bus),
            *_api(api),
            *_functions(functions),
        ]
        self.alarms = {watch.name: self._alarm(watch) for watch in watches}

    def _topic(self) -> sns.Topic:
        topic = sns.Topic(self, "Alarms", enforce_ssl=True)
        # A topic with a policy of its own no longer trusts the account's alarms by itself.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[
                    cast("iam.IPrincipal", iam.ServicePrincipal("cloudwatch.amazonaws.com"))
                ],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        return topic

    def _alarm(self, watch: Watch) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            watch.name,
            metric=watch.metric,
            alarm_description=watch.meaning,
            threshold=watch.threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(cast("cloudwatch.IAlarmAction", actions.SnsAction(self.topic)))
        return alarm


def _queues(bus: EventBus) -> list[Watch]:
    return [
        Watch(
            name,
            queue.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="max"),
            1,
            meaning,
        )
        for name, queue, meaning in (
            (
                "DeadLetters",
                bus.dead_letters,
                "A stored verification could not be announced; it waits in the dead-letter queue.",
            ),
            (
                "Emergency",
                bus.emergency,
                "A paid result could not be stored at once; it waits in the emergency queue.",
            ),
            (
                "EmergencyDeadLetters",
                bus.emergency_dead_letters,
                "A paid result could not be stored later either; a person must.",
            ),
        )
    ]


def _api(api: Api) -> list[Watch]:
    return [
        Watch(
            "ServerErrors",
            api.rest_api.metric_server_error(period=_PERIOD, statistic="sum"),
            5,
            "Clients got 5xx answers.",
        )
    ]


def _functions(functions: Functions) -> list[Watch]:
    watches = [
        Watch(
            f"{name}Errors",
            function.metric_errors(period=_PERIOD, statistic="sum"),
            1,
            f"{name} crashed or ran out of time.",
        )
        for name, function in (
            ("Verify", functions.verify),
            ("Results", functions.results),
            ("PublishEvents", functions.publish_events),
            ("Sweep", functions.sweep),
        )
    ]
    throttles = Watch(
        "VerifyThrottles",
        functions.verify.metric_throttles(period=_PERIOD, statistic="sum"),
        1,
        "Requests were refused because verify's concurrency was used up.",
    )
    age = Watch(
        "StreamAge",
        functions.publish_events.metric(
            "IteratorAge", period=_PERIOD, statistic="max", unit=cloudwatch.Unit.MILLISECONDS
        ),
        5 * 60 * 1000,
        "Verifications are announced more than five minutes late.",
    )
    return [*watches, throttles, age]
