"""Pictures of cartoon people, encoded with the EXIF data that a test asks for."""

import io
import random
from typing import Literal, TypeAlias

from PIL import Image, ImageDraw

from sandbox.boxes import Box, upright_boxes
from sandbox.selfies.head import Colour, mix
from sandbox.selfies.people import draw_person, random_person

Format: TypeAlias = Literal["JPEG", "PNG"]

_SCALE = 3  # drawn this much larger, then scaled down: smooth edges
_DESCRIPTION, _ORIENTATION = 0x010E, 0x0112  # EXIF tags
_BLINKS = (0.5,)  # moments of the small movement with the eyes shut
_WALLS: tuple[tuple[Colour, Colour], ...] = (
    ((226, 236, 238), (186, 208, 214)),
    ((246, 234, 216), (226, 204, 176)),
    ((232, 230, 244), (200, 196, 226)),
    ((226, 238, 222), (190, 212, 188)),
)


def draw_selfie(  # noqa: PLR0913 - each is a property of a picture, all have defaults
    faces: int = 1,
    width: int = 640,
    height: int = 480,
    format: Format = "JPEG",  # noqa: A002 - Pillow's own word for it
    *,
    seed: int = 1,
    exif_text: str | None = None,
    orientation: int | None = None,
) -> bytes:
    """An encoded picture of `faces` cartoon people.

    `exif_text` goes into the EXIF image description. `orientation` (1 to 8) is written as the
    EXIF orientation; the pixels are stored so that a viewer that applies it shows the people
    upright, in `width` x `height`.
    """
    picture = draw(faces, width, height, seed)
    exif = Image.Exif()
    if exif_text is not None:
        exif[_DESCRIPTION] = exif_text
    if orientation is not None:
        exif[_ORIENTATION] = orientation
        picture = _stored(picture, orientation)
    content = io.BytesIO()
    options = {"quality": 88} if format == "JPEG" else {}
    picture.save(content, format, exif=exif.tobytes() if exif else b"", **options)
    return content.getvalue()


def draw(faces: int, width: int, height: int, seed: int, *, at: float = 0.0) -> Image.Image:
    """The picture itself. `at` (0 to 1) is a moment in a small movement, for moving pictures."""
    choose = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    big = Image.new("RGB", (width * _SCALE, height * _SCALE))
    pen = ImageDraw.Draw(big)
    _wall(pen, big.size, choose.choice(_WALLS))
    for box in upright_boxes(faces, width, height):
        person = random_person(choose)
        sway = 0.03 * (abs(2 * at - 1) - 0.5) * box.width if at else 0.0
        moved = Box(*(_SCALE * v for v in (box.x + sway, box.y, box.width, box.height)))
        draw_person(pen, moved, person, blink=round(at, 2) in _BLINKS)
    return big.resize((width, height), Image.Resampling.LANCZOS)


def _stored(picture: Image.Image, orientation: int) -> Image.Image:
    """The pixels to store so that this orientation shows `picture`."""
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return picture.transpose(turns[orientation]) if orientation in turns else picture


def _wall(pen: ImageDraw.ImageDraw, size: tuple[int, int], colours: tuple[Colour, Colour]) -> None:
    width, height = size
    for y in range(height):
        pen.line([(0, y), (width, y)], fill=mix(*colours, y / height))
