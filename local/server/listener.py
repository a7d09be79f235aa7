"""The port that the server listens on, taken before anything else is started."""

import errno
import socket

from local.errors import LocalError

HOST = "127.0.0.1"


class PortUnavailableError(LocalError):
    """The port cannot be used; the message says why and what to do."""

    def __init__(self, port: int, error: OSError) -> None:
        in_use = error.errno == errno.EADDRINUSE
        why = (
            "is in use: end what listens there" if in_use else f"cannot be used ({error.strerror})"
        )
        super().__init__(f"Port {port} {why}, or choose another: make dev PORT={port + 1}")


def listen(port: int) -> socket.socket:
    """Listen on the port (0: any free one) of loopback.

    Raises:
        PortUnavailableError: another process uses the port, or we may not use it.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        # Listening at once makes a second start fail; early clients wait until we serve.
        listener.listen()
    except OSError as error:
        listener.close()
        raise PortUnavailableError(port, error) from None
    return listener
