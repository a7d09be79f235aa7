"""Where the sandbox says that faces are: nobody looked, but a box should look plausible."""

from typing import NamedTuple

from sandbox.picture import Picture

_FIRST_QUARTER_TURN = 5  # EXIF orientations from here on swap the sides


class Box(NamedTuple):
    """A rectangle in pixels of the stored picture."""

    x: float
    y: float
    width: float
    height: float


def face_boxes(picture: Picture, faces: int) -> list[Box]:
    """Boxes side by side as a viewer sees the picture, a head's shape each, all inside it."""
    turned = picture.orientation >= _FIRST_QUARTER_TURN
    width = picture.height if turned else picture.width
    height = picture.width if turned else picture.height
    cell = width / max(faces, 1)
    tall = min(0.6 * height, 1.04 * cell)
    wide = tall / 1.3
    top = (height - tall) * 0.42
    seen = [Box(cell * (at + 0.5) - wide / 2, top, wide, tall) for at in range(faces)]
    return [_stored(box, picture) for box in seen]


def _stored(seen: Box, picture: Picture) -> Box:
    """The box that a viewer who honours the orientation sees as `seen`."""
    x, y, wide, tall = seen
    right, below = picture.width - x - wide, picture.height - y - tall
    stored = {
        2: Box(right, y, wide, tall),
        3: Box(right, below, wide, tall),
        4: Box(x, below, wide, tall),
        5: Box(y, x, tall, wide),
        6: Box(y, picture.height - x - wide, tall, wide),
        7: Box(picture.width - y - tall, picture.height - x - wide, tall, wide),
        8: Box(picture.width - y - tall, x, tall, wide),
    }
    return stored.get(picture.orientation, seen)
