"""The roles allow what the functions do and no more; a mistake in either direction is found."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.infra.assembly import FUNCTIONS, Assembly
from tests.oracles.account import Account
from tests.oracles.grants.grants import faults, granted, of_lambda
from tests.oracles.grants.policies import UnknownPolicyError, allows
from tests.oracles.grants.recording import Call, recorded_calls

Statement = dict[str, Any]
Mistake = Callable[[list[Statement]], object]


@pytest.fixture(scope="module")
def recorded() -> set[Call]:
    return recorded_calls()


def test_every_tuple_that_is_granted_is_recorded_and_every_recorded_one_is_granted(
    assembly: Assembly, recorded: set[Call]
) -> None:
    found, equal = faults(Account(assembly.template, assembly.stack_name), recorded)
    assert found == []
    assert equal == len(recorded)
    assert {call.function for call in recorded} == set(FUNCTIONS)


def test_what_lambda_itself_does_is_granted(prod: Assembly) -> None:
    account = Account(prod.template, prod.stack_name)
    needed = of_lambda(account)
    assert len(needed) == 2 * len(FUNCTIONS) + 4 + 3
    assert granted(account) >= needed


def remove(action: str) -> Mistake:
    def change(statements: list[Statement]) -> None:
        for statement in statements:
            actions = statement["Action"]
            if isinstance(actions, list) and action in actions:
                actions.remove(action)
            elif actions == action:
                statement["Action"] = "s3:GetObject"

    return change


def on_all(action: str) -> Mistake:
    def change(statements: list[Statement]) -> None:
        for statement in statements:
            if action in statement["Action"]:
                statement["Resource"] = "*"

    return change


def elsewhere(statements: list[Statement]) -> None:
    for statement in statements:
        if "sqs:SendMessage" in statement["Action"]:
            statement["Resource"] = "arn:aws:sqs:eu-central-1:123456789012:another"


MISTAKES: dict[str, tuple[str, Mistake, str]] = {
    "a grant is missing": ("verify", remove("dynamodb:PutItem"), "the role does not allow it"),
    "a grant of an index": ("sweep", remove("dynamodb:Query"), "the role does not allow it"),
    "a grant too many": (
        "results",
        lambda statements: statements.append(
            {"Effect": "Allow", "Action": "dynamodb:DeleteItem", "Resource": "*"}
        ),
        "is granted, and no function does it",
    ),
    "a grant for all": (
        "results",
        lambda statements: statements.append(
            {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
        ),
        "results dynamodb:* *: is granted",
    ),
    "Lambda's polling": (
        "publish_events",
        remove("dynamodb:GetRecords"),
        "the role does not allow it",
    ),
    "Lambda's logs": ("verify", remove("logs:PutLogEvents"), "the role does not allow it"),
    "every queue": ("recover", on_all("sqs:ReceiveMessage"), "ReceiveMessage *: is granted"),
    "every log": ("verify", on_all("logs:PutLogEvents"), "PutLogEvents *: is granted"),
    "another resource": ("publish_events", elsewhere, "the role does not allow it"),
    "a denial": (
        "recover",
        lambda statements: statements.append(
            {"Effect": "Deny", "Action": "DYNAMODB:get*", "Resource": "*"}
        ),
        "recover dynamodb:GetItem",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_role_is_found(prod: Assembly, recorded: set[Call], name: str) -> None:
    function, mistake, told = MISTAKES[name]
    template = copy.deepcopy(prod.template)
    (policy,) = (template["Resources"][logical_id] for logical_id in prod.policies(function))
    mistake(policy["Properties"]["PolicyDocument"]["Statement"])
    found, _ = faults(Account(template, prod.stack_name), recorded)
    assert any(told in fault for fault in found), found


@pytest.mark.parametrize("place", ["ManagedPolicyArns", "Policies", "PermissionsBoundary"])
def test_a_grant_in_another_place_of_a_role_is_found(
    prod: Assembly, recorded: set[Call], place: str
) -> None:
    template = copy.deepcopy(prod.template)
    template["Resources"][prod.role_id("results")]["Properties"][place] = ["any"]
    found, _ = faults(Account(template, prod.stack_name), recorded)
    assert found == [f"results: its role has {place}, which is not read here"]


@pytest.mark.parametrize("kind", ["AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"])
def test_a_policy_of_another_type_is_found(prod: Assembly, recorded: set[Call], kind: str) -> None:
    template = copy.deepcopy(prod.template)
    template["Resources"]["Planted"] = {"Type": kind, "Properties": {}}
    found, _ = faults(Account(template, prod.stack_name), recorded)
    assert found == [f"Planted: a {kind} is not read here"]


def test_a_bracket_is_no_wildcard() -> None:
    statement = {"Effect": "Allow", "Action": "sqs:*", "Resource": "queue[12]"}
    assert allows([statement], "sqs:SendMessage", "queue[12]")
    assert not allows([statement], "sqs:SendMessage", "queue1")


def test_a_queue_that_denies_its_sender_is_found(prod: Assembly, recorded: set[Call]) -> None:
    template = copy.deepcopy(prod.template)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::SQS::QueuePolicy":
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                if statement["Effect"] == "Deny":
                    statement.pop("Condition")
    found, _ = faults(Account(template, prod.stack_name), recorded)
    assert any("own policy denies it" in fault for fault in found)


@pytest.mark.parametrize(
    "more",
    [{"NotAction": "x"}, {"Condition": {"StringLike": {"aws:SourceArn": "x"}}}],
)
def test_a_policy_that_is_not_understood_is_an_error(more: Statement) -> None:
    statement = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*", **more}
    with pytest.raises(UnknownPolicyError):
        allows([statement], "sqs:SendMessage", "arn")
