"""What the tests ask of a synthesised stage."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from infra.stages.context import resolve_stage
from infra.stages.stage import Stage

ROOT = Path(__file__).parents[2]
UPSTREAM = "https://liveness.example.com"
FUNCTIONS = ("verify", "results", "publish_events", "sweep", "recover")
# `bare` is the command of the README; the others show what origins do to each stage.
CONTEXTS: Mapping[str, Mapping[str, str]] = {
    "local": {"stage": "local"},
    "dev": {
        "stage": "dev",
        "upstream_url": UPSTREAM,
        "allowed_origins": "https://one.example.com",
        "alarm_email": "operator@example.com",
    },
    "prod": {
        "stage": "prod",
        "upstream_url": UPSTREAM,
        "allowed_origins": "https://one.example.com,https://two.example.com:8443",
        "domain": "liveness.example.net",
        "certificate": "arn:aws:acm:eu-central-1:111122223333:certificate/of-the-domain",
    },
    "bare": {"stage": "prod", "upstream_url": UPSTREAM},
}
STAGES: Mapping[str, Stage] = {
    name: resolve_stage(CONTEXTS[name]) for name in ("local", "dev", "prod")
}


@dataclass(frozen=True)
class Assembly:
    """One synthesised stage; a logical id is a resource's key in its template."""

    name: str
    directory: Path

    @property
    def stage(self) -> str:
        return CONTEXTS[self.name]["stage"]

    @property
    def origins(self) -> list[str]:
        default = {"local": "*", "dev": "*", "prod": ""}[self.stage]
        origins = CONTEXTS[self.name].get("allowed_origins", default)
        return [origin for origin in origins.split(",") if origin]

    @property
    def stack_name(self) -> str:
        return f"liveness-gateway-{self.stage}"

    def read(self, file: str) -> dict[str, Any]:
        """One of the JSON files in the assembly."""
        return dict(json.loads((self.directory / file).read_text()))

    @cached_property
    def template(self) -> dict[str, Any]:
        return self.read(f"{self.stack_name}.template.json")

    def resources(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """The properties of every resource of one type, by logical id; never none."""
        found = {
            logical_id: resource.get("Properties", {})
            for logical_id, resource in self.template["Resources"].items()
            if resource["Type"] == resource_type
        }
        assert found, f"no {resource_type} in {self.name}"
        return found

    def only(self, resource_type: str, **having: object) -> tuple[str, dict[str, Any]]:
        """The logical id and the properties of the only resource with these properties."""
        (found,) = (
            (logical_id, properties)
            for logical_id, properties in self.resources(resource_type).items()
            if having.items() <= properties.items()
        )
        return found

    def depends_on(self, logical_id: str) -> set[str]:
        return set(self.template["Resources"][logical_id]["DependsOn"])

    def function_id(self, name: str) -> str:
        return self.only("AWS::Lambda::Function", Handler=f"{name}.handler.handler")[0]

    def function(self, name: str) -> dict[str, Any]:
        return self.only("AWS::Lambda::Function", Handler=f"{name}.handler.handler")[1]

    def variables(self, name: str) -> dict[str, Any]:
        return dict(self.function(name)["Environment"]["Variables"])

    def named_by(self, function: str, variable: str) -> str:
        """The logical id of the resource that a variable of a function refers to."""
        return str(self.variables(function)[variable]["Ref"])

    def mapping(self, name: str) -> dict[str, Any]:
        """The event source mapping that triggers one function."""
        function = {"Ref": self.function_id(name)}
        return self.only("AWS::Lambda::EventSourceMapping", FunctionName=function)[1]

    def bundle(self, name: str) -> ZipFile:
        resource = self.template["Resources"][self.function_id(name)]
        return ZipFile(self.directory / str(resource["Metadata"]["aws:asset:path"]))

    def role_id(self, name: str) -> str:
        return str(self.function(name)["Role"]["Fn::GetAtt"][0])

    def policies(self, name: str) -> dict[str, dict[str, Any]]:
        """The policies of one function's role."""
        return {
            logical_id: policy
            for logical_id, policy in self.resources("AWS::IAM::Policy").items()
            if {"Ref": self.role_id(name)} in policy["Roles"]
        }


def words(value: object) -> Iterator[str]:
    """Every string anywhere in a piece of template."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from words(part)
