"""The collaborators of the upstream client, scripted and recorded."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from liveness_gateway.adapters.secrets import Credentials
from liveness_gateway.adapters.upstream.client import UpstreamClient
from liveness_gateway.adapters.upstream.dialects import DIALECTS
from liveness_gateway.adapters.upstream.ports import CredentialSource, Transport
from liveness_gateway.adapters.upstream.replies import Reply
from liveness_gateway.clock import SystemClock
from liveness_gateway.verifications.model import Selfie, UpstreamAnswer
from liveness_gateway.verifications.ports import (
    CredentialsUnavailableError,
    NotChargedError,
    OutcomeUnknownError,
)
from tests.adapters.upstream.test_dialects_refusals import GOOD
from tests.doubles.clock import ManualClock
from tests.doubles.telemetry import RecordingTelemetry
from tests.samples import selfie

OLD: Final = Credentials("our-id", "old-key-canary", "v1")
NEW: Final = Credentials("our-id", "new-key-canary", "v2")
BASE: Final = "https://up.example.com"


def reply(status: int = 200, retry_after: str | None = None, body: bytes = GOOD) -> Reply:
    return Reply(status, "request-1", retry_after, body if status < 300 else b"")


@dataclass(frozen=True)
class Post:
    """One exchange."""

    url: str
    headers: dict[str, str]
    selfie: Selfie
    threshold: Decimal
    deadline: float
    at: float


class ScriptedTransport:
    """Gives these replies, or raises these errors, in turn; each takes `seconds`."""

    def __init__(self, clock: ManualClock, *script: Reply | Exception, seconds: float = 0) -> None:
        self._clock = clock
        self._script = deque(script)
        self._seconds = seconds
        self.posts: list[Post] = []

    def will(self, *script: Reply | Exception) -> None:
        self._script.extend(script)

    def post(
        self,
        url: str,
        headers: dict[str, str],
        selfie: Selfie,
        threshold: Decimal,
        deadline: float,
    ) -> Reply:
        now = self._clock.monotonic()
        self.posts.append(Post(url, headers, selfie, threshold, deadline, now))
        self._clock.advance(self._seconds)
        result = self._script.popleft() if self._script else reply()
        if isinstance(result, Exception):
            raise result
        return result


class ScriptedCredentials:
    """Has `now`, and after a refresh `fresh`."""

    def __init__(self, fresh: Credentials | None = None) -> None:
        self.now: Credentials | None = OLD
        self.fresh = fresh
        self.refreshes = 0

    def get(self) -> Credentials:
        if self.now is None:
            raise CredentialsUnavailableError("there are none")
        return self.now

    def refresh(self) -> Credentials | None:
        self.refreshes += 1
        if self.fresh is not None:
            self.now = self.fresh
        return self.fresh


class RecordingBreaker:
    """Admits while it is closed, and telemetry how each call went. It is its own permit."""

    def __init__(self) -> None:
        self.closed = True
        self.noted: list[str] = []

    def admit(self) -> "RecordingBreaker | None":
        return self if self.closed else None

    def succeeded(self) -> None:
        self.noted.append("succeeded")

    def failed(self) -> None:
        self.noted.append("failed")

    def refused(self) -> None:
        self.noted.append("refused")


class Hasty(SystemClock):
    """The machine's own clock, which waits for nobody."""

    def sleep(self, seconds: float) -> None:
        assert 0 <= seconds <= 2


class Upstreams:
    """An upstream client whose every collaborator is scripted; the clock stands still."""

    def __init__(self, *script: Reply | Exception, seconds: float = 0) -> None:
        self.clock = ManualClock()
        self.scripted = ScriptedTransport(self.clock, *script, seconds=seconds)
        self.credentials = ScriptedCredentials()
        self.breaker = RecordingBreaker()
        self.telemetry = RecordingTelemetry()
        self.client = self.over(self.scripted)

    def over(
        self,
        transport: Transport,
        base: str = BASE,
        dialect: str = "v0.2",
        credentials: CredentialSource | None = None,
    ) -> UpstreamClient:
        """The client over real sockets: another transport and place, and the machine's time."""
        return UpstreamClient(
            transport=transport,
            dialect=DIALECTS[dialect],
            base_url=base,
            credentials=credentials or self.credentials,
            breaker=self.breaker,
            clock=self.clock if transport is self.scripted else Hasty(),
            telemetry=self.telemetry,
        )

    def verify(self, seconds: float = 20) -> UpstreamAnswer:
        deadline = self.clock.monotonic() + seconds
        return self.client.verify(selfie(), Decimal("0.6"), deadline)

    def outcome(self, seconds: float = 20) -> str:
        """In one line: `answered`, or what was raised."""
        return told(lambda: self.verify(seconds))

    @property
    def calls(self) -> int:
        return len(self.scripted.posts)


def told(call: Callable[[], UpstreamAnswer]) -> str:
    """`answered`, or `failed` (not charged) or `unknown` with code and reason."""
    try:
        call()
    except NotChargedError as fault:
        return f"failed {fault.code} {fault.reason}"
    except OutcomeUnknownError as fault:
        return f"unknown {fault.code} {fault.reason}"
    return "answered"
