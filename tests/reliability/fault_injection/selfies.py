"""Drawn selfies that carry what must be seen nowhere: their EXIF text, their name, their bytes."""

from random import Random
from typing import Final

from sandbox.selfies import draw_selfie
from tests.canary_names import EXIF_TEXT, FILE_NAME
from tests.e2e.traces import slices
from tests.images import segment

SELFIES: Final = tuple(
    draw_selfie(width=96, height=96, seed=seed, exif_text=f"{EXIF_TEXT} {seed}")
    for seed in range(1, 5)
)
CANARIES: Final = (
    FILE_NAME.encode(),
    EXIF_TEXT.encode(),
    *(piece for selfie in SELFIES for piece in slices(selfie[2:])),
)
"""What no output may hold: name, EXIF text, and pieces of every image behind its first marker."""
_COMMENT: Final = 0xFE


def new_selfie(random: Random) -> bytes:
    """A selfie nobody has seen before: one of ours with a comment of its own."""
    selfie = random.choice(SELFIES)
    return selfie[:2] + segment(_COMMENT, random.randbytes(16).hex().encode()) + selfie[2:]
