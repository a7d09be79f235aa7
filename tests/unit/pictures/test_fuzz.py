"""Whatever the bytes are: no exception, nothing grows, and what Pillow sees stays the same."""

import os
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness_gateway.verifications.pictures.picture import parts, read_size
from liveness_gateway.verifications.pictures.png import chunks
from tests.bodies import seeded
from tests.images import JFIF, chunk, png_header
from tests.plain_pictures import without_metadata
from tests.unit.pictures.drawings import JPEGS, PNGS
from tests.unit.pictures.hidden import IN_JPEG, IN_PNG
from tests.unit.pictures.looking import look_if_possible

FORMATS = st.sampled_from(["jpeg", "png"])
STARTS = st.sampled_from([b"", b"\xff\xd8\xff", png_header(9, 9)[:8], png_header(9, 9), JFIF])
CHAINED = st.tuples(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=20))
FORWARDED = {
    "jpeg": {
        *("SOI", "APP0 JFIF", "APP1 Exif", "APP2 ICC", "APP14 Adobe", "DQT", "DHT", "DAC", "DRI"),
        *("DNL", "DHP", "EXP", "SOS", "scan", "EOI"),
        *(f"SOF{number}" for number in range(16)),
    },
    "png": {
        *("signature", "IHDR", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI"),
        *("PLTE", "tRNS", "eXIf", "IDAT", "IEND"),
    },
}
ROUNDS = 400 if os.environ.get("SOAK") else 40


def checked(content: bytes, image_format: str) -> bytes:
    """The result, with all that holds for any bytes asserted."""
    result = without_metadata(content, image_format)
    assert len(result) <= len(content)
    assert without_metadata(result, image_format) == result
    listed, left = parts(content, image_format), parts(result, image_format)
    assert sum(length for _, length in listed) == len(content)
    assert sum(length for _, length in left) == len(result)
    assert all(length >= 0 for _, length in listed)
    if result:
        assert {name for name, _ in left} <= FORWARDED[image_format]
    if (size := read_size(content, image_format)) is not None:
        assert read_size(result, image_format) == size
    return result


@given(FORMATS, STARTS, st.binary(max_size=400))
def test_any_bytes(image_format: str, start: bytes, rest: bytes) -> None:
    checked(start + rest, image_format)


@given(st.lists(CHAINED, max_size=12), st.binary(max_size=8))
def test_any_chain_of_segments(chain: list[tuple[int, int, bytes]], end: bytes) -> None:
    """The length of every fourth or so is wrong."""
    content = b"\xff\xd8"
    for marker, wrong, data in chain:
        length = len(data) + 2 if wrong < 192 else wrong - 192
        content += bytes((0xFF, marker)) + length.to_bytes(2) + data
    checked(content + end, "jpeg")


@given(st.lists(st.tuples(st.sampled_from(sorted(FORWARDED["png"])), st.binary(max_size=40))))
def test_any_chain_of_chunks(chain: list[tuple[str, bytes]]) -> None:
    content = png_header(9, 9)
    for name, data in chain:
        content += len(data).to_bytes(4) + name.encode()[:4] + data + bytes(4)
    checked(content, "png")


def mutated(content: bytes, random: Random) -> bytes:
    """The picture with a few bytes changed, left out, put in or repeated."""
    changed = bytearray(content)
    for _ in range(random.randint(1, 5)):
        # Most of what decides lies in the first bytes.
        at = random.randrange(len(changed) if random.random() < 0.4 else min(700, len(changed)))
        length = random.randint(1, 9)
        match random.randrange(6):
            case 0:
                changed[at] = random.randrange(256)
            case 1:
                changed[at] = 0xFF
            case 2:
                del changed[at : at + length]
            case 3:
                changed[at:at] = random.randbytes(length)
            case 4:
                changed[at:at] = bytes((0xFF, random.randrange(0xC0, 0xFF), 0, length))
            case _:
                changed[at:at] = changed[at : at + random.randint(1, 200)]
    return bytes(changed)


def rearranged(content: bytes, random: Random) -> bytes:
    """The PNG with chunks left out, repeated, swapped, put in or changed; checksums are right.

    IHDR stays: Pillow takes it from anywhere, the standard and browsers ask for it first.
    """
    header, *listed = [
        (each.name, content[each.start + 8 : each.end - 4]) for each in chunks(content)
    ]
    for _ in range(random.randint(1, 3)):
        at, other = random.randrange(len(listed)), random.randrange(len(listed))
        name, data = listed[at]
        match random.randrange(5):
            case 0:
                listed[at] = b"tEXt", data
            case 1:
                listed.insert(other, (name, data))
            case 2:
                listed[at], listed[other] = listed[other], listed[at]
            case 3:
                listed.insert(at, (random.choice([b"tEXt", b"prIv", b"zTXt", b"pHYs"]), data))
            case _:
                spot = random.randrange(len(data) + 1)
                listed[at] = name, data[:spot] + random.randbytes(1) + data[spot + 1 :]
    return content[:8] + b"".join(chunk(name, data) for name, data in (header, *listed))


def one_picture(content: bytes, image_format: str) -> bool:
    """Whether the file has one picture and its end, or at least no end in front of the pixels.

    Pillow alone reads on behind such an end (tables in a stream of their own, B.5). A PNG without
    an end stops in a chunk, and of what is cut off nothing is forwarded.
    """
    names = [name for name, _ in parts(content, image_format)]
    return "IEND" in names if image_format == "png" else "EOI" not in names or "scan" in names


def compared(
    original: bytes,
    image_format: str,
    how: Callable[[bytes, Random], bytes],
    *,
    cut_off: bool = False,
) -> int:
    """How many of the changed pictures Pillow decodes; it sees the same in each result."""
    random = seeded("pictures", original)
    decoded = 0
    for _ in range(ROUNDS):
        content = how(original, random)
        result = checked(content, image_format)
        before = look_if_possible(content, cut_off=cut_off)
        if (
            before is not None
            and content[:2] == original[:2]
            and one_picture(content, image_format)
        ):
            decoded += 1
            assert read_size(content, image_format) == before.size
            after = look_if_possible(result, cut_off=cut_off)
            # Pillow reads no orientation behind another tag that is broken.
            if after is not None and before.orientation == 1:
                after = replace(after, orientation=1)
            assert after == before
    return decoded


@pytest.mark.parametrize("place", ["nothing", "all"])
@pytest.mark.parametrize("kind", JPEGS)
def test_mutated_jpegs(kind: str, place: str) -> None:
    original = IN_JPEG[place](JPEGS[kind])
    # By chance every one of them may be a picture still.
    assert compared(original, "jpeg", mutated) > 0
    assert compared(original, "jpeg", mutated, cut_off=True) > 0


@pytest.mark.parametrize("place", ["nothing", "eXIf, big endian", "iTXt", "private"])
@pytest.mark.parametrize("kind", PNGS)
def test_mutated_pngs(kind: str, place: str) -> None:
    original = IN_PNG[place](PNGS[kind])
    compared(original, "png", mutated)
    assert compared(original, "png", rearranged) > 0
