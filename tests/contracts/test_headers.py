"""Headers: what a browser may read and send is what the functions write and read."""

import ast
import json
from collections.abc import Iterator
from typing import Any, Final

from infra.api.cors import ALLOWED_HEADERS
from infra.api.cors import EXPOSED_HEADERS as EXPOSED_BY_API_GATEWAY
from liveness_gateway.entrypoints.http.cors import EXPOSED_HEADERS
from tests.contracts.agreement import agree, read
from tests.contracts.sources import calls_in, functions_sources

OPENAPI: Final[dict[str, Any]] = json.loads(read("contracts/openapi.json"))
# The browser writes the one, API Gateway the other: no page asks for leave to send them.
NOT_SENT_BY_A_CLIENT: Final = {"origin", "x-amzn-trace-id"}


def named_headers(node: object) -> Iterator[str]:
    """The names of every response header in a piece of the document."""
    if isinstance(node, dict):
        for name, part in node.items():
            if name == "headers":
                yield from (header.lower() for header in part)
            yield from named_headers(part)
    elif isinstance(node, list):
        for part in node:
            yield from named_headers(part)


def headers_read() -> set[str]:
    """The request headers that the functions read: the literals in calls of `header(event, ..)`."""
    found = set()
    for source in functions_sources().values():
        for call in calls_in(source, "header"):
            name = call.args[1]
            if isinstance(name, ast.Constant):
                found.add(str(name.value))
    return found


def test_the_same_headers_are_exposed_by_function_gateway_and_contract() -> None:
    agree(
        "headers that a page may read",
        {
            "functions/liveness_gateway/entrypoints/http/cors.py": {
                name.lower() for name in EXPOSED_HEADERS
            },
            "infra/api/cors.py": set(EXPOSED_BY_API_GATEWAY),
            "contracts/openapi.json": set(named_headers(OPENAPI)),
        },
    )


def test_a_page_may_send_every_header_that_is_read() -> None:
    agree(
        "request headers",
        {
            "infra/api/cors.py ALLOWED_HEADERS": set(ALLOWED_HEADERS),
            "functions/liveness_gateway header(event, ...)": headers_read() - NOT_SENT_BY_A_CLIENT,
        },
    )
    assert headers_read() >= NOT_SENT_BY_A_CLIENT


def test_the_contract_names_the_headers_a_client_sends() -> None:
    parameters = {
        parameter["name"].lower()
        for methods in OPENAPI["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "header"
    }
    schemes = OPENAPI["components"]["securitySchemes"].values()
    keys = {scheme["name"].lower() for scheme in schemes}
    agree(
        "request headers",
        {
            "infra/api/cors.py ALLOWED_HEADERS": set(ALLOWED_HEADERS),
            "contracts/openapi.json": parameters | keys | {"content-type"},
        },
    )
