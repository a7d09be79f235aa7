"""Events as API Gateway's REST API sends them to a Lambda function."""

import base64
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tests.bodies import Body, form

Pairs = Iterable[tuple[str, str]]

COMPAT_PATHS: Final = ("/v0.1/liveness-verification", "/v0.2/liveness-verification")
CREATE: Final = "/v1/verifications"
READ: Final = "/v1/verifications/{verification_id}"
HEALTH: Final = "/v1/health"


def proxy_event(  # noqa: PLR0913 - an event has that many sides; all but two are keyword-only
    method: str,
    resource: str,
    *,
    headers: Pairs = (),
    body: bytes | None = None,
    path_parameters: Mapping[str, str] | None = None,
    api_key_id: str | None = "key-id-1",
    request_id: str | None = None,
    text: bool = False,
) -> dict[str, Any]:
    """A whole event, with an id of its own or the one given.

    `text`: the body is not base64, as its type is none of the binary ones.
    """
    path = resource.format(**(path_parameters or {}))
    several: dict[str, list[str]] = {}
    for name, value in headers:
        several.setdefault(name, []).append(value)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in several.items()} or None,
        "multiValueHeaders": several or None,
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": dict(path_parameters) if path_parameters else None,
        "stageVariables": None,
        "requestContext": _context(method, resource, path, api_key_id, request_id),
        "body": None if body is None else _encoded(body, text=text),
        "isBase64Encoded": body is not None and not text,
    }


def post_event(
    body: Body,
    resource: str = CREATE,
    *,
    headers: Pairs = (),
    api_key_id: str | None = "key-id-1",
    request_id: str | None = None,
) -> dict[str, Any]:
    """The event of a form that was posted."""
    return proxy_event(
        "POST",
        resource,
        headers=[
            ("Accept", "*/*"),
            ("Content-Type", body.content_type),
            ("Host", "abc123.execute-api.eu-central-1.amazonaws.com"),
            ("X-Amzn-Trace-Id", "Root=1-65f2a2b0-1c2d3e4f5a6b7c8d9e0f1a2b"),
            ("x-api-key", "gateway-api-key-canary"),
            *headers,
        ],
        body=body.content,
        api_key_id=api_key_id,
        request_id=request_id,
    )


def read_event(
    verification_id: str, *, headers: Pairs = (), api_key_id: str | None = "key-id-1"
) -> dict[str, Any]:
    """The event of a record that is asked for."""
    return proxy_event(
        "GET",
        READ,
        headers=[("x-api-key", "gateway-api-key-canary"), *headers],
        path_parameters={"verification_id": verification_id},
        api_key_id=api_key_id,
    )


def selfie_form(selfie: bytes, **changes: Any) -> Body:  # noqa: ANN401 - as `tests.bodies.form` takes them
    """A good form as curl writes it."""
    return form("curl", selfie, **changes)


def _encoded(body: bytes, *, text: bool) -> str:
    return body.decode("utf-8", "replace") if text else base64.b64encode(body).decode()


def _context(
    method: str, resource: str, path: str, api_key_id: str | None, request_id: str | None
) -> dict[str, Any]:
    identity: dict[str, str | None] = {
        "accountId": None,
        "apiKey": "gateway-api-key-canary" if api_key_id else None,
        "caller": None,
        "sourceIp": "192.0.2.7",
        "userAgent": "test/1.0",
    }
    if api_key_id:
        identity["apiKeyId"] = api_key_id
    return {
        "accountId": "123456789012",
        "apiId": "abc123",
        "domainName": "abc123.execute-api.eu-central-1.amazonaws.com",
        "extendedRequestId": request_id or f"JKJaXmPL{uuid.uuid4().hex[:7]}=",
        "httpMethod": method,
        "identity": identity,
        "path": f"/dev{path}",
        "protocol": "HTTP/1.1",
        # A client chooses this one by the header `x-amzn-requestid`.
        "requestId": "id-of-the-client-canary",
        "requestTime": "01/Jun/2025:12:00:00 +0000",
        "requestTimeEpoch": 1748779200000,
        "resourceId": "r1",
        "resourcePath": resource,
        "stage": "dev",
    }
