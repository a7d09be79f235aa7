"""The ways to send a response: whole, late, cut off, byte by byte, or not at all."""

from http import HTTPStatus
from typing import Protocol

from sandbox.responses import Response
from sandbox.scripted_outcomes import Options

_BLOCK = 64 * 1024


class Sink(Protocol):
    """Where the bytes of a response are sent."""

    request_id: str
    closing: bool

    def send(self, data: bytes) -> None:
        """Send all of it."""
        ...

    def pause(self, seconds: float) -> None:
        """Wait this long."""
        ...


class Channel(Sink, Protocol):
    """The part of `Connection` that sending a response needs."""

    def cut(self) -> None:
        """Close the connection cleanly."""
        ...

    def reset(self) -> None:
        """Close the connection with a reset."""
        ...


def whole(channel: Sink, response: Response, _: Options | None = None) -> None:
    """Send the response as any server would."""
    body = b"" if response.status == HTTPStatus.NO_CONTENT else response.body
    channel.send(response.head(channel.request_id, closing=channel.closing) + body[:_BLOCK])
    for start in range(_BLOCK, len(body), _BLOCK):
        channel.send(body[start : start + _BLOCK])


def silence(channel: Channel, _: Response, options: Options) -> None:
    """Send nothing for `seconds`; then cut the connection."""
    channel.pause(options["seconds"])
    channel.cut()


def cut(channel: Channel, _: Response, __: Options) -> None:
    """Cut the connection instead of sending a response."""
    channel.cut()


def reset(channel: Channel, _: Response, __: Options) -> None:
    """Reset the connection instead of sending a response."""
    channel.reset()


def half_body(channel: Channel, response: Response, _: Options) -> None:
    """Announce the length of the whole body, send half of it, and cut the connection."""
    channel.send(response.head(channel.request_id, closing=True))
    channel.send(response.body[: len(response.body) // 2])
    channel.cut()


def invalid_chunks(channel: Channel, response: Response, _: Options) -> None:
    """Send one valid chunk, then one whose size is not a number."""
    headers = (*response.headers, ("Transfer-Encoding", "chunked"))
    channel.send(Response(response.status, b"", headers).head(channel.request_id, closing=True))
    first = response.body[: len(response.body) // 2]
    channel.send(b"%x\r\n%s\r\nsize\r\n%s" % (len(first), first, response.body[len(first) :]))
    channel.cut()


def slow_head(channel: Sink, response: Response, options: Options) -> None:
    """Send everything byte by byte, `interval` seconds apart."""
    channel.closing = True
    head = response.head(channel.request_id, closing=True)
    _byte_by_byte(channel, head + response.body, options["interval"])


def slow_body(channel: Sink, response: Response, options: Options) -> None:
    """Send the headers at once and the body byte by byte, `interval` seconds apart."""
    channel.closing = True
    channel.send(response.head(channel.request_id, closing=True))
    _byte_by_byte(channel, response.body, options["interval"])


def _byte_by_byte(channel: Sink, data: bytes, interval: float) -> None:
    for at in range(len(data)):
        channel.send(data[at : at + 1])
        channel.pause(interval)
