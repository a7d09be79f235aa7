"""What an account would fill in: every reference of a template, as a value of the right form.

The forms are those of the CloudFormation user guide, "Return values" of each resource type. A
reference to anything else is an error, so that no check passes over a value that it cannot see.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

ACCOUNT: Final = "123456789012"
REGION: Final = "eu-central-1"
# CloudFormation ends the names that it makes up with 12 characters.
_RANDOM: Final = "A1B2C3D4E5F6"
# The properties that give a resource a name of our own.
_NAMES: Final = {
    "AWS::Events::EventBus": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::ApiGateway::Stage": "StageName",
    "AWS::ApiGateway::DomainName": "DomainName",
}
# CloudFormation shortens what it makes up to what the service takes.
_LONGEST: Final = {"AWS::SQS::Queue": 80, "AWS::IAM::Role": 64, "AWS::Events::Rule": 64}
_ARN: Final = "arn:aws:{service}:{region}:{account}:"
_ARNS: Final = {
    "AWS::DynamoDB::Table": _ARN + "table/{name}",
    "AWS::Events::EventBus": _ARN + "event-bus/{name}",
    "AWS::Events::Rule": _ARN + "rule/{name}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{name}",
    "AWS::Lambda::Function": _ARN + "function:{name}",
    "AWS::Logs::LogGroup": _ARN + "log-group:{name}:*",
    "AWS::SecretsManager::Secret": _ARN + "secret:{name}-AbCdEf",
    "AWS::SNS::Topic": _ARN + "{name}",
    "AWS::SQS::Queue": _ARN + "{name}",
}
# A reference to these is the ARN; to all others, but for those below, the name.
_REFERRED_BY_ARN: Final = {"AWS::SecretsManager::Secret", "AWS::SNS::Topic"}
_URL: Final = "https://sqs.{region}.amazonaws.com/{account}/{name}"
_TEN_CHARACTERS: Final = {
    f"AWS::ApiGateway::{kind}"
    for kind in ("RestApi", "Resource", "Deployment", "ApiKey", "UsagePlan", "Account")
}
_ATTRIBUTES: Final = {
    ("AWS::DynamoDB::Table", "StreamArn"): "{arn}/stream/2026-01-02T03:04:05.678",
    ("AWS::SQS::Queue", "QueueName"): "{name}",
    ("AWS::SNS::Topic", "TopicName"): "{name}",
    ("AWS::ApiGateway::RestApi", "RootResourceId"): "a1b2c3d4e5",
    ("AWS::ApiGateway::DomainName", "RegionalDomainName"): (
        "d-a1b2c3d4e5.execute-api.{region}.amazonaws.com"
    ),
    ("AWS::ApiGateway::DomainName", "RegionalHostedZoneId"): "Z1A2B3C4D5E6F7",
}


@dataclass(frozen=True)
class Account:
    """One stack in one region of an account."""

    template: Mapping[str, Any]
    stack_name: str
    region: str = REGION

    @classmethod
    def read(cls, text: str, stack_name: str) -> "Account":
        """A stack from the text of its template."""
        return cls(json.loads(text), stack_name)

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Every resource, its properties resolved, by logical id."""
        return {
            logical_id: resource | {"Properties": self.resolved(resource.get("Properties", {}))}
            for logical_id, resource in self.template["Resources"].items()
        }

    def of(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """The resolved properties of every resource of one type."""
        return {
            logical_id: resource["Properties"]
            for logical_id, resource in self.resources.items()
            if resource["Type"] == resource_type
        }

    def resolved(self, value: Any) -> Any:  # noqa: ANN401 - any piece of a template
        """The value with every intrinsic function of it replaced.

        Raises:
            LookupError: a function or a reference is not known here.
        """
        if isinstance(value, list):
            return [self.resolved(part) for part in value]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref":
                return self.reference(argument)
            if name.startswith("Fn::"):
                return self._call(name, argument)
        return {name: self.resolved(part) for name, part in value.items()}

    def reference(self, name: str) -> str:
        """What `Ref` gives."""
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": self.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.stack_name,
        }
        if name in pseudo:
            return pseudo[name]
        kind = self.template["Resources"][name]["Type"]
        if kind in _TEN_CHARACTERS:
            return "a1b2c3d4e5"
        if kind == "AWS::SQS::Queue":
            return self._filled(_URL, name)
        return self.arn(name) if kind in _REFERRED_BY_ARN else self.name(name)

    def attribute(self, logical_id: str, attribute: str) -> str:
        """What `Fn::GetAtt` gives."""
        if attribute == "Arn":
            return self.arn(logical_id)
        kind = self.template["Resources"][logical_id]["Type"]
        return self._filled(_ATTRIBUTES[kind, attribute], logical_id)

    def arn(self, logical_id: str) -> str:
        """The ARN of a resource."""
        return self._filled(_ARNS[self.template["Resources"][logical_id]["Type"]], logical_id)

    def name(self, logical_id: str) -> str:
        """The name of a resource: the one it is given, or one like CloudFormation's."""
        resource = self.template["Resources"][logical_id]
        own = resource.get("Properties", {}).get(_NAMES.get(resource["Type"], ""))
        if own is not None:
            return str(self.resolved(own))
        room = _LONGEST.get(resource["Type"], 255) - len(_RANDOM) - 1
        return f"{self.stack_name}-{logical_id}"[:room] + f"-{_RANDOM}"

    def _filled(self, form: str, logical_id: str) -> str:
        kind = self.template["Resources"][logical_id]["Type"]
        return form.format(
            arn=self.arn(logical_id) if "{arn}" in form else "",
            name=self.name(logical_id),
            service=kind.split("::")[1].lower(),
            region=self.region,
            account=ACCOUNT,
        )

    def _call(self, function: str, argument: Any) -> str:  # noqa: ANN401 - as the template has it
        if function == "Fn::GetAtt":
            return self.attribute(*argument)
        if function == "Fn::Join":
            separator, parts = argument
            return str(separator).join(self.resolved(parts))
        if function == "Fn::Sub" and isinstance(argument, str):
            return re.sub(r"\$\{([\w:]+)\}", lambda found: self.reference(found[1]), argument)
        raise LookupError(f"{function} of {argument!r} is not known here")
