"""The queues: a letter is taken or it is not, and a result travels whole."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liveness_gateway.adapters.dynamodb.messages import kept_result
from liveness_gateway.adapters.sqs import SqsEmergencyQueue, SqsQueue
from liveness_gateway.verifications.model import TerminalResult, UpstreamReceipt
from liveness_gateway.verifications.ports import UnreadableError
from tests.adapters.aws_endpoint import (
    CUT,
    DENIED,
    HANGS,
    IMPATIENT,
    SERVER_ERROR,
    AwsEndpoint,
    Fault,
)
from tests.adapters.strategies import RESULTS
from tests.doubles.queue import QueueDouble
from tests.samples import claim, completed

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def sqs(aws: AwsEndpoint) -> "SQSClient":
    client: SQSClient = aws.client("sqs")
    return client


@pytest.fixture
def url(sqs: "SQSClient", request: pytest.FixtureRequest) -> str:
    name = request.node.name.translate({ord(sign): "-" for sign in "[]"})
    return sqs.create_queue(QueueName=name[:80])["QueueUrl"]


def received(sqs: "SQSClient", url: str) -> list[str]:
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]


def kept_body(result: TerminalResult) -> str:
    queue = QueueDouble()
    assert SqsEmergencyQueue(SqsQueue(cast("Any", queue), "emergency")).keep(result)
    return queue.sent[0]


@pytest.mark.parametrize("fault", [SERVER_ERROR, DENIED, CUT, Fault(503), HANGS])
def test_a_letter_that_was_not_taken_is_said_to_be_so(
    aws: AwsEndpoint, sqs: "SQSClient", url: str, fault: Fault
) -> None:
    aws.fail("SendMessage", fault)
    client = aws.client("sqs", IMPATIENT) if fault is HANGS else sqs
    assert not SqsQueue(client, url).send("letter")
    assert received(sqs, url) == []


def test_a_result_travels_through_the_queue(sqs: "SQSClient", url: str) -> None:
    result = completed(claim(), score="0.123456789012345678901234567890123456")
    assert SqsEmergencyQueue(SqsQueue(sqs, url)).keep(result)
    (body,) = received(sqs, url)
    assert kept_result(body) == result
    assert str(kept_result(body).score) == str(result.score)


def test_what_no_result_holds_is_not_written() -> None:
    strange: Any = object()
    with pytest.raises(TypeError):
        kept_body(replace(completed(claim()), upstream=UpstreamReceipt(api_req_uid=strange)))


@given(RESULTS)
def test_every_result_comes_out_as_it_went_in(result: TerminalResult) -> None:
    assert kept_result(kept_body(result)) == result


@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
@example("")
@example("[" * 200_000)
@example('{"decimal": "many"}')
@example('{"score": {"decimal": "x"}}')
@example("NaN")
@example("1" * 9000)
def test_a_message_of_somebody_else_is_refused(body: str) -> None:
    with pytest.raises(UnreadableError):
        kept_result(body)


FORGED: dict[str, dict[str, Any]] = {
    "live without a score": {"score": None},
    "live without a face": {"face_count": 0, "faces": []},
    "a score above one": {"score": {"decimal": "7"}},
    "a score below zero": {"score": {"decimal": "-0.1"}},
    "no number": {"score": {"decimal": "NaN"}},
    "a bare number": {"score": 0.9},
    "a bool": {"score": True},
    "live, with a reason": {"reasons": ["below_threshold"]},
    "not live, without one": {"decision": "not_live"},
    "failed, but live": {"status": "failed", "problem_code": "upstream_unavailable"},
    "unknown, but live": {"status": "unknown", "problem_code": "upstream_timeout"},
    "processing": {"status": "processing"},
    "a decision nobody makes": {"decision": "alive"},
    "a code nobody knows": {"status": "failed", "decision": None, "score": None, "faces": [],
                            "reasons": ["x"], "problem_code": "mine"},
    "completed, with a problem": {"problem_code": "upstream_timeout"},
    "a time without a zone": {"settled_at": "2025-06-01T12:00:00"},
    "an id of somebody's choice": {"verification_id": "../x"},
    "an id in capitals": {"verification_id": "A" * 32},
    "a negative attempt": {"attempt": -1},
    "an attempt that is none": {"attempt": "first"},
    "more boxes than faces": {"face_count": 0},
    "faces that are no list": {"faces": "many"},
    # A few characters that name a number with a billion digits.
    "an endless score": {"score": {"decimal": "1e999999999"}},
    "an endless attempt": {"attempt": {"decimal": "1e999999999"}},
    "an endless count of faces": {"face_count": {"decimal": "1e999999999"}},
    "an attempt and a half": {"attempt": {"decimal": "1.5"}},
    "an endless side": {"image": {"width": {"decimal": "1e999999999"}, "height": 1, "bytes": 1,
                                  "format": "jpeg"}},
    "a side that is true": {"image": {"width": True, "height": 1, "bytes": 1, "format": "jpeg"}},
}  # fmt: skip


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_a_result_that_contradicts_itself_is_refused(forged: dict[str, Any]) -> None:
    values = json.loads(kept_body(completed(claim())))
    with pytest.raises(UnreadableError):
        kept_result(json.dumps(values | forged))


@pytest.mark.parametrize("name", ["verification_id", "attempt", "deadline", "status", "settled_at"])
def test_a_message_that_lacks_something_is_refused(name: str) -> None:
    values = json.loads(kept_body(completed(claim())))
    del values[name]
    with pytest.raises(UnreadableError):
        kept_result(json.dumps(values))
