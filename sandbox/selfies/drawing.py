"""Draws cartoon faces, so that no photograph of anybody is ever needed.

A drawing depends on its arguments alone: the same call gives the same bytes.
"""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from PIL import Image, ImageDraw

Colour: TypeAlias = tuple[int, int, int]
Spot: TypeAlias = tuple[float, float, float, float]  # centre x, centre y, width, height
Sweep: TypeAlias = tuple[float, float]  # degrees, clockwise from three o'clock
Format: TypeAlias = Literal["JPEG", "PNG"]

_SMOOTH = 3  # drawn this much larger, then scaled down
_DESCRIPTION, _ORIENTATION = 0x010E, 0x0112  # EXIF tags
_BLINKS = (0.5,)  # moments of the small movement with the eyes shut
_INK: Colour = (43, 34, 38)
_SKINS: tuple[Colour, ...] = (
    (255, 221, 190), (241, 194, 150), (214, 160, 112), (166, 112, 74), (112, 72, 48),
)  # fmt: skip  # one palette, one line
_HAIRS: tuple[Colour, ...] = (
    (38, 30, 34),
    (84, 52, 36),
    (152, 92, 46),
    (206, 160, 82),
    (120, 118, 124),
)
_SHIRTS: tuple[Colour, ...] = (
    (38, 92, 118),
    (178, 74, 62),
    (88, 104, 66),
    (84, 72, 128),
    (52, 58, 74),
)
_WALLS: tuple[tuple[Colour, Colour], ...] = (
    ((226, 236, 238), (186, 208, 214)),
    ((246, 234, 216), (226, 204, 176)),
    ((232, 230, 244), (200, 196, 226)),
    ((226, 238, 222), (190, 212, 188)),
)


class Box(NamedTuple):
    """A rectangle in pixels of the finished picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Person:
    skin: Colour
    hair: Colour
    shirt: Colour
    cut: str
    glasses: bool
    smile: float


def draw_selfie(  # noqa: PLR0913  # each is a property of a picture, all have defaults
    faces: int = 1,
    width: int = 640,
    height: int = 480,
    format: Format = "JPEG",  # noqa: A002  # Pillow's own word for it
    *,
    seed: int = 1,
    exif_text: str | None = None,
    orientation: int | None = None,
) -> bytes:
    """An encoded picture of `faces` friendly cartoon people.

    `exif_text` goes into the EXIF image description. `orientation` (1 to 8) is written as the
    EXIF orientation; the pixels are stored so that a viewer who honours it sees the people
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


def face_boxes(faces: int, width: int, height: int) -> tuple[Box, ...]:
    """Where `draw` puts the heads, left to right."""
    cell = width / max(faces, 1)
    tall = min(0.6 * height, 1.04 * cell)
    wide = tall / 1.3
    top = (height - tall) * 0.42
    return tuple(Box(cell * (at + 0.5) - wide / 2, top, wide, tall) for at in range(faces))


def draw(faces: int, width: int, height: int, seed: int, *, at: float = 0.0) -> Image.Image:
    """The picture itself. `at` (0 to 1) is a moment in a small movement, for moving pictures."""
    choose = random.Random(seed)  # noqa: S311  # a drawing, not a secret
    big = Image.new("RGB", (width * _SMOOTH, height * _SMOOTH))
    pen = ImageDraw.Draw(big)
    _wall(pen, big.size, choose.choice(_WALLS))
    for box in face_boxes(faces, width, height):
        person = _someone(choose)
        sway = 0.03 * (abs(2 * at - 1) - 0.5) * box.width if at else 0.0
        moved = Box(*(_SMOOTH * v for v in (box.x + sway, box.y, box.width, box.height)))
        _draw_person(pen, moved, person, blink=round(at, 2) in _BLINKS)
    return big.resize((width, height), Image.Resampling.LANCZOS)


def write_camera_film(path: Path, width: int = 640, height: int = 480, seed: int = 1) -> Path:
    """Write a short .mjpeg that Chromium takes as its fake camera, and plays in a loop."""
    path.write_bytes(b"".join(_frames(width, height, seed)))
    return path


def _frames(width: int, height: int, seed: int) -> Iterator[bytes]:
    for number in range(20):
        content = io.BytesIO()
        draw(1, width, height, seed, at=number / 20).save(content, "JPEG", quality=85)
        yield content.getvalue()


def _stored(picture: Image.Image, orientation: int) -> Image.Image:
    """The pixels whose display under this orientation is `picture`."""
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


def _someone(choose: random.Random) -> _Person:
    return _Person(
        skin=choose.choice(_SKINS),
        hair=choose.choice(_HAIRS),
        shirt=choose.choice(_SHIRTS),
        cut=choose.choice(("short", "bob", "curls")),
        glasses=choose.choice((True, False, False)),
        smile=choose.uniform(0.7, 1.0),
    )


def _wall(pen: ImageDraw.ImageDraw, size: tuple[int, int], colours: tuple[Colour, Colour]) -> None:
    width, height = size
    for y in range(height):
        pen.line([(0, y), (width, y)], fill=_mix(*colours, y / height))


