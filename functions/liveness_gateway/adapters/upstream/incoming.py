"""What a connection sends, in lines and blocks, and never more than a bound in all."""

from typing import Final

from liveness_gateway.adapters.upstream.connection import Connection
from liveness_gateway.adapters.upstream.replies import MAXIMUM_ANSWER, AnswerLostError

_LONGEST_LINE: Final = 64 * 1024
_BLOCK: Final = 64 * 1024


class Incoming:
    """A buffer before a connection; `ended` once the peer has sent its last byte."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._buffer = bytearray()
        # The longest body, and as much again for headers and framing.
        self._left = 2 * MAXIMUM_ANSWER
        self.ended = False

    @property
    def pending(self) -> bool:
        """Whether bytes are waiting to be read."""
        return bool(self._buffer)

    def look(self) -> None:
        """Take all that has arrived; wait for nothing.

        Raises:
            AnswerLostError: all of it is more than 2 MiB.
            OSError: the connection is broken.
        """
        while not self.ended and (data := self._connection.arrived()) is not None:
            self._take(data)

    def line(self) -> bytes:
        """The next line with its end (CR LF or LF); without an end where the connection has one.

        Raises:
            AnswerLostError: it is longer than 64 KiB, or all of it more than 2 MiB.
            OSError: the connection is broken, or its deadline has passed.
        """
        seen = 0
        while (end := self._buffer.find(b"\n", seen)) < 0 and not self.ended:
            seen = len(self._buffer)
            if seen > _LONGEST_LINE:
                break
            self._take(self._connection.receive())
        length = end + 1 or len(self._buffer)
        if length > _LONGEST_LINE:
            raise AnswerLostError("broken_http")
        return self._cut(length)

    def block(self, most: int = _BLOCK) -> bytes:
        """At least one byte and at most `most`; b"" at the end.

        Raises:
            AnswerLostError: all of it is more than 2 MiB.
            OSError: the connection is broken, or its deadline has passed.
        """
        if not self._buffer and not self.ended:
            self._take(self._connection.receive())
        return self._cut(min(most, _BLOCK))

    def _cut(self, length: int) -> bytes:
        data = bytes(self._buffer[:length])
        del self._buffer[:length]
        return data

    def _take(self, data: bytes) -> None:
        self.ended = not data
        self._left -= len(data)
        if self._left < 0:
            raise AnswerLostError("answer_too_large")
        self._buffer += data
