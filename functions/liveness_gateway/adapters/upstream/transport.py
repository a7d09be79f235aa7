"""One HTTP exchange with upstream, bounded in every direction.

It works on a socket of its own, because a pooled client hides what is promised here: whether a byte
of the selfie left, that nothing leaves after the caller was told so, and an end by the deadline
however slowly bytes arrive. A connection is used once: one that was idle while the function was
frozen could lose a paid answer.
"""

import socket
import ssl
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from liveness_gateway.adapters.upstream.connection import (
    Connection,
    Deadline,
    Resolve,
    connect,
    look_up,
)
from liveness_gateway.adapters.upstream.incoming import Incoming
from liveness_gateway.adapters.upstream.replies import AnswerLostError, NotSentError, Reply
from liveness_gateway.adapters.upstream.request_body import RequestBody
from liveness_gateway.adapters.upstream.request_head import Target, request_head
from liveness_gateway.adapters.upstream.response import read_refusal, read_success
from liveness_gateway.adapters.upstream.response_head import Head, final_head, read_head
from liveness_gateway.adapters.upstream.tls import TlsConnection
from liveness_gateway.adapters.upstream.trust import trusting_context
from liveness_gateway.adapters.user_agent import USER_AGENT
from liveness_gateway.clock import Clock, SystemClock
from liveness_gateway.verifications.model import Selfie

REFUSAL_SECONDS: Final = 2.0


class HttpTransport:
    """Posts a selfie and reads the reply. No redirects, no proxies, no retries.

    Args:
        tls: replaces the default TLS context (certificates verified against certifi's list).
        clock: replaces the machine's own.
        resolve: replaces `socket.getaddrinfo`.
        refusal_seconds: how long the body of any answer but a 2xx is waited for.
    """

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
        *,
        resolve: Resolve | None = None,
        refusal_seconds: float = REFUSAL_SECONDS,
    ) -> None:
        self._tls = tls or trusting_context()
        self._clock = clock or SystemClock()
        self._resolve = resolve
        self._refusal_seconds = refusal_seconds

    def post(
        self,
        url: str,
        headers: dict[str, str],
        selfie: Selfie,
        threshold: Decimal,
        deadline: float,
    ) -> Reply:
        """Post and return the reply; this call ends by `deadline` (the clock's monotonic seconds).

        When it ends, the connection is closed, and nothing of the request leaves any more.

        Raises:
            NotSentError: the selfie did not leave.
            AnswerLostError: it did, and no whole answer of at most 1 MiB came in time.
        """
        exchange = _Exchange(headers, RequestBody(selfie, threshold), self._refusal_seconds)
        ended = self._run(exchange, url, Deadline(deadline, self._clock))
        # Raised here, where no other exception is being handled: its text can hold anything.
        if isinstance(ended, Reply):
            return ended
        if exchange.sent:
            raise AnswerLostError(ended)
        raise NotSentError(ended)

    def _run(self, exchange: "_Exchange", url: str, deadline: Deadline) -> Reply | str:
        """The reply, or the reason why there is none."""
        try:
            target = Target.of(url)
            head = exchange.head(target)
            with self._connection(target, deadline) as connection:
                connection.start()
                return exchange.run(connection, head)
        except (AnswerLostError, NotSentError) as stopped:
            return str(stopped)
        except TimeoutError:
            return "timeout" if exchange.sent else "connect_timeout"
        except ssl.SSLError:
            return "tls"
        except OSError:
            return "connection_lost" if exchange.sent else "connection_refused"
        except ValueError:
            return "unusable_address"

    def _connection(self, target: Target, deadline: Deadline) -> Connection:
        resolve = self._resolve or socket.getaddrinfo
        opened = connect(look_up(target.host, target.port, resolve, deadline), deadline)
        if target.secure:
            return TlsConnection(opened, deadline, self._tls, target.host)
        return Connection(opened, deadline)


class _Exchange:
    """One request and its response; `sent` once the first byte of the body may have left."""

    def __init__(self, headers: dict[str, str], body: RequestBody, refusal_seconds: float) -> None:
        self._headers = headers
        self._body = body
        self._refusal_seconds = refusal_seconds
        self._early: Head | None = None
        self.sent = False

    def head(self, target: Target) -> bytes:
        """Everything that is sent before the body."""
        own = {
            "User-Agent": USER_AGENT,
            "Content-Type": self._body.content_type,
            "Content-Length": str(self._body.length),
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        return request_head(target, self._headers | own)

    def run(self, connection: Connection, head: bytes) -> Reply:
        """Send the request and read the response.

        Raises:
            AnswerLostError, OSError: there is none that can be used.
        """
        incoming = Incoming(connection)
        whole = self._send(connection, incoming, head)
        answer = self._early or final_head(incoming)
        if not answer.success:
            connection.deadline = connection.deadline.at_most(self._refusal_seconds)
            return read_refusal(answer, incoming)
        if not whole:
            # It did not receive the whole selfie, so this is no answer about it.
            raise AnswerLostError("connection_lost")
        return read_success(answer, incoming)

    def _send(self, connection: Connection, incoming: Incoming, head: bytes) -> bool:
        """Send the request; whether upstream took all of it before it answered or closed."""
        try:
            for block, of_body in self._blocks(head):
                rest = block
                while rest:
                    if self._refused(incoming):
                        return False
                    connection.deadline.left()
                    self.sent = self.sent or of_body
                    rest = rest[connection.send(rest) :]
        except ConnectionError:
            # One that refuses from the headers alone does hang up, and its answer says why.
            return False
        return True

    def _blocks(self, head: bytes) -> Iterator[tuple[memoryview, bool]]:
        yield memoryview(head), False
        for block in self._body.blocks():
            yield block, True

    def _refused(self, incoming: Incoming) -> bool:
        """Whether upstream has refused the request, or closed, before it had all of it."""
        incoming.look()
        while incoming.pending and self._early is None:
            head = read_head(incoming)
            self._early = None if head.interim else head
        return incoming.ended or (self._early is not None and not self._early.success)
