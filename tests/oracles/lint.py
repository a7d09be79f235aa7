"""cfn-lint, the linter of CloudFormation's own team, with the schemas of two regions."""

from typing import Final

from cfnlint import api
from cfnlint.config import ManualArgs

# One region of each kind: the first and largest, and one that gets new features later.
REGIONS: Final = ("us-east-1", "eu-central-1")
# Errors and warnings, and of the informational rules the one that compares the actions of each
# policy with the kinds of resource that they take.
_CHECKS: Final = ["E", "W", "I3510"]
ACCEPTED: Final = {
    "W3005": "The CDK writes DependsOn for a role that a reference orders already. It does no harm,"
    " and for the policy of the role, which no reference names, it is needed.",
}


def lint(template: str) -> list[str]:
    """What cfn-lint finds in a template and is not accepted: one line each."""
    config = ManualArgs(regions=list(REGIONS), include_checks=_CHECKS)
    return [
        f"{found.rule.id} {'/'.join(str(part) for part in found.path or ())}: {found.message}"
        for found in api.lint(template, config=config)
        if found.rule.id not in ACCEPTED
    ]
