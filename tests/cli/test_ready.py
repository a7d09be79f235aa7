"""What `make ready` says of an account, line by line, and which of it stops a deployment."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    TokenRetrievalError,
)

from cli.account import this_account
from cli.ready import main
from tests.environment import bare_environment

ARN = "arn:aws:sts::123456789012:assumed-role/deploy/operator"
Output = pytest.CaptureFixture[str]
Fault = ClientError | BotoCoreError


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "canary"}}, "operation")


@dataclass
class Cloud:
    """The account's clients; what is None is not there."""

    bootstrap: str | None = "21"
    most: int = 1000
    unreserved: int = 1000
    reserved: int | None = None
    faults: dict[str, Fault] = field(default_factory=dict)

    def client(self, service: str, /) -> "Cloud":
        assert service in {"sts", "ssm", "lambda"}
        return self

    def get_caller_identity(self) -> Any:  # noqa: ANN401 - AWS's own
        self._at("identity")
        return {"Arn": ARN, "Account": "123456789012"}

    def get_parameter(self, Name: str) -> Any:  # noqa: N803, ANN401 - AWS's own
        self._at("bootstrap")
        assert Name == "/cdk-bootstrap/hnb659fds/version"
        if self.bootstrap is None:
            raise refused("ParameterNotFound")
        return {"Parameter": {"Value": self.bootstrap}}

    def get_account_settings(self) -> Any:  # noqa: ANN401 - AWS's own
        self._at("concurrency")
        limits = {
            "ConcurrentExecutions": self.most,
            "UnreservedConcurrentExecutions": self.unreserved,
        }
        return {"AccountLimit": limits}

    def get_function_concurrency(self, FunctionName: str) -> Any:  # noqa: N803, ANN401 - AWS's own
        assert FunctionName == "liveness-gateway-prod-verify"
        if self.reserved is None:
            raise refused("ResourceNotFoundException")
        return {"ReservedConcurrentExecutions": self.reserved} if self.reserved else {}

    def _at(self, step: str) -> None:
        if step in self.faults:
            raise self.faults[step]


def ready(cloud: Cloud, reserved: str = "none", region: str | None = "eu-central-1") -> int:
    return main(["--stage", "prod", "--reserved", reserved], cloud, region)


def test_what_is_right_is_a_line_each(capsys: Output) -> None:
    assert ready(Cloud()) == 0
    assert capsys.readouterr().out.splitlines() == [
        "ok    region: eu-central-1",
        f"ok    identity: {ARN} in account 123456789012",
        "ok    bootstrap: version 21",
        "ok    concurrency: 1000 functions at once",
    ]


def test_without_a_region_nothing_is_asked(capsys: Output) -> None:
    assert ready(Cloud(faults={"identity": NoCredentialsError()}), region=None) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "stop  region: none is set. Set AWS_REGION, or a region in the profile."
    ]
    assert "lines that begin with `stop`" in printed.err


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (NoCredentialsError(), "there are no AWS credentials"),
        (refused("ExpiredToken"), "AWS said ExpiredToken. Sign in again"),
        (refused("InvalidClientTokenId"), "AWS said InvalidClientTokenId"),
        (TokenRetrievalError(provider="sso", error_msg="Token has expired"), "Sign in again"),
        (EndpointConnectionError(endpoint_url="https://sts"), "Could not connect"),
    ],
)
def test_without_an_identity_nothing_more_is_asked(capsys: Output, fault: Fault, told: str) -> None:
    assert ready(Cloud(faults={"identity": fault})) == 1
    *_, line = capsys.readouterr().out.splitlines()
    assert line.startswith("stop  identity: ")
    assert told in line


@pytest.mark.parametrize(
    ("version", "code", "told"),
    [
        (None, 1, "stop  bootstrap: the CDK was never prepared here. Run `make bootstrap`."),
        ("5", 1, "stop  bootstrap: version 5 is too old. Run `make bootstrap`."),
        ("6", 0, "ok    bootstrap: version 6"),
    ],
)
def test_the_bootstrap_is_there_and_new_enough(
    capsys: Output, version: str | None, code: int, told: str
) -> None:
    assert ready(Cloud(bootstrap=version)) == code
    assert told in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("cloud", "reserved", "code", "told"),
    [
        (Cloud(most=10, unreserved=10), "none", 0, "note  concurrency: 10 functions at once"),
        (Cloud(most=10, unreserved=10), "50", 1, "reserves 50, and this account lets 0 be"),
        (Cloud(unreserved=149), "50", 1, "reserves 50, and this account lets 49 be reserved"),
        (Cloud(unreserved=150), "50", 0, "ok    concurrency: 1000"),
        # The stage holds them already: they are not taken twice.
        (Cloud(unreserved=100, reserved=50), "50", 0, "ok    concurrency: 1000"),
        (Cloud(unreserved=100, reserved=0), "50", 1, "lets 0 be reserved"),
    ],
)
def test_what_the_stage_reserves_can_be_reserved(
    capsys: Output, cloud: Cloud, reserved: str, code: int, told: str
) -> None:
    assert ready(cloud, reserved) == code
    assert told in capsys.readouterr().out


@pytest.mark.parametrize("step", ["bootstrap", "concurrency"])
@pytest.mark.parametrize(
    ("fault", "level", "told"),
    [
        (refused("AccessDenied"), "note", "may not ask; not checked"),
        (refused("AccessDeniedException"), "note", "may not ask; not checked"),
        (refused("InternalFailure"), "note", "AWS said InternalFailure; not checked"),
        (EndpointConnectionError(endpoint_url="https://x"), "stop", "Could not connect"),
    ],
)
def test_a_question_that_is_not_answered_is_a_line_too(
    capsys: Output, step: str, fault: Fault, level: str, told: str
) -> None:
    assert ready(Cloud(faults={step: fault})) == (1 if level == "stop" else 0)
    printed = capsys.readouterr().out
    (line,) = (line for line in printed.splitlines() if f" {step}: " in line)
    assert line.startswith(level)
    assert told in line
    assert "canary" not in printed


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({}, None),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_REGION": "eu-north-1"}, "eu-north-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1", "AWS_REGION": "eu-north-1"}, "eu-north-1"),
    ],
)
def test_the_region_is_the_one_that_the_cdk_deploys_in(
    variables: dict[str, str], region: str | None
) -> None:
    nowhere = {"AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"}
    with bare_environment(**nowhere, **variables):
        assert this_account().region_name == region
