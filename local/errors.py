"""Errors that the person at the laptop can correct."""


class LocalError(Exception):
    """The message says what went wrong and what to do; it is shown without a traceback."""
