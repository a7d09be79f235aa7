"""A moving picture for the fake camera of a browser."""

import io
from collections.abc import Iterator
from pathlib import Path

from sandbox.selfies.drawing import draw

_FRAMES = 10


def write_camera_film(path: Path, width: int = 640, height: int = 480, seed: int = 1) -> Path:
    """Write a short .mjpeg that Chromium takes as its fake camera and plays in a loop."""
    path.write_bytes(b"".join(_frames(width, height, seed)))
    return path


def _frames(width: int, height: int, seed: int) -> Iterator[bytes]:
    for number in range(_FRAMES):
        content = io.BytesIO()
        draw(1, width, height, seed, at=number / _FRAMES).save(content, "JPEG", quality=85)
        yield content.getvalue()
