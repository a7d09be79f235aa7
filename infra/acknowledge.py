"""Exceptions to the security checks, each recorded beside its resource with a reason."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept the findings of `rule` on `construct` and its children; the reason is recorded."""
    Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))
