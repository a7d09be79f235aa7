"""A connection under TLS.

OpenSSL works on memory here, not on the socket. So `Connection` alone decides what leaves and when,
and what had arrived before a send failed can still be read, which OpenSSL itself does not promise.
"""

import socket
import ssl
from contextlib import suppress
from typing import Final

from liveness_gateway.adapters.upstream.connection import CONNECT_SECONDS, Connection, Deadline

_BLOCK: Final = 64 * 1024


class TlsConnection(Connection):
    """Sends and receives as `Connection` does, once `start` has verified who the other end is."""

    def __init__(
        self, opened: socket.socket, deadline: Deadline, context: ssl.SSLContext, host: str
    ) -> None:
        super().__init__(opened, deadline)
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        # Encrypted, and not yet taken by the kernel; it stands for so many bytes of data.
        self._encrypted = memoryview(b"")
        self._stands_for = 0

    def start(self) -> None:
        """Shake hands within two seconds.

        Raises:
            OSError: that failed (`ssl.SSLError`) or took too long (`TimeoutError`).
        """
        whole, self.deadline = self.deadline, self.deadline.at_most(CONNECT_SECONDS)
        while not self._shaken():
            while (data := super().arrived()) is None:
                self.wait_for_more()
            self._feed(data)
        self.deadline = whole

    def send(self, data: memoryview) -> int:
        """See `Connection`."""
        if not self._encrypted:
            self._stands_for = self._tls.write(data[:_BLOCK])
            self._encrypted = memoryview(self._outgoing.read())
        self._encrypted = self._encrypted[super().send(self._encrypted) :]
        return 0 if self._encrypted else self._stands_for

    def arrived(self) -> bytes | None:
        """See `Connection`. An end without TLS's own is an end: the framing of HTTP judges it."""
        while True:
            try:
                return self._tls.read(_BLOCK)
            except ssl.SSLWantReadError:
                data = super().arrived()
                if data is None:
                    return None
                self._feed(data)
            except ssl.SSLEOFError:
                return b""

    def _shaken(self) -> bool:
        """Go on with the handshake; whether it is done."""
        done = False
        try:
            self._tls.do_handshake()
            done = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            with suppress(OSError):
                self._flush()  # the alert that tells the other end why
            raise
        self._flush()
        return done

    def _flush(self) -> None:
        rest = memoryview(self._outgoing.read())
        while rest:
            self.deadline.left()
            rest = rest[super().send(rest) :]

    def _feed(self, data: bytes) -> None:
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
