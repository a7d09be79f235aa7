"""What the synthesised stack tells a function, in place of what AWS would fill in."""

import importlib
import inspect
from typing import Any

from liveness_gateway.settings import Settings
from tests.infra.assembly import Assembly


def environment(assembly: Assembly, function: str) -> dict[str, str]:
    """The function's variables; a reference to a resource becomes a name made up for it."""
    return {
        name: value if isinstance(value, str) else f"made-up-{name.lower()}"
        for name, value in assembly.variables(function).items()
    }


def settings_of(function: str) -> type[Settings]:
    """The settings that the function's builder asks for."""
    module = importlib.import_module(f"liveness_gateway.bootstrap.{function}")
    build = getattr(module, f"build_{function}")
    found: type[Settings] = inspect.signature(build).parameters["settings"].annotation
    return found


def table(assembly: Assembly, variable: str) -> dict[str, Any]:
    """The table whose name `verify` is told in this variable."""
    return assembly.resources("AWS::DynamoDB::Table")[assembly.named_by("verify", variable)]
