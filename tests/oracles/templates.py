"""The templates that are examined: each cloud stage, with and without browsers and a domain.

`python -m tests.oracles.templates <directory> <stage>` synthesises those of a stage. It is a
process of its own, for the CDK's takes long to start and never ends by itself.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.stack import GatewayStack
from infra.stages.context import resolve_stage

from aws_cdk import App  # isort: skip - infra is imported first: it sets the Node of the CDK

_UPSTREAM: Final = "https://liveness.example.com"
_ORIGINS: Final = "https://one.example.com,https://two.example.com:8443,capacitor://localhost"
_DOMAIN: Final = {
    "domain": "verify.example.com",
    "certificate": "arn:aws:acm:eu-central-1:123456789012:certificate/"
    "01234567-89ab-cdef-0123-456789abcdef",
}
# The command line checks the security rules and the CDK's own; here they would take longer than
# all the rest.
_LINTER: Final = "@aws-cdk/core:validateAgainstDefaultRules"


def contexts(stage: str) -> dict[str, dict[str, str]]:
    """The context of each template of a stage, by a name that says what is in it."""
    found = {}
    for browsers in ("none", _ORIGINS):
        for domain in ({}, _DOMAIN):
            words = [stage, "no origins" if browsers == "none" else "origins"]
            context = {"stage": stage, "upstream_url": _UPSTREAM, "allowed_origins": browsers}
            name = ", ".join([*words, *(["domain"] if domain else [])])
            found[name] = context | {"alarm_email": "operator@example.com"} | domain
    return found


def _synthesise(context: Mapping[str, str], directory: Path) -> None:
    settings = json.loads(Path("cdk.json").read_text())["context"]
    app = App(outdir=str(directory), context={**settings, _LINTER: False, **context})
    GatewayStack(app, stage=resolve_stage(context))
    app.synth()


if __name__ == "__main__":
    for name, context in contexts(sys.argv[2]).items():
        _synthesise(context, Path(sys.argv[1]) / name)
