"""Alarms: what an operator must hear of without looking."""

from collections.abc import Iterable

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.alarms.rules import Watch


class Monitoring(Construct):
    """One alarm for each thing that needs a person, and the topic they all go to.

    Attributes:
        topic: the operator subscribes to it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, watches: Iterable[Watch]) -> None:
        super().__init__(scope, construct_id)
        self.topic = self._topic()
        for watch in watches:
            self._alarm(watch)

    def _topic(self) -> sns.Topic:
        topic = sns.Topic(self, "Alarms", enforce_ssl=True)
        # A topic with a policy of its own no longer trusts the account's alarms by itself.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        return topic

    def _alarm(self, watch: Watch) -> None:
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
        alarm.add_alarm_action(actions.SnsAction(self.topic))
