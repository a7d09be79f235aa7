"""Runs the emulator with the rules of `loopback`: a program of `.venv-emulator`.

Every request of its AWS APIs must carry this run's random access key or session token, as botocore
sends them, or a key that STS has given to who had one; the deployed API asks for its own key. Only
the health check asks for nothing. The functions have the session token only: the emulator takes
their access key for an account's number.
"""

import os
import re
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

# In place of this folder, whose `ministack.py` is another one.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from loopback.asgi import Application, Message, Receive, Send, guarded  # noqa: E402 - found by the line above

_API = "/_aws/execute-api/"
_OPEN = ("/_ministack/health", _API)
# `Credential=<access key id>/...` in a header, or `X-Amz-Credential=` of a presigned address.
_CREDENTIAL = re.compile(r"Credential=([^/%,&\s]+)(?:/|%2F)")
_GIVEN = re.compile(rb"<AccessKeyId>([^<]+)</AccessKeyId>")


class Credentials:
    """The access keys that open this run's emulator."""

    def __init__(self, access_key_id: str, session_token: str) -> None:
        self._known = {access_key_id, session_token}

    def missing(self, scope: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
        """Why a request is refused; None where it carries a known key or needs none."""
        if str(scope.get("path", "")).startswith(_OPEN):
            return None
        query = scope.get("query_string", b"").decode("latin-1")
        said = _CREDENTIAL.findall(f"{headers.get('authorization', '')} {query}")
        if self._known & {*said, headers.get("x-amz-security-token")}:
            return None
        return "The emulator wants the access key of this run: it is in .local/gateway.env."

    def learning(self, application: Application) -> Application:
        """The application; keys that its STS gives are known from then on."""

        async def learns(scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401 - as ASGI has it
            async def sends(message: Message) -> None:
                found = _GIVEN.findall(message.get("body", b""))
                self._known.update(key.decode() for key in found)
                await send(message)

            signed = dict(scope.get("headers", ())).get(b"authorization", b"")
            await application(scope, receive, sends if b"/sts/aws4_request" in signed else send)

        return learns


def main() -> None:
    """Serve until the process is ended."""
    emulator: Any = import_module("ministack.app")
    credentials = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SESSION_TOKEN"])
    # A page of any origin may call the API, as the stage has it.
    emulator.app = guarded(
        credentials.learning(emulator.app), any_origin=(_API,), judge=credentials.missing
    )
    emulator.main()


if __name__ == "__main__":
    main()
