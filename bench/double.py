"""AWS and the liveness API for all contenders, in a process of its own: `python -m bench.double`.

Of a selfie it keeps the SHA-256. Prints its two ports, with TLS and without; a GET gives what was
asked since the last one: the operations in order, `upstream` among them; of `/selfies`, the sums.
"""

import hashlib
import json
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

_UPSTREAM: Final = json.dumps(
    {
        "api_req_uid": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "processed_at": "2026-01-01T00:00:01",
        "requested_at": "2026-01-01T00:00:00",
        "response_code": 2,
        "response_data": {
            "faces_liveness": 0.9998,
            "faces_predicted": [
                {
                    "confidence": 0.9885,
                    "top_left": {"x": 38.0577, "y": 4.0824},
                    "delta": {"x": 18.9982, "y": 25.3957},
                }
            ],
            "img": {"height": 71, "width": 95},
        },
    }
).encode()
_asked: list[str] = []
_selfies: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        kept = _selfies if self.path == "/selfies" else _asked
        answer = json.dumps(kept).encode()
        kept.clear()
        self._answer("application/json", answer)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        target = self.headers.get("X-Amz-Target")
        operation = target.rpartition(".")[2] if target else "upstream"
        _asked.append(operation)
        if target:
            answer = _of_aws(operation, json.loads(body))
            self._answer("application/x-amz-json-1.0", json.dumps(answer).encode())
            return
        _selfies.append(_selfie_sum(body, self.headers["Content-Type"]))
        self._answer("application/json", _UPSTREAM)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass

    def _answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _selfie_sum(body: bytes, content_type: str) -> str:
    """The SHA-256 of the one part named selfie of a form that is whole; or that there is none."""
    delimiter = b"--" + content_type.partition("boundary=")[2].strip('"').encode()
    if not body.endswith((delimiter + b"--", delimiter + b"--\r\n")):
        return "a form that is not whole"
    parts = (part.partition(b"\r\n\r\n") for part in body.split(delimiter))
    found = [content[:-2] for head, _, content in parts if b'name="selfie"' in head]
    return hashlib.sha256(found[0]).hexdigest() if len(found) == 1 else "no selfie, or several"


def _of_aws(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    if operation == "GetSecretValue":
        secret = {"app_id": "an-id", "app_key": "a-key"}
        text = "9" * 64 if "fingerprint" in body["SecretId"] else json.dumps(secret)
        return {"ARN": body["SecretId"], "SecretString": text, "VersionId": "1" * 36}
    if operation == "PutEvents":
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}
    # Of an UpdateItem, what it changed.
    changed = {"version": {"N": "0"}, "status": {"S": "processing"}}
    return {"Attributes": changed} if operation == "UpdateItem" else {}


def main() -> None:
    """Serve until standard input ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Handler) for _ in range(2)]
    servers[0].socket = context.wrap_socket(
        servers[0].socket, server_side=True, do_handshake_on_connect=False
    )
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(*(server.server_address[1] for server in servers), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
