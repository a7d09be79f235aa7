"""What the liveness API can do with one post, by name.

Where a connection fails, `lost` and `unsent` are the words with which `HttpTransport` says so:
`tests/adapters/upstream/test_transport*.py` show for each what happens on a real socket.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

_FACE: Final = (
    '{"confidence": 0.9885, "top_left": {"x": 38.0577, "y": 4.0824}, '
    '"delta": {"x": 18.9982, "y": 25.3957}}'
)
_PAGE: Final = b"<!doctype html><title>live</title>"


@dataclass(frozen=True)
class Behaviour:
    """What the liveness API does with one post.

    Attributes:
        status, retry_after, body: of its answer; `{uid}` in the body is the number of the post.
        lost: the answer is lost, for this reason.
        unsent: nothing was sent, for this reason.
        charged: whether it may have charged.
        usable: whether its answer can be judged; `score` and `faces` are what it says then.
        seconds: how long it takes.
        arrives: whether the whole request reaches it.
    """

    status: int = 200
    body: bytes = b""
    retry_after: str | None = None
    lost: str | None = None
    unsent: str | None = None
    charged: bool = True
    usable: bool = False
    score: Decimal | None = None
    faces: int = 0
    seconds: float = 0.0
    arrives: bool = True


def usable(score: str, faces: int = 1, shape: str = "", box: str = _FACE) -> Behaviour:
    """An answer that can be used."""
    body = (
        '{"api_req_uid": "{uid}", "response_code": 2, "requested_at": "2025-06-01T12:00:00.1", '
        '"processed_at": "2025-06-01T12:00:00.9", "response_data": {"faces_liveness": '
        + score
        + ', "faces_predicted": ['
        + ", ".join([box] * faces)
        + f"]{shape}}}}}"
    )
    number = None if score == "null" else Decimal(score)
    return Behaviour(body=body.encode(), usable=True, score=number, faces=faces)


def says(body: bytes, status: int = 200) -> Behaviour:
    """An answer that cannot be used, with this body."""
    return Behaviour(status=status, body=body)


def error(code: int) -> bytes:
    """An error in the form that the liveness API itself gives."""
    return b'{"Errors": [{"Message": "Something is wrong", "ErrCode": %d}]}' % code


def refused(status: int, retry_after: str | None = None) -> Behaviour:
    """A refusal by the liveness API itself, before anything was charged."""
    return Behaviour(status=status, retry_after=retry_after, body=error(3003), charged=False)


def _useless(score: str) -> Behaviour:
    return _changed("0.9998,", f"{score},")


def _changed(old: str, new: str) -> Behaviour:
    return says(usable("0.9998").body.replace(old.encode(), new.encode(), 1))


def _unsent(reason: str, seconds: float = 0.0) -> Behaviour:
    return Behaviour(unsent=reason, charged=False, seconds=seconds, arrives=False)


BEHAVIOURS: Final[Mapping[str, Behaviour]] = {
    "live": usable("0.9998"),
    "live, equal": usable("0.6", shape=', "img": {"width": 95, "height": 71}'),
    "live, long": usable("0.60000000000000000000000000000000000001"),
    "not live": usable("0.2"),
    "just not live": usable("0.59999999999999999999999999999999999999999"),
    "no face": usable("0.9998", faces=0),
    "two faces": usable("0.9998", faces=2, shape=', "img_width": 9, "img_height": 8'),
    "true": _useless("true"),
    "text": _useless('"0.9998"'),
    "null": _useless("null"),
    "NaN": _useless("NaN"),
    "above one": _useless("1.5"),
    "no number": _useless("1e99999999999999999999"),
    "far away": usable("0.9998", box=_FACE.replace("38.0577", "1e9999999")),
    "no faces at all": _changed("faces_predicted", "faces"),
    "no score": _changed("faces_liveness", "liveness"),
    "no face, by null": Behaviour(
        body=usable("null", faces=0).body.replace(b"[]", b"null"), usable=True
    ),
    "no face, by error": Behaviour(body=error(5002), usable=True),
    "no face, by status": Behaviour(status=400, body=error(5002), usable=True),
    "two faces without a score": usable("null", faces=2),
    "no box": usable("0.9998", box="{}"),
    "crowd": usable("0.9998", faces=101),
    "errors": _changed("{", '{"Errors": [{"ErrCode": 1}], '),
    "invalid image": says(error(5000)),
    "face corrupt": says(error(5005)),
    "html": says(_PAGE),
    "nothing": says(b"", 204),
    "created": replace(
        usable("0.97"),
        status=201,
        body=usable("0.97").body.replace(b"api_req_uid", b"api_req_uuid"),
    ),
    "refused credentials": refused(401),
    "refused credentials, slowly": replace(refused(401), seconds=19.9),
    "limit": refused(403),
    "too many": refused(429),
    "too many, soon": refused(429, "1"),
    "too many, later": refused(429, "100"),
    "too many, garbage": refused(429, "-1"),
    "unavailable, soon": refused(503, "2"),
    "unavailable, later": refused(503, "600"),
    "unavailable": says(b"", 503),
    "broken": says(b"", 500),
    "bad gateway": says(b"", 502),
    "moved": says(b"", 302),
    "bad request": says(error(1003), 400),
    "blocked by a firewall": says(_PAGE, 403),
    "refused by a proxy": Behaviour(status=401, body=_PAGE, charged=False),
    "too large for a proxy": says(_PAGE, 413),
    "a type no proxy takes": says(_PAGE, 415),
    "not to be processed": says(b"", 422),
    "refused connection": _unsent("connection_refused"),
    "no connection in time": _unsent("connect_timeout", seconds=2),
    "reset": Behaviour(lost="connection_lost"),
    "reset within the request": Behaviour(lost="connection_lost", arrives=False),
    "cut": Behaviour(lost="answer_cut", seconds=1),
    "broken chunk": Behaviour(lost="broken_http"),
    "too large": Behaviour(lost="answer_too_large"),
    "silent": Behaviour(lost="timeout", seconds=60),
    "slow": replace(usable("0.98"), seconds=19),
}
