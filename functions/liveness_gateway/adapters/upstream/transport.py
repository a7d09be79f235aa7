"""One HTTP exchange with upstream, bounded in every direction.

The standard library's client is used for what a pooled one hides: whether a byte of the selfie was
sent, and the socket, which is shut at the deadline however slowly bytes arrive. A connection is
used once: one that was idle while the function was frozen could lose a paid answer.
"""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

import certifi
from requests_toolbelt import MultipartEncoder

from liveness_gateway.adapters.upstream.replies import (
    AnswerLostError,
    BoundedResponse,
    NotSentError,
    Reply,
    read_reply,
)
from liveness_gateway.clock import Clock, SystemClock
from liveness_gateway.verifications.model import Selfie, decimal_text

CONNECT_SECONDS: Final = 2.0
_BLOCK: Final = 128 * 1024
_MEDIA_TYPES: Final = {"jpeg": "image/jpeg", "png": "image/png"}


class HttpTransport:
    """Posts a selfie and reads the reply. No redirects, no proxies, no retries, no decompression.

    `tls` replaces the default TLS context (certificates verified against certifi's list), `clock`
    the machine's own.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, clock: Clock | None = None) -> None:
        self._tls = tls or ssl.create_default_context(cafile=certifi.where())
        self._clock = clock or SystemClock()

    def post(
        self,
        url: str,
        headers: dict[str, str],
        selfie: Selfie,
        threshold: Decimal,
        deadline: float,
    ) -> Reply:
        """Post and return the reply; this call ends by `deadline` (the clock's monotonic seconds).

        Raises:
            NotSentError: the selfie did not leave.
            AnswerLostError: it did, and no whole answer of at most 1 MiB came in time.
        """
        try:
            connection = self._connection(url, deadline)
        except (http.client.InvalidURL, ValueError):
            raise NotSentError("unusable_address") from None
        exchange = _Exchange(
            connection,
            urlsplit(url).path,
            headers,
            _Gate(_encode(selfie, threshold), deadline, self._clock),
        )
        worker = threading.Thread(target=exchange.run, daemon=True)
        worker.start()
        worker.join(max(0.0, deadline - self._clock.monotonic()))
        return exchange.result()

    def _connection(self, url: str, deadline: float) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        host = parts.hostname or ""
        seconds = max(0.001, min(CONNECT_SECONDS, deadline - self._clock.monotonic()))
        if parts.scheme == "https":
            return http.client.HTTPSConnection(
                host, parts.port, timeout=seconds, blocksize=_BLOCK, context=self._tls
            )
        return http.client.HTTPConnection(host, parts.port, timeout=seconds, blocksize=_BLOCK)


def _encode(selfie: Selfie, threshold: Decimal) -> MultipartEncoder:
    # A name of our own: the caller's file name is never forwarded (R7).
    kind = selfie.image.format
    return MultipartEncoder(
        {
            "selfie": (f"selfie.{kind}", selfie.content, _MEDIA_TYPES[kind]),
            "threshold": decimal_text(threshold),
        }
    )


class _Gate:
    """The request body: it lets nothing pass after the deadline, nor once it was shut."""

    def __init__(self, encoder: MultipartEncoder, deadline: float, clock: Clock) -> None:
        self.encoder = encoder
        self._deadline = deadline
        self._clock = clock
        self._lock = threading.Lock()
        self._shut = False
        self.passed = False

    def read(self, size: int = -1) -> bytes:
        with self._lock:
            if self._shut or (not self.passed and self.seconds_left() <= 0):
                raise NotSentError("deadline")
            self.passed = True
        block: bytes = self.encoder.read(size)
        return block

    def seconds_left(self) -> float:
        """Until the deadline; negative after it."""
        return self._deadline - self._clock.monotonic()

    def shut(self) -> bool:
        """Let nothing pass from now on, and say whether anything did before."""
        with self._lock:
            self._shut = True
            return self.passed


class _Exchange:
    """One connection's life in a thread of its own, so that nothing can hold up the caller."""

    def __init__(
        self,
        connection: http.client.HTTPConnection,
        path: str,
        headers: dict[str, str],
        gate: _Gate,
    ) -> None:
        self._connection = connection
        self._connection.response_class = BoundedResponse
        self._path = path
        self._headers = headers
        # Made before the thread: a deadline that has passed already must find it there to shut.
        self._gate = gate
        # The connection forgets it once the answer's headers are there; the deadline does not.
        self._socket: socket.socket | None = None
        self._reply: Reply | None = None
        self._fault: str | None = None

    def run(self) -> None:
        gate = self._gate
        try:
            self._connection.connect()
            self._socket = self._connection.sock
            self._socket.settimeout(max(0.001, gate.seconds_left()))
            whole = self._send()
            self._reply = read_reply(self._connection.getresponse(), whole=whole)
        except TimeoutError:
            self._fault = "timeout" if gate.passed else "connect_timeout"
        except ssl.SSLError:
            self._fault = "tls"
        except (NotSentError, AnswerLostError) as stopped:
            self._fault = str(stopped)
        except OSError:
            self._fault = "connection_lost" if gate.passed else "connection_refused"
        except (http.client.HTTPException, ValueError):
            # ValueError: a chunk length, a status or a header that is none.
            self._fault = "broken_http"
        finally:
            self._connection.close()

    def _send(self) -> bool:
        """Send the request; whether upstream took all of it before it hung up.

        One that refuses from the headers alone does hang up, and its answer says why.
        """
        own = {
            "Content-Type": self._gate.encoder.content_type,
            "Content-Length": str(self._gate.encoder.len),
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        try:
            self._connection.request("POST", self._path, self._gate, self._headers | own)
        except (ConnectionError, ssl.SSLEOFError):
            return False
        return True

    def result(self) -> Reply:
        if self._reply is not None:
            return self._reply
        sent = self._gate.shut()
        fault = self._fault
        if fault is None:
            fault = "timeout" if sent else "connect_timeout"
            self._cut()
        if sent:
            raise AnswerLostError(fault)
        raise NotSentError(fault)

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # it ended by itself in this moment
                # Not the TLS socket's own: that first forgets its keys, and a write in that
                # moment would go out in plain text.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
