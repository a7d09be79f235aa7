"""Environment variables for the length of a block: what Lambda tells a function."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

ALL_FUNCTIONS: Final = {
    "STAGE": "local",
    "POWERTOOLS_SERVICE_NAME": "verify",
    "POWERTOOLS_METRICS_NAMESPACE": "liveness-gateway",
    "POWERTOOLS_LOG_LEVEL": "DEBUG",
}


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set these, and put back what was there before."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
