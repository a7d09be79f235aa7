"""Say, beside a resource, why a rule of the security checks does not hold for it."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept what `rule` finds on `construct` and below it; the reason is kept with it."""
    Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))
