"""The deployed function `verify`, changed for a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from local.gateway import Gateway

Change = Callable[[Any, str], object]


@contextmanager
def changed(gateway: Gateway, change: Change, back: Change) -> Iterator[None]:
    """The function `verify`, changed for the length of a block."""
    client, name = gateway.emulator.client("lambda"), gateway.deployment.functions["verify"]
    change(client, name)
    try:
        yield
    finally:
        back(client, name)


def configured(**settings: object) -> Change:
    return lambda client, name: client.update_function_configuration(FunctionName=name, **settings)
