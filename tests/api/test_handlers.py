"""Importing a handler costs nothing and touches nothing: no environment, no network, no file."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

FUNCTIONS: Final = Path(__file__).parents[2] / "functions"
HANDLERS: Final = ("verify", "results", "publish_events", "sweep", "recover")
# Run in a process of its own, with an empty environment: each event of the interpreter that touches
# the outside is recorded from before the first import on. (urllib3 asks the kernel whether it has
# IPv6 by binding a socket to loopback: nothing is sent.)
PROGRAM: Final = """
import json, sys
touched = []
OUTSIDE = ("socket.connect", "socket.get", "socket.send", "subprocess.", "os.system", "os.exec",
           "os.fork", "urllib.", "http.", "shutil.", "os.remove", "os.mkdir")
def watch(event, arguments):
    if event.startswith(OUTSIDE):
        touched.append(event)
    if event == "open" and arguments[1] and set(str(arguments[1])) & set("wax+"):
        touched.append(f"open {arguments[0]}")
sys.addaudithook(watch)
import importlib, threading
module = importlib.import_module(sys.argv[1])
print(json.dumps({
    "callable": callable(module.handler), "touched": touched, "threads": threading.active_count(),
    "unneeded": sorted(name for name in sys.modules if name.startswith("botocore.data") or name in
                       {"pydantic", "aws_xray_sdk", "moto", "hypothesis", "pytest", "infra"}),
}))
"""


@pytest.mark.parametrize("name", HANDLERS)
def test_importing_a_handler_touches_nothing_and_loads_nothing_heavy(name: str) -> None:
    """pydantic alone would double the time of a cold start; the tracer loads all of botocore."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-B", "-c", PROGRAM, f"{name}.handler"],
        env={"PYTHONPATH": str(FUNCTIONS)},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "callable": True, "touched": [], "threads": 1, "unneeded": [],
    }  # fmt: skip


@pytest.mark.parametrize("name", HANDLERS)
def test_a_handler_is_nothing_but_wiring(name: str) -> None:
    lines = (FUNCTIONS / name / "handler.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 15
    assert not any(line.startswith(("def ", "class ", "if ", "    ")) for line in lines)
