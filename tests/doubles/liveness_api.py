"""The liveness API behind the transport: it is told what to do, and knows what it charged for.

Each usable answer carries the number of its post as `api_req_uid`, so a stored result can be traced
to the one call it came from.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from liveness_gateway.adapters.upstream.replies import AnswerLostError, NotSentError, Reply
from liveness_gateway.verifications.model import Selfie
from tests.invariants.history import History, Post
from tests.invariants.outside import app_key
from tests.invariants.processes import Steering

ADDRESS: Final = "https://liveness.example.com"
_FACE: Final = (
    '{"confidence": 0.9885, "top_left": {"x": 38.0577, "y": 4.0824}, '
    '"delta": {"x": 18.9982, "y": 25.3957}}'
)


@dataclass(frozen=True)
class Behaviour:
    """What the liveness API does with one post.

    `body` may hold `{uid}`; `lost` says the answer is lost for this reason, `unsent` that nothing
    was sent. `charged`: whether it may have charged.
    """

    status: int = 200
    body: str = ""
    retry_after: str | None = None
    lost: str | None = None
    unsent: str | None = None
    charged: bool = True
    score: Decimal | None = None
    faces: int = 0
    seconds: float = 0.0


def _usable(score: str, faces: int = 1, shape: str = "") -> Behaviour:
    body = (
        '{"api_req_uid": "{uid}", "response_code": 2, "requested_at": "2025-06-01T12:00:00.1", '
        '"processed_at": "2025-06-01T12:00:00.9", "response_data": {"faces_liveness": '
        + score
        + ', "faces_predicted": ['
        + ", ".join([_FACE] * faces)
        + f"]{shape}}}}}"
    )
    return Behaviour(body=body, score=Decimal(score), faces=faces)


def _useless(score: str) -> Behaviour:
    return Behaviour(body=_usable("0.9").body.replace("0.9,", f"{score},"))


def _refused(status: int, retry_after: str | None = None) -> Behaviour:
    return Behaviour(status=status, retry_after=retry_after, charged=False)


BEHAVIOURS: Final[Mapping[str, Behaviour]] = {
    "live": _usable("0.9998"),
    "live, equal": _usable("0.6", shape=', "img": {"width": 95, "height": 71}'),
    "live, long": _usable("0.60000000000000000000000000000000000001"),
    "not live": _usable("0.2"),
    "just not live": _usable("0.59999999999999999999999999999999999999999"),
    "no face": _usable("0.9998", faces=0),
    "two faces": _usable("0.9998", faces=2, shape=', "img_width": 9, "img_height": 8'),
    "true": _useless("true"),
    "text": _useless('"0.9998"'),
    "null": _useless("null"),
    "NaN": _useless("NaN"),
    "above one": _useless("1.5"),
    "no number": _useless("1e99999999999999999999"),
    "far away": Behaviour(body=_usable("0.9998").body.replace("38.0577", "1e9999999")),
    "no faces at all": Behaviour(body=_usable("0.9998").body.replace("faces_predicted", "faces")),
    "no score": Behaviour(body=_usable("0.9998").body.replace("faces_liveness", "liveness")),
    "errors": Behaviour(
        body=_usable("0.9998").body.replace("{", '{"Errors": [{"ErrCode": 1}], ', 1)
    ),
    "html": Behaviour(body="<!doctype html><title>live</title>"),
    "nothing": Behaviour(status=204),
    "created": Behaviour(
        status=201,
        body=_usable("0.97").body.replace("api_req_uid", "api_req_uuid"),
        score=Decimal("0.97"),
        faces=1,
    ),
    "refused credentials": _refused(401),
    "refused credentials, slowly": replace(_refused(401), seconds=19.9),
    "limit": _refused(403),
    "too many": _refused(429),
    "too many, soon": _refused(429, "1"),
    "too many, later": _refused(429, "100"),
    "too many, garbage": _refused(429, "-1"),
    "unavailable, soon": _refused(503, "2"),
    "unavailable, later": _refused(503, "600"),
    "unavailable": Behaviour(status=503),
    "broken": Behaviour(status=500),
    "bad gateway": Behaviour(status=502),
    "moved": Behaviour(status=302),
    "bad request": Behaviour(status=400),
    "refused connection": Behaviour(unsent="connection_refused", charged=False),
    "no connection in time": Behaviour(unsent="connect_timeout", charged=False, seconds=2),
    "reset": Behaviour(lost="connection_lost"),
    "cut": Behaviour(lost="answer_cut", seconds=1),
    "silent": Behaviour(lost="timeout", seconds=60),
    "slow": Behaviour(body=_usable("0.98").body, score=Decimal("0.98"), faces=1, seconds=19),
}  # fmt: skip


@dataclass
class LivenessApi:
    """Implements `Transport`.

    Attributes:
        key_version: the credentials it accepts; others get 401, whatever it was told to do.
        scripts: what it does for each process, in order; else it is `live`.
    """

    steering: Steering
    history: History
    key_version: int = 1
    scripts: dict[str, deque[str]] = field(default_factory=dict)

    def post(
        self,
        url: str,
        headers: dict[str, str],
        selfie: Selfie,
        threshold: Decimal,
        deadline: float,
    ) -> Reply:
        if url != f"{ADDRESS}/v0.2/liveness-verification":
            raise AssertionError(url)
        process = self.steering.actor
        container = self.history.asked_by(process).container
        self.history.callers.add((container, process))
        self.steering.at("transport.post", "before")
        name = self._next(process, headers, deadline)
        doing = BEHAVIOURS[name]
        post = Post(
            tick=self.history.tick(),
            number=len(self.history.posts) + 1,
            process=process,
            container=container,
            content=selfie.content,
            threshold=threshold,
            outcome=name,
            charged=doing.charged,
            score=doing.score,
            faces=doing.faces,
        )
        self.history.posts.append(post)
        in_time = self._wait(doing.seconds, deadline)
        self.steering.at("transport.post", "after")
        return _reply(doing, post.number, in_time=in_time)

    def _next(self, process: str, headers: Mapping[str, str], deadline: float) -> str:
        if self.steering.clock.monotonic() >= deadline:
            return "no connection in time"
        script = self.scripts.get(process) or deque()
        name = script.popleft() if script else "live"
        known = {"app-id": "the-app-id", "app-key": app_key(self.key_version)}
        return name if headers == known else "refused credentials"

    def _wait(self, seconds: float, deadline: float) -> bool:
        left = max(0.0, deadline - self.steering.clock.monotonic())
        self.steering.clock.advance(min(seconds, left))
        return seconds <= left


def _reply(doing: Behaviour, number: int, *, in_time: bool) -> Reply:
    if doing.unsent:
        raise NotSentError(doing.unsent)
    if doing.lost or not in_time:
        raise AnswerLostError(doing.lost or "timeout")
    body = doing.body.replace("{uid}", f"post-{number}").encode()
    return Reply(doing.status, f"x-request-{number}", doing.retry_after, body)
