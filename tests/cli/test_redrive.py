"""What `make redrive` says where it cannot begin. What it does is in tests/e2e/test_redrive.py."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, NoRegionError

from cli.redrive import main, moment_of
from tests.environment import environment

STACK = "liveness-gateway-dev"
OUTPUTS = ("DeadLetterQueueUrl", "EventBusName", "TableName")
Output = pytest.CaptureFixture[str]


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "No."}}, "operation")


@dataclass
class Cloud:
    """CloudFormation with one stack; every client of the account."""

    outputs: tuple[str, ...] = OUTPUTS
    error: Exception | None = None

    def client(self, _: str, /) -> "Cloud":
        return self

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803, ANN401 - AWS's own
        assert StackName == STACK
        if self.error:
            raise self.error
        return {"Stacks": [{"Outputs": [{"OutputKey": o, "OutputValue": o} for o in self.outputs]}]}


@pytest.mark.parametrize(
    ("cloud", "told"),
    [
        (Cloud(error=refused("ValidationError")), f"There is no stack {STACK} in this account"),
        (Cloud(error=refused("AccessDenied")), "AWS refused: An error occurred (AccessDenied)"),
        (Cloud(error=NoRegionError()), "No region is set. Set AWS_REGION"),
        (Cloud(outputs=OUTPUTS[1:]), f"{STACK} has no output DeadLetterQueueUrl"),
        (Cloud(outputs=()), "never deployed to its end. Run `make deploy` first."),
    ],
)
def test_a_stage_that_is_not_there_is_one_line(capsys: Output, cloud: Cloud, told: str) -> None:
    assert main(["--stage", "dev"], cast("Any", cloud)) == 2
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert told in line
    assert printed.out == ""


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-01T00:00:00Z", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T02:00:00+02:00", datetime(2026, 11, 1, tzinfo=UTC)),
        # Not the time zone of the machine that it runs on.
        ("2026-11-01T00:00:00", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_a_time_without_an_offset_is_one_of_utc(text: str, moment: datetime) -> None:
    try:
        with environment(TZ="Asia/Tokyo"):
            time.tzset()
            assert moment_of(text) == moment
    finally:
        time.tzset()


@pytest.mark.parametrize("text", ["yesterday", "", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_cannot_be_read_is_refused_with_an_example(text: str, capsys: Output) -> None:
    with pytest.raises(SystemExit):
        main(["--since", text])
    assert f"{text!r} is no time such as 2026-11-01T00:00:00Z" in capsys.readouterr().err
