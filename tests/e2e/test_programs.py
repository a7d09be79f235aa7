"""`make dev` and `make demo` as a person runs them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox import Sandbox

CHECKOUT = Path(__file__).resolve().parents[2]
OF_THE_SHELL = {"UPSTREAM_URL", "UPSTREAM_DIALECT", "APP_ID", "APP_KEY", "PORT"}
PATIENCE = 120
# As a script does that is given nothing but the file.
SCRIPT = """
import boto3, httpx, os
from sandbox.selfies import draw_selfie
given = os.environ
assert given['AWS_REGION'] == given['AWS_DEFAULT_REGION'] == 'eu-central-1'
posted = httpx.post(
    given['GATEWAY_URL'] + '/v1/verifications', headers={'x-api-key': given['GATEWAY_API_KEY']},
    files={'selfie': draw_selfie()}, timeout=120, trust_env=False)
assert posted.json()['decision'] == 'live'
boto3.client('dynamodb').describe_table(TableName=given['TABLE_NAME'])
boto3.client('events').describe_event_bus(Name=given['EVENT_BUS_NAME'])
boto3.client('secretsmanager').get_secret_value(SecretId=given['SECRET_ARN'])
boto3.client('lambda').get_function(FunctionName=given['VERIFY_FUNCTION_NAME'])
received = {}
while not received.get('Messages'):
    received = boto3.client('sqs').receive_message(
        QueueUrl=given['EVENTS_QUEUE_URL'], WaitTimeSeconds=20)
assert 'LivenessVerificationCompleted' in received['Messages'][0]['Body']
print(given['GATEWAY_URL'])
"""


@pytest.mark.parametrize("program", ["dev", "demo"])
def test_make_runs_the_program(program: str) -> None:
    # What `make` would install first is there already.
    installed = ["--old-file=.venv/.installed", "--old-file=.venv-emulator/.installed"]
    made = subprocess.run(  # noqa: S603 - our own Makefile
        ["make", "--dry-run", *installed, program],  # noqa: S607 - where the system has it
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert made.stdout == f"exec .venv/bin/python -m local.{program}\n"


def test_dev_serves_until_ctrl_c_and_leaves_nothing(run_directory: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    upstream = Sandbox(app_id="of-another-upstream", app_key="sandbox-of-this-test")
    own = {"UPSTREAM_URL": upstream.url, "APP_ID": "of-another-upstream"}
    own["UPSTREAM_DIALECT"] = "v0.2"
    own["APP_KEY"] = "sandbox-of-this-test"
    with upstream, _dev(run_directory, PORT=str(port), **own) as dev:
        assert dev.stdout
        url = next(line.strip() for line in dev.stdout if line.strip())
        assert url == f"http://127.0.0.1:{port}/"
        env_file = run_directory / "gateway.env"
        assert env_file.stat().st_mode & 0o777 == 0o600
        assert _use(env_file) + "/" == url
        (request,) = upstream.requests
        assert (request.credentials_right, request.dialect) == (True, "v0.2")
        _second_start_is_refused(run_directory, port)
        begun = _descendants(dev.pid)
        assert len(begun) >= 2, "the emulator is not among them"
        dev.send_signal(signal.SIGINT)
        assert dev.wait(timeout=PATIENCE) == 0
        _have_ended(begun)
    assert not env_file.exists()
    with socket.socket() as again:
        again.bind(("127.0.0.1", port))
    assert not (run_directory / str(port) / "work").exists()


def test_sigterm_while_starting_leaves_nothing(run_directory: Path) -> None:
    with _dev(run_directory, PORT="0") as dev:
        begun: dict[int, str] = {}
        while not any("app.py" in command for command in begun.values()):
            assert dev.poll() is None, "it ended before it was seen to synthesise"
            time.sleep(0.1)
            begun |= _descendants(dev.pid)
        dev.send_signal(signal.SIGTERM)
        assert dev.wait(timeout=PATIENCE) == 130
        _have_ended(begun)


def test_an_invalid_port_is_refused(tmp_path: Path) -> None:
    with _dev(tmp_path, PORT="80a") as dev:
        _, printed = dev.communicate()
    assert (dev.returncode, printed.strip()) == (1, "PORT must be a number up to 65535, not '80a'")


@contextmanager
def _dev(directory: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_SHELL}
    process = subprocess.Popen(
        [sys.executable, "-m", "local.dev"],
        cwd=CHECKOUT,
        env={**kept, "LOCAL_DIRECTORY": str(directory), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.terminate()


def _use(env_file: Path) -> str:
    """Run the script with the file, as a shell reads it; the URL that it used.

    The shell works in another region otherwise.
    """
    command = f"set -a; . '{env_file}'; exec '{sys.executable}' -c \"$0\""
    shell = subprocess.run(  # noqa: S603 - our own script
        ["/bin/sh", "-c", command, SCRIPT],
        env={"AWS_REGION": "us-west-2"}, cwd=CHECKOUT,
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return shell.stdout.strip()


def _second_start_is_refused(directory: Path, port: int) -> None:
    with _dev(directory, PORT=str(port)) as second:
        printed, told = second.communicate()
    assert (second.returncode, printed) == (1, "")
    why = f"Port {port} is in use: end what listens there, or choose another"
    assert told.strip() == f"{why}: make dev PORT={port + 1}"
    assert (directory / "gateway.env").exists(), "the second start removed the file of the first"


def _processes() -> list[tuple[int, int, str]]:
    """All processes: id, parent, command line."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,args="],  # noqa: S607 - where the system has it
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return [(int(row[0]), int(row[1]), row[-1]) for row in rows]


def _descendants(pid: int) -> dict[int, str]:
    """All processes that pid started, directly or not, with their command lines."""
    found: dict[int, str] = {}
    listed, parents = _processes(), {pid}
    while parents:
        children = {one: command for one, parent, command in listed if parent in parents}
        found |= children
        parents = set(children)
    return found


def _have_ended(begun: Mapping[int, str]) -> None:
    assert [row for row in _processes() if row[0] in begun] == []
