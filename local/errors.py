"""What can go wrong on a laptop in a way a person can mend."""


class LocalError(Exception):
    """The message says what went wrong and what to do; it is shown without a traceback."""
