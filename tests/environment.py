"""Environment variables for the length of a block."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Set these; afterwards the environment is what it was."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def bare_environment(**variables: str) -> Iterator[None]:
    """Nothing is set but these."""
    with environment():
        os.environ.clear()
        os.environ.update(variables)
        yield