class _Head:
    """A surface measured in heads: (0, 0) is the head's top left, (1, 1) its bottom right."""

    def __init__(self, pen: ImageDraw.ImageDraw, box: Box) -> None:
        self._pen = pen
        self._box = box

    def oval(self, at: Spot, fill: Colour) -> None:
        self._pen.ellipse(self._corners(at), fill=fill)

    def arc(self, at: Spot, sweep: Sweep, fill: Colour, thick: float) -> None:
        self._pen.arc(self._corners(at), *sweep, fill=fill, width=self._thickness(thick))

    def chord(self, at: Spot, sweep: Sweep, fill: Colour) -> None:
        self._pen.chord(self._corners(at), *sweep, fill=fill)

    def rounded(self, at: Spot, by: float, fill: Colour) -> None:
        self._pen.rounded_rectangle(self._corners(at), self._thickness(by), fill=fill)

    def ring(self, at: Spot, thick: float) -> None:
        by = self._thickness(at[2] * 0.4)
        width = self._thickness(thick)
        self._pen.rounded_rectangle(self._corners(at), by, outline=_INK, width=width)

    def line(self, *pairs: tuple[float, float], fill: Colour, thick: float) -> None:
        self._pen.line(self._points(*pairs), fill=fill, width=self._thickness(thick), joint="curve")

    def _corners(self, at: Spot) -> list[tuple[float, float]]:
        x, y, across, down = at
        return self._points((x - across / 2, y - down / 2), (x + across / 2, y + down / 2))

    def _points(self, *pairs: tuple[float, float]) -> list[tuple[float, float]]:
        box = self._box
        return [(box.x + x * box.width, box.y + y * box.height) for x, y in pairs]

    def _thickness(self, share: float) -> int:
        return max(1, round(share * self._box.width))


def _draw_person(pen: ImageDraw.ImageDraw, box: Box, person: _Person, *, blink: bool) -> None:
    head = _Head(pen, box)
    _hair_behind(head, person)
    _body(head, person)
    _skull(head, person)
    _hair_in_front(head, person)
    for side in (-1, 1):
        _eye(head, person, side, blink=blink)
    _nose_and_mouth(head, person)
    if person.glasses:
        _glasses(head)


def _hair_behind(head: _Head, person: _Person) -> None:
    if person.cut == "bob":
        head.rounded((0.5, 0.535, 1.24, 0.97), 0.5, person.hair)
    elif person.cut == "curls":
        for x, y in ((0, 0.2), (1, 0.2), (-0.05, 0.42), (1.05, 0.42), (0.02, 0.6), (0.98, 0.6)):
            head.oval((x, y, 0.42, 0.34), person.hair)


def _body(head: _Head, person: _Person) -> None:
    head.oval((0.5, 1.78, 2.15, 1.42), person.shirt)
    head.oval((0.5, 1.14, 0.62, 0.24), _mix(person.skin, _INK, 0.16))
    head.rounded((0.5, 0.975, 0.38, 0.35), 0.15, _mix(person.skin, _INK, 0.16))


def _skull(head: _Head, person: _Person) -> None:
    for x in (0.0, 1.0):
        head.oval((x, 0.54, 0.19, 0.2), person.skin)
        head.oval((x, 0.54, 0.09, 0.1), _mix(person.skin, _INK, 0.16))
    head.oval((0.5, 0.42, 0.98, 0.84), person.skin)
    head.oval((0.5, 0.56, 0.9, 0.88), person.skin)
    for x in (0.2, 0.8):
        head.oval((x, 0.68, 0.2, 0.11), _mix(person.skin, (226, 92, 84), 0.28))


def _hair_in_front(head: _Head, person: _Person) -> None:
    if person.cut == "curls":
        for x, y in ((0.1, 0.13), (0.3, 0.03), (0.52, 0), (0.73, 0.04), (0.9, 0.14)):
            head.oval((x, y, 0.36, 0.27), person.hair)
        return
    head.chord((0.5, 0.37, 1.06, 0.82), (180, 360), person.hair)
    head.oval((0.5, 0.41, 0.84, 0.38), person.skin)
    head.chord((0.37, 0.2, 0.6, 0.3), (0, 180), person.hair)
    head.chord((0.81, 0.22, 0.32, 0.22), (0, 180), person.hair)


def _eye(head: _Head, person: _Person, side: int, *, blink: bool) -> None:
    x = 0.5 + side * 0.2
    head.arc((x, 0.47, 0.21, 0.13), (200, 340), _mix(person.hair, _INK, 0.4), 0.03)
    if blink:
        head.arc((x, 0.53, 0.16, 0.07), (0, 180), _INK, 0.024)
        return
    head.oval((x, 0.535, 0.175, 0.115), (255, 255, 255))
    head.oval((x, 0.537, 0.095, 0.088), (74, 60, 54))
    head.oval((x, 0.537, 0.055, 0.051), _INK)
    head.oval((x + 0.024, 0.52, 0.03, 0.026), (255, 255, 255))


def _nose_and_mouth(head: _Head, person: _Person) -> None:
    head.arc((0.5, 0.645, 0.13, 0.08), (20, 160), _mix(person.skin, _INK, 0.34), 0.022)
    wide = 0.34 * person.smile
    head.chord((0.5, 0.76, wide, 0.22), (0, 180), (146, 44, 52))
    head.chord((0.5, 0.762, wide * 0.86, 0.08), (0, 180), (255, 252, 248))


def _glasses(head: _Head) -> None:
    for x in (0.3, 0.7):
        head.ring((x, 0.54, 0.31, 0.21), 0.026)
    head.line((0.45, 0.52), (0.5, 0.505), (0.55, 0.52), fill=_INK, thick=0.026)


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
