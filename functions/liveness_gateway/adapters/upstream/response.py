"""A whole response: a 2xx with its whole body, any other status with what there is of one."""

from collections.abc import Iterator
from contextlib import suppress

from liveness_gateway.adapters.upstream.codings import decode
from liveness_gateway.adapters.upstream.framing import Framing
from liveness_gateway.adapters.upstream.incoming import Incoming
from liveness_gateway.adapters.upstream.replies import (
    MAXIMUM_ANSWER,
    MAXIMUM_REFUSAL,
    AnswerLostError,
    Reply,
)
from liveness_gateway.adapters.upstream.response_head import Head


def read_success(head: Head, incoming: Incoming) -> Reply:
    """Read the body of a 2xx.

    Raises:
        AnswerLostError: it is larger than 1 MiB, or cut, or cannot be decoded, or its headers
            contradict each other about where it ends.
        OSError: the connection is broken, or its deadline has passed.
    """
    framing = Framing.of(head)
    coded = bytearray()
    for block in framing.blocks(incoming):
        coded += block
        if len(coded) > MAXIMUM_ANSWER:
            raise AnswerLostError("answer_too_large")
    body = decode(bytes(coded), framing.codings, MAXIMUM_ANSWER)
    # Beside chunks Content-Length does not count (RFC 9112, 6.3), and is often a leftover from
    # before the coding. One that fits neither may be another answer's.
    if not framing.empty and framing.length not in (None, len(coded), len(body)):
        raise AnswerLostError("broken_http")
    return _reply(head, body)


def read_refusal(head: Head, incoming: Incoming) -> Reply:
    """Read what there is of any other body, at most 64 KiB of it.

    It is never a reason to lose the status: one that is cut, late, too long or broken is returned
    as far as it came, or is empty.
    """
    body = b""
    with suppress(AnswerLostError):
        framing = Framing.of(head)
        coded = _start(framing.blocks(incoming))
        body = decode(coded, framing.codings, MAXIMUM_REFUSAL, whole=False)
    return _reply(head, body)


def _start(blocks: Iterator[bytes]) -> bytes:
    start = bytearray()
    with suppress(AnswerLostError, OSError):
        for block in blocks:
            start += block
            if len(start) >= MAXIMUM_REFUSAL:
                break
    return bytes(start[:MAXIMUM_REFUSAL])


def _reply(head: Head, body: bytes) -> Reply:
    return Reply(head.status, head.text("x-request-id"), head.text("retry-after"), body)
