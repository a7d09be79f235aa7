"""Multipart bodies as real clients write them, and a seeded way to break them.

`form` gives a good body in the handwriting of one client of `CLIENTS`; `mutate` breaks it. What
each client writes was recorded from a socket; `test_multipart_clients.py` compares the ones at hand
(curl, requests, httpx, Node) with what they write today.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final


@dataclass(frozen=True)
class Body:
    """A request body and its Content-Type."""

    content_type: str
    content: bytes


@dataclass(frozen=True)
class Part:
    """One part: its header lines without line ends, and its content."""

    headers: tuple[str, ...]
    content: bytes
    charset: str = "utf-8"


@dataclass(frozen=True)
class Client:
    """How one client writes a form.

    Attributes:
        text, file: the header lines of a part, from its name; of the file also name, type, length.
        quoted: whether it quotes the boundary in the Content-Type.
    """

    boundary: str
    text: Callable[[str], tuple[str, ...]]
    file: Callable[[str, str, str, int], tuple[str, ...]]
    quoted: bool = False
    file_first: bool = True


def _text(name: str) -> tuple[str, ...]:
    return (f'Content-Disposition: form-data; name="{name}"',)


def _file(name: str, file_name: str, media_type: str, _length: int) -> tuple[str, ...]:
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"'
    return (disposition, f"Content-Type: {media_type}")


def _go_file(name: str, file_name: str, _media_type: str, length: int) -> tuple[str, ...]:
    return _file(name, file_name, "application/octet-stream", length)


def _okhttp_text(name: str) -> tuple[str, ...]:
    return (*_text(name), "Content-Length: 3")


def _okhttp_file(name: str, file_name: str, media_type: str, length: int) -> tuple[str, ...]:
    return (*_file(name, file_name, media_type, length), f"Content-Length: {length}")


def _dotnet_text(name: str) -> tuple[str, ...]:
    return (
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Disposition: form-data; name={name}",
    )


def _dotnet_file(name: str, file_name: str, media_type: str, _length: int) -> tuple[str, ...]:
    disposition = f"form-data; name={name}; filename={file_name}; filename*=utf-8''{file_name}"
    return (f"Content-Type: {media_type}", f"Content-Disposition: {disposition}")


def _apache_text(name: str) -> tuple[str, ...]:
    return (
        *_text(name),
        "Content-Type: text/plain; charset=ISO-8859-1",
        "Content-Transfer-Encoding: 8bit",
    )


def _apache_file(name: str, file_name: str, media_type: str, length: int) -> tuple[str, ...]:
    return (*_file(name, file_name, media_type, length), "Content-Transfer-Encoding: binary")


CLIENTS: Final = {
    "curl": Client("------------------------d74496d66958873e5b2c1f", _text, _file),
    "requests": Client("c7cbfdd911b4e720f1dd8f479c50bc7f", _text, _file, file_first=False),
    "httpx": Client("f1dd8f479c50bc7fc7cbfdd911b4e720", _text, _file, file_first=False),
    "node form-data": Client("--------------------------264718595017432689145032", _text, _file),
    "undici": Client("----formdata-undici-062738173945", _text, _file),
    "chromium": Client("----WebKitFormBoundary7MA4YWxkTrZu0gW", _text, _file),
    "firefox": Client("---------------------------9051914041544843365972754266", _text, _file),
    "go": Client("7c0a3b1e" * 7 + "9f2d", _text, _go_file),
    "okhttp": Client("a5f2b9d0-5d56-4b3a-8f8e-4f0b6a7f7c11", _okhttp_text, _okhttp_file),
    ".net": Client("3fd4a0c5-6c1a-4b1e-a8c7-3c7f6c0b1a2d", _dotnet_text, _dotnet_file, quoted=True),
    "apache": Client("k5jKzHfSxT_Vh-0ZpQ2", _apache_text, _apache_file),
    "alamofire": Client("alamofire.boundary.9ed1e0a5cafe0123", _text, _file),
}


def form(
    client: str,
    selfie: bytes,
    *,
    threshold: str | None = "0.6",
    subject_ref: str | None = None,
    file_name: str = "selfie.jpg",
) -> Body:
    """A whole form in this client's handwriting. `okhttp` needs texts of three characters."""
    style = CLIENTS[client]
    media_type = "image/png" if selfie.startswith(b"\x89PNG") else "image/jpeg"
    file = Part(style.file("selfie", file_name, media_type, len(selfie)), selfie)
    texts = [
        Part(style.text(name), value.encode())
        for name, value in (("threshold", threshold), ("subject_ref", subject_ref))
        if value is not None
    ]
    parts = [file, *texts] if style.file_first else [*texts, file]
    boundary = f'"{style.boundary}"' if style.quoted else style.boundary
    return Body(f"multipart/form-data; boundary={boundary}", encode(style.boundary, *parts))


