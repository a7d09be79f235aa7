"""Runs the emulator with the rules of `loopback`: a program of `.venv-emulator`.

Every request of its AWS APIs must carry this run's random access key, as botocore signs it; the
deployed API asks for its own key. Only the health check asks for nothing.
"""

import os
import re
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from loopback.asgi import guarded

_OPEN = ("/_ministack/health", "/_aws/execute-api/")
# `Credential=<access key id>/...` in a header, or `X-Amz-Credential=` of a presigned address.
_CREDENTIAL = re.compile(r"Credential=([^/%,&\s]+)(?:/|%2F)")


def _without_credentials(scope: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    if str(scope.get("path", "")).startswith(_OPEN):
        return None
    said = headers.get("authorization", "") + " " + scope.get("query_string", b"").decode("latin-1")
    if os.environ["AWS_ACCESS_KEY_ID"] in _CREDENTIAL.findall(said):
        return None
    return "The emulator wants the access key of this run: it is in .local/gateway.env."


def main() -> None:
    """Serve until the process is ended."""
    emulator: Any = import_module("ministack.app")
    emulator.app = guarded(emulator.app, judge=_without_credentials)
    emulator.main()


if __name__ == "__main__":
    main()
