"""What must be nowhere: secrets, the selfie in any writing, file names, EXIF text."""

import base64
from dataclasses import dataclass
from typing import Final

from tests.api.deployment import APP_KEY, FINGERPRINT_KEY
from tests.canary_names import EXIF_TEXT, FILE_NAME

API_KEY: Final = "gateway-api-key-canary"
_WINDOW: Final = 18


def windows(content: bytes) -> list[bytes]:
    """Pieces of an image that occur nowhere by chance: not the headers every image begins with."""
    step = max(1, len(content) // 60)
    places = range(len(content) // 4, len(content) - _WINDOW, step)
    pieces = [content[place : place + _WINDOW] for place in places]
    return [piece for piece in pieces if len(set(piece)) > _WINDOW // 2]


def writings(piece: bytes) -> set[bytes]:
    """The ways in which bytes could have got into a text."""
    encoded = {
        base64.b64encode(b"\x00" * shift + piece)[4 if shift else 0 : -4] for shift in range(3)
    }
    encoded |= {one.replace(b"+", b"-").replace(b"/", b"_") for one in encoded}
    latin = piece.decode("latin-1")
    return {
        piece,
        piece.hex().encode(),
        piece.hex().upper().encode(),
        piece.hex(" ").encode(),
        repr(piece)[2:-1].encode(),
        latin.encode(),
        str(list(piece))[1:-1].encode(),
        *encoded,
    }


@dataclass(frozen=True)
class Canaries:
    """Looks for everything that must not be found."""

    forbidden: dict[bytes, str]

    @classmethod
    def of(cls, *images: bytes) -> "Canaries":
        found: dict[bytes, str] = {}
        for image in images:
            pieces = windows(image)
            assert len(pieces) > 20
            for piece in pieces:
                found |= dict.fromkeys(writings(piece), "image")
        for name, text in (
            ("app_key", APP_KEY), ("fingerprint key", FINGERPRINT_KEY), ("file name", FILE_NAME),
            ("exif", EXIF_TEXT), ("api key", API_KEY),
        ):  # fmt: skip
            found |= dict.fromkeys(writings(text.encode()), name)
            found[text.encode("utf-16-le")] = name
        return cls(found)

    def found_in(self, text: bytes) -> set[str]:
        """Which of them are in it."""
        return {name for canary, name in self.forbidden.items() if canary in text}
