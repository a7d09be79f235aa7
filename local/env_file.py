"""`.local/gateway.env`: what a script needs to talk to the running gateway."""

import contextlib
import fcntl
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def env_file(directory: Path, run: str, values: Mapping[str, str]) -> Iterator[Path]:
    """Keep a file (readable by its owner only) while the block runs; yield its path.

    It can be read by a shell (`set -a; . .local/gateway.env`). It is `gateway.env`, or
    `gateway-<run>.env` while another run in the same directory has that one. It is removed at
    the end; what a killed run left is overwritten.
    """
    # The lock ends with the process, however it ends.
    with (directory / "gateway.env.lock").open("w") as lock:
        path = directory / f"gateway-{run}.env"
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path = directory / "gateway.env"
        path.unlink(missing_ok=True)  # a file that is there keeps its permissions
        path.touch(0o600, exist_ok=False)
        path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()))
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)
