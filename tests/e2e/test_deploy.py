"""`make deploy STAGE=prod` as an operator runs it, into the emulator: again and again the same."""

import os
import shutil
import subprocess
from pathlib import Path

from local.gateway import Gateway
from tests.infra.assembly import UPSTREAM

CHECKOUT = Path(__file__).resolve().parents[2]
_SOURCES = ("Makefile", "app.py", "cdk.json", "cli", "functions", "infra", "requirements", "stages")
_INSTALLED = (".venv", ".build", "node_modules", "package-lock.json", "pyproject.toml")


def _checkout(directory: Path) -> Path:
    """A checkout of its own, because a first deployment writes into the stage's file."""
    for name in _SOURCES:
        source, copy = CHECKOUT / name, directory / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, copy)
    for name in _INSTALLED:
        (directory / name).symlink_to(CHECKOUT / name)
    return directory


def test_the_first_deployment_is_the_last_that_changes_anything(
    gateway: Gateway, tmp_path: Path
) -> None:
    directory = _checkout(tmp_path)

    def make(*arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
        return subprocess.run(  # noqa: S603 - our own Makefile
            ["make", "--old-file=.venv/.installed", "STAGE=prod", *arguments],  # noqa: S607 - likewise
            # The CDK's own validation takes 10 s a run; tests/infra runs it.
            cwd=directory, env={**kept, **gateway.emulator.environment, "CDK_VALIDATION": "false"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert "/eu-central-1 bootstrapped" in make("bootstrap").stderr
    options = (f"UPSTREAM_URL={UPSTREAM}", "ALLOWED_ORIGINS=https://a.example, https://b.example")
    undecided = make("deploy")
    assert undecided.returncode == 2
    assert "needs the base address of the liveness API" in undecided.stderr
    first = make("deploy", *options)
    assert first.returncode == 0, first.stderr
    assert "liveness-gateway-prod.ApiUrl = " in first.stderr + first.stdout
    said = [line.partition(": ")[0] for line in first.stdout.splitlines()]
    assert said[:4] == ["ok    bytecode", "ok    region", "ok    identity", "ok    bootstrap"]
    for again in (options, ()):
        repeated = make("deploy", *again)
        assert repeated.returncode == 0, repeated.stderr
        assert "liveness-gateway-prod (no changes)" in repeated.stderr + repeated.stdout
    shown = make("diff", "ALLOWED_ORIGINS=https://a.example")
    assert "allowed_origins: https://a.example, https://b.example -> https://a.example" in (
        shown.stdout.splitlines()
    )
    assert "is protected from termination" in make("destroy", "YES=1").stderr
    gateway.emulator.client("cloudformation").update_termination_protection(
        StackName="liveness-gateway-prod", EnableTerminationProtection=False
    )
    gone = make("destroy", "YES=1")
    assert gone.returncode == 0, gone.stderr
    assert "of which 15 stay:" in gone.stderr
    assert "It is gone." in gone.stderr
