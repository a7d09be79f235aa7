"""The functions as Lambda invokes them; all that they and their libraries say is kept."""

import importlib
import io
import logging
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from typing import Any

import boto3

from liveness_gateway.clock import SystemClock
from tests.api.deployment import Deployment
from tests.doubles.lambda_context import LambdaContextDouble
from tests.environment import bare_environment

Event = dict[str, Any]


class Invocations:
    """New copies of the functions of one deployment.

    Attributes:
        output: all that any library logs at level DEBUG, and all that is printed.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._environment = deployment.environment
        self.output = io.StringIO()

    def run(
        self,
        *invocations: tuple[str, Event],
        seconds: float = 28.0,
        settings: Mapping[str, str] | None = None,
    ) -> list[Any]:
        """Invoke each in turn, in an environment of their own; give what they returned."""
        everything = logging.StreamHandler(self.output)
        everything.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        root = logging.getLogger()
        level = root.level
        root.setLevel(logging.DEBUG)
        root.addHandler(everything)
        try:
            with bare_environment(**self._environment | dict(settings or {})):
                boto3.setup_default_session()
                with redirect_stdout(self.output):
                    copies = {name: _new_copy(name) for name, _ in invocations}
                    return [
                        copies[name](event, LambdaContextDouble(SystemClock(), seconds))
                        for name, event in invocations
                    ]
        finally:
            root.removeHandler(everything)
            root.setLevel(level)


def _new_copy(name: str) -> Callable[[Event, LambdaContextDouble], Any]:
    module = importlib.reload(importlib.import_module(f"{name}.handler"))
    handler: Callable[[Event, LambdaContextDouble], Any] = module.handler
    return handler
