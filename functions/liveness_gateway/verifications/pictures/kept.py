"""What is kept of a file, as pieces of it: a copy of a whole picture would take as much memory."""

from typing import Final

Piece = bytes | memoryview
# A view costs some hundred bytes, and a hostile file has hundreds of thousands of parts.
_SHORTEST_VIEW: Final = 64 * 1024


class Kept:
    """Collects parts of a file, and bytes between them, in their order.

    Parts that lie side by side in the file become one. From 64 KiB on, one is a view of the file,
    so there are few of them; shorter ones are copied together.
    """

    def __init__(self, content: bytes) -> None:
        self._content = memoryview(content)
        self._pieces: list[Piece] = []
        self._copied = bytearray()
        self._start = self._end = 0

    def keep(self, start: int, end: int) -> None:
        """Bytes `start` to `end` of the file come next."""
        if start != self._end:
            self._close()
            self._start = start
        self._end = end

    def add(self, data: bytes) -> None:
        """These bytes come next."""
        if data:
            self._close()
            self._copied += data

    def pieces(self) -> tuple[Piece, ...]:
        """All of it; no piece is empty. Nothing is added afterwards."""
        self._close()
        self._end_copied()
        return tuple(self._pieces)

    def _close(self) -> None:
        part = self._content[self._start : self._end]
        self._start = self._end = 0
        if len(part) < _SHORTEST_VIEW:
            self._copied += part
        else:
            self._end_copied()
            self._pieces.append(part)

    def _end_copied(self) -> None:
        if self._copied:
            self._pieces.append(bytes(self._copied))
            self._copied.clear()
