"""What a function does before its first call, where Lambda gives it the time (docs/adr/0021)."""

import gc
import os
from collections.abc import Mapping
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


def pause_collection(variables: Mapping[str, str]) -> None:
    """Look for no garbage until `initialised`, if this is Lambda's initialisation.

    Nearly everything that is imported stays; to look through it is a twentieth of a cold start.
    """
    if variables.get(_VARIABLE) in _AHEAD_OF_CALLS:
        gc.disable()


# Here, because a handler imports this module before all others.
pause_collection(os.environ)

H = TypeVar("H", bound=Handler)


def initialised(handler: H) -> H:
    """The handler; prepared, if this is Lambda's initialisation of the function."""
    if os.environ.get(_VARIABLE) in _AHEAD_OF_CALLS:
        handler.prepare()
    if not gc.isenabled():
        # What is there now stays: it is never looked through again.
        gc.freeze()
        gc.enable()
    return handler
