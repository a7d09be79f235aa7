"""How much of what is really counted a client has left."""

from typing import NamedTuple


class Limit(NamedTuple):
    """One limit, as it stands after a request.

    Attributes:
        name: tells it from the client's other limits.
        quota: the most in a window.
        window: its length in seconds.
        left: how much of it is left.
        seconds: until the window begins anew.
    """

    name: str
    quota: int
    window: int
    left: int
    seconds: int
