"""Which certificates of upstream are believed: those of the authorities on certifi's list."""

import ssl
from pathlib import Path
from typing import Final

import certifi

# certifi's list as a directory, from which OpenSSL reads only the authority it needs. The bundler
# writes it into the zip; beside the sources there is none.
_DIRECTORY: Final = Path(__file__).parents[3] / "trust" / "upstream"


def trusting_context(directory: Path = _DIRECTORY) -> ssl.SSLContext:
    """A context for a client of HTTP/1.1 that verifies certificate and name."""
    if directory.is_dir():
        context = ssl.create_default_context(capath=directory)
    else:
        context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context
