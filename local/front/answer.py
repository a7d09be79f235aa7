"""What a function answered, in the format of the Lambda proxy integration.

Source: API Gateway developer guide, "Output format of a Lambda function for proxy integration".
It does not say what becomes of a key that it does not name; here that is malformed.
"""

import base64
import re
from typing import Any, Final

from local.front.known import UnknownConstructError

Answer = tuple[int, dict[str, str], bytes]
_KEYS: Final = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
_STATUS: Final = re.compile(r"[1-5][0-9]{2}")
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


class MalformedAnswerError(Exception):
    """API Gateway's "Malformed Lambda proxy response"."""


def proxied(answer: Any) -> Answer:  # noqa: ANN401 - what a function returned
    """Status, headers and body of what a function returned.

    Raises:
        MalformedAnswerError: it has another format.
        UnknownConstructError: it has several values for a header, which no function here returns.
    """
    if not isinstance(answer, dict) or not answer.keys() <= _KEYS:
        raise MalformedAnswerError
    if answer.get("multiValueHeaders"):
        raise UnknownConstructError("multiValueHeaders")
    status = answer.get("statusCode")
    if isinstance(status, bool) or not _STATUS.fullmatch(str(status)):
        raise MalformedAnswerError
    headers = {"content-type": "application/json"} | _headers(answer.get("headers"))
    return int(str(status)), headers, _body(answer)


def _headers(found: object) -> dict[str, str]:
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise MalformedAnswerError
    headers = {name.lower(): str(value) for name, value in found.items()}
    if any(value is None or isinstance(value, dict | list) for value in found.values()):
        raise MalformedAnswerError
    if not all(map(_HEADER_NAME.fullmatch, headers)):
        raise MalformedAnswerError
    if not all(map(_HEADER_VALUE.fullmatch, headers.values())):
        raise MalformedAnswerError
    return headers


def _body(answer: dict[str, Any]) -> bytes:
    body = "" if answer.get("body") is None else answer["body"]
    if not isinstance(body, str):
        raise MalformedAnswerError
    try:
        return (
            base64.b64decode(body, validate=True)
            if answer.get("isBase64Encoded")
            else (body.encode())
        )
    except ValueError:
        raise MalformedAnswerError from None
