"""The head of a response: its status and its headers (RFC 9110, 5; RFC 9112, 4 and 5).

What decides nothing is read tolerantly: a line that is no header is skipped, as browsers do. What
the headers say about the framing is judged in `framing`.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, NamedTuple

from liveness_gateway.adapters.upstream.incoming import Incoming
from liveness_gateway.adapters.upstream.replies import AnswerLostError

_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[0-9][ \t]+([1-9][0-9]{2})(?:[ \t].*)?", re.DOTALL)
_NAME: Final = re.compile(r"[-!#$%&'*+.^_`|~0-9a-z]+")
_MOST_HEADERS: Final = 100  # folded ones count by line
# Some servers put one before their status line, and every other client's parser skips it.
_MOST_EMPTY_LINES: Final = 4
_SPACE: Final = " \t"
_AS_SPACES: Final = bytes.maketrans(b"\r\0", b"  ")


class Head(NamedTuple):
    """A status, and the values of each header in their order; names are lower-case."""

    status: int
    headers: Mapping[str, list[str]]

    @property
    def interim(self) -> bool:
        """Whether another response follows. Nobody asked for 101, so it is the last word."""
        return self.status < HTTPStatus.OK and self.status != HTTPStatus.SWITCHING_PROTOCOLS

    @property
    def success(self) -> bool:
        """Whether it is a 2xx."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    def text(self, name: str) -> str | None:
        """A header's value, repeated ones joined, if a log can hold it: 128 visible characters."""
        if name not in self.headers:
            return None
        value = ", ".join(self.headers[name])
        short = len(value) <= 128  # noqa: PLR2004 - far above any real id
        return value if short and value.isascii() and value.isprintable() else None

    def members(self, name: str) -> list[str]:
        """The members of a header that is a list, in lower case; empty ones do not count."""
        listed = ",".join(self.headers.get(name, ())).split(",")
        return [member for each in listed if (member := each.strip(_SPACE).lower())]


def read_head(incoming: Incoming) -> Head:
    """Read one head, whatever its status.

    Raises:
        AnswerLostError: the connection ended before or in it, or it is none of HTTP/1.
        OSError: the connection is broken, or its deadline has passed.
    """
    line = incoming.line()
    for _ in range(_MOST_EMPTY_LINES):
        if not line.endswith(b"\n") or line.strip(b"\r\n"):
            break
        line = incoming.line()
    if not line:
        raise AnswerLostError("connection_lost")
    found = _STATUS_LINE.fullmatch(line.rstrip(b"\r\n"))
    if found is None:
        raise AnswerLostError("broken_http")
    return Head(int(found[1]), _headers(incoming))


def final_head(incoming: Incoming) -> Head:
    """Read heads until one is not interim (RFC 9110, 15.2: any number of them may come first).

    Raises:
        AnswerLostError, OSError: as `read_head`.
    """
    while (head := read_head(incoming)).interim:
        pass
    return head


def _headers(incoming: Incoming) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    values: list[str] = []  # of the header that a folded line continues
    for _ in range(_MOST_HEADERS + 1):
        line = incoming.line()
        if not line.endswith(b"\n"):
            raise AnswerLostError("answer_cut")
        # RFC 9110, 5.5: a CR or NUL inside a value is taken for a space.
        text = line.rstrip(b"\r\n").translate(_AS_SPACES).decode("latin-1")
        if not text:
            return headers
        if text[0] in _SPACE:
            if values:
                values[-1] += " " + text.strip(_SPACE)
            continue
        name, colon, value = text.partition(":")
        name = name.rstrip(_SPACE).lower()
        values = headers.setdefault(name, []) if colon and _NAME.fullmatch(name) else []
        values.append(value.strip(_SPACE))
    raise AnswerLostError("broken_http")
