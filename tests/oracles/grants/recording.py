"""Every call of AWS that the functions make, as IAM names it: function, action, resource.

The functions are built as they are deployed, over real sockets, and taken through all they do.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from io import StringIO
from typing import Any, Final, NamedTuple, cast

from botocore.awsrequest import AWSPreparedRequest

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.bootstrap.publish_events import publish_events_from_environment
from liveness_gateway.bootstrap.recover import recover_from_environment
from liveness_gateway.bootstrap.results import results_from_environment
from liveness_gateway.bootstrap.sweep import sweep_from_environment
from liveness_gateway.bootstrap.verify import verify_from_environment
from liveness_gateway.clock import SystemClock
from sandbox import Sandbox
from tests.adapters.aws_endpoint import THROTTLED, AwsEndpoint
from tests.api.deployment import Deployment
from tests.api.events import post_event, read_event, selfie_form
from tests.api.gateway import SELFIE
from tests.doubles.lambda_context import LambdaContextDouble
from tests.environment import bare_environment
from tests.samples import claim, seconds

# The name that IAM has for a service, by that in the header of a request.
_SERVICES: Final = {
    "DynamoDB_20120810": "dynamodb",
    "AWSEvents": "events",
    "AmazonSQS": "sqs",
    "secretsmanager": "secretsmanager",
}


class Call(NamedTuple):
    """A call; an index is part of the resource: `TABLE_NAME/index/overdue`."""

    function: str
    action: str
    resource: str

    def named(self, variables: Mapping[str, str]) -> "Call":
        """The call with the variable that names the resource in place of its value."""
        value, slash, index = self.resource.partition("/index/")
        return self._replace(resource=f"{variables[value]}{slash}{index}")


class RecordingEndpoint(AwsEndpoint):
    """Also keeps each call that it serves or refuses.

    Attributes:
        function: the function that calls now; empty while a test prepares something.
    """

    def __init__(self) -> None:
        super().__init__()
        self.function = ""
        self.recorded: set[Call] = set()

    def apply(self, request: AWSPreparedRequest) -> tuple[int, dict[str, str], bytes]:
        service, _, operation = str(request.headers["X-Amz-Target"]).rpartition(".")
        if self.function:
            action = f"{_SERVICES[service]}:{operation}"
            for resource in _resources(json.loads(cast("bytes", request.body))):
                self.recorded.add(Call(self.function, action, resource))
        return super().apply(request)


def _resources(body: Mapping[str, Any]) -> list[str]:
    if "Entries" in body:
        return [entry["EventBusName"] for entry in body["Entries"]]
    name = next(body[key] for key in ("TableName", "SecretId", "QueueUrl") if key in body)
    return [f"{name}/index/{body['IndexName']}" if "IndexName" in body else name]


def recorded_calls() -> set[Call]:
    """Every call; its resource by the environment variable that the function has for it."""
    with ExitStack() as stack:
        aws = stack.enter_context(RecordingEndpoint())
        sandbox = stack.enter_context(Sandbox())
        deployment = Deployment(aws, sandbox)
        # With a budget, so that its calls are counted.
        budget = {"CLIENT_CALLS_PER_DAY": "1000"}
        stack.enter_context(bare_environment(**deployment.environment | budget))
        # What the functions log and count is not what this is about.
        stack.enter_context(redirect_stdout(StringIO()))
        logging.disable(logging.CRITICAL)
        try:
            _everything(aws, deployment)
        finally:
            logging.disable(logging.NOTSET)
    variables = {value: name for name, value in deployment.environment.items()}
    return {call.named(variables) for call in aws.recorded}


def _everything(aws: RecordingEndpoint, deployment: Deployment) -> None:
    with _calling(aws, "verify"):
        verification_id = _verify(aws, deployment)
    with _calling(aws, "results"):
        results_from_environment()(read_event(verification_id), _context())
    kept = deployment.messages("emergency")
    # A day old, so that its claim is overdue; and one item that is none of ours.
    ledger = DynamoDBLedger(aws.client("dynamodb"), deployment.table)
    now = SystemClock().now()
    ledger.claim(claim(at=now - seconds(3600)))
    announced = deployment.stream()["Records"]
    unreadable = {"dynamodb": {"SequenceNumber": "1", "NewImage": {"status": {"S": "?"}}}}
    with _calling(aws, "publish_events"):
        publish_events_from_environment().run({"Records": [*announced, unreadable]})
    with _calling(aws, "sweep"):
        sweep_from_environment().run({})
    with _calling(aws, "recover"):
        records = [{"messageId": "m", "body": message["Body"]} for message in kept]
        recover_from_environment().run({"Records": records})


def _verify(aws: RecordingEndpoint, deployment: Deployment) -> str:
    """Take `verify` through all it does; the id of a verification that is stored."""
    application = verify_from_environment()

    def post(key: str, left: float = 28.0, **form: str) -> dict[str, Any]:
        event = post_event(selfie_form(SELFIE, **form), headers=[("Idempotency-Key", key)])
        return application(event, _context(left))

    made = json.loads(post("live")["body"])
    # A threshold that the stage does not take: the record alone can answer.
    post("live", threshold="0.1")
    # A result that the table does not take, within the second that is left.
    aws.fail_always("UpdateItem", THROTTLED)
    post("kept", left=5.2)
    aws.recover()
    # The failures are counted in the table of the breaker.
    for number in range(5):
        deployment.sandbox.next("server_error")
        post(f"failing-{number}")
    return str(made["verification_id"])


def _context(left: float = 28.0) -> LambdaContextDouble:
    return LambdaContextDouble(SystemClock(), left)


@contextmanager
def _calling(aws: RecordingEndpoint, function: str) -> Iterator[None]:
    aws.function = function
    try:
        yield
    finally:
        aws.function = ""
