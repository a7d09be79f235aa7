"""The CDK command line, deploying the real stack into the emulator."""

import itertools
import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.emulator.ministack import ACCOUNT, REGION, Emulator
from local.processes.children import ChildProcesses
from local.upstream import Upstream

STAGE = "local"
STACK = f"liveness-gateway-{STAGE}"
_CLI = Path("node_modules/aws-cdk/bin/cdk")
_PROGRESS = re.compile(r"\|\s*(\d+)/(\d+)\s*\|")


@dataclass(frozen=True)
class CdkCli:
    """The pinned CDK command line of a checkout.

    Args:
        processes: the processes that it is ended with.
        checkout: the directory of `cdk.json`.
        output: the directory of this run: two runs never share an assembly.
    """

    processes: ChildProcesses
    checkout: Path
    output: Path

    def synth(self, upstream: Upstream) -> None:
        """Build the functions and the template; no emulator is needed.

        Raises:
            CommandFailedError: the stack cannot be synthesised.
        """
        self._run(
            "synth",
            ["synth", "--quiet", "--output", self._assembly],
            [
                *("--context", f"stage={STAGE}"),
                *("--context", f"upstream_url={upstream.url}"),
                *("--context", f"upstream_dialect={upstream.dialect}"),
            ],
            # The CDK's own validation takes seconds; CI runs it.
            env={**_own_environment(), "CDK_VALIDATION": "false"},
            cwd=self.checkout,
        )

    def bootstrap(self, emulator: Emulator) -> None:
        """Prepare the emulator's account for deployments.

        Raises:
            CommandFailedError: the emulator refused.
        """
        directory = self.output / "bootstrap"  # beside a cdk.json it would synthesise first
        directory.mkdir(parents=True, exist_ok=True)
        self._run(
            "bootstrap",
            ["bootstrap", f"aws://{ACCOUNT}/{REGION}"],
            env=_emulator_environment(emulator),
            cwd=directory,
        )

    def deploy(self, emulator: Emulator, advance: Callable[[int, int], None]) -> dict[str, str]:
        """Deploy what `synth` built; returns the stack's outputs.

        Raises:
            CommandFailedError: the emulator refused.
        """
        outputs = self.output / "outputs.json"

        def on_line(line: str) -> None:
            if found := _PROGRESS.search(line):
                advance(int(found[1]), int(found[2]))

        self._run(
            "deploy",
            ["deploy", STACK, "--app", self._assembly, "--require-approval", "never"],
            ["--progress", "events", "--outputs-file", outputs],
            env=_emulator_environment(emulator),
            cwd=self.output,
            on_line=on_line,
        )
        found: dict[str, dict[str, str]] = json.loads(outputs.read_text())
        return found[STACK]

    def template(self) -> dict[str, Any]:
        """The template that `synth` wrote."""
        found: dict[str, Any] = json.loads((self._assembly / f"{STACK}.template.json").read_text())
        return found

    @property
    def _assembly(self) -> Path:
        return self.output / "cdk.out"

    def _run(
        self,
        name: str,
        *arguments: Sequence[str | Path],
        env: Mapping[str, str],
        cwd: Path,
        on_line: Callable[[str], None] = lambda _: None,
    ) -> None:
        command: list[str | Path] = ["node", self.checkout / _CLI, *itertools.chain(*arguments)]
        quiet = ["--no-notices", "--version-reporting=false", "--ci", "--no-color"]
        self.processes.run(
            name,
            [*command, *quiet],
            env=env,
            cwd=cwd,
            on_line=on_line,
        )


def _own_environment() -> dict[str, str]:
    """The developer's environment (package settings, proxies) without a cloud account."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))
    }
    return {**kept, "PATH": _path(), **_NO_CLOUD}


def _emulator_environment(emulator: Emulator) -> dict[str, str]:
    """What the command line needs: no proxy, no profile, no other account."""
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR", "LANG") if name in os.environ}
    return {**kept, "PATH": _path(), **_NO_CLOUD, **emulator.environment}


def _path() -> str:
    """The interpreter's directory first, so that `python` and `node` are those of the checkout."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


_NO_CLOUD = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "CDK_DISABLE_CLI_TELEMETRY": "true",
}
