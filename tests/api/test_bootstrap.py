"""Each function as it is deployed: built from its environment, over real sockets."""

import json

import pytest

from liveness_gateway.bootstrap.publish_events import publish_events_from_environment
from liveness_gateway.bootstrap.results import results_from_environment
from liveness_gateway.bootstrap.verify import verify_from_environment
from liveness_gateway.clock import SystemClock
from liveness_gateway.entrypoints.batch import BatchHandler, StartError
from liveness_gateway.entrypoints.http.handler import LambdaHandler
from liveness_gateway.entrypoints.streams import whole_batch
from liveness_gateway.settings import SettingsError
from publish_events.handler import handler as publish_events
from recover.handler import handler as recover
from results.handler import handler as results
from sweep.handler import handler as sweep
from tests.api.deployment import Deployment
from tests.api.events import COMPAT_PATHS, CREATE, HEALTH, post_event, proxy_event, read_event
from tests.api.events import selfie_form as form
from tests.api.gateway import SELFIE, Answered, answered
from tests.doubles.lambda_context import LambdaContextDouble
from tests.environment import bare_environment, environment
from verify.handler import handler as verify


def test_an_unknown_dialect_is_refused(deployment: Deployment) -> None:
    assert deployment.environment["UPSTREAM_DIALECT"]
    with environment(UPSTREAM_DIALECT="v9"), pytest.raises(SettingsError, match="UPSTREAM_DIALECT"):
        verify_from_environment()


@pytest.mark.parametrize("handler", [verify, results])
def test_without_an_environment_the_answer_is_internal(handler: LambdaHandler) -> None:
    with bare_environment():
        refused = answered(handler(post_event(form(SELFIE)), context()))
    assert (refused.status, refused.body["code"]) == (500, "internal")


def test_without_an_environment_the_batch_functions_raise_and_so_lose_nothing() -> None:
    with bare_environment():
        batch = {"Records": [{"dynamodb": {"SequenceNumber": "7"}, "messageId": "m", "body": ""}]}
        for function, event in ((publish_events, batch), (recover, batch), (sweep, {})):
            with pytest.raises(StartError):
                function(event, None)


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


def test_one_call_of_aws_stands_in_front_of_upstream(
    deployment: Deployment, function: LambdaHandler
) -> None:
    post(function)
    first = list(deployment.aws.calls)
    assert sorted(first[:-1]) == ["GetItem", "GetSecretValue", "GetSecretValue", "PutItem"]
    post(function)
    # The claim, and the result; the breaker is believed, and the secrets are cached.
    assert deployment.aws.calls[len(first) :] == ["PutItem", "UpdateItem"]


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


UNUSABLE = {
    "server_error": "upstream_status_500", "bad_request": "upstream_status_400",
    "redirect": "upstream_status_302", "cut": "connection_lost",
    "reset_before_status": "connection_lost", "cut_body": "answer_cut",
    "broken_chunks": "broken_http", "huge_body": "answer_too_large", "huge_headers": "broken_http",
    "broken_body": "unusable_answer", "html": "unusable_answer",
    "errors_in_200": "upstream_error_5000", "empty": "unusable_answer",
    "no_content": "unusable_answer",
}  # fmt: skip


def test_each_outcome_of_the_sandbox_that_is_no_answer(deployment: Deployment) -> None:
    details = {}
    with environment(BREAKER_TABLE_NAME="nowhere"):  # so that the circuit never opens
        function = LambdaHandler(verify_from_environment)
        for outcome in UNUSABLE:
            deployment.sandbox.next(outcome)
            details[outcome] = post(function).body["detail"]
    assert details == {
        outcome: f"This verification is unknown: {reason}." for outcome, reason in UNUSABLE.items()
    }
    assert len(deployment.sandbox.requests) == len(UNUSABLE)


def test_the_routes_of_a_function_are_its_own(
    deployment: Deployment, function: LambdaHandler
) -> None:
    assert deployment.name
    refused = answered(function(read_event("0" * 32), context()))
    assert refused.status == 404
    reader = LambdaHandler(results_from_environment)
    assert answered(reader(post_event(form(SELFIE), CREATE), context())).status == 404
