"""What a decoder makes of a picture: Pillow, with the libjpeg and zlib that it brings."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

_LARGEST = 1_000_000


@dataclass(frozen=True)
class Seen:
    """All that a picture says to its viewer."""

    mode: str
    size: tuple[int, int]
    pixels: bytes
    palette: bytes
    profile: bytes | None
    orientation: int
    colours: tuple[object, ...]


def look(content: bytes) -> Seen:
    """What Pillow decodes: of a file with several pictures, the first.

    Raises:
        OSError, SyntaxError, ValueError, ...: as Pillow does, where it decodes nothing.
    """
    kind = PngImageFile if content.startswith(b"\x89") else JpegImageFile
    with kind(BytesIO(content)) as picture:
        if picture.width * picture.height > _LARGEST:
            raise OSError("Larger than a test wants to decode.")
        # Before the pixels: what stands behind them is read only when they are.
        picture.load()
        turned: int = picture.getexif().get(0x0112, 1)
        colours = ("transparency", "gamma", "chromaticity", "srgb")
        return Seen(
            picture.mode,
            picture.size,
            picture.tobytes(),
            bytes(picture.getpalette() or []),
            picture.info.get("icc_profile"),
            turned if turned in range(1, 9) else 1,
            tuple(picture.info.get(name) for name in colours),
        )


def look_if_possible(content: bytes, *, cut_off: bool = False) -> Seen | None:
    """What Pillow decodes, or None; also from pictures that are `cut_off`, if asked for."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = cut_off
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seen = look(content)
    except (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError):
        return None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
    # Where libjpeg refuses a picture that is taken for cut off, Pillow shows black.
    return seen if any(seen.pixels) else None
