"""Functions in processes of their own, killed with SIGKILL between any two of their effects."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from tests.bodies import Body
from tests.reliability.cloud import Moment
from tests.reliability.relay import Relay
from tests.reliability.stage import Stage

_ROOT: Final = Path(__file__).parents[2]
_NEVER: Final = -1
Step = tuple[str, Moment]


class Nursery:
    """Runs the real handlers against a stage, through `nursery.py`; a context manager.

    Attributes:
        steps: of the last invocation: each effect before and after it was done, in order.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.steps: list[Step] = []
        self._relay = Relay(stage.sandbox.url)
        self._pid = 0
        self._fatal = _NEVER

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._relay)
            self._log = stack.enter_context(tempfile.TemporaryFile())
            self._lifetime = stack.pop_all()
        self._relay.tell = self._step
        self.stage.upstream_url = self._relay.url
        self.stage.cloud.watch(self.stage.name, self._step)
        self._process = subprocess.Popen(  # noqa: S603 - a script of ours
            [sys.executable, str(Path(__file__).with_name("nursery.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=self.stage.environment()
            | {"PATH": os.environ["PATH"], "PYTHONPATH": str(_ROOT / "functions")},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()
        self.stage.cloud.unwatch(self.stage.name)
        self._log.seek(0)
        self.stage.outputs.write(self._log.read().decode())
        self._lifetime.__exit__(kind, error, trace)

    def post(self, body: Body, key: str, *, fatal: int = _NEVER) -> bool:
        """Post a selfie; the process is killed at the step `fatal`. Whether it answered."""
        started = time.monotonic()
        answer = self.invoke("verify", self.stage.event(body, key), fatal=fatal)
        if answer is None:
            return False
        self.stage.answered(answer, key, time.monotonic() - started)
        return True

    def invoke(
        self, function: str, event: Mapping[str, Any], *, fatal: int = _NEVER
    ) -> dict[str, Any] | None:
        """Run one invocation to its end, or to its death at a step; then there is no answer."""
        self.stage.environments += function == "verify"
        self.steps = []
        order = {
            "function": function,
            "event": event,
            "seconds": self.stage.seconds_left,
            "request_id": uuid.uuid4().hex,
        }
        self._fatal, self._pid = fatal, int(self._say(json.dumps(order, default=str)))
        said: str = json.loads(self._say("go"))
        self._pid = 0
        return json.loads(said) if said else None

    def _say(self, line: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        heard = self._process.stdout.readline()
        if not heard:
            raise RuntimeError("the nursery has ended")
        return heard

    def _step(self, effect: str, moment: Moment) -> None:
        if not self._pid:
            return
        self.steps.append((effect, moment))
        if len(self.steps) - 1 == self._fatal:
            os.kill(self._pid, signal.SIGKILL)
            if moment == "before":
                raise ConnectionAbortedError(effect)
