"""The CDK program: `cdk synth -c stage=prod -c upstream_url=https://...`."""

import sys

from infra.bundling.bundler import BundleError
from infra.stages.context import CONTEXT, overrides, resolve_stage
from infra.stages.errors import StageError, where

# infra is imported first: it sets the Node that the CDK runs on.
from aws_cdk import App, Validations  # isort: skip
from cdk_nag import AwsSolutionsChecks  # isort: skip

from infra.stack import GatewayStack


def build(app: App) -> GatewayStack:
    """Add the stack of the stage that the context names, and the security checks of a synth.

    Raises:
        StageError: the context is not usable.
        BundleError: the zip of a function cannot be built.
    """
    context = {name: app.node.try_get_context(name) for name in CONTEXT}
    stage = resolve_stage(context)
    for setting, written in overrides(context).items():
        print(f"For this run only: {setting} ({written}).", file=sys.stderr)
    if not stage.allowed_origins:
        print(
            f"Stage {stage.name!r} allows no browser. To let pages call it, name their origins"
            f" {where('allowed_origins', stage.name)}.",
            file=sys.stderr,
        )
    stack = GatewayStack(app, stage=stage)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return stack


def main() -> None:
    """Synthesise, or exit with one line that says what is wrong."""
    app = App()
    try:
        build(app)
    except (StageError, BundleError) as error:
        sys.exit(str(error))
    try:
        app.synth()
    except RuntimeError as error:
        # The CDK has printed the findings; its stack trace adds nothing.
        sys.exit(str(error))


if __name__ == "__main__":
    main()
