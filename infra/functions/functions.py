"""All functions of the stack."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundling.bundler import Bundler
from infra.events import Events
from infra.functions.function import FunctionDefaults
from infra.functions.publish_events import PublishEvents
from infra.functions.recover import Recover
from infra.functions.results import Results
from infra.functions.sweep import Sweep
from infra.functions.verify import Verify
from infra.stages.stage import Stage
from infra.storage import Storage


class Functions(Construct):
    """The Lambda functions.

    Attributes:
        verify: serves the POST routes.
        results: serves the GET routes.
        publish_events: triggered by the table's stream.
        sweep: triggered every five minutes.
        recover: triggered by the emergency queue.

    Raises:
        BundleError: a zip cannot be built.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: Stage, storage: Storage, events: Events
    ) -> None:
        super().__init__(scope, construct_id)
        defaults = FunctionDefaults(stage, Bundler(stage))
        table = storage.table
        self.verify = Verify(self, "Verify", defaults=defaults, storage=storage, events=events)
        self.results = Results(self, "Results", defaults=defaults, table=table)
        self.publish_events = PublishEvents(
            self, "PublishEvents", defaults=defaults, table=table, events=events
        )
        self.sweep = Sweep(self, "Sweep", defaults=defaults, table=table)
        self.recover = Recover(
            self, "Recover", defaults=defaults, table=table, queue=events.emergency_queue
        )

    @property
    def all(self) -> dict[str, lambda_.Function]:
        """Every Lambda function, by construct id."""
        constructs = (self.verify, self.results, self.publish_events, self.sweep, self.recover)
        return {construct.node.id: construct.function for construct in constructs}
