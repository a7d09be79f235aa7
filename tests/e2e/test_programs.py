"""`make dev` and `make demo` as a person runs them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from sandbox import Sandbox
from sandbox.selfies import draw_selfie

CHECKOUT = Path(__file__).resolve().parents[2]
DEV = [sys.executable, "-m", "local.dev"]
# The set-up that `make` would check first is what these tests run in.
MAKE = ["make", "--old-file=.venv/.installed", "--old-file=.venv-emulator/.installed"]
SECONDS = 120


def test_make_demo_shows_one_verification_whole() -> None:
    done = subprocess.run(  # noqa: S603 - our own Makefile
        [*MAKE, "demo"], cwd=CHECKOUT, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["decision"] == "live"
    verification_id = shown["answer"]["verification_id"]
    assert shown["stored_item"]["verification_id"] == verification_id
    assert shown["received_event"]["detail"]["data"]["verification_id"] == verification_id
    assert "cdk synth" in done.stderr


def test_make_dev_serves_until_ctrl_c_and_leaves_nothing(tmp_path: Path) -> None:
    port = _free_port()
    upstream = Sandbox(app_id="of-another-upstream", app_key="sandbox-of-this-test")
    own = {"UPSTREAM_URL": upstream.url, "APP_ID": "of-another-upstream"}
    own["APP_KEY"] = "sandbox-of-this-test"
    with upstream, _dev(tmp_path, PORT=str(port), **own) as dev:
        assert dev.stdout
        url = next(line.strip() for line in dev.stdout if line.strip())
        assert url == f"http://127.0.0.1:{port}/"
        env_file = tmp_path / "gateway.env"
        assert env_file.stat().st_mode & 0o777 == 0o600
        given = _read_by_a_shell(env_file)
        assert given["GATEWAY_URL"] + "/" == url
        _use(given)
        assert [request.credentials_right for request in upstream.requests] == [True]
        _second_start_is_refused(tmp_path, port)
        begun = _descendants(dev.pid)
        assert len(begun) >= 2, "the emulator is not among them"
        dev.send_signal(signal.SIGINT)
        assert dev.wait(timeout=30) == 0
        assert _gone(begun)
    assert not env_file.exists()
    with socket.socket() as again:
        again.bind(("127.0.0.1", port))
    assert not (tmp_path / str(port) / "work").exists()


def test_ctrl_c_while_starting_leaves_nothing(tmp_path: Path) -> None:
    with _dev(tmp_path, PORT="0") as dev:
        begun = _descendants(dev.pid)
        deadline = time.monotonic() + 20
        while not any("app.py" in command for command in begun.values()):
            assert time.monotonic() < deadline, f"synth was not seen: {begun}"
            time.sleep(0.1)
            begun |= _descendants(dev.pid)
        begun |= _descendants(dev.pid)
        dev.send_signal(signal.SIGTERM)
        assert dev.wait(timeout=30) == 130
        assert _gone(begun)


def test_a_step_that_fails_shows_why_and_where_its_log_is(tmp_path: Path) -> None:
    with _dev(tmp_path, PORT="0", UPSTREAM_URL="ftp://liveness.example.com") as dev:
        _, told = dev.communicate(timeout=60)
    assert dev.returncode == 1
    assert "Traceback" not in told
    assert "upstream_url" in told
    (log,) = tmp_path.glob("*/synth.log")
    assert str(log) in told


def test_a_port_that_is_none_is_said() -> None:
    with _dev(CHECKOUT, PORT="80a") as dev:
        _, told = dev.communicate(timeout=30)
    assert (dev.returncode, told.strip()) == (1, "PORT is a number up to 65535, not '80a'")


@contextmanager
def _dev(directory: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"UPSTREAM_URL", "APP_ID", "APP_KEY", "PORT"}
    }
    process = subprocess.Popen(  # noqa: S603 - our own program
        DEV,
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


def _read_by_a_shell(path: Path) -> dict[str, str]:
    program = "import json, os; print(json.dumps(dict(os.environ)))"
    script = f"set -a; . '{path}'; '{sys.executable}' -c '{program}'"
    shell = subprocess.run(  # noqa: S603 - our own script
        ["/bin/sh", "-c", script], env={}, capture_output=True, text=True, check=True
    )
    found: dict[str, str] = json.loads(shell.stdout)
    return found


def _use(given: dict[str, str]) -> None:
    """As a script would that was given nothing but the file."""
    posted = httpx.post(
        given["GATEWAY_URL"] + "/v1/verifications",
        headers={"x-api-key": given["GATEWAY_API_KEY"]},
        files={"selfie": draw_selfie()},
        timeout=SECONDS,
        trust_env=False,
    )
    assert posted.json()["decision"] == "live"
    program = (
        "import boto3, os\n"
        "boto3.client('dynamodb').describe_table(TableName=os.environ['TABLE_NAME'])\n"
        "boto3.client('events').describe_event_bus(Name=os.environ['EVENT_BUS_NAME'])\n"
        "boto3.client('secretsmanager').get_secret_value(SecretId=os.environ['SECRET_ARN'])\n"
        "received = boto3.client('sqs').receive_message(\n"
        "    QueueUrl=os.environ['EVENTS_QUEUE_URL'], WaitTimeSeconds=20)\n"
        "assert 'LivenessVerificationCompleted' in received['Messages'][0]['Body']\n"
        "boto3.client('lambda').get_function(FunctionName=os.environ['VERIFY_FUNCTION_NAME'])\n"
    )
    subprocess.run([sys.executable, "-c", program], env=given, check=True, timeout=60)  # noqa: S603 - our own script


def _second_start_is_refused(directory: Path, port: int) -> None:
    with _dev(directory, PORT=str(port)) as second:
        printed, told = second.communicate(timeout=30)
    assert second.returncode == 1
    assert printed == ""
    why = f"Port {port} is in use: end what listens there, or choose another"
    assert told.strip() == f"{why}: make dev PORT={port + 1}"
    assert (directory / "gateway.env").exists(), "the second start broke the first"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _descendants(pid: int) -> dict[int, str]:
    """All processes that pid started, directly or not, with their command lines."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,args="],  # noqa: S607 - where the system has it
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    found: dict[int, str] = {}
    parents = {pid}
    while parents:
        children = {int(row[0]): row[-1] for row in rows if int(row[1]) in parents}
        found |= children
        parents = set(children)
    return found


def _gone(processes: dict[int, str]) -> bool:
    for pid, command in processes.items():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            continue
        raise AssertionError(f"{pid} still runs: {command}")
    return True
