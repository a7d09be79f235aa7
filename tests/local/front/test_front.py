"""The front answers as AWS documents it, by the template of a stage."""

import asyncio
import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from local.front.event import ApiKey
from local.front.front import LONGEST_BODY, LONGEST_EVENT, Front
from local.front.functions import EventTooLargeError, Functions, NoAnswerError
from local.front.template import RestApi, Throttle
from tests.infra.assembly import Assembly

KEY = "a-key"
FORM = {"content-type": "multipart/form-data; boundary=x"}
HEADERS = {"x-api-key": KEY, **FORM}
POST = "/v1/verifications"


@dataclass
class FunctionsDouble(Functions):
    """The functions behind the API: what reached them, and what they do."""

    does: Any = field(default_factory=lambda: {"statusCode": 201, "headers": {"A": "1"}})
    events: list[dict[str, Any]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    async def invoke(self, name: str, event: bytes, seconds: float) -> Any:  # noqa: ANN401 - as the real one
        assert seconds == 29
        self.names.append(name)
        self.events.append(json.loads(event))
        if isinstance(self.does, Exception):
            raise self.does
        return self.does


@dataclass
class Caller:
    """Sends requests to a front."""

    front: Front
    functions: FunctionsDouble

    def __call__(
        self,
        method: str,
        path: str,
        *,
        stage: str = "",
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.front, root_path=stage)

        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=transport, base_url="http://host") as client:
                return await client.request(method, path, headers=headers, content=content)

        return asyncio.run(send())


@pytest.fixture
def api(assemblies: dict[str, Assembly]) -> RestApi:
    return RestApi.of(assemblies["dev"].template)


def caller(api: RestApi, now: Iterator[float] | None = None, **functions: Any) -> Caller:  # noqa: ANN401 - of the double
    double = FunctionsDouble(**functions)
    ticks = now or iter(range(10_000))
    keys = [ApiKey("key-id", KEY)]
    return Caller(Front(api, double, lambda: keys, now=lambda: next(ticks)), double)


def is_problem(response: httpx.Response, status: int, code: str) -> None:
    """A body of the catalogue, which a page of the stage may read."""
    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["correlation_id"] == response.headers["x-correlation-id"]
    assert response.headers["x-correlation-id"] == response.headers["x-amz-apigw-id"]
    assert response.headers["access-control-allow-origin"] == "https://one.example.com"
    assert response.headers["content-type"] == "application/problem+json"


def test_an_answer_is_the_functions(api: RestApi) -> None:
    send = caller(api)
    response = send("POST", POST, headers=HEADERS, content=b"\xff\x00form")
    assert response.status_code == 201
    assert response.headers["a"] == "1"
    assert send.functions.names == ["liveness-gateway-dev-verify"]
    (event,) = send.functions.events
    assert base64.b64decode(event["body"]) == b"\xff\x00form"
    assert event["isBase64Encoded"] is True
    context = event["requestContext"]
    assert context["identity"]["apiKeyId"] == "key-id"
    assert context["extendedRequestId"] == response.headers["x-amz-apigw-id"]
    assert (event["resource"], event["path"], context["path"]) == (POST, POST, POST)
    assert event["multiValueHeaders"]["x-api-key"] == [KEY]


def test_a_body_that_is_not_binary_by_its_type_is_text(api: RestApi) -> None:
    send = caller(api)
    send("POST", POST, headers={**HEADERS, "content-type": "image/jpeg"}, content=b"\xff\xd8")
    (event,) = send.functions.events
    assert (event["isBase64Encoded"], event["body"]) == (False, "\ufffd\ufffd")


def test_on_the_stages_own_address_the_path_has_the_stage(api: RestApi) -> None:
    send = caller(api)
    response = send("GET", "/dev/v1/verifications/a%20b?q=1&q=2", stage="/dev", headers=HEADERS)
    assert response.status_code == 201
    (event,) = send.functions.events
    assert event["requestContext"]["path"].startswith("/dev/v1/verifications/")
    assert event["resource"] == "/v1/verifications/{verification_id}"
    assert event["pathParameters"] == {"verification_id": "a b"}
    assert event["multiValueQueryStringParameters"] == {"q": ["1", "2"]}


def test_a_client_chooses_the_request_id_and_not_the_extended_one(api: RestApi) -> None:
    send = caller(api)
    chosen = {"x-amzn-requestid": "mine", "x-amz-apigw-id": "mine", "x-correlation-id": "mine"}
    response = send("GET", "/v1/health", headers=chosen)
    (event,) = send.functions.events
    assert event["requestContext"]["requestId"] == "mine"
    assert event["requestContext"]["extendedRequestId"] != "mine"
    assert response.headers["x-amz-apigw-id"] != "mine"


