"""The liveness API behind the transport: it does what is scripted, and knows what it charged for.

Each usable answer carries the number of its post as `api_req_uid`, so a stored result can be traced
to the one call it came from.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from liveness_gateway.adapters.upstream.replies import AnswerLostError, NotSentError, Reply
from liveness_gateway.verifications.model import Selfie
from tests.doubles.behaviours import BEHAVIOURS, Behaviour
from tests.doubles.clock import ManualClock
from tests.doubles.secrets import APP_ID, app_key
from tests.faults import Faults

ADDRESS: Final = "https://liveness.example.com"
_URL: Final = f"{ADDRESS}/v0.2/liveness-verification"
ScriptedOutcome = str | Behaviour


@dataclass(frozen=True)
class Received:
    """One post, whether or not it arrived; `number` counts from 1."""

    number: int
    content: bytes
    threshold: Decimal
    doing: Behaviour
    name: str


class LivenessApi:
    """Implements `Transport`.

    Attributes:
        key_version: the credentials it accepts; others are refused, whatever is scripted.
        refusal: how it refuses them.
        script: what it does next, in order; then it does `standard`.
        scripts: what it does for one asker, in order, before `script` is looked at.
        asker: says who asks.
        on_call: told before a post is made; `on_post` when it is known what becomes of it.
        received: every post.
    """

    def __init__(self, clock: ManualClock, faults: Faults | None = None) -> None:
        self._clock = clock
        self._faults = faults or Faults()
        self.key_version = 1
        self.refusal: ScriptedOutcome = "refused credentials"
        self.script: deque[ScriptedOutcome] = deque()
        self.scripts: dict[str, deque[ScriptedOutcome]] = {}
        self.standard: ScriptedOutcome = "live"
        self.asker: Callable[[], str] = lambda: ""
        self.on_call: Callable[[], None] = lambda: None
        self.on_post: Callable[[Received], None] = lambda _: None
        self.received: list[Received] = []

    def post(
        self,
        url: str,
        headers: dict[str, str],
        selfie: Selfie,
        threshold: Decimal,
        deadline: float,
    ) -> Reply:
        if url != _URL:
            raise AssertionError(url)
        self.on_call()
        self._faults.at("transport.post", "before")
        script = self._next(headers, deadline)
        doing = BEHAVIOURS[script] if isinstance(script, str) else script
        name = script if isinstance(script, str) else "scripted"
        post = Received(len(self.received) + 1, selfie.content, threshold, doing, name)
        self.received.append(post)
        self.on_post(post)
        in_time = self._wait(doing.seconds, deadline)
        self._faults.at("transport.post", "after")
        return _reply(doing, post.number, in_time=in_time)

    def _next(self, headers: Mapping[str, str], deadline: float) -> ScriptedOutcome:
        if self._clock.monotonic() >= deadline:
            return "no connection in time"
        script = self.scripts.get(self.asker()) or self.script
        chosen = script.popleft() if script else self.standard
        known = {"app-id": APP_ID, "app-key": app_key(self.key_version)}
        return chosen if headers == known else self.refusal

    def _wait(self, seconds: float, deadline: float) -> bool:
        left = max(0.0, deadline - self._clock.monotonic())
        self._clock.advance(min(seconds, left))
        return seconds <= left


def _reply(doing: Behaviour, number: int, *, in_time: bool) -> Reply:
    if doing.unsent:
        raise NotSentError(doing.unsent)
    if doing.lost or not in_time:
        raise AnswerLostError(doing.lost or "timeout")
    body = doing.body.replace(b"{uid}", f"post-{number}".encode())
    # What a log could not hold is dropped, as `HttpTransport` does it.
    when = doing.retry_after
    readable = when is not None and len(when) <= 128 and when.isascii() and when.isprintable()
    return Reply(doing.status, f"x-request-{number}", when if readable else None, body)
