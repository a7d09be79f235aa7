"""A surface to draw one head on, measured in heads."""

from typing import TypeAlias

from PIL import ImageDraw

from sandbox.boxes import Box

Colour: TypeAlias = tuple[int, int, int]
Spot: TypeAlias = tuple[float, float, float, float]  # centre x, centre y, width, height
Sweep: TypeAlias = tuple[float, float]  # degrees, clockwise from three o'clock

INK: Colour = (43, 34, 38)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """The first colour with this share (0 to 1) of the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


class Head:
    """Draws in units of a head: (0, 0) is its top left, (1, 1) its bottom right."""

    def __init__(self, pen: ImageDraw.ImageDraw, box: Box) -> None:
        self._pen = pen
        self._box = box

    def oval(self, at: Spot, fill: Colour) -> None:
        """A filled ellipse."""
        self._pen.ellipse(self._corners(at), fill=fill)

    def arc(self, at: Spot, sweep: Sweep, fill: Colour, thick: float) -> None:
        """A curved line."""
        self._pen.arc(self._corners(at), *sweep, fill=fill, width=self._thickness(thick))

    def chord(self, at: Spot, sweep: Sweep, fill: Colour) -> None:
        """A filled segment of an ellipse."""
        self._pen.chord(self._corners(at), *sweep, fill=fill)

    def rounded(self, at: Spot, by: float, fill: Colour) -> None:
        """A filled rectangle with rounded corners."""
        self._pen.rounded_rectangle(self._corners(at), self._thickness(by), fill=fill)

    def ring(self, at: Spot, thick: float) -> None:
        """The outline of a rounded rectangle."""
        by = self._thickness(at[2] * 0.4)
        width = self._thickness(thick)
        self._pen.rounded_rectangle(self._corners(at), by, outline=INK, width=width)

    def line(self, *pairs: tuple[float, float], fill: Colour, thick: float) -> None:
        """A line through points."""
        self._pen.line(self._points(*pairs), fill=fill, width=self._thickness(thick), joint="curve")

    def _corners(self, at: Spot) -> list[tuple[float, float]]:
        x, y, across, down = at
        return self._points((x - across / 2, y - down / 2), (x + across / 2, y + down / 2))

    def _points(self, *pairs: tuple[float, float]) -> list[tuple[float, float]]:
        box = self._box
        return [(box.x + x * box.width, box.y + y * box.height) for x, y in pairs]

    def _thickness(self, share: float) -> int:
        return max(1, round(share * self._box.width))
