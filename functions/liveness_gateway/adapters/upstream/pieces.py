"""A file in pieces, as the multipart encoder reads one."""

from collections import deque
from collections.abc import Iterable


class PieceReader:
    """Reads the pieces once, each as a view: nothing is copied here.

    Attributes:
        len: bytes that are not read yet; the name is the encoder's.
    """

    def __init__(self, pieces: Iterable[bytes | memoryview]) -> None:
        self._pieces = deque(memoryview(piece) for piece in pieces if piece)
        self.len = sum(map(len, self._pieces))

    def read(self, size: int) -> memoryview:
        """At most `size` bytes, and at least one of those that are left."""
        piece = self._pieces.popleft()
        if len(piece) > size:
            self._pieces.appendleft(piece[size:])
        taken = piece[:size]
        self.len -= len(taken)
        return taken
