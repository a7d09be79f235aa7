"""Putting an answer on the wire: whole, late, cut, dripped, or broken on purpose."""

import os
import select
import socket
import struct
import threading
import time
from http import HTTPStatus

from sandbox.responses import Answer
from sandbox.scripted_outcomes import Particulars

# How often a waiting connection looks whether its peer has left.
_LOOK = 0.25
_BLOCK = 64 * 1024


class Wire:
    """One accepted connection, with control over its bytes and its end."""

    def __init__(self, connection: socket.socket, stopping: threading.Event) -> None:
        self._connection = connection
        self._stopping = stopping
        self.request_id = ""
        self.closing = False

    def send(self, data: bytes) -> None:
        """Send all of it; ConnectionError if the peer is gone."""
        self._connection.sendall(data)

    def pause(self, seconds: float) -> None:
        """Wait; ConnectionError at once when the peer leaves or the sandbox stops."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._stopping.wait(min(left, _LOOK)):
                raise ConnectionAbortedError("the sandbox stops")
            if self._peer_gone():
                raise ConnectionAbortedError("the peer has left")

    def cut(self) -> None:
        """End the connection in order: the peer reads an end of file."""
        self.closing = True
        self._connection.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """End the connection with a reset: the peer's next read fails."""
        self.closing = True
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self._connection.detach())

    def _peer_gone(self) -> bool:
        # The socket has a timeout, so a mere peek would wait for it.
        readable = select.poll()
        readable.register(self._connection, select.POLLIN)
        return bool(readable.poll(0)) and not self._connection.recv(1, socket.MSG_PEEK)


def whole(wire: Wire, answer: Answer, _: Particulars) -> None:
    """As any server would."""
    body = b"" if answer.status == HTTPStatus.NO_CONTENT else answer.body
    wire.send(answer.head(wire.request_id, closing=wire.closing) + body[:_BLOCK])
    for at in range(_BLOCK, len(body), _BLOCK):
        wire.send(body[at : at + _BLOCK])


def silence(wire: Wire, _: Answer, order: Particulars) -> None:
    """Not a byte, for `seconds`; then the connection is cut."""
    wire.pause(order["seconds"])
    wire.cut()


def nothing(wire: Wire, _: Answer, __: Particulars) -> None:
    """The connection is cut instead of an answer."""
    wire.cut()


def reset(wire: Wire, _: Answer, __: Particulars) -> None:
    """The connection is reset instead of a status line."""
    wire.reset()


def half_body(wire: Wire, answer: Answer, _: Particulars) -> None:
    """The length promises the whole body; half of it comes."""
    wire.send(answer.head(wire.request_id, closing=True))
    wire.send(answer.body[: len(answer.body) // 2])
    wire.cut()


def bad_chunks(wire: Wire, answer: Answer, _: Particulars) -> None:
    """A first good chunk, then one whose size is no number."""
    coding = (*answer.headers, ("Transfer-Encoding", "chunked"))
    wire.send(Answer(answer.status, b"", coding).head(wire.request_id, closing=True))
    first = answer.body[: len(answer.body) // 2]
    wire.send(b"%x\r\n%s\r\nsize\r\n%s" % (len(first), first, answer.body[len(first) :]))
    wire.cut()


def slow_head(wire: Wire, answer: Answer, order: Particulars) -> None:
    """Status line and headers byte by byte, `interval` seconds apart."""
    wire.closing = True
    _drip(wire, answer.head(wire.request_id, closing=True) + answer.body, order["interval"])


def slow_body(wire: Wire, answer: Answer, order: Particulars) -> None:
    """Headers at once, the body byte by byte, `interval` seconds apart."""
    wire.closing = True
    wire.send(answer.head(wire.request_id, closing=True))
    _drip(wire, answer.body, order["interval"])


def _drip(wire: Wire, data: bytes, interval: float) -> None:
    for at in range(len(data)):
        wire.send(data[at : at + 1])
        wire.pause(interval)
