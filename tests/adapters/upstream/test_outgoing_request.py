"""What is sent, and where to: as an ordinary HTTP client does, and never more than one request."""

import socket
import tomllib
from pathlib import Path
from typing import Final

import pytest

from liveness_gateway.adapters.upstream.connection import AddressInfo
from liveness_gateway.adapters.upstream.replies import NotSentError
from liveness_gateway.adapters.upstream.request_head import Target
from liveness_gateway.adapters.upstream.transport import HttpTransport
from liveness_gateway.adapters.user_agent import USER_AGENT, VERSION
from tests.adapters.outgoing import call, loopback, outcome
from tests.adapters.raw_server import RawServer, read_request, response

ROOT: Final = Path(__file__).parents[3]


class Sent:
    """A behaviour that keeps what was sent and answers 200."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []

    def __call__(self, connection: socket.socket) -> None:
        self.requests.append(read_request(connection))
        connection.sendall(response(b"{}"))

    def values(self, name: str) -> list[str]:
        """The values of a header in the only request."""
        (request,) = self.requests
        lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        return [v for k, _, v in (line.partition(": ") for line in lines) if k.lower() == name]


def test_every_call_says_who_calls() -> None:
    sent = Sent()
    with RawServer(sent) as server:
        call(server.url)
    assert sent.values("user-agent") == [USER_AGENT] == [f"liveness-gateway/{VERSION}"]


def test_the_version_is_that_of_the_release() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("http://localhost:{}/x", "localhost:{}"),
        ("http://LOCALHOST:{}/x", "localhost:{}"),
        ("http://[::1]:{}/x", "[::1]:{}"),
        ("http://127.0.0.1:{}", "127.0.0.1:{}"),
        ("http://user:word@host.example:{}/x", "host.example:{}"),
        ("http://b\u00fccher.example:{}/x", "xn--bcher-kva.example:{}"),
    ],
)
def test_the_host_is_named_as_the_standard_says(address: str, name: str) -> None:
    sent = Sent()
    with RawServer(sent) as server:
        transport = HttpTransport(resolve=loopback(server.port))
        call(address.format(server.port), transport)
        assert sent.values("host") == [name.format(server.port)]


@pytest.mark.parametrize(
    ("url", "authority", "port"),
    [
        ("https://up.example.com/x", "up.example.com", 443),
        ("https://up.example.com:443/x", "up.example.com", 443),
        ("https://up.example.com:80/x", "up.example.com:80", 80),
        ("http://up.example.com/x", "up.example.com", 80),
        ("http://[2001:db8::1]/x", "[2001:db8::1]", 80),
    ],
)
def test_a_port_is_named_where_it_is_not_the_usual_one(url: str, authority: str, port: int) -> None:
    target = Target.of(url)
    assert (target.authority, target.port) == (authority, port)


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nX: y", "a\rb", "a\0", "\u20ac", "\x7f"])
@pytest.mark.parametrize("name", ["app-key", "a\r\nb", "", "app key", "app:key"])
def test_no_header_becomes_two(name: str, value: str) -> None:
    sent = Sent()
    with RawServer(sent) as server, pytest.raises(NotSentError, match=r"^unusable_header$"):
        call(server.url, headers={name: value if name == "app-key" else "fine"})
    assert server.connections == 0


@pytest.mark.parametrize("value", ["", "a b\tc", "caf\u00e9", "~!@#$%^&*()"])
def test_every_value_a_header_can_have_is_sent(value: str) -> None:
    sent = Sent()
    with RawServer(sent) as server:
        call(server.url, headers={"app-key": value})
    assert sent.values("app-key") == [value]


@pytest.mark.parametrize(
    "url", ["", "nowhere", "ftp://localhost/x", "http:///x", "http://[::1/x", "http://h:port/x",
            "http://h:99999/x", "http://h/a b", "http://h/\u00fc", "http://a b/x",
            "http://\u2603..example/x", "https://.example/x", "http://" + "x" * 64 + "/x"]
)  # fmt: skip
def test_an_address_that_is_none_is_told_by_its_name(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transport = HttpTransport(resolve=loopback(listener.getsockname()[1]))
        assert outcome(url, transport) == "unsent unusable_address"


def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    sent = Sent()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()
    with RawServer(sent) as server:

        def resolve(_: str, port: int, __: int, kind: int) -> list[AddressInfo]:
            ours = ("127.0.0.1", port)
            return [
                (99, kind, 0, "", ours),  # a family that this machine does not know
                (socket.AF_INET, kind, 0, "", nobody),
                (socket.AF_INET, kind, 0, "", ours),
            ]

        assert outcome(server.url, HttpTransport(resolve=resolve)) == "answered 200"
        assert server.connections == 1


@pytest.mark.parametrize("fault", [OSError("no such name"), UnicodeError("no name")])
def test_a_name_nobody_knows_is_a_refused_connection(fault: Exception) -> None:
    def resolve(_: str, __: int, ___: int, ____: int) -> list[AddressInfo]:
        raise fault

    transport = HttpTransport(resolve=resolve)
    assert outcome("http://up.example.com/x", transport) == "unsent connection_refused"
