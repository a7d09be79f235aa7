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
from liveness_gateway.verifications.selfie import SelfieLimits
from local.server.server import API_PATHS
from tests.contracts.agreement import agree, read

if TYPE_CHECKING:
    from liveness_gateway.verifications.read import RecordReader
    from liveness_gateway.verifications.verify import Verifier

OPENAPI: Final[dict[str, Any]] = json.loads(read("contracts/openapi.json"))
# The tables of routes are only built: no request is answered.
SERVED: Final[dict[str, Routes]] = {
    "verify": verify_routes(cast("Verifier", None), SelfieLimits(0, 0), SystemClock()),
    "results": results_routes(cast("RecordReader", None), "local"),
}


def documented() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, methods in OPENAPI["paths"].items()
        for method, operation in methods.items()
    }


def test_api_gateway_calls_the_function_that_answers() -> None:
    agree(
        "routes and their functions",
        {
            "infra/api/routes.py ROUTES": {(r.method, r.path): r.function for r in ROUTES},
            "functions/liveness_gateway/entrypoints/http/*_routes.py": {
                route: function for function, routes in SERVED.items() for route in routes
            },
        },
    )


def test_the_contract_documents_every_route() -> None:
    agree(
        "methods and paths",
        {
            "infra/api/routes.py ROUTES": {(route.method, route.path) for route in ROUTES},
            "contracts/openapi.json paths": documented().keys(),
        },
    )


def test_the_contract_says_which_routes_need_a_key() -> None:
    open_to_all = {route for route, operation in documented().items() if "security" in operation}
    assert all(documented()[route]["security"] == [] for route in open_to_all)
    agree(
        "routes that need no key",
        {
            "infra/api/routes.py ROUTES": {
                (route.method, route.path) for route in ROUTES if not route.needs_key
            },
            "contracts/openapi.json security": open_to_all,
        },
    )


def test_the_compat_routes_are_the_paths_of_the_dialects() -> None:
    agree(
        "compat routes",
        {
            "functions/liveness_gateway/entrypoints/http/verify_routes.py": {
                path for (_, path), route in SERVED["verify"].items() if route.compat
            },
            "functions/liveness_gateway/adapters/upstream/dialects.py": {
                dialect.url("") for dialect in DIALECTS.values()
            },
            "contracts/openapi.json": {
                path
                for (_, path), operation in documented().items()
                if "CompatBody" in json.dumps(operation)
            },
        },
    )


def test_the_local_server_forwards_every_route_and_no_other() -> None:
    agree(
        "first part of each path",
        {
            "infra/api/routes.py ROUTES": {f"/{r.path.split('/')[1]}/" for r in ROUTES},
            "local/server/server.py API_PATHS": set(API_PATHS),
        },
    )


def test_the_page_and_the_documents_name_routes_that_exist() -> None:
    paths = {route.path for route in ROUTES}
    for place in ("local/page/send.js", "docs/integrate.md", "docs/quickstart.md", "README.md"):
        named = set(re.findall(r"/v\d[\d.]*/[a-z{}_/-]+[a-z}]", read(place)))
        assert named, place
        assert named <= paths, f"{place} names a route that infra/api/routes.py has not: {named}"
