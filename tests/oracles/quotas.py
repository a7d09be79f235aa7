"""Quotas of AWS that a template can break: each with its value and its source."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.oracles.account import Account
from tests.oracles.grants.policies import statements_of

# CloudFormation user guide, "Understand CloudFormation quotas".
_TEMPLATE_BYTES: Final = 1_000_000
_RESOURCES, _OUTPUTS, _PARAMETERS = 500, 200, 200
# Lambda developer guide, "Lambda quotas".
_ENVIRONMENT_BYTES: Final = 4096
# IAM user guide, "IAM and AWS STS quotas": inline policies of a role, without white space.
_INLINE_CHARACTERS: Final = 10_240
# EventBridge user guide, "EventBridge quotas"; Lambda developer guide, "Control which events Lambda
# sends to your function".
_PATTERN, _FILTER = 2048, 4096
# API Gateway developer guide, "Quotas for configuring and running a REST API in API Gateway".
_API_RESOURCES: Final = 300
# SQS developer guide, "Amazon SQS policy quotas"; EventBridge user guide, "EventBridge quotas".
_QUEUE_POLICY, _QUEUE_STATEMENTS, _QUEUE_ACTIONS = 8192, 20, 7
_BUS_POLICY: Final = 10_240
# Lambda developer guide, "Using Lambda with Amazon SQS": a visibility timeout of at least six
# times the function's.
_TIMES: Final = 6


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of a template, and the quota it must not exceed."""

    what: str
    value: int
    quota: int


def faults(account: Account, text: str) -> tuple[list[str], int]:
    """What is above a quota, in words; and how many figures were compared."""
    measured = [
        *_of_the_template(account.template, text),
        *_of_resources(account),
        *_of_resource_policies(account),
    ]
    found = [
        f"{one.what} is {one.value:,}; the quota is {one.quota:,}"
        for one in measured
        if one.value > one.quota
    ]
    return found, len(measured)


def _of_the_template(template: Mapping[str, Any], text: str) -> Iterator[Measured]:
    yield Measured("the template, in bytes,", len(text.encode()), _TEMPLATE_BYTES)
    yield Measured("the number of resources", len(template["Resources"]), _RESOURCES)
    yield Measured("the number of outputs", len(template["Outputs"]), _OUTPUTS)
    yield Measured("the number of parameters", len(template.get("Parameters", {})), _PARAMETERS)
    types = [resource["Type"] for resource in template["Resources"].values()]
    paths = types.count("AWS::ApiGateway::Resource")
    yield Measured("the number of the API's resources", paths, _API_RESOURCES)


def _of_resources(account: Account) -> Iterator[Measured]:
    for name, function in account.of("AWS::Lambda::Function").items():
        variables = function["Environment"]["Variables"]
        size = sum(len(f"{key}{value}".encode()) for key, value in variables.items())
        yield Measured(f"{name}: the environment, in bytes,", size, _ENVIRONMENT_BYTES)
    for name in account.of("AWS::IAM::Role"):
        written = json.dumps(list(statements_of(account, name)))
        size = len(re.sub(r"\s", "", written))
        yield Measured(f"{name}: inline policies, in characters,", size, _INLINE_CHARACTERS)
    for name, rule in account.of("AWS::Events::Rule").items():
        size = len(json.dumps(rule.get("EventPattern", {})))
        yield Measured(f"{name}: the event pattern, in characters,", size, _PATTERN)
    for name, mapping in account.of("AWS::Lambda::EventSourceMapping").items():
        for one in mapping.get("FilterCriteria", {}).get("Filters", []):
            yield Measured(f"{name}: a filter, in characters,", len(one["Pattern"]), _FILTER)
        yield from _visibility(account, name, mapping)


def _of_resource_policies(account: Account) -> Iterator[Measured]:
    for name, policy in account.of("AWS::SQS::QueuePolicy").items():
        document = policy["PolicyDocument"]
        statements = document["Statement"]
        actions = max(1 if isinstance(s["Action"], str) else len(s["Action"]) for s in statements)
        size = len(json.dumps(document).encode())
        yield Measured(f"{name}: the queue's policy, in bytes,", size, _QUEUE_POLICY)
        yield Measured(f"{name}: its statements", len(statements), _QUEUE_STATEMENTS)
        yield Measured(f"{name}: the actions of a statement", actions, _QUEUE_ACTIONS)
    for name, bus in account.of("AWS::Events::EventBus").items():
        size = len(json.dumps(bus.get("Policy", {})))
        yield Measured(f"{name}: the bus's policy, in characters,", size, _BUS_POLICY)


def _visibility(account: Account, name: str, mapping: Mapping[str, Any]) -> Iterator[Measured]:
    """Six times the function's timeout, which the queue's visibility timeout must reach."""
    functions = {
        account.reference(key): function
        for key, function in account.of("AWS::Lambda::Function").items()
    }
    for key, queue in account.of("AWS::SQS::Queue").items():
        if mapping["EventSourceArn"] == account.arn(key):
            timeout = functions[mapping["FunctionName"]]["Timeout"]
            shown = f"{name}: six times the function's timeout, in seconds of visibility,"
            yield Measured(shown, _TIMES * timeout, int(queue.get("VisibilityTimeout", 30)))
