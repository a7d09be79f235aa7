"""One connection: read a request, remember it, answer as ordered."""

import socket
import time
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from socketserver import BaseServer
from urllib.parse import urlsplit

from sandbox.connection import Wire, whole
from sandbox.control import control
from sandbox.forms import (
    CREDENTIAL_HEADERS,
    Form,
    UnreadableBodyError,
    credential_style,
    credentials_right,
    read_body,
    read_form,
)
from sandbox.landing import landing_page
from sandbox.outcomes import OUTCOMES, Asked, fulfil, order
from sandbox.records import CanaryVisit, ReceivedRequest
from sandbox.responses import Answer, errors
from sandbox.scripted_outcomes import Order
from sandbox.state import State

_ROUTES = {f"/{dialect}/liveness-verification": dialect for dialect in CREDENTIAL_HEADERS}


class Handler(BaseHTTPRequestHandler):
    """Serves one connection until either side ends it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120

    def __init__(
        self, state: State, connection: socket.socket, peer: tuple[str, int], server: BaseServer
    ) -> None:
        self._state = state  # first: a handler serves while it is made
        super().__init__(connection, peer, server)

    def do_POST(self) -> None:
        """Serve any request: http.server looks for one such name per HTTP method."""
        self._received_at = datetime.now(UTC)
        wire = Wire(self.connection, self._state.stopping)
        wire.request_id, wire.closing = str(uuid.uuid4()), self.close_connection
        try:
            body = read_body(self.headers, self.rfile)
        except UnreadableBodyError as fault:
            wire.closing = True
            whole(wire, Answer(fault.status, errors(str(fault), fault.status)), {})
        else:
            self._serve(wire, body)
        finally:
            self.close_connection = wire.closing

    do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815  # names that http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
        """Say nothing: `Sandbox.say` tells what is worth telling."""

    @property
    def _url(self) -> str:
        return f"http://127.0.0.1:{self.connection.getsockname()[1]}"

    @property
    def _header_names(self) -> tuple[str, ...]:
        return tuple(sorted({name.lower() for name in self.headers}))

    def _serve(self, wire: Wire, body: bytes) -> None:
        state = self._state
        path = urlsplit(self.path).path
        if self.command == "POST" and path in _ROUTES:
            self._verify(wire, _ROUTES[path], body)
            return
        if path == "/control" or path.startswith("/control/"):
            answer = control(state, self.command, path, self.headers.get("Host", ""), body)
        elif path == "/canary":
            state.records.visit(self._canary_visit(len(body)))
            answer = Answer(200, errors("Nothing may come here", 0))
        elif path in _ROUTES:
            answer = Answer(405, errors("Method not allowed", 405), (("Allow", "POST"),))
        elif path == "/" and self.command == "GET":
            answer = landing_page(self._url)
        else:
            answer = Answer(404, errors("Not found", 404))
        whole(wire, answer, {})

    def _verify(self, wire: Wire, dialect: str, body: bytes) -> None:
        state, began = self._state, time.monotonic()
        form = read_form(self.headers.get("Content-Type", ""), body)
        right = credentials_right(self.headers, dialect, state.credentials)
        ordered = state.script.take(acceptable=right and form.fault is None)
        if ordered is None:
            ordered = order("bad_request" if right else "unauthorized", {})
        request = self._request(wire, dialect, form, right=right, ordered=ordered)
        state.records.add(request)
        try:
            self._answer(wire, ordered, Asked(self._received_at, form.picture, self._url))
        finally:
            state.records.answered(request.number, datetime.now(UTC))
            took = f"{time.monotonic() - began:.3f} s"
            state.say(f"{request.number} {dialect} {request.size} B {request.outcome} {took}")

    def _answer(self, wire: Wire, ordered: Order, asked: Asked) -> None:
        answer = fulfil(ordered, asked)
        wire.pause(ordered.particulars["delay"])
        OUTCOMES[ordered.outcome].deliver(wire, answer, ordered.particulars)

    def _canary_visit(self, size: int) -> CanaryVisit:
        return CanaryVisit(
            method=self.command, path=self.path, header_names=self._header_names, size=size
        )

    def _request(
        self, wire: Wire, dialect: str, form: Form, *, right: bool, ordered: Order
    ) -> ReceivedRequest:
        selfie, picture = form.selfie, form.picture
        return ReceivedRequest(
            number=self._state.records.next_number(),
            method=self.command,
            path=urlsplit(self.path).path,
            header_names=self._header_names,
            request_id=wire.request_id,
            dialect=dialect,
            sha256=form.sha256,
            size=len(selfie.content) if selfie else 0,
            format=picture.format if picture else None,
            width=picture.width if picture else None,
            height=picture.height if picture else None,
            threshold=form.threshold,
            file_name=selfie.file_name if selfie else None,
            file_type=selfie.content_type if selfie else None,
            part_names=form.parts,
            credential_style=credential_style(self.headers),
            credentials_right=right,
            fault=form.fault,
            outcome=ordered.outcome,
            received_at=self._received_at,
        )
