"""A small evaluator of the policies that are in the templates.

Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements reference". What it
does not know raises, so that no policy is passed over.
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from tests.oracles.account import ACCOUNT, Account

Statement = Mapping[str, Any]
_KNOWN: Final = {"Sid", "Effect", "Action", "Resource", "Principal", "Condition"}
# What is true of every call of a function: its own account, over TLS.
_REQUEST: Final = {"aws:PrincipalAccount": ACCOUNT, "aws:SecureTransport": "true"}


class UnknownPolicyError(Exception):
    """A policy has an element that this evaluator does not know."""


def statements_of(account: Account, role: str) -> Iterator[Statement]:
    """The statements of every policy of a role, by its logical id."""
    for policy in account.of("AWS::IAM::Policy").values():
        if account.name(role) in policy["Roles"]:
            yield from policy["PolicyDocument"]["Statement"]


def resource_statements(account: Account) -> Iterator[Statement]:
    """The statements of the policies of queues and of the bus."""
    for policy in account.of("AWS::SQS::QueuePolicy").values():
        yield from policy["PolicyDocument"]["Statement"]
    for bus in account.of("AWS::Events::EventBus").values():
        yield from bus.get("Policy", {}).get("Statement", [])


def allows(statements: Iterable[Statement], action: str, resource: str) -> bool:
    """Whether an identity with these statements may do it: an Allow, and no Deny."""
    effects = {s["Effect"] for s in statements if _applies(s, action, resource)}
    return effects == {"Allow"}


def denies(statements: Iterable[Statement], action: str, resource: str) -> bool:
    """Whether one of these statements forbids it to a function of this account."""
    return any(s["Effect"] == "Deny" and _applies(s, action, resource) for s in statements)


def pairs(statements: Iterable[Statement]) -> Iterator[tuple[str, str]]:
    """Every action with every resource that the statements allow."""
    for statement in (s for s in statements if s["Effect"] == "Allow"):
        for action in _several(statement["Action"]):
            for resource in _several(statement["Resource"]):
                yield action, resource


def _applies(statement: Statement, action: str, resource: str) -> bool:
    if unknown := statement.keys() - _KNOWN:
        raise UnknownPolicyError(f"the element {sorted(unknown)}")
    return (
        # Actions are compared without regard to case, resources with it.
        any(_matches(action.lower(), one.lower()) for one in _several(statement["Action"]))
        and any(_matches(resource, one) for one in _several(statement["Resource"]))
        and _met(statement.get("Condition", {}))
    )


def _matches(text: str, pattern: str) -> bool:
    """Of IAM's wildcards there are `*` and `?`; a bracket is itself."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _met(condition: Mapping[str, Mapping[str, str]]) -> bool:
    for operator, wanted in condition.items():
        for key, value in wanted.items():
            if key not in _REQUEST or operator not in {"StringEquals", "StringNotEquals", "Bool"}:
                raise UnknownPolicyError(f"the condition {operator} of {key}")
            equal = str(value).lower() == _REQUEST[key].lower()
            if equal is (operator == "StringNotEquals"):
                return False
    return True


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
