"""The stages and everything that differs between them.

What only the operator knows comes from the command line: `infra/stage_context.py`.
"""

import platform
import sys
from dataclasses import dataclass
from typing import Final, Literal

Architecture = Literal["arm64", "x86_64"]
LogLevel = Literal["DEBUG", "INFO", "WARNING"]

DIALECTS: Final = ("v0.1", "v0.2")
ANY_ORIGIN: Final = ("*",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One deployed copy of the gateway.

    Attributes:
        name: part of every fixed name in the stack, so that stages do not collide.
        upstream_url: base address of the liveness API; a cloud stage has no default.
        upstream_dialect: which documented version of the liveness API is called.
        allowed_origins: pages that may call the gateway from a browser; `("*",)` for all, empty
            for none (servers and apps need no entry).
        allowed_headers: further request headers that a page may send, in lower case.
        default_threshold: used when the client sends none. Decimal text.
        minimum_threshold: a lower one is refused. Decimal text.
        minimum_side: shortest side of a selfie in pixels; 0 for no limit.
        maximum_side: longest side of a selfie in pixels; 0 for no limit.
        multiple_faces: what several faces in one selfie mean.
        forward_metadata: the liveness API gets the picture as it was sent, with its metadata;
            otherwise only pixels, orientation and colour profile.
        retention_hours: how long a record is kept and its Idempotency-Key is recognised.
        rate_limit: requests per second of each method, for all clients together.
        burst_limit: the most requests at once; the size of the token bucket of `rate_limit`.
        client_rate_limit: requests per second of one API key.
        client_burst_limit: likewise for `client_rate_limit`.
        client_quota_per_day: requests of one API key in a day; None for no quota.
        verify_concurrency: most verifications at once, reserved out of the account's quota; None
            for the account's limit and no reservation.
        python_version: of the Lambda runtime.
        architecture: of the Lambda runtime.
        host_libraries: libraries are installed for this machine, not for the Lambda runtime.
        keep_data: point-in-time recovery, deletion protection, and data is retained when the stack
            is deleted.
        sets_api_gateway_log_role: the stack sets the role with which API Gateway writes logs.
            An account has one such role per region. Switch it off where another team manages the
            role; without any role the deployment fails.
        log_retention_days: of every log group.
        log_level: of the functions.
        server_errors_alarm: so many 5xx answers in five minutes are an alarm.
        alarm_email: an address that the alarms are sent to; empty for none.
    """

    name: str
    upstream_url: str = ""
    upstream_dialect: str = "v0.1"
    allowed_origins: tuple[str, ...]
    allowed_headers: tuple[str, ...] = ()
    default_threshold: str = "0.6"
    minimum_threshold: str
    minimum_side: int = 0
    maximum_side: int = 0
    multiple_faces: Literal["inconclusive", "score"] = "inconclusive"
    forward_metadata: bool = False
    retention_hours: int
    rate_limit: int
    burst_limit: int
    client_rate_limit: int
    client_burst_limit: int
    client_quota_per_day: int | None
    verify_concurrency: int | None
    python_version: str = "3.14"
    architecture: Architecture = "arm64"
    host_libraries: bool = False
    keep_data: bool
    sets_api_gateway_log_role: bool = True
    log_retention_days: int
    log_level: LogLevel
    server_errors_alarm: int = 5
    alarm_email: str = ""

    @property
    def in_cloud(self) -> bool:
        """Whether it is deployed to AWS, with real selfies and real charges."""
        return self.name != "local"


def _host_architecture() -> Architecture:
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


_STAGES: Final = (
    Stage(
        name="local",
        upstream_url="http://127.0.0.1:8081",
        allowed_origins=ANY_ORIGIN,
        minimum_threshold="0",
        retention_hours=24,
        rate_limit=1000,
        burst_limit=2000,
        client_rate_limit=1000,
        client_burst_limit=2000,
        client_quota_per_day=None,
        verify_concurrency=None,
        # The emulator runs the functions as processes of this machine, with the tests' Python.
        python_version=f"{sys.version_info.major}.{sys.version_info.minor}",
        architecture=_host_architecture(),
        host_libraries=True,
        keep_data=False,
        log_retention_days=1,
        log_level="DEBUG",
    ),
    Stage(
        name="dev",
        allowed_origins=ANY_ORIGIN,
        minimum_threshold="0",
        retention_hours=72,
        rate_limit=10,
        burst_limit=20,
        client_rate_limit=5,
        client_burst_limit=10,
        client_quota_per_day=1_000,
        verify_concurrency=None,
        keep_data=False,
        log_retention_days=7,
        log_level="DEBUG",
    ),
    Stage(
        name="prod",
        allowed_origins=(),
        minimum_threshold="0.5",
        # The largest side any of the liveness API's documents names.
        maximum_side=5000,
        retention_hours=24 * 30,
        rate_limit=25,
        burst_limit=50,
        client_rate_limit=10,
        client_burst_limit=20,
        client_quota_per_day=50_000,
        # A new account has a small quota of concurrency, of which Lambda keeps a part unreserved:
        # it would refuse a reservation. 25 requests a second of 2 s each keep 50 instances busy.
        verify_concurrency=None,
        keep_data=True,
        log_retention_days=90,
        log_level="INFO",
        server_errors_alarm=1,
    ),
)
STAGES: Final = {stage.name: stage for stage in _STAGES}
