"""`.local/gateway.env`: what a script needs to talk to the running gateway."""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def env_file(path: Path, values: Mapping[str, str]) -> Iterator[None]:
    """Keep the file (readable by its owner only) while the block runs.

    It can be read by a shell (`set -a; . .local/gateway.env`). At the end it is
    removed, unless another run has written its own in the meantime.
    """
    text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
    path.unlink(missing_ok=True)  # a file that is there keeps its permissions
    path.touch(0o600, exist_ok=False)
    path.write_text(text)
    try:
        yield
    finally:
        if path.exists() and path.read_text() == text:
            path.unlink()
