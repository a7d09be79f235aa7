"""Cartoon people: how they look, and how one is drawn."""

import random
from dataclasses import dataclass

from PIL import ImageDraw

from sandbox.boxes import Box
from sandbox.selfies.head import INK, Colour, Head, mix

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


@dataclass(frozen=True, slots=True)
class Person:
    """The looks of one person."""

    skin: Colour
    hair: Colour
    shirt: Colour
    cut: str
    glasses: bool
    smile: float


def random_person(choose: random.Random) -> Person:
    """Looks chosen by `choose`."""
    return Person(
        skin=choose.choice(_SKINS),
        hair=choose.choice(_HAIRS),
        shirt=choose.choice(_SHIRTS),
        cut=choose.choice(("short", "bob", "curls")),
        glasses=choose.choice((True, False, False)),
        smile=choose.uniform(0.7, 1.0),
    )


def draw_person(pen: ImageDraw.ImageDraw, box: Box, person: Person, *, blink: bool) -> None:
    """Draw the person with the head in the box; `blink` shuts the eyes."""
    head = Head(pen, box)
    _hair_behind(head, person)
    _body(head, person)
    _skull(head, person)
    _hair_in_front(head, person)
    for side in (-1, 1):
        _eye(head, person, side, blink=blink)
    _nose_and_mouth(head, person)
    if person.glasses:
        _glasses(head)


def _hair_behind(head: Head, person: Person) -> None:
    if person.cut == "bob":
        head.rounded((0.5, 0.535, 1.24, 0.97), 0.5, person.hair)
    elif person.cut == "curls":
        for x, y in ((0, 0.2), (1, 0.2), (-0.05, 0.42), (1.05, 0.42), (0.02, 0.6), (0.98, 0.6)):
            head.oval((x, y, 0.42, 0.34), person.hair)


def _body(head: Head, person: Person) -> None:
    head.oval((0.5, 1.78, 2.15, 1.42), person.shirt)
    head.oval((0.5, 1.14, 0.62, 0.24), mix(person.skin, INK, 0.16))
    head.rounded((0.5, 0.975, 0.38, 0.35), 0.15, mix(person.skin, INK, 0.16))


def _skull(head: Head, person: Person) -> None:
    for x in (0.0, 1.0):
        head.oval((x, 0.54, 0.19, 0.2), person.skin)
        head.oval((x, 0.54, 0.09, 0.1), mix(person.skin, INK, 0.16))
    head.oval((0.5, 0.42, 0.98, 0.84), person.skin)
    head.oval((0.5, 0.56, 0.9, 0.88), person.skin)
    for x in (0.2, 0.8):
        head.oval((x, 0.68, 0.2, 0.11), mix(person.skin, (226, 92, 84), 0.28))


def _hair_in_front(head: Head, person: Person) -> None:
    if person.cut == "curls":
        for x, y in ((0.1, 0.13), (0.3, 0.03), (0.52, 0), (0.73, 0.04), (0.9, 0.14)):
            head.oval((x, y, 0.36, 0.27), person.hair)
        return
    head.chord((0.5, 0.37, 1.06, 0.82), (180, 360), person.hair)
    head.oval((0.5, 0.41, 0.84, 0.38), person.skin)
    head.chord((0.37, 0.2, 0.6, 0.3), (0, 180), person.hair)
    head.chord((0.81, 0.22, 0.32, 0.22), (0, 180), person.hair)


def _eye(head: Head, person: Person, side: int, *, blink: bool) -> None:
    x = 0.5 + side * 0.2
    head.arc((x, 0.47, 0.21, 0.13), (200, 340), mix(person.hair, INK, 0.4), 0.03)
    if blink:
        head.arc((x, 0.53, 0.16, 0.07), (0, 180), INK, 0.024)
        return
    head.oval((x, 0.535, 0.175, 0.115), (255, 255, 255))
    head.oval((x, 0.537, 0.095, 0.088), (74, 60, 54))
    head.oval((x, 0.537, 0.055, 0.051), INK)
    head.oval((x + 0.024, 0.52, 0.03, 0.026), (255, 255, 255))


def _nose_and_mouth(head: Head, person: Person) -> None:
    head.arc((0.5, 0.645, 0.13, 0.08), (20, 160), mix(person.skin, INK, 0.34), 0.022)
    wide = 0.34 * person.smile
    head.chord((0.5, 0.76, wide, 0.22), (0, 180), (146, 44, 52))
    head.chord((0.5, 0.762, wide * 0.86, 0.08), (0, 180), (255, 252, 248))


def _glasses(head: Head) -> None:
    for x in (0.3, 0.7):
        head.ring((x, 0.54, 0.31, 0.21), 0.026)
    head.line((0.45, 0.52), (0.5, 0.505), (0.55, 0.52), fill=INK, thick=0.026)
