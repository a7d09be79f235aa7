"""Where terminal versions are announced, and where they wait when that fails."""

from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.stages import Stage

RECOVER_TIMEOUT: Final = 60
# SQS asks for at least six times the consumer's own timeout. A message that cannot be stored
# comes back after it: 50 times are five hours.
_VISIBILITY: Final = Duration.seconds(6 * RECOVER_TIMEOUT)
_TRIES: Final = 50
_LONGEST: Final = Duration.days(14)


def dead_letter_queue(scope: Construct, construct_id: str, *, stage: Stage) -> sqs.Queue:
    """An encrypted queue for what could not be delivered, kept as long as SQS keeps anything."""
    queue = sqs.Queue(
        scope,
        construct_id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=_LONGEST,
        removal_policy=RemovalPolicy.RETAIN if stage.keep_data else RemovalPolicy.DESTROY,
    )
    acknowledge(queue, "AwsSolutions-SQS3", "It is where undeliverable messages end.")
    return queue


class EventBus(Construct):
    """The gateway's own bus, and the queues behind the two ways out of the request path.

    Attributes:
        bus: consumers put their rules on it.
        dead_letters: versions that could not be announced.
        emergency: results that could not be stored after the money was spent; `recover` stores
            them.
        emergency_dead_letters: those that could not be stored later either.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self.bus = events.EventBus(self, "Bus", event_bus_name=f"liveness-gateway-{stage.name}")
        self.dead_letters = dead_letter_queue(self, "DeadLetters", stage=stage)
        self.emergency_dead_letters = dead_letter_queue(self, "EmergencyDeadLetters", stage=stage)
        self.emergency = sqs.Queue(
            self,
            "Emergency",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=_LONGEST,
            visibility_timeout=_VISIBILITY,
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=_TRIES, queue=self.emergency_dead_letters
            ),
            removal_policy=RemovalPolicy.RETAIN if stage.keep_data else RemovalPolicy.DESTROY,
        )
