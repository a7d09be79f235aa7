"""Headers: what a browser may read and send is what the functions write and read."""

import ast
from collections.abc import Iterator
from typing import Final

from infra.api.cors import ALLOWED_HEADERS, LIBRARY_HEADERS
from infra.api.cors import EXPOSED_HEADERS as EXPOSED_BY_API_GATEWAY
from liveness_gateway.entrypoints.http.cors import EXPOSED_HEADERS
from tests.contracts.sources import OPENAPI, calls_in, functions_sources

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


def test_the_same_headers_are_exposed_by_function_gateway_and_contract() -> None:
    assert {name.lower() for name in EXPOSED_HEADERS} == set(EXPOSED_BY_API_GATEWAY)
    assert set(named_headers(OPENAPI)) == set(EXPOSED_BY_API_GATEWAY)


def test_a_page_may_send_every_header_that_is_read() -> None:
    # The literals in calls of `header(event, ...)`.
    names = [c.args[1] for tree in functions_sources().values() for c in calls_in(tree, "header")]
    read = {name.value for name in names if isinstance(name, ast.Constant)}
    assert read <= {*ALLOWED_HEADERS, *LIBRARY_HEADERS, *NOT_SENT_BY_A_CLIENT}
    assert read >= {*ALLOWED_HEADERS}


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
    assert parameters | keys | {"content-type"} == set(ALLOWED_HEADERS)
