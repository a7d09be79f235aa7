"""The alarms and the topic that they notify."""

from collections.abc import Iterable

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.alarms.rules import AlarmRule

_AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
_BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
_MISSING = cloudwatch.TreatMissingData.BREACHING
_NOTHING = cloudwatch.TreatMissingData.NOT_BREACHING


class Alarms(Construct):
    """One alarm for each rule; all notify one topic.

    Attributes:
        topic: the operator subscribes to it.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, rules: Iterable[AlarmRule], email: str
    ) -> None:
        super().__init__(scope, construct_id)
        self.topic = self._topic()
        if email:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))
        for rule in rules:
            self._add_alarm(rule)

    def _topic(self) -> sns.Topic:
        topic = sns.Topic(self, "Alarms", enforce_ssl=True)
        # `enforce_ssl` adds a policy, which replaces the default one. That allowed the account's
        # alarms to publish, so it must be allowed again.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        return topic

    def _add_alarm(self, rule: AlarmRule) -> None:
        alarm = cloudwatch.Alarm(
            self,
            rule.name,
            metric=rule.metric,
            alarm_description=rule.description,
            threshold=rule.threshold,
            evaluation_periods=1,
            comparison_operator=_BELOW if rule.expected else _AT_LEAST,
            treat_missing_data=_MISSING if rule.expected else _NOTHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        alarm.add_ok_action(actions.SnsAction(self.topic))
