"""Nothing in a template is above a quota of AWS; what is above one is found."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.infra.assembly import FUNCTIONS, Assembly
from tests.oracles.account import Account
from tests.oracles.quotas import faults

Resources = dict[str, Any]


def test_nothing_is_above_a_quota(assembly: Assembly) -> None:
    account = Account(assembly.template, assembly.stack_name)
    found, compared = faults(account, json.dumps(assembly.template))
    assert found == []
    assert compared > 15


def of_type(resources: Resources, name: str) -> list[Any]:
    return [r["Properties"] for r in resources.values() if r["Type"] == name]


def long_environment(resources: Resources) -> None:
    function = of_type(resources, "AWS::Lambda::Function")[0]
    function["Environment"]["Variables"]["LONG"] = "x" * 4000


def environment_of_two_bytes_a_character(resources: Resources) -> None:
    function = of_type(resources, "AWS::Lambda::Function")[0]
    function["Environment"]["Variables"] = {"LONG": "é" * 2047}


def long_queue_policy(resources: Resources) -> None:
    policy = of_type(resources, "AWS::SQS::QueuePolicy")[0]
    policy["PolicyDocument"]["Statement"][0]["Sid"] = "x" * 8192


def many_actions(resources: Resources) -> None:
    policy = of_type(resources, "AWS::SQS::QueuePolicy")[0]
    policy["PolicyDocument"]["Statement"][0]["Action"] = ["sqs:SendMessage"] * 8


def long_bus_policy(resources: Resources) -> None:
    bus = of_type(resources, "AWS::Events::EventBus")[0]
    bus["Policy"] = {"Statement": [{"Sid": "x" * 10_240}]}


def long_policy(resources: Resources) -> None:
    policy = of_type(resources, "AWS::IAM::Policy")[0]
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:" + "x" * 10_000}
    policy["PolicyDocument"]["Statement"].append(statement)


def short_visibility(resources: Resources) -> None:
    for queue in of_type(resources, "AWS::SQS::Queue"):
        queue["VisibilityTimeout"] = 359


def many_resources(resources: Resources) -> None:
    topic = next(r for r in resources.values() if r["Type"] == "AWS::SNS::Topic")
    resources.update({f"Topic{number}": topic for number in range(500)})


def long_filter(resources: Resources) -> None:
    for mapping in of_type(resources, "AWS::Lambda::EventSourceMapping"):
        mapping["FilterCriteria"] = {"Filters": [{"Pattern": "x" * 4097}]}


MISTAKES: dict[str, Callable[[Resources], None]] = {
    "the environment, in bytes, is 5,": long_environment,
    "the environment, in bytes, is 4,098": environment_of_two_bytes_a_character,
    "the queue's policy, in bytes, is 9,": long_queue_policy,
    "the actions of a statement is 8; the quota is 7": many_actions,
    "the bus's policy, in characters, is 10,": long_bus_policy,
    "inline policies, in characters, is 1": long_policy,
    "six times the function's timeout, in seconds of visibility, is 360; the quota is 359": (
        short_visibility
    ),
    "the number of resources is": many_resources,
    "a filter, in characters, is 4,097": long_filter,
}


@pytest.mark.parametrize("told", MISTAKES)
def test_what_is_above_a_quota_is_found(prod: Assembly, told: str) -> None:
    template = copy.deepcopy(prod.template)
    MISTAKES[told](template["Resources"])
    found, _ = faults(Account(template, prod.stack_name), json.dumps(template))
    assert any(told in fault for fault in found), found


def test_a_template_that_is_too_long_is_found(prod: Assembly) -> None:
    found, _ = faults(Account(prod.template, prod.stack_name), "x" * 1_000_001)
    assert found == ["the template, in bytes, is 1,000,001; the quota is 1,000,000"]


def test_a_bundle_fits(assembly: Assembly) -> None:
    """Lambda developer guide, "Lambda quotas": 50 MB zipped and 250 MB unzipped."""
    for name in FUNCTIONS:
        with assembly.bundle(name) as bundle:
            files = bundle.infolist()
        assert sum(file.compress_size for file in files) < 50_000_000
        assert sum(file.file_size for file in files) < 250_000_000
