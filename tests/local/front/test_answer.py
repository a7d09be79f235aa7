"""What a function may answer, and what API Gateway calls a malformed answer."""

import pytest

from local.front.answer import MalformedAnswerError, proxied
from local.front.known import UnknownConstructError

BODIES: list[object] = [7, 0, False, {}, [], {"a": "b"}]
HEADERS: list[object] = [
    [], "a", {"": "a"}, {"a b": "c"}, {"a": None}, {"a": ["b"]}, {"a": "b\r\nc: d"},
    {"a": "\u20ac"}, {"a": "\x00"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        ({"statusCode": 204}, (204, {"content-type": "application/json"}, b"")),
        (
            {"statusCode": "200", "body": "é"},
            (200, {"content-type": "application/json"}, b"\xc3\xa9"),
        ),
        (
            {"statusCode": 201, "headers": {"Content-Type": "a/b", "X": 5}, "body": None},
            (201, {"content-type": "a/b", "x": "5"}, b""),
        ),
        (
            {"statusCode": 200, "isBase64Encoded": True, "body": "/w=="},
            (200, {"content-type": "application/json"}, b"\xff"),
        ),
    ],
)  # fmt: skip
def test_an_answer_in_the_format(answer: object, written: object) -> None:
    assert proxied(answer) == written


@pytest.mark.parametrize(
    "answer",
    [
        None, "a text", [], {},
        *({"statusCode": status} for status in (None, True, "many", 0, 99, 600, 200.5, "200\n")),
        {"statusCode": 200, "statuscode": 200},
        *({"statusCode": 200, "body": body} for body in BODIES),
        {"statusCode": 200, "isBase64Encoded": True, "body": "?"},
        *({"statusCode": 200, "headers": headers} for headers in HEADERS),
    ],
)  # fmt: skip
def test_an_answer_in_another_format_is_malformed(answer: object) -> None:
    with pytest.raises(MalformedAnswerError):
        proxied(answer)


def test_several_values_of_a_header_are_not_dropped() -> None:
    with pytest.raises(UnknownConstructError, match="multiValueHeaders"):
        proxied({"statusCode": 200, "multiValueHeaders": {"a": ["1", "2"]}})
    assert proxied({"statusCode": 200, "multiValueHeaders": {}})[0] == 200
