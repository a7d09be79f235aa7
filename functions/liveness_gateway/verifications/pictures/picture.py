"""What can be asked of a picture, whichever of the two formats it has."""

from liveness_gateway.verifications.pictures import jpeg, jpeg_parts, png
from liveness_gateway.verifications.pictures.kept import Piece


def read_size(content: bytes, image_format: str) -> tuple[int, int] | None:
    """Return (width, height) in pixels as the header says, or None where it cannot be read.

    Args:
        content: the file. Nothing of it is decoded.
        image_format: `jpeg` or `png`, as its first bytes decide.
    """
    return png.read_size(content) if image_format == "png" else jpeg.read_size(content)


def without_metadata(content: bytes, image_format: str) -> tuple[Piece, ...]:
    """Return the same picture with nothing but pixels, colour profile and orientation, in pieces.

    Decoders see the same pixels, colour profile and Exif orientation as before: parts of the file
    are left out, nothing is decoded. A picture that is cut off stays cut off. All pieces together
    are never longer than the content; there are none where the content does not start as its
    format does. A piece of 64 KiB or more is a view of the content, not a copy.

    Args:
        content: the file, any bytes.
        image_format: `jpeg` or `png`, as its first bytes decide.
    """
    if image_format == "png":
        return png.without_metadata(content)
    return jpeg.without_metadata(content)


def parts(content: bytes, image_format: str) -> list[tuple[str, int]]:
    """Return the name and the length in bytes of each part of the file, in its order.

    The lengths add up to the whole file. Names are those of the format's standard.
    """
    return png.parts(content) if image_format == "png" else jpeg_parts.parts(content)
