"""The CDK program: `cdk synth -c stage=prod -c upstream_url=https://...`."""

import sys

from infra.bundling.bundler import BundleError
from infra.stage_context import CONTEXT, StageError, resolve

# infra comes first: it says which Node the CDK runs on.
from aws_cdk import App, Validations  # isort: skip
from cdk_nag import AwsSolutionsChecks  # isort: skip

from infra.stack import GatewayStack


def build(app: App) -> GatewayStack:
    """Add the stage that the app's context names, and the checks it must pass to be synthesised.

    Raises:
        StageError: the context names no stage that can be built.
        BundleError: a function's zip cannot be built.
    """
    stage = resolve({name: app.node.try_get_context(name) for name in CONTEXT})
    if not stage.allowed_origins:
        print(
            f"Stage {stage.name!r} allows no browser: -c allowed_origins=https://... names the"
            " pages that may call it.",
            file=sys.stderr,
        )
    stack = GatewayStack(app, stage=stage)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return stack


def main() -> None:
    """Synthesise; say in one line what is wrong when it cannot be done."""
    app = App()
    try:
        build(app)
    except (StageError, BundleError) as error:
        sys.exit(str(error))
    try:
        app.synth()
    except RuntimeError as error:
        # The CDK has said above what is wrong; its own stack trace says nothing more.
        sys.exit(str(error))


if __name__ == "__main__":
    main()
