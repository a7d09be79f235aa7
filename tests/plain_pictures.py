"""A picture without its metadata, in one piece."""

from liveness_gateway.verifications.pictures import picture


def without_metadata(content: bytes, image_format: str) -> bytes:
    """The pieces that are forwarded, one after the other."""
    return b"".join(picture.without_metadata(content, image_format))
