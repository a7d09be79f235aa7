"""ministack, the AWS emulator: in a process group of its own, on loopback only."""

import http.client
import os
import secrets
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.errors import LocalError
from local.processes.children import ChildProcesses, CommandFailedError

REGION = "eu-central-1"
ACCOUNT = "000000000000"
INTERPRETER = ".venv-emulator/bin/python"
_PROGRAM = Path(__file__).with_name("guarded.py")
_STARTS_WITHIN_SECONDS = 120.0


@dataclass(frozen=True)
class RunCredentials:
    """What a program needs to call the emulator: random for each run, and of no use elsewhere.

    The names show where they came from, should they be found where they do not belong.
    """

    access_key_id: str = field(default_factory=lambda: f"laptop{secrets.token_hex(16)}")
    secret_access_key: str = field(default_factory=lambda: f"laptop-{secrets.token_hex(16)}")
    session_token: str = field(default_factory=lambda: f"laptop-{secrets.token_hex(16)}")


class Emulator:
    """A running emulator. Its clients may be used from any thread."""

    def __init__(
        self, port: int, process: subprocess.Popen[str], credentials: "RunCredentials"
    ) -> None:
        self.port = port
        self.credentials = credentials
        self._process = process
        # Any: boto3's stubs type a client by the literal name of its service.
        self._session: Any = boto3.Session(
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            region_name=REGION,
        )
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()  # creating a client is not thread-safe, using one is

    @property
    def is_running(self) -> bool:
        """Whether its process has not ended."""
        return self._process.poll() is None

    @property
    def url(self) -> str:
        """The address of every AWS API."""
        return _url(self.port)

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a process calls this emulator and no other account."""
        return _client_environment(self.port, self.credentials)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
        """The boto3 client for a service of this emulator."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._session.client(
                    service,
                    endpoint_url=self.url,
                    config=Config(proxies={}),  # not those of the environment: this is loopback
                )
            return self._clients[service]

    def invoker(self, at_once: int) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
        """A client of Lambda for so many invocations at once, none of which is repeated."""
        return self._session.client(
            "lambda",
            endpoint_url=self.url,
            config=Config(
                proxies={}, max_pool_connections=at_once, retries={"total_max_attempts": 1}
            ),
        )


def start_emulator(processes: ChildProcesses, checkout: Path, state: Path) -> Emulator:
    """Start the emulator and return when it responds.

    Args:
        processes: the processes that it is ended with.
        checkout: the directory of `.venv-emulator`.
        state: the directory to create for everything it writes.

    Raises:
        LocalError: it is not installed.
        CommandFailedError: it did not start.
    """
    log = processes.log("emulator")
    interpreter = checkout / INTERPRETER
    if not interpreter.exists():
        raise LocalError(f"{INTERPRETER} is missing: run `make setup`")
    port, credentials = _free_port(), RunCredentials()
    state.mkdir()
    process = processes.start(
        "emulator",
        [interpreter, _PROGRAM],
        env=_environment(port, interpreter, state, credentials),
        cwd=state,
    )
    emulator = Emulator(port, process, credentials)
    deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
    while not _responds(port):
        if not emulator.is_running:
            raise CommandFailedError("The emulator ended while starting", log)
        if time.monotonic() > deadline:
            raise CommandFailedError(
                f"The emulator did not respond within {_STARTS_WITHIN_SECONDS:.0f} s", log
            )
        time.sleep(0.05)
    return emulator


def _environment(
    port: int, interpreter: Path, state: Path, credentials: RunCredentials
) -> dict[str, str]:
    """Its whole environment: every function that it runs sees it too."""
    return {
        "PATH": os.pathsep.join([str(interpreter.parent), os.defpath]),
        "HOME": str(state),
        "TMPDIR": str(state),
        "STATE_DIR": str(state / "state"),
        "S3_DATA_DIR": str(state / "s3"),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        # These two listen on every interface and are not needed here.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        **_client_environment(port, credentials),
    }


def _client_environment(port: int, credentials: RunCredentials) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": _url(port),
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        # The command lines read the first, boto3 the second; the shell may have set either.
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _responds(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
