"""AWS behind a real socket: moto decides, and a fault may come between it and the client.

The clients under test are real botocore clients with an `endpoint_url`: signing, retries, timeouts
and parsing are their own. Requests are served one at a time, as DynamoDB serves one item.

While moto works, the client is told `100 Continue` again and again (RFC 9110, 15.2): its timeout
counts from the last byte, so no test depends on how fast the machine is.
"""

import json
import re
import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self, cast

import boto3
from botocore.awsrequest import AWSPreparedRequest, HTTPHeaders
from botocore.config import Config
from moto.core.botocore_stubber import BotocoreStubber

from loopback.peer import is_own
from loopback.rules import refusal

REGION: Final = "eu-central-1"
# A client that may repeat a call by itself, one that may not, and one that does not wait either.
# The first two wait longer than `bootstrap` lets them: a busy machine is not what they are about.
TWICE: Final = Config(read_timeout=20, retries={"total_max_attempts": 2, "mode": "standard"})
ONCE: Final = Config(read_timeout=20, retries={"total_max_attempts": 1, "mode": "standard"})
IMPATIENT: Final = ONCE.merge(Config(read_timeout=0.4))
_SCOPE: Final = re.compile(r"Credential=[^/]+/\d+/[^/]+/(\w+)/aws4_request")


@dataclass(frozen=True)
class Fault:
    """What comes instead of AWS's answer.

    A `status` of 0 cuts the connection. `applied`: AWS did what was asked, only its answer is lost.
    """

    status: int = 0
    code: str = ""
    seconds: float = 0.0
    applied: bool = False
    body: bytes | None = None

    def content(self) -> bytes:
        """The body that is answered."""
        if self.body is not None:
            return self.body
        return json.dumps({"__type": self.code, "message": "injected"}).encode()


SERVER_ERROR: Final = Fault(500, "InternalServerError")
THROTTLED: Final = Fault(400, "ThrottlingException")
DENIED: Final = Fault(400, "AccessDeniedException")
CUT: Final = Fault()
LOST: Final = Fault(applied=True)
HANGS: Final = Fault(seconds=60.0)
_INTERIM: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_INTERIM_SECONDS: Final = 0.2


class AwsEndpoint:
    """A context manager; `url` is its address.

    Attributes:
        calls: the operations that arrived, in order, faulty ones included.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._faults: dict[str, deque[Fault | None]] = {}
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, int], Any] = {}
        self._moto = BotocoreStubber()
        self._waiting: set[_Handler] = set()
        self._waiting_lock = threading.Lock()
        self.ended = threading.Event()
        self._server = _Server(self)
        self._threads = (
            threading.Thread(target=self._server.serve_forever, args=(0.02,)),
            threading.Thread(target=self._reassure),
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def fail(self, operation: str, *faults: Fault | None) -> None:
        """Answer the next calls of this operation so; None lets one call through."""
        self._faults.setdefault(operation, deque()).extend(faults)

    def fail_always(self, operation: str, fault: Fault) -> None:
        """Answer every call of this operation so, until `recover`."""
        self._faults[operation] = _Endless([fault])

    def recover(self) -> None:
        """Forget the faults, and what was called."""
        self._faults.clear()
        self.calls.clear()

    def client(self, service: str, config: Config = ONCE) -> Any:  # noqa: ANN401 - boto3 types each service apart
        """A real client of a service, aimed here; made once, for that takes its time."""
        key = (service, id(config))
        if key not in self._clients:
            self._clients[key] = boto3.client(  # type: ignore[call-overload]  # the name is not a literal
                service,
                endpoint_url=self.url,
                region_name=REGION,
                aws_access_key_id="nobody",
                aws_secret_access_key="nothing",  # noqa: S106 - no secret: moto checks none
                config=config,
            )
        return self._clients[key]

    def next_fault(self, operation: str) -> Fault | None:
        """Note a call; how it is to fail, if it is."""
        with self._lock:
            self.calls.append(operation)
            faults = self._faults.get(operation)
            return faults.popleft() if faults else None

    def apply(self, request: AWSPreparedRequest) -> tuple[int, dict[str, str], bytes]:
        """What AWS answers."""
        with self._lock:
            answer = self._moto.process_request(request)
        if answer is None:
            raise LookupError(f"moto has no {request.url}")
        status, headers, body = answer
        content = body.encode() if isinstance(body, str) else bytes(body)
        return int(status), {str(name): str(value) for name, value in headers.items()}, content

    @contextmanager
    def working(self, handler: "_Handler") -> Iterator[None]:
        """Tell this client that its answer is being made."""
        with self._waiting_lock:
            self._waiting.add(handler)
        try:
            yield
        finally:
            with self._waiting_lock:
                self._waiting.remove(handler)

    def _reassure(self) -> None:
        while not self.ended.wait(_INTERIM_SECONDS):
            with self._waiting_lock:
                for handler in self._waiting:
                    with suppress(OSError):  # the client has gone
                        handler.wfile.write(_INTERIM)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join()


class _Endless(deque[Fault | None]):
    def popleft(self) -> Fault | None:
        return self[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, endpoint: AwsEndpoint) -> None:
        self.endpoint = endpoint
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gave up is what these tests are about."""

    def verify_request(
        self,
        request: socket.socket | tuple[bytes, socket.socket],
        client_address: Any,  # noqa: ANN401 - as socketserver has it
    ) -> bool:
        return is_own(client_address, cast("socket.socket", request).getsockname())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30

    def do_POST(self) -> None:
        endpoint = cast("_Server", self.server).endpoint
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = {name.lower(): value for name, value in self.headers.items()}
        if why := refusal(self.connection.getsockname()[1], said):
            self._answer(403, {}, why.encode())
            return
        fault = endpoint.next_fault(self.headers["X-Amz-Target"].rpartition(".")[2])
        if fault is None:
            self._answer(*self._applied(body))
            return
        if fault.applied:
            self._applied(body)
        endpoint.ended.wait(fault.seconds)
        if fault.status:
            self._answer(fault.status, {}, fault.content())
        else:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass

    def _applied(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        endpoint = cast("_Server", self.server).endpoint
        with endpoint.working(self):
            return endpoint.apply(self._prepared(body))

    def _prepared(self, body: bytes) -> AWSPreparedRequest:
        scope = _SCOPE.search(self.headers["Authorization"])
        service = scope[1] if scope else "unsigned"
        headers = HTTPHeaders()
        for name, value in self.headers.items():
            headers[name] = value
        url = f"https://{service}.{REGION}.amazonaws.com/"
        return AWSPreparedRequest("POST", url, headers, body, stream_output=False)

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        given = {"content-type": "application/x-amz-json-1.0"} | {
            name.lower(): value for name, value in headers.items()
        }
        given["content-length"] = str(len(content))
        self.send_response(status)
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
