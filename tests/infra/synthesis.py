"""Synthesises the stages: `bare` by the CDK's command line, the others in one other process.

`python -m tests.infra.synthesis <directory>` is that process. To start the CDK takes most of the
time of a synth, so it is started twice in a test run.
"""

import fcntl
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.infra.assembly import CONTEXTS, ROOT

# A local stage with one resource that breaks two rules of the security checks.
VIOLATING = "violating"
BY_COMMAND_LINE = "bare"
# The CDK's own linter takes seconds to load. Once, for the largest template, is enough.
_LINTED = "prod"
_LINTER = "@aws-cdk/core:validateAgainstDefaultRules"
# The command line sets these.
_METADATA = {"aws:cdk:enable-path-metadata": True, "aws:cdk:enable-asset-metadata": True}


def synthesise(parent: Path) -> None:
    """Synthesise each stage into a folder of `parent`, once for all processes of a test run."""
    cdk = ["node", "node_modules/aws-cdk/bin/cdk", "synth", "--quiet"]
    cdk += ["--output", str(parent / BY_COMMAND_LINE)]
    for key, value in CONTEXTS[BY_COMMAND_LINE].items():
        cdk += ["--context", f"{key}={value}"]
    others = [sys.executable, "-m", "tests.infra.synthesis", str(parent)]
    with (parent / "lock").open("w") as lock, ThreadPoolExecutor() as pool:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (parent / "others.txt").exists():
            return
        runs = [pool.submit(run, cdk, parent, CDK_VALIDATION="false")]
        runs.append(pool.submit(run, others, parent))
        for name, done in zip((BY_COMMAND_LINE, "others"), runs, strict=True):
            result = done.result()
            output = result.stdout + result.stderr
            assert result.returncode == 0, output
            assert not (parent / "docker-was-called").exists(), output
            (parent / f"{name}.txt").write_text(output)


def run(
    command: Sequence[str], scratch: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command without AWS credentials or settings, and with a Docker that leaves a mark."""
    docker = scratch / "tools" / "docker"
    docker.parent.mkdir(exist_ok=True)
    docker.write_text(f"#!/bin/sh\ntouch {scratch / 'docker-was-called'}\nexit 1\n")
    docker.chmod(0o755)
    prefixes = ("AWS_", "CDK_", "PYTEST_", "COV_", "COVERAGE_", "JSII_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
    env["PATH"] = f"{docker.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    env["AWS_CONFIG_FILE"] = env["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    env["AWS_EC2_METADATA_DISABLED"] = env["CDK_DISABLE_CLI_TELEMETRY"] = "true"
    env.update(variables)
    return subprocess.run(  # noqa: S603 - no shell; the pinned CDK or our own program
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def _main(parent: Path) -> None:
    # The program comes first: it sets the Node that the CDK runs on.
    build = runpy.run_path(str(ROOT / "app.py"))["build"]
    from aws_cdk import App, aws_apigateway, aws_sqs  # noqa: PLC0415 - see above; and it is slow

    settings = {**json.loads((ROOT / "cdk.json").read_text())["context"], **_METADATA}

    def app(name: str, context: Mapping[str, str]) -> App:
        linter = {_LINTER: name == _LINTED}
        return App(outdir=str(parent / name), context={**settings, **linter, **context})

    for name, context in CONTEXTS.items():
        if name != BY_COMMAND_LINE:
            stage = app(name, context)
            build(stage)
            stage.synth()
    sys.stderr.write(f"{VIOLATING}\n")
    violating = app(VIOLATING, CONTEXTS["local"])
    aws_sqs.Queue(build(violating), "Naked")
    try:
        violating.synth()
    except RuntimeError as error:
        (parent / VIOLATING / "refused.txt").write_text(str(error))
    types = aws_apigateway.ResponseType
    names = [getattr(types, name).response_type for name in dir(types) if name.isupper()]
    (parent / "response_types.json").write_text(json.dumps(names))


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
