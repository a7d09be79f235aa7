"""What each function may do, compared with what it does, both ways."""

from collections.abc import Iterable, Iterator
from typing import Final

from tests.oracles.account import Account
from tests.oracles.grants.policies import (
    allows,
    denies,
    pairs,
    resource_statements,
    statements_of,
)
from tests.oracles.grants.recording import Call

_STREAM: Final = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
_QUEUE: Final = ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
# What Lambda itself does with a function's role. Sources, all of the Lambda developer guide:
# "Permissions for working with DynamoDB streams", "Using Lambda with Amazon SQS" (execution role
# permissions), "Defining Lambda function permissions with an execution role" (logs).
OF_LAMBDA: Final = {
    *(("publish_events", f"dynamodb:{action}") for action in _STREAM),
    *(("recover", f"sqs:{action}") for action in _QUEUE),
}
_OF_EVERY_FUNCTION: Final = {"logs:CreateLogStream", "logs:PutLogEvents"}


def granted(account: Account) -> set[Call]:
    """Every tuple that the roles of the functions are given."""
    return {
        Call(function, action, resource)
        for function, role in _roles(account)
        for action, resource in pairs(statements_of(account, role))
    }


def faults(account: Account, recorded: Iterable[Call]) -> tuple[list[str], int]:
    """What is granted and not used, or used and not allowed; and how many tuples agree."""
    used = {_resolved(account, call) for call in recorded}
    given = {
        call
        for call in granted(account)
        if (call.function, call.action) not in OF_LAMBDA and call.action not in _OF_EVERY_FUNCTION
    }
    roles = dict(_roles(account))
    resources = list(resource_statements(account))
    found = [f"{' '.join(call)}: is granted, and no function does it" for call in given - used]
    for call in sorted(used):
        if not allows(statements_of(account, roles[call.function]), call.action, call.resource):
            found.append(f"{' '.join(call)}: is done, and the role does not allow it")
        if denies(resources, call.action, call.resource):
            found.append(f"{' '.join(call)}: is done, and the resource's own policy denies it")
    return sorted(found), len(given & used)


def _roles(account: Account) -> Iterator[tuple[str, str]]:
    """Each function by the name of its folder, with the logical id of its role."""
    for function in account.template["Resources"].values():
        if function["Type"] == "AWS::Lambda::Function":
            properties = function["Properties"]
            name = properties["Handler"].partition(".")[0]
            yield name, properties["Role"]["Fn::GetAtt"][0]


def _resolved(account: Account, call: Call) -> Call:
    """The call with the ARN of its resource, found by the function's own environment variable."""
    variable, slash, index = call.resource.partition("/index/")
    (environment,) = (
        function["Properties"]["Environment"]["Variables"]
        for function in account.template["Resources"].values()
        if function["Type"] == "AWS::Lambda::Function"
        and function["Properties"]["Handler"] == f"{call.function}.handler.handler"
    )
    arn = account.arn(environment[variable]["Ref"])
    return call._replace(resource=f"{arn}{slash}{index}")
