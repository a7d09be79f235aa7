"""What the CDK's own command line made of one stage, and questions to ask of it."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
UPSTREAM = "https://liveness.example.com"
# `bare` is the command of the README; the others show what origins do to each stage.
CONTEXTS: Mapping[str, Mapping[str, str]] = {
    "local": {"stage": "local"},
    "dev": {"stage": "dev", "upstream_url": UPSTREAM, "allowed_origins": "https://one.example.com"},
    "prod": {
        "stage": "prod",
        "upstream_url": UPSTREAM,
        "allowed_origins": "https://one.example.com,https://two.example.com:8443",
    },
    "bare": {"stage": "prod", "upstream_url": UPSTREAM},
}
LINTED = "prod"
FUNCTIONS = ("verify", "results", "publish_events", "sweep", "recover")


class SynthError(AssertionError):
    """The command line could not synthesise a stage; the message is what it said."""


@dataclass(frozen=True)
class Assembly:
    """One synthesised stage."""

    name: str
    directory: Path

    @property
    def context(self) -> Mapping[str, str]:
        return CONTEXTS[self.name]

    @property
    def stage(self) -> str:
        return self.context["stage"]

    @property
    def origins(self) -> list[str]:
        default = {"local": "*", "dev": "*", "prod": ""}[self.stage]
        return [part for part in self.context.get("allowed_origins", default).split(",") if part]

    @property
    def stack_name(self) -> str:
        return f"liveness-gateway-{self.stage}"

    @property
    def said(self) -> str:
        return (self.directory / "said.txt").read_text()

    @cached_property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.directory / "manifest.json").read_text())
        return found

    @cached_property
    def template(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            (self.directory / f"{self.stack_name}.template.json").read_text()
        )
        return found

    def resources(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """The properties of every resource of one type, by logical id; never none."""
        found = {
            logical_id: resource.get("Properties", {})
            for logical_id, resource in self.template["Resources"].items()
            if resource["Type"] == resource_type
        }
        assert found, f"no {resource_type} in {self.name}"
        return found

    def function(self, name: str) -> dict[str, Any]:
        """The properties of one of our functions."""
        (found,) = (
            properties
            for properties in self.resources("AWS::Lambda::Function").values()
            if properties["Handler"] == f"{name}.handler.handler"
        )
        return found

    def function_id(self, name: str) -> str:
        functions = self.resources("AWS::Lambda::Function")
        return next(key for key, value in functions.items() if value is self.function(name))

    def mapping(self, name: str) -> dict[str, Any]:
        """What wakes one function with records or messages."""
        (found,) = (
            mapping
            for mapping in self.resources("AWS::Lambda::EventSourceMapping").values()
            if mapping["FunctionName"] == {"Ref": self.function_id(name)}
        )
        return found

    def bundle(self, name: str) -> Path:
        """What is in one function's zip."""
        resource = self.template["Resources"][self.function_id(name)]
        archive = self.directory / str(resource["Metadata"]["aws:asset:path"])
        folder = archive.with_suffix("")
        if not folder.is_dir():
            # Another test process may be at it too: the quicker one's is used.
            with tempfile.TemporaryDirectory(dir=self.directory) as workshop:
                shutil.unpack_archive(archive, workshop)
                with suppress(OSError):
                    Path(workshop).rename(folder)
                Path(workshop).mkdir(exist_ok=True)
        return folder

    def statements(self, name: str) -> list[dict[str, Any]]:
        """All that one function's role allows."""
        role = self.function(name)["Role"]["Fn::GetAtt"][0]
        return [
            statement
            for policy in self.resources("AWS::IAM::Policy").values()
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]


def as_list(value: object) -> list[Any]:
    """A policy's `Action` or `Resource`, which may be one or several."""
    return value if isinstance(value, list) else [value]


def words(value: object) -> Iterator[str]:
    """Every string anywhere in a piece of template."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from words(part)
    elif isinstance(value, list):
        for part in value:
            yield from words(part)


def clean_environment(scratch: Path) -> dict[str, str]:
    """No AWS credentials or settings, and a Docker that says so if anybody calls it."""
    tools = scratch / "tools"
    tools.mkdir(exist_ok=True)
    docker = tools / "docker"
    docker.write_text(f"#!/bin/sh\ntouch {scratch / 'docker-was-called'}\nexit 1\n")
    docker.chmod(0o755)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "CDK_", "PYTEST_", "COV_", "COVERAGE_", "JSII_"))
    }
    path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])
    return {
        **kept,
        "PATH": path,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }


def synthesise(name: str, parent: Path) -> Assembly:
    """Synthesise one stage, once for all processes of a test run."""
    directory = parent / name
    with (parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / "said.txt").exists():
            scratch = parent / f"{name}-scratch"
            scratch.mkdir(exist_ok=True)
            _run_cdk(CONTEXTS[name], directory, scratch)
    return Assembly(name, directory)


def _run_cdk(context: Mapping[str, str], directory: Path, scratch: Path) -> None:
    output = ["--output", str(directory)]
    command = ["node", "node_modules/aws-cdk/bin/cdk", "synth", "--quiet", *output]
    # The CDK's own linter takes seconds to load: once, for production, is enough.
    linted = {} if directory.name == LINTED else {"CDK_VALIDATION": "false"}
    for key, value in context.items():
        command += ["--context", f"{key}={value}"]
    answer = subprocess.run(  # noqa: S603 - no shell; the pinned CDK command line
        command,
        cwd=ROOT,
        env={**clean_environment(scratch), **linted},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise SynthError(answer.stdout + answer.stderr)
    if (scratch / "docker-was-called").exists():
        raise SynthError("The synth called Docker.")
    (directory / "said.txt").write_text(answer.stdout + answer.stderr)