def encode(boundary: str, *parts: Part) -> bytes:
    """The parts between their delimiters, each line end CRLF, the closing delimiter last."""
    delimiter = f"--{boundary}".encode()
    body = b""
    for part in parts:
        headers = "".join(f"{line}\r\n" for line in part.headers).encode(part.charset)
        body += delimiter + b"\r\n" + headers + b"\r\n" + part.content + b"\r\n"
    return body + delimiter + b"--\r\n"


def proxied(body: Body, **headers: str) -> dict[str, Any]:
    """The part of an API Gateway event that is read; header names with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "headers": {"Content-Type": body.content_type} | named,
        "requestContext": {"identity": {"apiKeyId": "key-id-1"}},
        "body": base64.b64encode(body.content).decode(),
        "isBase64Encoded": True,
    }


def seeded(*seed: object) -> Random:
    """A generator that gives the same in every run: a failure can be made again."""
    return Random(repr(seed))  # noqa: S311 - it breaks test data, it guards no secret


def mutate(body: Body, random: Random) -> Body:
    """A broken copy: one to four of the breaks below, chosen by `random`."""
    for _ in range(random.randint(1, 4)):
        body = random.choice(_BREAKS)(body, random)
    return body


def _changed(body: Body, content: bytes) -> Body:
    return Body(body.content_type, content)


def _span(content: bytes, random: Random) -> tuple[int, int]:
    start = random.randint(0, len(content))
    return start, min(len(content), start + random.choice((1, 2, 7, 64, 4096)))


def _flip(body: Body, random: Random) -> Body:
    content = bytearray(body.content)
    for _ in range(random.choice((1, 1, 4, 32))):
        if content:
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    return _changed(body, bytes(content))


def _cut(body: Body, random: Random) -> Body:
    return _changed(body, body.content[: random.randint(0, len(body.content))])


def _remove(body: Body, random: Random) -> Body:
    start, end = _span(body.content, random)
    return _changed(body, body.content[:start] + body.content[end:])


def _repeat(body: Body, random: Random) -> Body:
    start, end = _span(body.content, random)
    slice_ = body.content[start:end]
    return _changed(body, body.content[:end] + slice_ * random.choice((1, 2, 40)))


_INSERTS: Final = (
    b"\r\n", b"\n", b"\r", b"\0", b'"', b";", b"--", b"\\", b"\xff", b"\xff\xd8\xff", b":", b"%22",
    b"; name=threshold", b'; name="selfie"', b"\r\nContent-Length: 9\r\n", b"\xf0\x9f\x98\x80",
    b'\r\nContent-Disposition: form-data; name="threshold"\r\n\r\n0.9\r\n', b"A" * 20_000,
)  # fmt: skip


def _insert(body: Body, random: Random) -> Body:
    at = random.randint(0, len(body.content))
    return _changed(body, body.content[:at] + random.choice(_INSERTS) + body.content[at:])


def _lines(body: Body, random: Random) -> Body:
    """Swap, drop or double whole lines: delimiters and headers change their places."""
    lines = body.content.split(b"\r\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(3):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            del lines[one]
        case _:
            lines.insert(one, lines[other])
    return _changed(body, b"\r\n".join(lines))


def _line_ends(body: Body, random: Random) -> Body:
    old, new = random.choice(((b"\r\n", b"\n"), (b"\r\n", b"\r"), (b"\n", b"\r\n")))
    return _changed(body, body.content.replace(old, new, random.choice((1, 2, -1))))


def _boundary(body: Body, random: Random) -> Body:
    """Edit the boundary in the Content-Type: the body's delimiters no longer are what it says."""
    kind, _, boundary = body.content_type.partition("boundary=")
    edited = random.choice(
        (
            boundary[:-1], boundary + "x", boundary.upper(), "", '"' + boundary, "-", "\u00e9",
            boundary[: len(boundary) // 2], f"{boundary}; boundary=other", "x" * 71, boundary,
        )
    )  # fmt: skip
    return Body(f"{kind}boundary={edited}", body.content)


_TYPES: Final = ("", "multipart/form-data", "text/plain", "multipart/mixed; boundary=x", ";", "=;=")


def _content_type(body: Body, random: Random) -> Body:
    if random.random() < 0.8:
        return body
    return Body(random.choice(_TYPES), body.content)


_BREAKS: Final[tuple[Callable[[Body, Random], Body], ...]] = (
    _flip, _cut, _remove, _repeat, _insert, _lines, _line_ends, _boundary, _content_type,
)  # fmt: skip
