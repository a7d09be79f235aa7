"""The REST API of a template: its methods, its responses, its limits."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import unquote

from local.front.known import Resources, UnknownConstructError, require_known

_PREFIX: Final = "gatewayresponse.header."
_METHOD_HEADER: Final = "method.response.header."
_VARIABLE: Final = re.compile(r"\$(context\.[A-Za-z.]+)")
_VELOCITY: Final = re.compile(r"[$#]")
Context = Mapping[str, str]
# What a response may tell of a request.
CONTEXT: Final = ("context.extendedRequestId", "context.requestId")


@dataclass(frozen=True, slots=True)
class Throttle:
    """A token bucket: requests a second, and how many at once."""

    rate: float
    burst: int


@dataclass(frozen=True, slots=True)
class Method:
    """One method of one resource.

    Attributes:
        resource: its path, with `{parameters}`.
        function: the name of the function that is invoked; None for a preflight.
        preflight: the status and headers of a preflight's answer.
    """

    http_method: str
    resource: str
    needs_key: bool
    throttle: Throttle
    function: str | None
    preflight: tuple[int, Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A method, and the parameters that the path of a request has."""

    method: Method
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """A response that API Gateway writes itself."""

    status: int
    headers: Mapping[str, str]
    body: str

    def written(self, context: Context) -> tuple[int, dict[str, str], str]:
        """Its status, headers and body, with the values of this request."""
        headers = {name: _value(value, context) for name, value in self.headers.items()}
        if _VELOCITY.search(_VARIABLE.sub("", self.body)):
            raise UnknownConstructError(f"the body {self.body}")
        body = _VARIABLE.sub(lambda found: _value(found[1], context), self.body)
        return self.status, headers, body


@dataclass(frozen=True, slots=True)
class RestApi:
    """What a deployed REST API does, by its template.

    Attributes:
        stage: the first segment of every path of its own address.
        methods: by method and resource.
        responses: by response type.
        binary: the media types whose bodies reach a function in base64.
        client_throttle: of each API key.
        client_quota: requests of each API key in a day; None for no quota.
    """

    stage: str
    methods: Mapping[tuple[str, str], Method]
    responses: Mapping[str, GatewayResponse]
    binary: frozenset[str]
    client_throttle: Throttle
    client_quota: int | None

    @classmethod
    def of(cls, template: Mapping[str, Any]) -> Self:
        """The one REST API of a template.

        Raises:
            UnknownConstructError: it has what this front does not know.
        """
        resources: Resources = template["Resources"]
        require_known(resources)
        (api,) = _of_type(resources, "RestApi").values()
        (stage,) = _of_type(resources, "Stage").values()
        (plan,) = _of_type(resources, "UsagePlan").values()
        methods = list(_methods(resources, stage))
        return cls(
            stage=stage["StageName"],
            methods={(method.http_method, method.resource): method for method in methods},
            responses={
                found["ResponseType"]: _gateway_response(found)
                for found in _of_type(resources, "GatewayResponse").values()
            },
            binary=frozenset(api["BinaryMediaTypes"]),
            client_throttle=Throttle(plan["Throttle"]["RateLimit"], plan["Throttle"]["BurstLimit"]),
            client_quota=plan["Quota"]["Limit"] if "Quota" in plan else None,
        )

    def match(self, http_method: str, path: str) -> Match | None:
        """The method that serves a path, with the path's parameters."""
        for (known, resource), method in self.methods.items():
            if known == http_method and (found := _pattern(resource).fullmatch(path)):
                parameters = {name: unquote(value) for name, value in found.groupdict().items()}
                return Match(method, parameters)
        return None


def _methods(resources: Resources, stage: Mapping[str, Any]) -> Iterator[Method]:
    settings = {
        (setting["ResourcePath"].removeprefix("/").replace("~1", "/"), setting["HttpMethod"]): (
            Throttle(setting["ThrottlingRateLimit"], setting["ThrottlingBurstLimit"])
        )
        for setting in stage["MethodSettings"]
    }
    paths = _paths(resources)
    for found in _of_type(resources, "Method").values():
        resource, http_method = paths[found["ResourceId"]["Ref"]], found["HttpMethod"]
        own = settings.get((resource, http_method))
        yield Method(
            http_method,
            resource,
            found["ApiKeyRequired"],
            own or settings["*", "*"],
            **_integration(resources, found["Integration"]),
        )


def _integration(resources: Resources, integration: Mapping[str, Any]) -> dict[str, Any]:
    if integration["Type"] == "AWS_PROXY":
        _, parts = integration["Uri"]["Fn::Join"]
        (arn,) = (part["Fn::GetAtt"] for part in parts if "Fn::GetAtt" in part)
        return {"function": resources[arn[0]]["Properties"]["FunctionName"]}
    (response,) = integration["IntegrationResponses"]
    if integration["Type"] != "MOCK" or any(response.get("ResponseTemplates", {}).values()):
        raise UnknownConstructError("a method that is neither a function nor a plain preflight")
    headers = {
        name.removeprefix(_METHOD_HEADER): _value(value, {})
        for name, value in response["ResponseParameters"].items()
    }
    return {"function": None, "preflight": (int(response["StatusCode"]), headers)}


def _gateway_response(found: Mapping[str, Any]) -> GatewayResponse:
    headers = {
        name.removeprefix(_PREFIX): value for name, value in found["ResponseParameters"].items()
    }
    response = GatewayResponse(
        int(found["StatusCode"]), headers, found["ResponseTemplates"]["application/json"]
    )
    response.written(dict.fromkeys(CONTEXT, ""))  # what is unknown is told now, not by a request
    return response


def _value(expression: str, context: Context) -> str:
    """A header's value: a text in single quotes, or a value of the request."""
    if expression.startswith("'") and expression.endswith("'"):
        return expression[1:-1]
    if expression not in context:
        raise UnknownConstructError(f"the value {expression}")
    return context[expression]


def _paths(resources: Resources) -> dict[str, str]:
    """The path of each resource, by its logical id."""
    found = _of_type(resources, "Resource")

    def path(logical_id: str) -> str:
        parent = found[logical_id]["ParentId"]
        above = path(parent["Ref"]) if "Ref" in parent else ""
        return f"{above}/{found[logical_id]['PathPart']}"

    return {logical_id: path(logical_id) for logical_id in found}


def _pattern(resource: str) -> re.Pattern[str]:
    return re.compile(
        "".join(
            f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{\w+\})", resource)
        )
    )


def _of_type(resources: Resources, name: str) -> dict[str, Mapping[str, Any]]:
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in resources.items()
        if resource["Type"] == f"AWS::ApiGateway::{name}"
    }
