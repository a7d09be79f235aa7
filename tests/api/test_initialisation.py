"""What a function does ahead of its first call, and that a failure there costs nothing."""

import ast
import gc
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from liveness_gateway.adapters.secrets import SecretsManager, read_ahead
from liveness_gateway.adapters.sqs import SqsQueue
from liveness_gateway.bootstrap import clients
from liveness_gateway.bootstrap.initialisation import initialised, pause_collection
from liveness_gateway.bootstrap.publish_events import publish_events_from_environment
from liveness_gateway.bootstrap.results import results_from_environment
from liveness_gateway.bootstrap.verify import verify_from_environment
from liveness_gateway.clock import SystemClock
from liveness_gateway.entrypoints.batch import BatchHandler, StartError
from liveness_gateway.entrypoints.http.handler import LambdaHandler
from liveness_gateway.entrypoints.streams import whole_batch
from tests.adapters.aws_endpoint import DENIED
from tests.api.deployment import Deployment
from tests.api.events import post_event, proxy_event, selfie_form
from tests.api.gateway import SELFIE, answered
from tests.doubles.lambda_context import LambdaContextDouble
from tests.environment import bare_environment, environment
from tests.world import World

LAMBDA: Final = "AWS_LAMBDA_INITIALIZATION_TYPE"
FUNCTIONS: Final = Path(__file__).parents[2] / "functions"
HANDLERS: Final = ("verify", "results", "publish_events", "sweep", "recover")


def verify_in_lambda(kind: str = "on-demand") -> LambdaHandler:
    with environment(**{LAMBDA: kind}):
        return initialised(LambdaHandler(verify_from_environment))


def post(function: LambdaHandler) -> int:
    context = LambdaContextDouble(SystemClock(), 28.0)
    return answered(function(post_event(selfie_form(SELFIE)), context)).status


def healthy(function: LambdaHandler) -> int:
    event = proxy_event("GET", "/v1/health", api_key_id=None)
    return answered(function(event, LambdaContextDouble(SystemClock()))).status


@pytest.mark.parametrize("kind", ["on-demand", "provisioned-concurrency"])
def test_the_secrets_are_read_before_the_first_call(deployment: Deployment, kind: str) -> None:
    function = verify_in_lambda(kind)
    assert deployment.aws.calls == ["GetSecretValue", "GetSecretValue"]
    assert post(function) == 201
    assert deployment.aws.calls.count("GetSecretValue") == 2


@pytest.mark.parametrize("kind", ["snap-start", "", "of another time"])
def test_elsewhere_the_first_call_builds(deployment: Deployment, kind: str) -> None:
    function = verify_in_lambda(kind)
    assert deployment.aws.calls == []
    assert post(function) == 201


def test_a_secret_that_could_not_be_read_is_read_by_the_first_call(deployment: Deployment) -> None:
    """And where the first is refused, the second is not asked for."""
    deployment.aws.fail("GetSecretValue", DENIED)
    function = verify_in_lambda()
    assert deployment.aws.calls == ["GetSecretValue"]
    assert post(function) == 201
    assert deployment.aws.calls.count("GetSecretValue") == 3


def test_what_was_read_ahead_gets_old_as_any_other(world: World) -> None:
    credentials, key = (
        SecretsManager(world.secrets, name, world.clock)  # type: ignore[arg-type]  # the double
        for name in (world.settings.upstream_secret_arn, world.settings.fingerprint_secret_arn)
    )
    read_ahead(credentials, key)
    world.secrets.version = 2
    world.clock.advance(299)
    assert credentials.get().version == "1"
    world.clock.advance(2)
    assert credentials.get().version == "2"


def test_a_setting_that_comes_late_is_enough(
    deployment: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), bare_environment(**{LAMBDA: "on-demand"}):
        handlers = (
            initialised(LambdaHandler(verify_from_environment)),
            initialised(LambdaHandler(results_from_environment)),
        )
        batch = initialised(BatchHandler(publish_events_from_environment, whole_batch))
        with pytest.raises(StartError):
            batch({"Records": []}, None)
    lines = [record.getMessage() for record in caplog.records]
    assert (
        sum(line.startswith("not prepared: SettingsError at settings.py:") for line in lines) == 3
    )
    verify, results = handlers
    assert (post(verify), healthy(results)) == (201, 200)
    assert batch(deployment.stream(), None) == {"batchItemFailures": []}


class Broken:
    """Building, or what comes after it, fails with an error that says too much."""

    def __init__(self, build: Callable[[], object]) -> None:
        self.built = 0
        self._build = build

    def __call__(self) -> object:
        self.built += 1
        if self.built == 1:
            raise MemoryError("canary")
        return self._build()


def test_no_error_and_none_of_its_text_leaves_the_preparation(
    deployment: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Broken(verify_from_environment)
    with environment(**{LAMBDA: "on-demand"}):
        function = initialised(LambdaHandler(broken))  # type: ignore[arg-type]  # it may be anything
    assert "MemoryError" in caplog.text
    assert "canary" not in caplog.text
    assert post(function) == 201
    assert (broken.built, bool(deployment.items())) == (2, True)


def imported(name: str, **variables: str) -> str:
    """Import a handler in a process of its own, as Lambda does; what it wrote to stderr."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-B", "-c", f"import {name}.handler"],
        env={"PYTHONPATH": str(FUNCTIONS), LAMBDA: "on-demand", **variables},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stderr


@pytest.mark.parametrize("kind", ["on-demand", "provisioned-concurrency", "snap-start", ""])
def test_no_garbage_is_looked_for_until_the_function_is_there(kind: str) -> None:
    class Watching:
        collecting = True

        def prepare(self) -> None:
            self.collecting = gc.isenabled()

    with environment(**{LAMBDA: kind}):
        try:
            pause_collection(os.environ)
            watching = initialised(Watching())
            assert gc.isenabled()
        finally:
            gc.enable()
            gc.unfreeze()
    assert watching.collecting is (kind in {"snap-start", ""})


@pytest.mark.parametrize("name", HANDLERS)
def test_a_handler_pauses_the_collection_before_anything_is_imported(name: str) -> None:
    source = ast.parse((FUNCTIONS / name / "handler.py").read_text(encoding="utf-8"))
    first, *_ = (node for node in source.body if isinstance(node, ast.ImportFrom))
    assert first.module == "liveness_gateway.bootstrap.initialisation"


def test_the_client_of_a_queue_is_made_by_its_first_message(deployment: Deployment) -> None:
    client = clients.sqs()
    with bare_environment():
        assert not SqsQueue(client, deployment.queues["letters"]).send("no region: no client")
    queue = SqsQueue(client, deployment.queues["letters"])
    assert queue.send("one")
    assert queue.send("two")
    assert [message["Body"] for message in deployment.messages("letters")] == ["one", "two"]


@pytest.mark.parametrize("name", HANDLERS)
def test_a_handler_is_imported_whatever_is_missing(name: str) -> None:
    assert imported(name).startswith("not prepared: SettingsError at settings.py:")


def test_the_handler_modules_work_ahead(deployment: Deployment) -> None:
    for name in HANDLERS:
        assert imported(name, **deployment.environment) == ""
    assert deployment.aws.calls == ["GetSecretValue", "GetSecretValue"]