@pytest.mark.parametrize("key", [None, "", "another", f"{KEY} ", KEY.upper()])
def test_without_a_key_of_the_plan_no_function_is_invoked(api: RestApi, key: str | None) -> None:
    send = caller(api)
    headers = FORM if key is None else {**FORM, "x-api-key": key}
    is_problem(send("POST", POST, headers=headers), 401, "unauthorized")
    assert send.functions.names == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/v1"), ("DELETE", POST), ("POST", "/v1/verifications/"),
     ("GET", "/v1/verifications/a/b"), ("HEAD", "/v1/health"), ("POST", "/V1/verifications")],
)  # fmt: skip
def test_a_route_that_is_not_there_is_not_found(api: RestApi, method: str, path: str) -> None:
    response = caller(api)(method, path, headers=HEADERS)
    if method == "HEAD":
        assert response.status_code == 404
    else:
        is_problem(response, 404, "not_found")


def test_a_preflight_is_answered_without_a_function(api: RestApi) -> None:
    send = caller(api)
    response = send("OPTIONS", POST)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["access-control-allow-origin"] == "https://one.example.com"
    assert "idempotency-key" in response.headers["access-control-allow-headers"]
    assert send.functions.names == []


def test_above_ten_megabytes_the_answer_is_plain_and_has_no_cors(api: RestApi) -> None:
    send = caller(api)
    response = send("POST", POST, headers=HEADERS, content=b"x" * (LONGEST_BODY + 1))
    assert response.status_code == 413
    assert response.headers["content-type"] == "text/plain"
    assert not any(name.startswith("access-control") for name in response.headers)
    assert send.functions.names == []


def test_an_event_above_lambdas_limit_is_too_large(api: RestApi) -> None:
    send = caller(api)
    longest = LONGEST_EVENT * 3 // 4
    is_problem(send("POST", POST, headers=HEADERS, content=b"x" * longest), 413, "too_large")
    # Headers are in the event twice.
    headers = {**HEADERS, "x-long": "h" * 10_000}
    is_problem(
        send("POST", POST, headers=headers, content=b"x" * (longest - 10_000)), 413, "too_large"
    )
    assert send.functions.names == []
    assert send("POST", POST, headers=HEADERS, content=b"x" * (longest - 10_000)).status_code == 201


@pytest.mark.parametrize(
    ("does", "status", "code"),
    [
        (NoAnswerError(), 503, "upstream_unavailable"),
        (TimeoutError(), 504, "upstream_timeout"),
        (EventTooLargeError(), 413, "too_large"),
        ("a text", 500, "internal"),
        ({}, 500, "internal"),
        ({"statusCode": "many"}, 500, "internal"),
        ({"statusCode": 200, "body": 7}, 500, "internal"),
        ({"statusCode": 200, "isBase64Encoded": True, "body": "?"}, 500, "internal"),
        (None, 500, "internal"),
    ],
)
def test_a_function_without_an_answer_is_a_problem(
    api: RestApi, does: object, status: int, code: str
) -> None:
    is_problem(caller(api, does=does)("POST", POST, headers=HEADERS), status, code)


def test_a_client_is_throttled_and_then_the_method(api: RestApi) -> None:
    """Token buckets: the burst at once, then the rate."""
    still = iter([0.0] * 10_000)
    send = caller(api, still)
    answers = [send("POST", POST, headers=HEADERS) for _ in range(api.client_throttle.burst + 2)]
    assert [a.status_code for a in answers] == [201] * api.client_throttle.burst + [429] * 2
    is_problem(answers[-1], 429, "rate_limited")
    assert answers[-1].headers["retry-after"] == "1"
    # One method's limit is not another's, and health has its own.
    bursts = [caller(api, iter([0.0] * 10_000)) for _ in range(1)]
    health = [bursts[0]("GET", "/v1/health").status_code for _ in range(21)]
    assert health == [201] * 20 + [429]


def test_tokens_come_back_with_time(api: RestApi) -> None:
    slow = replace(api, client_throttle=Throttle(rate=1, burst=1))
    clock = [0.0]
    front = Front(slow, FunctionsDouble(), lambda: [ApiKey("i", KEY)], now=lambda: clock[0])
    send = Caller(front, FunctionsDouble())
    codes = []
    for second in (0, 0, 1, 1.5, 100, 100):
        clock[0] = second
        codes.append(send("POST", POST, headers=HEADERS).status_code)
    assert codes == [201, 429, 201, 429, 201, 429]


def test_the_quota_of_a_day_is_a_refusal_that_says_so(api: RestApi) -> None:
    assert api.client_quota == 1000
    send = caller(replace(api, client_quota=2))
    codes = [send("POST", POST, headers=HEADERS) for _ in range(3)]
    assert [answer.status_code for answer in codes] == [201, 201, 429]
    assert codes[-1].headers["retry-after"] == "3600"
