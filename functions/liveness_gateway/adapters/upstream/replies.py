"""What comes back from upstream: read whole, and bounded whatever the framing says."""

import http.client
import io
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAXIMUM_ANSWER: Final = 1024 * 1024
_BLOCK: Final = 128 * 1024


class NotSentError(Exception):
    """Not one byte of the selfie left: nothing can have been charged."""


class AnswerLostError(Exception):
    """The selfie was sent, wholly or in part, and no whole answer came back."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A status line and what is used of the rest; the body only of a 2xx."""

    status: int
    request_id: str | None
    retry_after: str | None
    body: bytes


class _Bounded(io.RawIOBase):
    """What a connection sends, up to a bound: the framing of HTTP can ask for any amount."""

    def __init__(self, source: io.BufferedIOBase) -> None:
        self._source = source
        self._left = 2 * MAXIMUM_ANSWER  # the longest body, and as much again for headers

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        # Whatever has arrived: `readinto` would wait for a full buffer.
        count = self._source.readinto1(buffer)
        self._left -= count
        if self._left < 0:
            raise AnswerLostError("answer_too_large")
        return count

    def close(self) -> None:
        self._source.close()
        super().close()


class BoundedResponse(http.client.HTTPResponse):
    """The standard library's response with a bound: it would accept a chunk of -1 bytes."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - the standard library's own
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Bounded(self.fp))


def read_reply(response: http.client.HTTPResponse, *, whole: bool) -> Reply:
    """Read a response; `whole` says whether upstream took all of the request before it.

    Raises:
        AnswerLostError: it is larger than 1 MiB, or cut, or a 2xx to half a request.
    """
    success = 200 <= response.status < 300  # noqa: PLR2004 - RFC 9110 section 15.3
    if success and not whole:
        raise AnswerLostError(
            "connection_lost"
        )  # it did not receive the whole selfie, so this is no answer about it
    body = _body(response) if success else b""
    return Reply(
        status=response.status,
        request_id=_header(response, "X-Request-ID"),
        retry_after=_header(response, "Retry-After"),
        body=body,
    )


def _body(response: http.client.HTTPResponse) -> bytes:
    blocks: list[bytes] = []
    size = 0
    while block := response.read(_BLOCK):
        size += len(block)
        if size > MAXIMUM_ANSWER:
            raise AnswerLostError("answer_too_large")
        blocks.append(block)
    if response.length:
        # The standard library does not report this when the body is read in blocks.
        raise AnswerLostError("answer_cut")
    return b"".join(blocks)


def _header(response: http.client.HTTPResponse, name: str) -> str | None:
    value = response.getheader(name)
    if value is None or len(value) > 128 or not (value.isascii() and value.isprintable()):  # noqa: PLR2004 - far above any real id
        return None
    return value
