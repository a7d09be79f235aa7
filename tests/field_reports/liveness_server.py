"""A liveness API on a real socket, and the gateway's functions that call it."""

import json
import socket
from dataclasses import replace
from typing import Any, Final

from liveness_gateway.bootstrap.verify import build_verify
from tests.adapters.exchange import PatientTransport
from tests.adapters.raw_server import RawServer, read_request, response
from tests.answers import FACE, GOOD
from tests.api.gateway import Gateway
from tests.world import SETTINGS, World

Said = tuple[str, bytes, dict[str, str]]
"""Status line, body and further headers of an answer."""


def said(body: bytes, status: str = "200 OK", **headers: str) -> Said:
    return status, body, headers


def answer(score: object, faces: object) -> Said:
    """A 2xx with these two members."""
    data = {"faces_liveness": score, "faces_predicted": faces}
    return said(json.dumps({"api_req_uid": "u", "response_data": data}).encode())


ONE_FACE: Final = said(GOOD)
CROWD: Final = answer(0.99, [FACE] * 101)


class LivenessServer(RawServer):
    """Answers each request as it is told to next, then `ONE_FACE`; keeps what it received."""

    def __init__(self) -> None:
        super().__init__(self._behave)
        self.script: list[Said] = []
        self.received: list[bytes] = []

    def _behave(self, connection: socket.socket) -> None:
        self.received.append(read_request(connection))
        status, body, headers = self.script.pop(0) if self.script else ONE_FACE
        connection.sendall(response(body, status, **headers))

    @property
    def pictures(self) -> list[bytes]:
        """The selfie of each request: what stands between its headers and the next delimiter."""
        found = []
        for received in self.received:
            body = received.partition(b"\r\n\r\n")[2]
            delimiter = b"\r\n" + body.partition(b"\r\n")[0]
            selfie = body.partition(b'name="selfie"')[2].partition(b"\r\n\r\n")[2]
            found.append(selfie.partition(delimiter)[0])
        return found


class Deployed(World):
    """The functions as `bootstrap` builds them, but over a real socket to the liveness API."""

    def __init__(self, server: LivenessServer, **settings: Any) -> None:  # noqa: ANN401 - as `VerifySettings` has them
        super().__init__(
            replace(SETTINGS, upstream_url=server.url, forward_metadata=False, **settings)
        )

    def gateway(self) -> Gateway:
        """A new environment of each function."""
        gateway = Gateway(self)

        def build(*given: Any, **around: Any) -> Any:  # noqa: ANN401 - as `World` gives them
            return build_verify(*given, **(around | {"transport": PatientTransport()}))

        gateway.verify = self.build(build, gateway.telemetry)
        return gateway
