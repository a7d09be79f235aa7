"""The CDK program as an operator uses it."""

import json
import re
import sys
from pathlib import Path

from tests.infra.synthesis import VIOLATING, run


def test_an_unusable_context_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    context = json.dumps({"stage": "staging"})
    done = run([sys.executable, "app.py"], tmp_path, CDK_CONTEXT_JSON=context)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Unknown stage 'staging': choose one of local, dev, prod" in done.stderr
    assert "or copy stages/dev.toml to a file of that name." in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_failed_security_check_stops_a_synth(synthesis: Path) -> None:
    assert "Validation failed" in (synthesis / VIOLATING / "refused.txt").read_text()
    report = (synthesis / VIOLATING / "validation-report.json").read_text()
    # Nothing else is found: the rest of the stack is clean or acknowledged.
    found = set(re.findall(r"AwsSolutions-\w+", report))
    assert found == {"AwsSolutions-SQS3", "AwsSolutions-SQS4"}


def test_a_synth_prints_only_what_an_operator_should_know(synthesis: Path) -> None:
    for name, expected in (
        (
            "bare",
            [
                "only: upstream_url (not in",
                "allows no browser. To let pages call it, name their origins (allowed_origins",
            ],
        ),
        # Of two cloud stages and the local one; each names allowed origins.
        (
            "others",
            [
                "only: upstream_url (not in",
                "only: allowed_origins (the file says ['*'])",
                "only: alarm_email (not in",
                "only: upstream_url (not in",
                "only: allowed_origins (not in",
                "only: domain (not in",
                "only: certificate (not in",
            ],
        ),
    ):
        lines = (synthesis / f"{name}.txt").read_text().partition(VIOLATING)[0].splitlines()
        assert all(text in line for line, text in zip(lines, expected, strict=True)), lines
