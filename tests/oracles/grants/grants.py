"""What each function may do, compared with what it does, both ways."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tests.oracles.account import Account
from tests.oracles.grants.policies import (
    allows,
    denies,
    pairs,
    resource_statements,
    statements_of,
)
from tests.oracles.grants.recording import Call

# What Lambda itself does with a function's role. Sources, all of the Lambda developer guide:
# "Permissions for working with DynamoDB streams", "Using Lambda with Amazon SQS" (execution role
# permissions), "Defining Lambda function permissions with an execution role" (logs). ListStreams
# takes no resource (service authorization reference, "Actions for Amazon DynamoDB").
_OF_A_SOURCE: Final = {
    "dynamodb": ("DescribeStream", "GetRecords", "GetShardIterator"),
    "sqs": ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage"),
}
_LOGS: Final = ("CreateLogStream", "PutLogEvents")
# Where a role has more than the policies that are read here.
_ELSEWHERE: Final = ("ManagedPolicyArns", "Policies", "PermissionsBoundary")
_KINDS_ELSEWHERE: Final = ("AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")


def granted(account: Account) -> set[Call]:
    """Every tuple that the roles of the functions are given."""
    return {
        Call(function, action, resource)
        for function, role in _roles(account)
        for action, resource in pairs(statements_of(account, role))
    }


def of_lambda(account: Account) -> set[Call]:
    """Every tuple that Lambda itself needs: the function's logs and its event source."""
    names, found = {}, set()
    for logical_id, function in account.of("AWS::Lambda::Function").items():
        name = names[account.reference(logical_id)] = _name(function)
        group = account.template["Resources"][logical_id]["Properties"]["LoggingConfig"]["LogGroup"]
        found |= {Call(name, f"logs:{one}", account.arn(group["Ref"])) for one in _LOGS}
    for mapping in account.of("AWS::Lambda::EventSourceMapping").values():
        name, source = names[mapping["FunctionName"]], mapping["EventSourceArn"]
        service = source.split(":")[2]
        found |= {Call(name, f"{service}:{one}", source) for one in _OF_A_SOURCE[service]}
        if service == "dynamodb":
            found.add(Call(name, "dynamodb:ListStreams", "*"))
    return found


def faults(account: Account, recorded: Iterable[Call]) -> tuple[list[str], int]:
    """What is granted and not used, or used and not allowed; and how many tuples agree."""
    used = {_resolved(account, call) for call in recorded}
    lambdas = of_lambda(account)
    given = granted(account)
    roles = dict(_roles(account))
    resources = list(resource_statements(account))
    more = given - used - lambdas
    found = [*_unread(account)]
    found += [f"{' '.join(call)}: is granted, and no function does it" for call in more]
    for call in used | lambdas:
        if not allows(statements_of(account, roles[call.function]), call.action, call.resource):
            found.append(f"{' '.join(call)}: is done, and the role does not allow it")
        if denies(resources, call.action, call.resource):
            found.append(f"{' '.join(call)}: is done, and the resource's own policy denies it")
    return sorted(found), len(given & used)


def _unread(account: Account) -> Iterator[str]:
    """What may give a role more than its policies of the type that is read."""
    for name, role in _roles(account):
        properties = account.template["Resources"][role].get("Properties", {})
        for one in _ELSEWHERE:
            if properties.get(one):
                yield f"{name}: its role has {one}, which is not read here"
    for kind in _KINDS_ELSEWHERE:
        for logical_id in account.of(kind):
            yield f"{logical_id}: a {kind} is not read here"


def _roles(account: Account) -> Iterator[tuple[str, str]]:
    """Each function by the name of its folder, with the logical id of its role."""
    for function in account.template["Resources"].values():
        if function["Type"] == "AWS::Lambda::Function":
            properties = function["Properties"]
            yield _name(properties), properties["Role"]["Fn::GetAtt"][0]


def _name(function: Mapping[str, Any]) -> str:
    return str(function["Handler"]).partition(".")[0]


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
