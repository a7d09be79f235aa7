"""What a request takes beside its event: the selfie once, and less than a MiB."""

import gc
import json
import socket
import tracemalloc
from dataclasses import replace
from typing import Any, Final

import pytest

from liveness_gateway.bootstrap.verify import build_verify
from liveness_gateway.entrypoints.http.application import Application
from tests.adapters.exchange import PatientTransport
from tests.adapters.raw_server import BLOCK, RawServer, read_head, response
from tests.answers import body
from tests.api.events import post_event, selfie_form
from tests.doubles.lambda_context import LambdaContextDouble
from tests.images import drawn, segment
from tests.world import SETTINGS, World

MIB: Final = 1024 * 1024
EXIF: Final = segment(0xE1, b"Exif\0\0" + b"x" * 50_000)


def swallow(connection: socket.socket) -> None:
    """Answer a request without keeping it."""
    head = read_head(connection).lower()
    (length,) = (line for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
    left = int(length.split(b":")[1])
    while left:
        left -= len(connection.recv(min(left, BLOCK)))
    connection.sendall(response(json.dumps(body()).encode()))


def function(server: RawServer) -> tuple[Application, LambdaContextDouble]:
    world = World(settings=replace(SETTINGS, forward_metadata=False))

    def build(settings: Any, **collaborators: Any) -> Application:  # noqa: ANN401 - as `World.build` calls it
        own = {"transport": PatientTransport(server.url)}
        return build_verify(settings, **(collaborators | own))

    return world.build(build), LambdaContextDouble(world.clock)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_the_peak_is_the_body_and_a_tenth_and_a_mebibyte(size: int) -> None:
    jpeg = drawn("JPEG")
    # With metadata, which is cut out of it.
    selfie = jpeg[:2] + EXIF + jpeg[2:-2] + b"\0" * (size * 1_000_000) + jpeg[-2:]
    with RawServer(swallow) as server:
        application, context = function(server)
        warm = post_event(selfie_form(jpeg))
        assert application(warm, context)["statusCode"] == 201
        form = selfie_form(selfie)
        event = post_event(form)
        gc.collect()
        tracemalloc.start()
        try:
            answered = application(event, context)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert answered["statusCode"] == 201
    assert peak <= 1.10 * len(form.content) + MIB
