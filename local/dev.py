"""`make dev`: the gateway on this machine until Ctrl-C."""

import contextlib
import json
import os
import shlex
import sys
import time
from pathlib import Path

from local import command_line
from local.env_file import env_file
from local.errors import LocalError
from local.gateway import Gateway, running_gateway
from local.processes.children import CommandFailedError
from local.run_directory import LOCAL
from local.upstream import Upstream, upstream_from

_DEFAULT_PORT = "8080"
_HIGHEST_PORT = 65535


def main() -> int:
    """Start everything, print its URL, and run until Ctrl-C; then return 0.

    PORT is the port of that URL, UPSTREAM_URL (with APP_ID and APP_KEY) a liveness API other than
    the sandbox, UPSTREAM_DIALECT the version of it that is called, LOCAL_DIRECTORY the directory of
    logs and `gateway.env`.
    """
    upstream = upstream_from(os.environ)
    directory = Path(os.environ.get("LOCAL_DIRECTORY") or LOCAL).resolve()
    started = time.monotonic()
    port = _port(os.environ.get("PORT") or _DEFAULT_PORT)
    with (
        running_gateway(port=port, upstream=upstream, directory=directory) as gateway,
        env_file(directory, gateway.logs.name, gateway.environment) as script,
    ):
        print(f"\nReady after {time.monotonic() - started:.0f} s. Open:", file=sys.stderr)
        print(f"\n    {gateway.url}/\n", flush=True)
        print(_hints(gateway, upstream, script), file=sys.stderr)
        with contextlib.suppress(KeyboardInterrupt):
            _run_until_interrupted(gateway)
    return 0


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _HIGHEST_PORT):
        raise LocalError(f"PORT must be a number up to {_HIGHEST_PORT}, not {text!r}")
    return int(text)


def _hints(gateway: Gateway, upstream: Upstream, script: Path) -> str:
    lines = [
        f"For scripts:  set -a; . {shlex.quote(str(script))}; set +a",
        f"Logs:         {gateway.logs}",
    ]
    if not upstream.url:
        lines.append("Upstream:     the sandbox; its responses are scripted and it judges nothing")
    elif upstream.has_credentials:
        lines.append(f"Upstream:     {upstream.url}, with the APP_ID and APP_KEY given")
    else:
        secret = json.dumps({"app_id": "...", "app_key": "..."})
        lines += [
            f"Upstream:     {upstream.url}; its credentials are missing. Start again with",
            "              APP_ID=... APP_KEY=... or, with the variables above set:",
            '              aws secretsmanager put-secret-value --secret-id "$SECRET_ARN" \\',
            f"                --secret-string {shlex.quote(secret)}",
        ]
    return "\n".join([*lines, "", "Ctrl-C ends everything."])


def _run_until_interrupted(gateway: Gateway) -> None:
    while gateway.emulator.is_running:
        time.sleep(0.5)
    raise CommandFailedError("The emulator ended unexpectedly", gateway.logs / "emulator.log")


if __name__ == "__main__":
    sys.exit(command_line.run(main))
