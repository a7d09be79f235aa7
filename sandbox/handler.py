"""Serving one connection: read a request, record it, send the scripted response."""

import socket
import time
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from socketserver import BaseServer
from urllib.parse import urlsplit

from loopback.rules import refusal
from sandbox.bodies import UnreadableBodyError, read_body
from sandbox.building import RequestContext
from sandbox.connection import Connection
from sandbox.control import control
from sandbox.credentials import CREDENTIAL_HEADERS, credential_style, credentials_right
from sandbox.delivery import whole
from sandbox.forms import Form, read_form
from sandbox.landing import landing_page
from sandbox.outcomes import OUTCOMES, respond, scripted
from sandbox.records import CanaryVisit, ReceivedRequest
from sandbox.responses import Response, error_body
from sandbox.scripted_outcomes import ScriptedOutcome
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
        self._state = state  # before the base class: its constructor already serves
        super().__init__(connection, peer, server)

    def do_POST(self) -> None:
        """Serve any request: http.server looks for one such name per HTTP method."""
        self._received_at = datetime.now(UTC)
        connection = Connection(
            self.connection, self._state.stopping, self._state.delays_end, str(uuid.uuid4())
        )
        connection.closing = self.close_connection
        try:
            body = read_body(self.headers, self.rfile)
        except UnreadableBodyError as error:
            connection.closing = True
            whole(connection, Response(error.status, error_body(str(error), error.status)))
        else:
            why = self._refusal()
            if why is None:
                self._serve(connection, body)
            else:
                whole(connection, Response(403, error_body(why, 403)))
        finally:
            self.close_connection = connection.closing

    do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815 - names that http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Log nothing here: `Sandbox.log` gets a line per verification request."""

    def _refusal(self) -> str | None:
        # A header that is there twice is neither of the two, and so refused.
        said = {name.lower(): ", ".join(self.headers.get_all(name, [])) for name in self.headers}
        return refusal(self.connection.getsockname()[1], said)

    @property
    def _url(self) -> str:
        return f"http://127.0.0.1:{self.connection.getsockname()[1]}"

    @property
    def _header_names(self) -> tuple[str, ...]:
        return tuple(sorted({name.lower() for name in self.headers}))

    def _serve(self, connection: Connection, body: bytes) -> None:
        state = self._state
        path = urlsplit(self.path).path
        if self.command == "POST" and path in _ROUTES:
            self._verify(connection, _ROUTES[path], body)
            return
        if path == "/control" or path.startswith("/control/"):
            response = control(state, self.command, path, body)
        elif path == "/canary":
            state.records.add_canary_visit(self._canary_visit(len(body)))
            response = Response(200, error_body("No request may come here", 0))
        elif path in _ROUTES:
            response = Response(405, error_body("Method not allowed", 405), (("Allow", "POST"),))
        elif path == "/" and self.command == "GET":
            response = landing_page(self._url)
        else:
            response = Response(404, error_body("Not found", 404))
        whole(connection, response)

    def _verify(self, connection: Connection, dialect: str, body: bytes) -> None:
        state, started = self._state, time.monotonic()
        form = read_form(self.headers.get("Content-Type", ""), body)
        right = credentials_right(self.headers, dialect, state.credentials)
        outcome = state.queue.take(valid_request=right and form.fault is None)
        if outcome is None:
            outcome = scripted("bad_request" if right else "unauthorized")
        received = self._received(connection, dialect, form, right=right, outcome=outcome)
        state.records.add(received)
        try:
            self._respond(connection, outcome, form)
        finally:
            state.records.mark_answered(received.number, datetime.now(UTC))
            took = f"{time.monotonic() - started:.3f} s"
            state.log(f"{received.number} {dialect} {received.size} B {received.outcome} {took}")

    def _respond(self, connection: Connection, outcome: ScriptedOutcome, form: Form) -> None:
        response = respond(outcome, RequestContext(self._received_at, form.picture, self._url))
        connection.pause(outcome.options["delay"])
        OUTCOMES[outcome.name].send(connection, response, outcome.options)

    def _canary_visit(self, size: int) -> CanaryVisit:
        return CanaryVisit(
            method=self.command, path=self.path, header_names=self._header_names, size=size
        )

    def _received(
        self,
        connection: Connection,
        dialect: str,
        form: Form,
        *,
        right: bool,
        outcome: ScriptedOutcome,
    ) -> ReceivedRequest:
        selfie, picture = form.selfie, form.picture
        return ReceivedRequest(
            number=self._state.records.next_number(),
            method=self.command,
            path=urlsplit(self.path).path,
            header_names=self._header_names,
            request_id=connection.request_id,
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
            outcome=outcome.name,
            received_at=self._received_at,
        )
