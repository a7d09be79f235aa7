"""What the transport returns and raises, and how much of an answer it takes."""

from typing import Final, NamedTuple

# Bytes of a 2xx, before and after decoding.
MAXIMUM_ANSWER: Final = 1024 * 1024
# Bytes that are kept of any other body.
MAXIMUM_REFUSAL: Final = 64 * 1024


class NotSentError(Exception):
    """Not one byte of the selfie left, and none will: nothing can have been charged."""


class AnswerLostError(Exception):
    """The selfie was sent, wholly or in part, and no whole answer came back."""


class Reply(NamedTuple):
    """A status line and what is used of the rest.

    Attributes:
        status: 200..999, or 101.
        request_id: the header `X-Request-ID`, where a log can hold it.
        retry_after: the header `Retry-After` as it came, likewise.
        body: decoded. Of a 2xx the whole, at most 1 MiB; of any other status what arrived in time,
            at most 64 KiB, or nothing.
    """

    status: int
    request_id: str | None
    retry_after: str | None
    body: bytes
