"""One accepted connection, with control over its bytes and its end."""

import os
import select
import socket
import struct
import threading
import time

# How often a waiting connection checks whether its peer has left.
_CHECK_SECONDS = 0.25


class Connection:
    """An accepted connection, while it serves one request.

    Attributes:
        request_id: the X-Request-ID of the response.
        closing: whether no further request may be read from it.

    Args:
        peer: its socket.
        stopping: set when the sandbox stops.
        delays_end: set when no further pause is wanted.
        request_id: the X-Request-ID of the response.
    """

    def __init__(
        self,
        peer: socket.socket,
        stopping: threading.Event,
        delays_end: threading.Event,
        request_id: str,
    ) -> None:
        self._peer = peer
        self._stopping = stopping
        self._delays_end = delays_end
        self.request_id = request_id
        self.closing = False

    def send(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            ConnectionError: the peer has left.
        """
        self._peer.sendall(data)

    def pause(self, seconds: float) -> None:
        """Wait this long, or until `delays_end` is set.

        Raises:
            ConnectionError: the peer leaves, or the sandbox stops; the wait ends early.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            ended = self._delays_end.wait(min(left, _CHECK_SECONDS))
            if self._stopping.is_set():
                raise ConnectionAbortedError("the sandbox stops")
            if ended:
                return
            if self._peer_has_left():
                raise ConnectionAbortedError("the peer has left")

    def cut(self) -> None:
        """Close the connection cleanly: the peer reads an end of file."""
        self.closing = True
        self._peer.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """Close the connection with a reset: the peer's next read fails."""
        self.closing = True
        self._peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self._peer.detach())

    def _peer_has_left(self) -> bool:
        # The socket has a timeout, so peeking alone would wait for it.
        readable = select.poll()
        readable.register(self._peer, select.POLLIN)
        return bool(readable.poll(0)) and not self._peer.recv(1, socket.MSG_PEEK)
