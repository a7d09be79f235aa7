"""A connection that is reset before the whole selfie was taken: it may have been read."""

import socket

import pytest

from liveness_gateway.adapters.upstream.replies import AnswerLostError
from tests.adapters.exchange import jpeg, post
from tests.adapters.raw_server import RawServer, read_head


def reset(connection: socket.socket) -> None:
    # Nothing lingers: closing sends a reset.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def in_the_body(connection: socket.socket) -> None:
    read_head(connection)
    connection.recv(1)
    reset(connection)


@pytest.mark.parametrize("size", [0, 4_000_000])
def test_a_reset_within_the_request_is_a_lost_answer(size: int) -> None:
    with (
        RawServer(in_the_body) as server,
        pytest.raises(AnswerLostError, match=r"^connection_lost$"),
    ):
        post(server.url, content=jpeg() + bytes(size))
