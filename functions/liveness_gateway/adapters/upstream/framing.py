"""Where the body of a response ends (RFC 9112, 6 and 7), and what it was coded with."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final, NamedTuple

from liveness_gateway.adapters.upstream.incoming import Incoming
from liveness_gateway.adapters.upstream.replies import AnswerLostError
from liveness_gateway.adapters.upstream.response_head import Head

# A size, and extensions that mean nothing to us.
_CHUNK: Final = re.compile(rb"[ \t]*([0-9a-fA-F]+)[ \t]*(?:;.*)?", re.DOTALL)
_DIGITS: Final = re.compile("[0-9]+")
_CRLF: Final = b"\r\n"
_LINE_ENDS: Final = (_CRLF, b"\n")
_NO_BODY: Final = (
    HTTPStatus.SWITCHING_PROTOCOLS,
    HTTPStatus.NO_CONTENT,
    HTTPStatus.NOT_MODIFIED,
)


class Framing(NamedTuple):
    """How a body is framed.

    Attributes:
        empty: its status has none.
        length: what Content-Length says. It does not count where there is a transfer coding.
        chunked: whether chunks tell where it ends.
        transfer: the other transfer codings.
        content: the content codings. Both stand in the order in which they were applied.
    """

    empty: bool
    length: int | None
    chunked: bool
    transfer: tuple[str, ...]
    content: tuple[str, ...]

    @property
    def codings(self) -> tuple[str, ...]:
        """What was done to the body, first to last."""
        return self.content + self.transfer

    @classmethod
    def of(cls, head: Head) -> "Framing":
        """What the headers say.

        Raises:
            AnswerLostError: they contradict themselves, so nobody knows where the body ends.
        """
        transfer = _without_identity(head.members("transfer-encoding"))
        chunked = False
        while transfer[-1:] == ["chunked"]:  # some proxies add a second header
            transfer.pop()
            chunked = True
        if any(coding.startswith("chunked") for coding in transfer):
            raise AnswerLostError("broken_http")
        content = _without_identity(head.members("content-encoding"))
        return cls(head.status in _NO_BODY, _length(head), chunked, (*transfer,), (*content,))

    def blocks(self, incoming: Incoming) -> Iterator[bytes]:
        """The body as it was before the transfer, still coded.

        Raises:
            AnswerLostError: it is cut, or its chunks are broken.
            OSError: the connection is broken, or its deadline has passed.
        """
        if self.empty:
            return
        if self.chunked:
            yield from _chunks(incoming)
        elif self.length is not None and not self.transfer:
            yield from _exactly(self.length, incoming)
        else:
            while block := incoming.block():
                yield block


def _without_identity(codings: list[str]) -> list[str]:
    return [coding for coding in codings if coding != "identity"]


def _length(head: Head) -> int | None:
    values = head.members("content-length")
    if not all(_DIGITS.fullmatch(value) for value in values):
        raise AnswerLostError("broken_http")
    lengths = {value.lstrip("0") for value in values}
    if len(lengths) > 1:
        raise AnswerLostError("broken_http")
    # Nineteen digits are more than will ever arrive; Python reads a few thousand at most.
    return int(lengths.pop()[:19] or "0") if lengths else None


def _chunks(incoming: Incoming) -> Iterator[bytes]:
    while True:
        line = _whole_line(incoming)
        found = _CHUNK.fullmatch(line.rstrip(b"\r\n"))
        if found is None:
            raise AnswerLostError("broken_http")
        size = int(found[1], 16)
        if not size:
            return  # trailers decide nothing, so they are not waited for
        yield from _exactly(size, incoming)
        # LF alone is an end only where the line before ended like that: CR would be data.
        if _whole_line(incoming) not in (_LINE_ENDS if line[-2:] != _CRLF else (_CRLF,)):
            raise AnswerLostError("broken_http")


def _whole_line(incoming: Incoming) -> bytes:
    line = incoming.line()
    if not line.endswith(b"\n"):
        raise AnswerLostError("answer_cut")
    return line


def _exactly(length: int, incoming: Incoming) -> Iterator[bytes]:
    while length:
        block = incoming.block(length)
        if not block:
            raise AnswerLostError("answer_cut")
        length -= len(block)
        yield block
