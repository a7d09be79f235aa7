"""The event that a function gets for a request: that of a REST API's Lambda proxy integration.

Source: API Gateway developer guide, "Input format of a Lambda function for proxy integration".
"""

import base64
import json
import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from local.front.template import Match

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    Attributes:
        path: as it was sent, without the stage.
        whole_path: with the stage, where it was asked for on the stage's own address.
        extended_request_id: made here; no client can choose it.
    """

    http_method: str
    path: str
    whole_path: str
    query: str
    headers: Pairs
    body: bytes
    own_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    extended_request_id: str = field(default_factory=lambda: f"{secrets.token_urlsafe(11)}=")

    def header(self, name: str) -> str | None:
        """The last value of a header."""
        return next((value for known, value in reversed(self.headers) if known == name), None)

    @property
    def request_id(self) -> str:
        """The id that a client may choose, as on AWS."""
        return self.header("x-amzn-requestid") or self.own_id

    @property
    def media_type(self) -> str:
        """The media type of the body, without its parameters."""
        message = Message()
        message["content-type"] = self.header("content-type") or "application/json"
        return message.get_content_type()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of the usage plan."""

    id: str
    value: str


def proxy_event(
    request: Request,
    match: Match,
    *,
    key: ApiKey | None,
    stage: str,
    binary: bool,
) -> dict[str, Any]:
    """The event, as a function gets it."""
    query = parse_qsl(request.query, keep_blank_values=True)
    headers: Pairs = [
        *request.headers,
        ("X-Amzn-Trace-Id", f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
    ]
    body = (
        base64.b64encode(request.body).decode() if binary else request.body.decode(errors="replace")
    )
    return {
        "resource": match.method.resource,
        "path": request.path,
        "httpMethod": request.http_method,
        "headers": dict(headers),
        "multiValueHeaders": _several(headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _several(query) or None,
        "pathParameters": dict(match.parameters) or None,
        "stageVariables": None,
        "requestContext": _context(request, match.method.resource, key, stage),
        "body": body if request.body else None,
        "isBase64Encoded": binary and bool(request.body),
    }


def encoded(event: Mapping[str, Any]) -> bytes:
    """The event as Lambda gets it, which is what its limit counts."""
    return json.dumps(event, separators=(",", ":")).encode()


def _several(pairs: Pairs) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _context(request: Request, resource: str, key: ApiKey | None, stage: str) -> dict[str, Any]:
    now = time.time()
    return {
        "resourceId": "local",
        "resourcePath": resource,
        "httpMethod": request.http_method,
        "extendedRequestId": request.extended_request_id,
        "requestId": request.request_id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1000),
        "path": request.whole_path,
        "accountId": "000000000000",
        "protocol": "HTTP/1.1",
        "stage": stage,
        "domainName": request.header("host"),
        "apiId": "local",
        "identity": {
            "apiKey": key and key.value,
            "apiKeyId": key and key.id,
            "sourceIp": "127.0.0.1",
            "userAgent": request.header("user-agent"),
        },
    }
