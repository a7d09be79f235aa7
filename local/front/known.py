"""What this front knows of a template. Whatever else one has would be ignored, so it is refused."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Resources = Mapping[str, Mapping[str, Any]]
_SERVICE: Final = "AWS::ApiGateway::"

# By resource type: the properties that are served, and those that change no answer here (names,
# logs, TLS, what belongs to what).
_KNOWN: Final = {
    "Account": {"CloudWatchRoleArn"},
    "ApiKey": {"Description", "Enabled", "Name", "StageKeys", "Tags"},
    "BasePathMapping": {"DomainName", "RestApiId", "Stage"},
    "Deployment": {"Description", "RestApiId"},
    "DomainName": {
        "DomainName", "EndpointAccessMode", "EndpointConfiguration", "RegionalCertificateArn",
        "SecurityPolicy", "Tags",
    },
    "GatewayResponse": {
        "ResponseParameters", "ResponseTemplates", "ResponseType", "RestApiId", "StatusCode",
    },
    "Method": {
        "ApiKeyRequired", "AuthorizationType", "HttpMethod", "Integration", "MethodResponses",
        "ResourceId", "RestApiId",
    },
    "Resource": {"ParentId", "PathPart", "RestApiId"},
    "RestApi": {
        "BinaryMediaTypes", "Description", "EndpointAccessMode", "EndpointConfiguration", "Name",
        "SecurityPolicy", "Tags",
    },
    "Stage": {
        "AccessLogSetting", "DeploymentId", "MethodSettings", "RestApiId", "StageName", "Tags",
    },
    "UsagePlan": {"ApiStages", "Description", "Quota", "Tags", "Throttle", "UsagePlanName"},
    "UsagePlanKey": {"KeyId", "KeyType", "UsagePlanId"},
}  # fmt: skip
# The same inside of properties.
_KNOWN_PARTS: Final = {
    "Integration": {
        "IntegrationHttpMethod", "IntegrationResponses", "RequestTemplates", "Type", "Uri",
    },
    "MethodSettings": {
        "DataTraceEnabled", "HttpMethod", "LoggingLevel", "MetricsEnabled", "ResourcePath",
        "ThrottlingBurstLimit", "ThrottlingRateLimit",
    },
    "ApiStages": {"ApiId", "Stage", "Throttle"},
    "Quota": {"Limit", "Period"},
    "ResponseTemplates": {"application/json"},
}  # fmt: skip
_ONLY_VALUE: Final[Mapping[str, object]] = {
    "ApiStages.Throttle": {},
    "Method.AuthorizationType": "NONE",
    "Quota.Period": "DAY",
}
# What the front refuses requests with.
_RESPONSE_TYPES: Final = {
    "API_CONFIGURATION_ERROR", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "INVALID_API_KEY",
    "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE", "THROTTLED",
}  # fmt: skip


class UnknownConstructError(Exception):
    """The template has something that this front does not know: it would answer otherwise."""


def require_known(resources: Resources) -> None:
    """Return if this front serves all that these resources say of a REST API.

    Raises:
        UnknownConstructError: it names what is unknown, or which response is not there.
    """
    found = [*_unknown(resources)]
    types = {
        resource["Properties"]["ResponseType"]
        for resource in resources.values()
        if resource["Type"] == f"{_SERVICE}GatewayResponse"
    }
    found += [f"no response {name}" for name in sorted(_RESPONSE_TYPES - types)]
    if found:
        raise UnknownConstructError(", ".join(found))


def _unknown(resources: Resources) -> Iterator[str]:
    for resource in resources.values():
        _, is_ours, kind = resource["Type"].partition(_SERVICE)
        if is_ours:
            yield from _unknown_within(kind, resource.get("Properties", {}), _KNOWN.get(kind))


def _unknown_within(name: str, value: Mapping[str, Any], known: set[str] | None) -> Iterator[str]:
    if known is None:
        yield name
        return
    for key, part in value.items():
        if key not in known or part != _ONLY_VALUE.get(f"{name}.{key}", part):
            yield f"{name}.{key}"
        elif key in _KNOWN_PARTS:
            for one in part if isinstance(part, list) else [part]:
                yield from _unknown_within(key, one, _KNOWN_PARTS[key])
