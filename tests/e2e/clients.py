"""Real clients, each as its users run it; all of them post a file and a threshold."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

HERE = Path(__file__).parent
NODE = Path(sys.executable).with_name("node")
SECONDS = 120


@dataclass(frozen=True)
class Response:
    """What a client received."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.body)


Client = Callable[[str, Path, str, Mapping[str, str]], Response]


def _curl(url: str, selfie: Path, threshold: str, headers: Mapping[str, str]) -> Response:
    """As in the documents: `curl -F`."""
    named = [word for pair in headers.items() for word in ("--header", ": ".join(pair))]
    form = ["--form", f"selfie=@{selfie}", "--form", f"threshold={threshold}"]
    write = ["--silent", "--show-error", "--noproxy", "*", "--write-out", "\n%{http_code}"]
    body, _, status = _run(["curl", url, *named, *form, *write]).rpartition(b"\n")
    return Response(int(status), {}, body)


def _requests(url: str, selfie: Path, threshold: str, headers: Mapping[str, str]) -> Response:
    """As in the documents: a list of one file tuple, and `data`."""
    with selfie.open("rb") as file, requests.Session() as session:
        session.trust_env = False
        response = session.post(
            url,
            headers=dict(headers),
            files=[("selfie", (selfie.name, file, "image/jpeg"))],
            data={"threshold": threshold},
            timeout=SECONDS,
        )
    return Response(response.status_code, response.headers, response.content)


def _node(client: str) -> Client:
    def post(url: str, selfie: Path, threshold: str, headers: Mapping[str, str]) -> Response:
        given = {"client": client, "url": url, "selfie": str(selfie), "threshold": threshold}
        argument = json.dumps({**given, "headers": dict(headers)})
        printed = json.loads(_run([str(NODE), str(HERE / "node_client.mjs"), argument]))
        return Response(printed["status"], printed["headers"], printed["body"].encode())

    return post


def _run(command: list[str]) -> bytes:
    done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - a client under test
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


CLIENTS: dict[str, Client] = {
    "curl": _curl,
    "python-requests": _requests,
    **{name: _node(name) for name in ("node-fetch", "node-form-data", "node-form-data-piped")},
}
