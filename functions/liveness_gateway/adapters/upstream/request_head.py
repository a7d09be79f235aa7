"""Where a request goes, and the bytes that stand before its body."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

from liveness_gateway.adapters.upstream.replies import NotSentError

_PORTS: Final = {"http": 80, "https": 443}
_VISIBLE: Final = re.compile("[!-~]+")
_NAME: Final = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
# RFC 9110, 5.5: visible characters, spaces and tabs; the upper half of Latin-1 by custom.
_VALUE: Final = re.compile("[\t -~\x80-\xff]*")


class Target(NamedTuple):
    """The parts of an address that a connection and a request need; `host` is ASCII."""

    secure: bool
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> Self:
        """The target of an http or https address.

        Raises:
            ValueError: it is none.
        """
        parts = urlsplit(url)
        default = _PORTS.get(parts.scheme)
        host, path = parts.hostname or "", parts.path or "/"
        # Refuses labels that are empty or too long, which the resolver and TLS stumble over.
        host = host.encode("idna").decode("ascii")
        if default is None or not (_VISIBLE.fullmatch(host) and _VISIBLE.fullmatch(path)):
            raise ValueError("no address of HTTP")
        port = default if parts.port is None else parts.port
        return cls(parts.scheme == "https", host, port, path)

    @property
    def authority(self) -> str:
        """The value of the `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            host
            if self.port == _PORTS["https" if self.secure else "http"]
            else f"{host}:{self.port}"
        )


def request_head(target: Target, headers: Mapping[str, str]) -> bytes:
    """Request line and headers of a POST, up to the empty line.

    Raises:
        NotSentError: a header is none, or would be more than one.
    """
    lines = [f"POST {target.path} HTTP/1.1"]
    for name, value in ({"Host": target.authority} | dict(headers)).items():
        if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
            raise NotSentError("unusable_header")
        lines.append(f"{name}: {value}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
