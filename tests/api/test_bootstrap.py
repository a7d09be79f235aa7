"""Each function as it is deployed: built from its environment, over real sockets."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.bootstrap.publish_events import publish_events_from_environment
from liveness_gateway.bootstrap.recover import recover_from_environment
from liveness_gateway.bootstrap.results import results_from_environment
from liveness_gateway.bootstrap.sweep import sweep_from_environment
from liveness_gateway.bootstrap.verify import verify_from_environment
from liveness_gateway.clock import SystemClock
from liveness_gateway.entrypoints.batch import BatchHandler
from liveness_gateway.entrypoints.http.handler import LambdaHandler
from liveness_gateway.entrypoints.queues import all_messages
from liveness_gateway.entrypoints.schedule import nothing_swept
from liveness_gateway.entrypoints.streams import whole_batch
from liveness_gateway.settings import SettingsError
from publish_events.handler import handler as publish_events
from recover.handler import handler as recover
from results.handler import handler as results
from sweep.handler import handler as sweep
from tests.adapters.aws_endpoint import HANGS, SERVER_ERROR, Fault
from tests.api.deployment import Deployment
from tests.api.events import COMPAT_PATHS, CREATE, HEALTH, post_event, proxy_event, read_event
from tests.api.events import selfie_form as form
from tests.api.gateway import SELFIE, Answered, answered
from tests.doubles.lambda_context import LambdaContextDouble
from tests.environment import bare_environment, environment
from tests.samples import claim
from verify.handler import handler as verify

BUILDERS: Final = (
    verify_from_environment, results_from_environment, publish_events_from_environment,
    sweep_from_environment, recover_from_environment,
)  # fmt: skip


@pytest.mark.parametrize("build", BUILDERS)
def test_a_missing_setting_is_named(build: Callable[[], object]) -> None:
    """Which settings there are: `tests/unit/test_settings.py`."""
    with bare_environment(STAGE="dev"), pytest.raises(SettingsError, match="METRICS_NAMESPACE"):
        build()


def test_an_unknown_dialect_is_refused(deployment: Deployment) -> None:
    assert deployment.environment["UPSTREAM_DIALECT"]
    with environment(UPSTREAM_DIALECT="v9"), pytest.raises(SettingsError, match="UPSTREAM_DIALECT"):
        verify_from_environment()


@pytest.mark.parametrize("handler", [verify, results])
def test_without_an_environment_the_answer_is_internal(handler: LambdaHandler) -> None:
    with bare_environment():
        refused = answered(handler(post_event(form(SELFIE)), context()))
    assert (refused.status, refused.body["code"]) == (500, "internal")


def test_without_an_environment_the_batch_functions_lose_nothing() -> None:
    with bare_environment():
        batch = {"Records": [{"dynamodb": {"SequenceNumber": "7"}, "messageId": "m", "body": ""}]}
        assert publish_events(batch, None) == {"batchItemFailures": [{"itemIdentifier": "7"}]}
        assert recover(batch, None) == {"batchItemFailures": [{"itemIdentifier": "m"}]}
        assert sweep({}, None) == {"ended": 0}


def context(seconds: float = 28.0) -> LambdaContextDouble:
    return LambdaContextDouble(SystemClock(), seconds)


def post(function: LambdaHandler, seconds: float = 28.0, **headers: str) -> Answered:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return answered(function(post_event(form(SELFIE), headers=named), context(seconds)))


@pytest.fixture
def function(deployment: Deployment) -> LambdaHandler:
    assert deployment.name
    return LambdaHandler(verify_from_environment)


def test_a_selfie_goes_all_the_way(deployment: Deployment, function: LambdaHandler) -> None:
    created = post(function, Idempotency_Key="key-1", Origin="https://other.example.com")
    assert (created.status, created.body["decision"]) == (201, "live")
    assert created.headers["Access-Control-Allow-Origin"] == "https://other.example.com"
    verification_id = created.body["verification_id"]
    assert post(function, Idempotency_Key="key-1").body == created.body
    (request,) = deployment.sandbox.requests
    assert (request.dialect, request.credentials_right, request.threshold) == ("v0.2", True, "0.6")

    reader = LambdaHandler(results_from_environment)
    read = answered(reader(read_event(verification_id), context()))
    assert (read.status, read.body) == (200, created.body)
    healthy = answered(reader(proxy_event("GET", HEALTH, api_key_id=None), context()))
    assert healthy.body == {"status": "ok", "stage": "local"}

    announce = BatchHandler(publish_events_from_environment, whole_batch)
    assert announce(deployment.stream(), context()) == {"batchItemFailures": []}
    (message,) = deployment.messages("consumer")
    event = json.loads(message["Body"])
    assert event["detail-type"] == "LivenessVerificationCompleted"
    assert event["detail"]["data"]["verification_id"] == verification_id


def test_the_other_dialect_and_the_compat(deployment: Deployment) -> None:
    with environment(UPSTREAM_DIALECT="v0.1"):
        function = LambdaHandler(verify_from_environment)
        event = post_event(form(SELFIE), COMPAT_PATHS[0])
        assert answered(function(event, context())).status == 200
    (request,) = deployment.sandbox.requests
    assert (request.dialect, request.credential_style) == ("v0.1", "app_id")


def test_the_stages_policy_is_read(deployment: Deployment) -> None:
    policy = {"MULTIPLE_FACES": "score", "DEFAULT_THRESHOLD": "0.75", "MINIMUM_SIDE": "72"}
    with environment(**policy):
        function = LambdaHandler(verify_from_environment)
        small = post(function)
        assert (small.status, small.body["code"]) == (422, "invalid_selfie")
    with environment(**policy | {"MINIMUM_SIDE": "71"}):
        function = LambdaHandler(verify_from_environment)
        deployment.sandbox.next("multiple_faces")
        event = post_event(form(SELFIE, threshold=None))
        created = answered(function(event, context()))
        assert (created.body["decision"], created.body["threshold"]) == ("live", 0.75)


def test_an_overdue_claim_is_swept(deployment: Deployment) -> None:
    ledger = DynamoDBLedger(deployment.aws.client("dynamodb"), deployment.table)
    now = SystemClock().now()
    ledger.claim(claim(at=now - timedelta(seconds=62)))
    ledger.claim(claim(at=now))
    assert BatchHandler(sweep_from_environment, nothing_swept)({}, context()) == {"ended": 1}
    assert sorted(item["status"]["S"] for item in deployment.items()) == ["processing", "unknown"]


def test_a_result_the_table_did_not_take_waits_and_is_stored(
    deployment: Deployment, function: LambdaHandler
) -> None:
    deployment.aws.fail_always("UpdateItem", SERVER_ERROR)
    refused = post(function, seconds=9)
    assert (refused.status, refused.body["code"]) == (503, "upstream_unavailable")
    deployment.aws.recover()
    (message,) = deployment.messages("emergency")
    batch = {"Records": [{"messageId": "m-1", "body": message["Body"]}]}
    store = BatchHandler(recover_from_environment, all_messages)
    assert store(batch, context()) == {"batchItemFailures": []}
    read = answered(
        LambdaHandler(results_from_environment)(
            read_event(refused.body["verification_id"]), context()
        )
    )
    assert (read.status, read.body["decision"]) == (200, "live")


@pytest.mark.parametrize("fault", [HANGS, SERVER_ERROR, Fault(400, "AccessDeniedException")])
def test_a_secret_out_of_reach_costs_no_upstream_call(
    deployment: Deployment, function: LambdaHandler, fault: Fault
) -> None:
    deployment.aws.fail_always("GetSecretValue", fault)
    refused = post(function)
    assert (refused.status, refused.body["code"]) == (503, "upstream_unavailable")
    assert deployment.sandbox.requests == ()
    assert deployment.items() == []


@pytest.mark.parametrize("fault", [HANGS, SERVER_ERROR, Fault()])
def test_a_table_that_is_down_costs_no_upstream_call(
    deployment: Deployment, function: LambdaHandler, fault: Fault
) -> None:
    deployment.aws.fail_always("PutItem", fault)
    refused = post(function)
    assert (refused.status, refused.body["code"]) == (503, "upstream_unavailable")
    assert deployment.sandbox.requests == ()


def test_while_table_and_queue_hang_after_the_call_there_is_an_answer(
    deployment: Deployment, function: LambdaHandler
) -> None:
    """How long it takes is in `tests/reliability`, where time is simulated."""
    for operation in ("UpdateItem", "SendMessage"):
        deployment.aws.fail_always(operation, HANGS)
    refused = post(function, seconds=9)
    assert (refused.status, refused.body["code"]) == (503, "upstream_unavailable")
    assert refused.body["verification_id"]


def test_the_breakers_store_down_is_no_outage(deployment: Deployment) -> None:
    with environment(BREAKER_TABLE_NAME="nowhere"):
        function = LambdaHandler(verify_from_environment)
        assert [post(function).status for _ in range(3)] == [201] * 3
    assert len(deployment.sandbox.requests) == 3


def test_the_breaker_keeps_calls_away_from_an_upstream_that_refuses(
    deployment: Deployment, function: LambdaHandler
) -> None:
    deployment.sandbox.set_default("limit")
    first, second = post(function), post(LambdaHandler(verify_from_environment))
    assert (first.body["code"], second.body["code"]) == ("upstream_limit", "upstream_unavailable")
    assert second.body["detail"].endswith("circuit_open.")
    assert len(deployment.sandbox.requests) == 1


def test_nothing_but_its_own_address_is_asked(
    deployment: Deployment, function: LambdaHandler
) -> None:
    post(function)
    assert set(deployment.aws.calls) <= {"GetSecretValue", "PutItem", "GetItem", "UpdateItem"}


def test_the_routes_of_a_function_are_its_own(
    deployment: Deployment, function: LambdaHandler
) -> None:
    assert deployment.name
    refused = answered(function(read_event("0" * 32), context()))
    assert refused.status == 404
    reader = LambdaHandler(results_from_environment)
    assert answered(reader(post_event(form(SELFIE), CREATE), context())).status == 404
