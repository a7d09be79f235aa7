"""The CDK program as an operator meets it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundling.bytecode import find_interpreter
from tests.infra.assembly import LINTED, ROOT, UPSTREAM, Assembly, clean_environment

_VIOLATE = """
import app
from aws_cdk import App, aws_sqs
made = App()
stack = app.build(made)
aws_sqs.Queue(stack, "Naked")
made.synth()
"""


def _run(arguments: list[str], scratch: Path, context: dict[str, str]) -> tuple[int, str, str]:
    settings = json.loads((ROOT / "cdk.json").read_text())["context"]
    answer = subprocess.run(  # noqa: S603 - no shell; our own program
        [sys.executable, *arguments],
        cwd=ROOT,
        env={
            **clean_environment(scratch),
            "CDK_CONTEXT_JSON": json.dumps({**settings, **context}),
            "CDK_OUTDIR": str(scratch / "out"),
            # Not the pack: the CDK's own linter, which takes seconds to load.
            "CDK_VALIDATION": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.returncode, answer.stdout, answer.stderr


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"stage": "staging"}, "Unknown stage 'staging': choose one of local, dev, prod"),
        ({"stage": "prod"}, "Stage 'prod' needs the base address of the liveness API"),
    ],
)
def test_what_cannot_be_built_is_one_line_and_no_traceback(
    tmp_path: Path, context: dict[str, str], said: str
) -> None:
    status, printed, complained = _run(["app.py"], tmp_path, context)
    assert status == 1
    assert printed == ""
    assert said in complained
    assert complained.count("\n") == 1


def test_the_checks_of_the_security_pack_stop_a_synth(tmp_path: Path) -> None:
    status, printed, complained = _run(["-c", _VIOLATE], tmp_path, {"stage": "local"})
    assert status != 0
    found = re.findall(r"AwsSolutions-[A-Z0-9]+", printed + complained)
    # And nothing else is found: everything else is clean or acknowledged.
    assert set(found) == {"AwsSolutions-SQS3", "AwsSolutions-SQS4"}


@pytest.mark.parametrize("name", [LINTED, "bare"])
def test_a_synth_says_only_what_an_operator_should_know(
    assemblies: dict[str, Assembly], name: str
) -> None:
    assembly = assemblies[name]
    version = assembly.function("verify")["Runtime"].removeprefix("python")
    expected = [] if find_interpreter(version) else [f"uv python install {version}"]
    if not assembly.origins:
        expected.append("allows no browser")
    lines = [line for line in assembly.said.splitlines() if line]
    assert len(lines) == len(expected), assembly.said
    assert all(text in assembly.said for text in expected)


def test_every_acknowledged_rule_has_a_reason(assembly: Assembly) -> None:
    metadata = json.loads((assembly.directory / f"{assembly.stack_name}.metadata.json").read_text())
    acknowledged = {
        rule: reason
        for entries in metadata.values()
        for entry in entries
        if entry["type"] == "aws:cdk:acknowledged-rules"
        for rule, reason in entry["data"].items()
    }
    assert acknowledged, "the metadata of acknowledgements is somewhere else"
    assert all(len(reason) > 30 for reason in acknowledged.values())


def test_a_synth_of_the_cloud_needs_neither_credentials_nor_docker(
    assemblies: dict[str, Assembly],
) -> None:
    # synthesise() runs without AWS variables and with a Docker that fails and leaves a mark.
    assert assemblies["bare"].context == {"stage": "prod", "upstream_url": UPSTREAM}
    assert assemblies["bare"].template["Resources"]
