"""Deleting a stage: what is asked and said before, and what a failed first deployment needs."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError

from cli.destroy import main

STACK = "liveness-gateway-prod"
TABLE = "AWS::DynamoDB::Table"
Output = pytest.CaptureFixture[str]


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "No."}}, "operation")


@dataclass
class Cloud:
    """CloudFormation with at most one stack, and DynamoDB; both are the account's clients."""

    status: str | None = "UPDATE_COMPLETE"
    protected: bool = False
    # The status after each look while it is deleted.
    ends: list[str | None] = field(default_factory=lambda: ["DELETE_IN_PROGRESS", None])
    error: Exception | None = None
    calls: list[str] = field(default_factory=list)

    def client(self, service: str, /) -> "Cloud":
        assert service in {"cloudformation", "dynamodb"}
        return self

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803, ANN401 - AWS's own
        if self.error:
            raise self.error
        if "delete" in self.calls and self.ends:
            self.status = self.ends.pop(0)
        if StackName != STACK or self.status is None:
            raise refused("ValidationError")
        found = {"StackStatus": self.status, "EnableTerminationProtection": self.protected}
        return {"Stacks": [found]}

    def get_template(self, StackName: str) -> Any:  # noqa: N803, ANN401 - AWS's own
        assert StackName == STACK
        kept = {"Type": TABLE, "DeletionPolicy": "RetainExceptOnCreate"}
        return {"TemplateBody": {"Resources": {"Table": kept, "Role": {"Type": "AWS::IAM::Role"}}}}

    def get_paginator(self, operation: str) -> "Cloud":
        assert operation == "list_stack_resources"
        return self

    def paginate(self, StackName: str) -> Any:  # noqa: N803, ANN401 - AWS's own
        assert StackName == STACK
        failed = self.status == "DELETE_FAILED"
        for name, kind, status in (
            ("Table", TABLE, "CREATE_COMPLETE"),
            ("Role", "AWS::IAM::Role", "DELETE_FAILED" if failed else "CREATE_COMPLETE"),
            ("Other", TABLE, "DELETE_COMPLETE"),
        ):
            found = {"LogicalResourceId": name, "PhysicalResourceId": f"the-{name}"}
            reason = {"ResourceStatusReason": "It is used."} if status == "DELETE_FAILED" else {}
            found |= {"ResourceType": kind, "ResourceStatus": status, **reason}
            yield {"StackResourceSummaries": [found]}

    def update_termination_protection(self, **asked: object) -> None:
        assert asked == {"StackName": STACK, "EnableTerminationProtection": False}
        self.protected = False
        self.calls.append("unprotect stack")

    def update_table(self, **asked: object) -> None:
        assert asked == {"TableName": "the-Table", "DeletionProtectionEnabled": False}
        self.calls.append("unprotect table")

    def delete_stack(self, StackName: str) -> None:  # noqa: N803 - AWS's own
        assert (StackName, self.protected) == (STACK, False)
        self.calls.append("delete")


def run(cloud: Cloud, *options: str, typed: str = "prod") -> int:
    asked = ["--stage", "prod", *options]
    return main(asked, cloud, answer=lambda _: typed, wait=lambda _: None)


def test_it_says_what_stays_and_deletes_after_the_stage_was_typed(capsys: Output) -> None:
    cloud = Cloud()
    assert run(cloud) == 0
    told = capsys.readouterr().err
    assert f"{STACK}: 2 resources, of which 1 stay:\n  {TABLE} the-Table" in told
    assert "It is gone." in told
    assert cloud.calls == ["delete"]


@pytest.mark.parametrize("typed", ["", "yes", "dev", "PROD"])
def test_anything_else_deletes_nothing(capsys: Output, typed: str) -> None:
    cloud = Cloud()
    assert run(cloud, typed=typed) == 1
    assert "Nothing was deleted." in capsys.readouterr().err
    assert cloud.calls == []


def test_where_nobody_can_answer_nothing_is_deleted_and_the_way_is_named(capsys: Output) -> None:
    def nobody(_: str) -> str:
        raise EOFError

    cloud = Cloud()
    assert main(["--stage", "prod"], cloud, answer=nobody) == 1
    assert "To delete it unasked: YES=1.\nNothing was deleted.\n" in capsys.readouterr().err
    assert cloud.calls == []


def test_nobody_is_asked_with_yes() -> None:
    cloud = Cloud()
    assert run(cloud, "--yes", typed="no") == 0
    assert cloud.calls == ["delete"]


def test_a_protected_stack_is_left_and_the_command_is_named(capsys: Output) -> None:
    cloud = Cloud(protected=True)
    assert run(cloud, "--yes") == 1
    assert f"--no-enable-termination-protection --stack-name {STACK}" in capsys.readouterr().err
    assert cloud.calls == []


@pytest.mark.parametrize(
    "status", ["REVIEW_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"]
)
def test_what_was_never_created_is_no_longer_protected(capsys: Output, status: str) -> None:
    cloud = Cloud(status=status, protected=True)
    assert run(cloud, "--leftovers") == 0
    assert cloud.calls == ["unprotect stack", "unprotect table"]
    assert "what it left is replaced" in capsys.readouterr().err
    again = Cloud(status=status, protected=True)
    assert run(again, "--yes") == 0
    assert again.calls == ["unprotect stack", "unprotect table", "delete"]


@pytest.mark.parametrize("status", [None, "CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_what_was_created_once_stays_protected(capsys: Output, status: str | None) -> None:
    cloud = Cloud(status=status, protected=True)
    assert run(cloud, "--leftovers") == 0
    assert (cloud.calls, capsys.readouterr().err) == ([], "")


def test_what_could_not_be_deleted_is_named(capsys: Output) -> None:
    cloud = Cloud(ends=["DELETE_IN_PROGRESS", "DELETE_FAILED"])
    assert run(cloud, "--yes") == 1
    assert "DELETE_FAILED. Not deleted:\n  Role: It is used." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cloud", "told"),
    [
        (Cloud(status=None), "There is no stack liveness-gateway-prod"),
        (Cloud(error=refused("AccessDenied")), "AWS refused: An error occurred (AccessDenied)"),
        (Cloud(error=NoCredentialsError()), "There are no AWS credentials. Set AWS_PROFILE"),
        (Cloud(error=NoRegionError()), "No region is set. Set AWS_REGION"),
    ],
)
def test_a_failure_is_one_line(capsys: Output, cloud: Cloud, told: str) -> None:
    assert run(cloud, "--yes") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(told)
