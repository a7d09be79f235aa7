"""Answers requests as API Gateway does: see docs/adr/0018 for each rule's source."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.requests import Request as Incoming
from starlette.types import Receive, Scope, Send

from local.front.answer import Answer, MalformedAnswerError, proxied
from local.front.event import ApiKey, Request, encoded, proxy_event
from local.front.functions import EventTooLargeError, Functions, NoAnswerError
from local.front.limits import Quota, TokenBucket, utc_now
from local.front.template import Match, Method, RestApi

# API Gateway quotas: the payload of a REST API, and the integration's timeout.
LONGEST_BODY: Final = 10_485_760
INTEGRATION_SECONDS: Final = 29.0
# Lambda quotas: the payload of a synchronous invocation.
LONGEST_EVENT: Final = 6_291_456


class Front:
    """Serves one REST API (ASGI).

    Args:
        api: what the template says.
        functions: what it invokes.
        keys: reads the keys of the usage plan; asked again for a key that is not known.
        seconds: how long a function is waited for.
        now: the monotonic clock of the throttles, in seconds.
    """

    def __init__(
        self,
        api: RestApi,
        functions: Functions,
        keys: Callable[[], Iterable[ApiKey]],
        *,
        seconds: float = INTEGRATION_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = api
        self._functions = functions
        self._read_keys = keys
        self._seconds = seconds
        self._now = now
        self._keys: dict[str, ApiKey] = {}
        self._methods = {
            name: TokenBucket(method.throttle, now) for name, method in api.methods.items()
        }
        self._clients: dict[str, tuple[TokenBucket, Quota]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; `scope["root_path"]` is the stage's path where it was asked for."""
        try:
            body = await _body(scope, receive)
        except ClientDisconnect:
            return
        status, headers, content = await self._answer(_request(scope, body))
        pairs = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
        ]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, request: Request) -> Answer:
        if len(request.body) > LONGEST_BODY:
            # Written before anything of this API is known: no template, no CORS.
            told = f"HTTP content length exceeded {LONGEST_BODY} bytes.".encode()
            return 413, _sized({"content-type": "text/plain"}, told), told
        match = self._api.match(request.http_method, request.path)
        if match is None:
            return self._refusal("MISSING_AUTHENTICATION_TOKEN", request)
        method = match.method
        if method.preflight is not None:
            status, headers = method.preflight
            return status, dict(headers), b""
        key = self._key(request) if method.needs_key else None
        if refusal := self._refused(method, key):
            return self._refusal(refusal, request)
        return await self._invoked(request, match, key)

    async def _invoked(self, request: Request, match: Match, key: ApiKey | None) -> Answer:
        binary = request.media_type in self._api.binary
        event = encoded(proxy_event(request, match, key=key, stage=self._api.stage, binary=binary))
        if len(event) > LONGEST_EVENT:
            return self._refusal("REQUEST_TOO_LARGE", request)
        try:
            answer = await self._functions.invoke(str(match.method.function), event, self._seconds)
            return self._with_ids(request, proxied(answer))
        except EventTooLargeError:
            return self._refusal("REQUEST_TOO_LARGE", request)
        except NoAnswerError:
            return self._refusal("INTEGRATION_FAILURE", request)
        except TimeoutError:
            return self._refusal("INTEGRATION_TIMEOUT", request)
        except MalformedAnswerError:
            return self._refusal("API_CONFIGURATION_ERROR", request)

    def _key(self, request: Request) -> ApiKey | None:
        value = request.header("x-api-key")
        if value and value not in self._keys:
            self._keys = {key.value: key for key in self._read_keys()}
        return self._keys.get(value or "")

    def _refused(self, method: Method, key: ApiKey | None) -> str | None:
        """The response type of a refusal, or None."""
        if method.needs_key:
            if key is None:
                return "INVALID_API_KEY"
            bucket, quota = self._limits(key)
            if not quota.take():
                return "QUOTA_EXCEEDED"
            if not bucket.take():
                return "THROTTLED"
        if not self._methods[method.http_method, method.resource].take():
            return "THROTTLED"
        return None

    def _limits(self, key: ApiKey) -> tuple[TokenBucket, Quota]:
        if key.id not in self._clients:
            bucket = TokenBucket(self._api.client_throttle, self._now)
            self._clients[key.id] = bucket, Quota(self._api.client_quota, utc_now)
        return self._clients[key.id]

    def _refusal(self, response_type: str, request: Request) -> Answer:
        context = {
            "context.extendedRequestId": request.extended_request_id,
            "context.requestId": request.request_id,
        }
        status, headers, text = self._api.responses[response_type].written(context)
        return self._with_ids(request, (status, headers, text.encode()))

    def _with_ids(self, request: Request, answer: Answer) -> Answer:
        status, headers, content = answer
        ids = {
            "x-amzn-requestid": request.request_id,
            "x-amz-apigw-id": request.extended_request_id,
        }
        return status, _sized(headers | ids, content), content


def _request(scope: Scope, body: bytes) -> Request:
    root = str(scope.get("root_path", ""))
    whole = scope["raw_path"].decode("latin-1")
    return Request(
        http_method=scope["method"],
        path=whole.removeprefix(root),
        whole_path=whole,
        query=scope["query_string"].decode("latin-1"),
        headers=[
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        ],
        body=body,
    )


async def _body(scope: Scope, receive: Receive) -> bytes:
    """The body; of one that is too long, no more than shows that it is."""
    body = bytearray()
    async for piece in Incoming(scope, receive).stream():
        body += piece[: LONGEST_BODY + 1 - len(body)]
    return bytes(body)


def _sized(headers: Mapping[str, str], content: bytes) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()} | {
        "content-length": str(len(content))
    }
