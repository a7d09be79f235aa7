"""A copy of the functions in a process of its own, as Lambda runs them."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.api.deployment import Deployment

ROOT: Final = Path(__file__).parents[2]
Event = dict[str, Any]


class Process:
    """A copy of the functions; `output` is all it ever said."""

    def __init__(self, deployment: Deployment, folder: Path) -> None:
        self._results = folder / "results"
        self._deployment = deployment
        self.output = b""

    def run(
        self,
        *invocations: tuple[str, Event],
        seconds: float = 28.0,
        settings: Mapping[str, str] | None = None,
    ) -> list[Any]:
        """Invoke each in turn, in a process of their own; give what they returned."""
        lines = [json.dumps({"function": name, "event": event}) for name, event in invocations]
        done = subprocess.run(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-B", "-m", "tests.api.invocations", str(self._results), str(seconds)],
            input="\n".join(lines).encode(),
            env={"PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}"}
            | self._deployment.environment
            | dict(settings or {}),
            cwd=ROOT,
            capture_output=True,
            check=False,
            timeout=120,
        )
        self.output += done.stdout + done.stderr
        assert done.returncode == 0, done.stderr[-2000:]
        return [json.loads(line) for line in self._results.read_text().splitlines()]
