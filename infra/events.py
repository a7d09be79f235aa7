"""The event bus, and the queues for what could not be published or stored."""

from typing import Final, cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.retention import removal_policy
from infra.stages.stage import Stage

RECOVER_TIMEOUT: Final = 60
# AWS recommends at least six times the consumer's timeout. A message that cannot be stored is
# received again after it: 50 times take five hours.
_VISIBILITY_TIMEOUT: Final = Duration.seconds(6 * RECOVER_TIMEOUT)
_RECEIVES: Final = 50
_MAXIMUM_RETENTION: Final = Duration.days(14)


class Events(Construct):
    """The gateway's own event bus and its queues.

    Attributes:
        bus: consumers add their rules to it.
        dead_letter_queue: versions that could not be published.
        emergency_queue: results that were paid for and could not be stored; `recover` stores them.
        emergency_dead_letter_queue: results that `recover` could not store either.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self._removal = removal_policy(stage)
        self._bus_name = f"liveness-gateway-{stage.name}"
        self.bus = events.EventBus(self, "Bus", event_bus_name=self._bus_name)
        self.dead_letter_queue = self._dead_letter_queue("DeadLetters")
        self.emergency_dead_letter_queue = self._dead_letter_queue("EmergencyDeadLetters")
        self.emergency_queue = sqs.Queue(
            self,
            "Emergency",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=_MAXIMUM_RETENTION,
            visibility_timeout=_VISIBILITY_TIMEOUT,
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=_RECEIVES, queue=self.emergency_dead_letter_queue
            ),
            removal_policy=self._removal,
        )

    def name_sender(self, queue: sqs.Queue, role: iam.IRole) -> None:
        """Say in the policy of `queue` who sends to it: `role`, and nobody of another account."""
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Sender",
                principals=[role],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
            )
        )
        queue.add_to_resource_policy(_deny_other_accounts("sqs:SendMessage", queue.queue_arn, self))

    def name_publisher(self, role: iam.IRole) -> None:
        """Say in the policy of the bus who puts events: `role`, and nobody of another account."""
        # Not `event_bus_arn`: the bus cannot refer to itself.
        arn = Stack.of(self).format_arn(
            service="events", resource="event-bus", resource_name=self._bus_name
        )
        publisher = iam.PolicyStatement(
            sid="Publisher", principals=[role], actions=["events:PutEvents"], resources=[arn]
        )
        others = _deny_other_accounts("events:PutEvents", arn, self)
        bus = cast("events.CfnEventBus", self.bus.node.default_child)
        bus.policy = iam.PolicyDocument(statements=[publisher, others])

    def _dead_letter_queue(self, construct_id: str) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            construct_id,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=_MAXIMUM_RETENTION,
            removal_policy=self._removal,
        )
        acknowledge(queue, "AwsSolutions-SQS3", "It is where undeliverable messages end.")
        return queue


def _deny_other_accounts(action: str, resource: str, scope: Construct) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="NobodyElse",
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=[action],
        resources=[resource],
        conditions={"StringNotEquals": {"aws:PrincipalAccount": Stack.of(scope).account}},
    )
