"""Routes: API Gateway sends exactly those a function answers, and the contract names them all."""

import json
import re
from typing import TYPE_CHECKING, Any, Final, cast

from infra.api.routes import ROUTES
from liveness_gateway.adapters.upstream.dialects import DIALECTS
from liveness_gateway.clock import SystemClock
from liveness_gateway.entrypoints.http.results_routes import results_routes
from liveness_gateway.entrypoints.http.routes import Routes
from liveness_gateway.entrypoints.http.verify_routes import verify_routes
from local.server.server import API_PATHS
from tests.contracts.sources import OPENAPI, read

if TYPE_CHECKING:
    from liveness_gateway.verifications.read import RecordReader
    from liveness_gateway.verifications.verify import Verifier

# The tables of routes are only built: no request is answered.
SERVED: Final[dict[str, Routes]] = {
    "verify": verify_routes(cast("Verifier", None), SystemClock()),
    "results": results_routes(cast("RecordReader", None), "local"),
}


def documented() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, methods in OPENAPI["paths"].items()
        for method, operation in methods.items()
    }


def test_api_gateway_calls_the_function_that_answers() -> None:
    served = {route: function for function, routes in SERVED.items() for route in routes}
    assert {(route.method, route.path): route.function for route in ROUTES} == served


def test_the_contract_documents_every_route_and_which_needs_no_key() -> None:
    assert documented().keys() == {(route.method, route.path) for route in ROUTES}
    security = {route: op["security"] for route, op in documented().items() if "security" in op}
    keyless = [(route.method, route.path) for route in ROUTES if not route.needs_key]
    assert security == {route: [] for route in keyless}


def test_the_compat_routes_are_the_paths_of_the_dialects() -> None:
    paths = {dialect.url("") for dialect in DIALECTS.values()}
    assert {path for (_, path), route in SERVED["verify"].items() if route.compat} == paths
    compat = {path for (_, path), op in documented().items() if "CompatBody" in json.dumps(op)}
    assert compat == paths


def test_the_local_server_forwards_every_route_and_no_other() -> None:
    assert {f"/{route.path.split('/')[1]}/" for route in ROUTES} == set(API_PATHS)


def test_the_page_and_the_documents_name_routes_that_exist() -> None:
    paths = {route.path for route in ROUTES}
    for place in ("local/page/send.js", "docs/integrate.md", "docs/quickstart.md", "README.md"):
        named = set(re.findall(r"/v\d[\d.]*/[a-z{}_/-]+[a-z}]", read(place)))
        assert named, place
        assert named <= paths, f"{place} names a route that infra/api/routes.py has not: {named}"
