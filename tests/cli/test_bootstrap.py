"""What `make bootstrap` prepares. That it does is in tests/e2e/test_deploy.py."""

from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
)

from cli.bootstrap import main

Output = pytest.CaptureFixture[str]


@dataclass
class Cloud:
    """The account's client of STS."""

    fault: ClientError | BotoCoreError | None = None

    def client(self, service: str, /) -> "Cloud":
        assert service == "sts"
        return self

    def get_caller_identity(self) -> Any:  # noqa: ANN401 - AWS's own
        if self.fault:
            raise self.fault
        return {"Account": "123456789012"}


def test_the_account_and_region_of_the_environment_are_named(capsys: Output) -> None:
    assert main(Cloud(), "eu-central-1") == 0
    assert capsys.readouterr().out == "aws://123456789012/eu-central-1\n"


@pytest.mark.parametrize(
    ("fault", "region", "told"),
    [
        (None, None, "No region is set. Set AWS_REGION, or a region in the profile."),
        (
            NoCredentialsError(), "eu-central-1",
            "There are no AWS credentials. Set AWS_PROFILE, or sign in.",
        ),
        (
            ClientError({"Error": {"Code": "ExpiredToken"}}, "GetCallerIdentity"), "eu-central-1",
            "AWS refused: An error occurred (ExpiredToken)",
        ),
        (
            EndpointConnectionError(endpoint_url="https://sts"), "eu-central-1",
            "AWS cannot be asked: Could not connect to the endpoint",
        ),
    ],
)  # fmt: skip
def test_what_is_missing_is_one_line(
    capsys: Output, fault: ClientError | BotoCoreError | None, region: str | None, told: str
) -> None:
    assert main(Cloud(fault), region) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith(told)
