"""Real clients, as processes of their own, over a real socket: the documented request works."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import requests

from tests.api.events import COMPAT_PATHS, CREATE
from tests.api.gateway import Gateway
from tests.api.server import Server
from tests.images import drawn

ROOT: Final = Path(__file__).parents[2]
NODE: Final = Path(sys.executable).with_name("node")
# A name that injects, an extension that lies, EXIF that must not be looked at.
FILE_NAME: Final = 'self "ie; name=threshold \u00e9\U0001f600.gif'
PICTURES: Final = {
    "jpeg": drawn("JPEG", 640, 480) + b"\r\n--\r\n--boundary--\r\n",
    "png": drawn("PNG", 95, 71),
}

# As the liveness API's own documents show it: form-data with a file stream, sent by `request`;
# that library is gone, its `form-data` is what wrote the body.
DOCUMENTED_NODE: Final = """
const fs = require('fs');
const FormData = require('form-data');
const form = new FormData();
form.append('selfie', fs.createReadStream(process.argv[1]));
form.append('threshold', '0.6');
const {hostname, port, pathname} = new URL(process.argv[2]);
const headers = {'app_id': 'x', 'app_key': 'y', 'x-api-key': 'k'};
form.submit({hostname, port, path: pathname, headers}, (error, response) => {
  if (error) throw error;
  let body = '';
  response.on('data', (chunk) => { body += chunk; });
  response.on('end', () => console.log(JSON.stringify([response.statusCode, JSON.parse(body)])));
});
"""
FETCH: Final = """
const fs = require('fs');
const form = new FormData();
form.append('threshold', '0.6');
form.append('selfie', new Blob([fs.readFileSync(process.argv[1])]), 'selfie');
fetch(process.argv[2], {method: 'POST', body: form, headers: {'x-api-key': 'k'}})
  .then(async (response) => console.log(JSON.stringify([response.status, await response.json()])));
"""
# As the documents show it for Python: files as a list of pairs.
DOCUMENTED_PYTHON: Final = """
import json, sys
import requests
session = requests.Session()
session.trust_env = False
files = [('selfie', (sys.argv[1], open(sys.argv[1], 'rb'), 'image/jpeg'))]
headers = {'app_id': 'x', 'app_key': 'y', 'x-api-key': 'k'}
response = session.post(sys.argv[2], headers=headers, data={'threshold': '0.6'}, files=files)
print(json.dumps([response.status_code, response.json()]))
"""

Answer = tuple[int, dict[str, Any]]


def run(*command: str) -> Answer:
    done = subprocess.run(  # noqa: S603 - the client under test
        command, check=True, capture_output=True, timeout=60, cwd=ROOT
    )
    status, body = json.loads(done.stdout)
    return status, body


def curl(path: Path, url: str) -> Answer:
    """curl escapes a quote in a file name, and needs one around a name with a semicolon."""
    name = str(path).replace('"', '\\"')
    done = subprocess.run(  # noqa: S603 - the client under test
        ["curl", "-sS", "--noproxy", "*", "-w", "\n%{http_code}", "-H", "x-api-key: k",  # noqa: S607 - whichever curl this machine has
         "-F", f'selfie=@"{name}"', "-F", "threshold=0.6", url],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    body, _, status = done.stdout.rpartition(b"\n")
    return int(status), json.loads(body)


def with_requests(path: Path, url: str) -> Answer:
    with path.open("rb") as file, requests.Session() as session:
        session.trust_env = False
        files = [("selfie", (path.name, file, "image/jpeg"))]
        response = session.post(
            url, headers={"x-api-key": "k"}, data={"threshold": "0.6"}, files=files, timeout=60
        )
    return response.status_code, response.json()


def with_httpx(path: Path, url: str) -> Answer:
    with path.open("rb") as file, httpx.Client(trust_env=False, timeout=60) as client:
        response = client.post(
            url, headers={"x-api-key": "k"}, data={"threshold": "0.6"}, files={"selfie": file}
        )
    return response.status_code, response.json()


CLIENTS: Final[dict[str, Callable[[Path, str], Answer]]] = {
    "curl": curl,
    "requests": with_requests,
    "documented Python": lambda path, url: run(
        sys.executable, "-c", DOCUMENTED_PYTHON, str(path), url
    ),
    "httpx": with_httpx,
    "documented Node": lambda path, url: run(str(NODE), "-e", DOCUMENTED_NODE, str(path), url),
    "Node fetch": lambda path, url: run(str(NODE), "-e", FETCH, str(path), url),
}


@pytest.fixture
def server(gateway: Gateway) -> Iterator[Server]:
    with Server(gateway.invoke) as running:
        yield running


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_on_every_route(
    gateway: Gateway, server: Server, tmp_path: Path, client: str, kind: str
) -> None:
    content = PICTURES[kind]
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    for route in (CREATE, *COMPAT_PATHS):
        status, body = CLIENTS[client](path, server.url + route)
        if route == CREATE:
            assert (status, body["decision"], body["score"]) == (201, "live", 0.9998)
            assert body["image"]["bytes"] == len(content)
        else:
            assert (status, body["response_data"]["faces_liveness"]) == (200, 0.9998)
    calls = gateway.world.liveness_api.received
    assert [call.content for call in calls] == [content] * 3
    assert {str(call.threshold) for call in calls} == {"0.6"}
    assert all(content in body for body in server.bodies)
    items = json.dumps(list(gateway.world.table.items.values()))
    for place in (gateway.telemetry.stream.getvalue(), items):
        assert "self" not in place
        assert ".gif" not in place


def test_a_client_reads_its_record_and_its_problems(gateway: Gateway, server: Server) -> None:
    with httpx.Client(base_url=server.url, trust_env=False, headers={"x-api-key": "k"}) as client:
        created = client.post(CREATE, files={"selfie": PICTURES["jpeg"]})
        read = client.get(created.headers["Location"])
        assert read.json() == created.json()
        refused = client.post(CREATE, json={"selfie": "base64"})
        assert (refused.status_code, refused.json()["code"]) == (415, "unsupported_media")
        form_encoded = client.post(COMPAT_PATHS[0], data={"selfie": "x", "threshold": "0.6"})
        assert form_encoded.status_code == 415
        image = {"Content-Type": "image/jpeg"}
        raw = client.post(CREATE, content=PICTURES["jpeg"], headers=image)
        assert (raw.status_code, raw.json()["code"]) == (415, "unsupported_media")
        assert client.get("/v1/health").json() == {"status": "ok", "stage": "local"}
    assert gateway.world.calls == 1
