"""What the front reads in a template, and what it refuses to guess."""

import copy
from dataclasses import replace
from typing import Any

import pytest

from local.front.known import UnknownConstructError
from local.front.template import RestApi
from tests.infra.assembly import Assembly

# By resource type: a property that decides how requests are answered, and that is not served.
PLANTED: list[tuple[str, dict[str, Any], str]] = [
    ("RestApi", {"MinimumCompressionSize": 0}, "RestApi.MinimumCompressionSize"),
    ("RestApi", {"ApiKeySourceType": "AUTHORIZER"}, "RestApi.ApiKeySourceType"),
    ("Method", {"AuthorizationType": "AWS_IAM"}, "Method.AuthorizationType"),
    ("Method", {"RequestValidatorId": "a"}, "Method.RequestValidatorId"),
    ("Method", {"Integration": {"Type": "MOCK", "TimeoutInMillis": 50}}, "TimeoutInMillis"),
    ("Stage", {"Variables": {"a": "b"}}, "Stage.Variables"),
    ("Stage", {"MethodSettings": [{"CachingEnabled": True}]}, "MethodSettings.CachingEnabled"),
    ("UsagePlan", {"Quota": {"Limit": 1, "Period": "WEEK"}}, "Quota.Period"),
    ("UsagePlan", {"ApiStages": [{"Throttle": {"/v1/health/GET": {}}}]}, "ApiStages.Throttle"),
    ("GatewayResponse", {"ResponseTemplates": {"text/html": ""}}, "ResponseTemplates.text/html"),
    ("BasePathMapping", {"BasePath": "a"}, "BasePathMapping.BasePath"),
    ("Authorizer", {"Type": "TOKEN"}, "Authorizer"),
]  # fmt: skip


@pytest.fixture
def template(assemblies: dict[str, Assembly]) -> dict[str, Any]:
    return copy.deepcopy(dict(assemblies["dev"].template))


def resources(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    name = f"AWS::ApiGateway::{kind}"
    return [found for found in template["Resources"].values() if found["Type"] == name]


def test_every_method_of_the_template_is_served(assemblies: dict[str, Assembly]) -> None:
    for name in ("local", "dev", "bare"):
        found = RestApi.of(assemblies[name].template)
        methods = assemblies[name].resources("AWS::ApiGateway::Method")
        assert len(found.methods) == len(methods)
        assert len(found.responses) == 21


def test_what_this_front_does_not_know_is_refused(prod: Assembly) -> None:
    """With several origins a preflight is decided by a mapping template."""
    with pytest.raises(UnknownConstructError, match="plain preflight"):
        RestApi.of(prod.template)


@pytest.mark.parametrize(("kind", "properties", "told"), PLANTED)
def test_a_property_that_this_front_does_not_serve_is_refused(
    template: dict[str, Any], kind: str, properties: dict[str, Any], told: str
) -> None:
    found = resources(template, kind)
    if found:
        found[0]["Properties"].update(properties)
    else:
        new = {"Type": f"AWS::ApiGateway::{kind}", "Properties": properties}
        template["Resources"]["Planted"] = new
    with pytest.raises(UnknownConstructError, match=told):
        RestApi.of(template)


@pytest.mark.parametrize("body", [
    "$context.error.messageString", "$input.body", "$util.escapeJavaScript('a')",
    "${context.stage}", "#if(true)a#end", "#set($a = 1)", "$context.requestId.more",
])  # fmt: skip
def test_a_template_that_this_front_cannot_write_is_refused_at_the_start(
    template: dict[str, Any], body: str
) -> None:
    response = resources(template, "GatewayResponse")[0]["Properties"]
    response["ResponseTemplates"] = {"application/json": body}
    with pytest.raises(UnknownConstructError):
        RestApi.of(template)


@pytest.mark.parametrize("value", ["context.identity.userArn", "method.request.header.Origin", ""])
def test_a_header_that_this_front_cannot_write_is_refused_at_the_start(
    template: dict[str, Any], value: str
) -> None:
    response = resources(template, "GatewayResponse")[0]["Properties"]
    response["ResponseParameters"]["gatewayresponse.header.X"] = value
    with pytest.raises(UnknownConstructError, match=f"the value {value}"):
        RestApi.of(template)


def test_a_response_that_is_used_is_there(template: dict[str, Any]) -> None:
    for logical_id, found in list(template["Resources"].items()):
        if found.get("Properties", {}).get("ResponseType") == "THROTTLED":
            del template["Resources"][logical_id]
    with pytest.raises(UnknownConstructError, match="no response THROTTLED"):
        RestApi.of(template)


def test_a_value_is_the_requests(assemblies: dict[str, Assembly]) -> None:
    api = RestApi.of(assemblies["dev"].template)
    response = replace(api.responses["THROTTLED"], body="$context.requestId", headers={})
    assert response.written({"context.requestId": "mine"})[1:] == ({}, "mine")
