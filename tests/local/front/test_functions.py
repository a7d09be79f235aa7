"""What becomes of an invocation, by what Lambda's API answers on a real socket."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.front.functions import EventTooLargeError, Functions, NoAnswerError
from tests.adapters.raw_server import RawServer, read_request, response

Headers = dict[str, str]


def answering(status: int, body: bytes, **headers: str) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        read_request(connection)
        pairs = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        content = response(body).replace(b"200 OK", f"{status} X".encode(), 1)
        head, _, rest = content.partition(b"\r\n\r\n")
        connection.sendall(b"\r\n".join([head, *(p.encode() for p in pairs)]) + b"\r\n\r\n" + rest)

    return answer


def client(port: int) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
    return boto3.client(
        "lambda",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="eu-central-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",  # noqa: S106 - no secret: nobody checks it
        config=Config(retries={"total_max_attempts": 1}),
    )


def invoke(answer: Callable[[socket.socket], None], seconds: float = 60) -> Any:  # noqa: ANN401 - as the function
    with RawServer(answer) as server, Functions(client(server.port)) as functions:
        return asyncio.run(functions.invoke("verify", b"{}", seconds))


def error(code: str) -> bytes:
    return json.dumps({"Type": "User", "message": "canary", "__type": code}).encode()


def test_what_the_function_returned_is_the_answer() -> None:
    assert invoke(answering(200, b'{"statusCode": 201}')) == {"statusCode": 201}
    assert invoke(answering(200, b"null")) is None


@pytest.mark.parametrize(
    "answer",
    [
        answering(200, b'{"errorMessage": "canary"}', X_Amz_Function_Error="Unhandled"),
        answering(429, error("x"), x_amzn_ErrorType="TooManyRequestsException"),
        answering(502, error("x"), x_amzn_ErrorType="EC2AccessDeniedException"),
        answering(404, error("x"), x_amzn_ErrorType="ResourceNotFoundException"),
        lambda connection: connection.close(),
    ],
    ids=["crashed or out of time", "throttled", "not started", "not there", "no Lambda"],
)
def test_a_function_that_did_not_answer(answer: Callable[[socket.socket], None]) -> None:
    with pytest.raises(NoAnswerError):
        invoke(answer)


def test_an_event_that_lambda_does_not_take() -> None:
    with pytest.raises(EventTooLargeError):
        invoke(answering(413, error("x"), x_amzn_ErrorType="RequestTooLargeException"))


def test_a_function_is_not_waited_for_longer_than_that() -> None:
    ended = threading.Event()

    def slow(connection: socket.socket) -> None:
        read_request(connection)
        ended.wait(60)

    try:
        with pytest.raises(TimeoutError):
            invoke(slow, seconds=0.01)
    finally:
        ended.set()
