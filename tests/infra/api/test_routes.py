"""Routes and preflights."""

import re
from typing import Any

from infra.api.cors import ALLOWED_HEADERS, LIBRARY_HEADERS
from infra.api.routes import ROUTES
from tests.infra.assembly import Assembly, words


def _path(assembly: Assembly, resource_id: str) -> str:
    resource = assembly.resources("AWS::ApiGateway::Resource")[resource_id]
    parent = resource["ParentId"]
    above = _path(assembly, parent["Ref"]) if "Ref" in parent else ""
    return f"{above}/{resource['PathPart']}"


def _methods(assembly: Assembly) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method["HttpMethod"], _path(assembly, method["ResourceId"]["Ref"])): method
        for method in assembly.resources("AWS::ApiGateway::Method").values()
    }


def test_each_route_is_served_by_its_function_and_all_but_health_need_a_key(
    assembly: Assembly,
) -> None:
    methods = {key: m for key, m in _methods(assembly).items() if key[0] != "OPTIONS"}
    assert set(methods) == {(route.method, route.path) for route in ROUTES}
    for route in ROUTES:
        method = methods[route.method, route.path]
        assert method["ApiKeyRequired"] is (route.path != "/v1/health")
        assert method["Integration"]["Type"] == "AWS_PROXY"
        assert assembly.function_id(route.function) in set(words(method["Integration"]["Uri"]))


def test_every_path_has_a_preflight_where_browsers_are_allowed(assembly: Assembly) -> None:
    methods = _methods(assembly)
    preflights = {path for verb, path in methods if verb == "OPTIONS"}
    assert preflights == ({route.path for route in ROUTES} if assembly.origins else set())
    for path in preflights:
        assert methods["OPTIONS", path]["ApiKeyRequired"] is False
        integration = methods["OPTIONS", path]["Integration"]
        assert integration["Type"] == "MOCK"
        (response,) = integration["IntegrationResponses"]
        headers = {
            name.removeprefix("method.response.header.").lower(): value.strip("'")
            for name, value in response["ResponseParameters"].items()
        }
        verbs = {route.method for route in ROUTES if route.path == path}
        assert set(headers["access-control-allow-methods"].split(",")) == {*verbs, "OPTIONS"}
        assert set(headers["access-control-allow-headers"].split(",")) == {
            *ALLOWED_HEADERS,
            *LIBRARY_HEADERS,
        }
        assert headers["access-control-allow-origin"] == assembly.origins[0]
        assert headers.get("vary") == (None if assembly.origins == ["*"] else "Origin")


def test_a_preflight_reflects_each_further_origin_and_no_other(prod: Assembly) -> None:
    first, second = prod.origins
    template = _methods(prod)["OPTIONS", "/v1/verifications"]["Integration"]
    (response,) = template["IntegrationResponses"]
    vtl = response["ResponseTemplates"]["application/json"]
    # Compared as a whole: a pattern would accept https://oneXexample.com.
    assert re.findall(r'\$origin == "(h[^"]+)"', vtl) == [second]
    assert f"'{first}'" in response["ResponseParameters"].values()
