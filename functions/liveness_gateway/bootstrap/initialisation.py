"""What a function does before its first call, where Lambda gives it the time (docs/adr/0021)."""

import os
from typing import Final, Protocol, TypeVar

# Lambda sets it. A snapshot (SnapStart) would keep secrets, and a checkout has no variable: there a
# function is built by its first call.
_VARIABLE: Final = "AWS_LAMBDA_INITIALIZATION_TYPE"
_AHEAD_OF_CALLS: Final = frozenset({"on-demand", "provisioned-concurrency"})


class Handler(Protocol):
    """A handler that can work ahead."""

    def prepare(self) -> None:
        """Do what the first call would do first. Raises nothing."""
        ...


H = TypeVar("H", bound=Handler)


def initialised(handler: H) -> H:
    """The handler; prepared, if this is Lambda's initialisation of the function."""
    if os.environ.get(_VARIABLE) in _AHEAD_OF_CALLS:
        handler.prepare()
    return handler
