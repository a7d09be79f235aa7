"""A page of another origin, and another user, at every port that the running gateway opens."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests
from playwright.sync_api import Browser, Page

from local.gateway import Gateway
from sandbox import Sandbox
from tests.browser.doors import doors

ATTACK = Path(__file__).with_name("attack.js").read_text()
pytestmark = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads /proc")

_ANOTHER_USER = r"""
import encodings.idna, json, os, socket, sys
root, ports = sys.argv[1], json.loads(sys.argv[2])
os.setgroups([]); os.setgid(65534); os.setuid(65534)
got = {}
for port in ports:
    for path in ("/", "/local/config.json", "/control", "/_ministack/health", "/v1/health"):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close", "", ""]
            try:
                connection.sendall("\r\n".join(lines).encode())
                answer = connection.recv(65536).decode()
            except ConnectionError:
                answer = ""
        if answer and not answer.startswith("HTTP/1.1 403 "):
            got[f"{port}{path}"] = answer[:60]
for pid in sys.argv[3].split(","):
    try:
        got[f"environment of {pid}"] = open(f"/proc/{pid}/environ").read()[:9]
    except PermissionError:
        pass
for directory, _, files in os.walk(root):
    for name in files:
        try:
            got[name] = open(os.path.join(directory, name)).read()[:20]
        except PermissionError:
            pass
print(json.dumps(got))
"""


class _Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Elsewhere</title><body>")

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def elsewhere(chromium: Browser) -> Iterator[tuple[Page, int]]:
    """A page of another origin, and the port it comes from."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
    Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    page = chromium.new_page()
    page.goto(f"http://127.0.0.1:{port}/")
    yield page, port
    page.close()
    server.shutdown()
    server.server_close()


def opened(gateway: Gateway, *others: int) -> dict[int, int]:
    """The ports of the running gateway, found from its processes."""
    ports = {port: pid for port, pid in doors(os.getpid()).items() if port not in others}
    assert int(gateway.url.rpartition(":")[2]) in ports
    assert gateway.emulator.port in ports
    return ports


def state(gateway: Gateway, sandbox: Sandbox) -> tuple[object, ...]:
    """What a stranger could have changed."""
    functions = gateway.emulator.client("lambda").list_functions()["Functions"]
    buckets = gateway.emulator.client("s3").list_buckets()["Buckets"]
    control = requests.get(f"{sandbox.url}/control", timeout=60).json()
    names = sorted(function["FunctionName"] for function in functions)
    return names, sorted(bucket["Name"] for bucket in buckets), control, len(sandbox.requests)


def test_a_page_of_elsewhere_reads_nothing_and_changes_nothing(
    elsewhere: tuple[Page, int], gateway: Gateway, sandbox: Sandbox
) -> None:
    page, own = elsewhere
    before = state(gateway, sandbox)
    for port in opened(gateway, own):
        assert page.evaluate(ATTACK, port) == [], f"port {port} answered a page of elsewhere"
    assert state(gateway, sandbox) == before


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_another_user_of_this_machine_gets_nothing(gateway: Gateway) -> None:
    ports = opened(gateway)
    pids = ",".join(str(pid) for pid in {*ports.values()})
    arguments = [str(gateway.logs), json.dumps(sorted(ports)), pids]
    done = subprocess.run(  # noqa: S603 - our own interpreter and source
        [sys.executable, "-c", _ANOTHER_USER, *arguments],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == {}
