"""Where the faces are said to be. Nothing is detected; drawn selfies have their faces there."""

from typing import NamedTuple

from sandbox.picture import Picture

_FIRST_QUARTER_TURN = 5  # EXIF orientations from here on swap width and height


class Box(NamedTuple):
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float


def upright_boxes(faces: int, width: int, height: int) -> list[Box]:
    """Boxes shaped like heads, side by side, inside an upright picture of this size."""
    cell = width / max(faces, 1)
    box_height = min(0.6 * height, 1.04 * cell)
    box_width = box_height / 1.3
    top = (height - box_height) * 0.42
    return [
        Box(cell * (index + 0.5) - box_width / 2, top, box_width, box_height)
        for index in range(faces)
    ]


def stored_boxes(picture: Picture, faces: int) -> list[Box]:
    """The same boxes in pixels of the stored picture, before its EXIF orientation is applied."""
    turned = picture.orientation >= _FIRST_QUARTER_TURN
    width = picture.height if turned else picture.width
    height = picture.width if turned else picture.height
    return [_stored(box, picture) for box in upright_boxes(faces, width, height)]


def _stored(upright: Box, picture: Picture) -> Box:
    """The box that is shown as `upright` by a viewer that applies the orientation."""
    x, y, width, height = upright
    right, below = picture.width - x - width, picture.height - y - height
    stored = {
        2: Box(right, y, width, height),
        3: Box(right, below, width, height),
        4: Box(x, below, width, height),
        5: Box(y, x, height, width),
        6: Box(y, picture.height - x - width, height, width),
        7: Box(picture.width - y - height, picture.height - x - width, height, width),
        8: Box(picture.width - y - height, x, height, width),
    }
    return stored.get(picture.orientation, upright)
