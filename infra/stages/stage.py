"""What is decided about a stage."""

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final, Literal, get_args

from pydantic import Field

Architecture = Literal["arm64", "x86_64"]
LogLevel = Literal["DEBUG", "INFO", "WARNING"]

Text = Annotated[str, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
# Above what anyone needs, so that a slip of the finger is refused.
Positive = Annotated[int, Field(strict=True, ge=1, le=10_000_000)]
Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
Price = Annotated[Decimal, Field(ge=0, le=1000)]
Threshold = Annotated[Decimal, Field(ge=0, le=1)]

Dialect = Literal["v0.1", "v0.2"]
DIALECTS: Final = get_args(Dialect)
ANY_ORIGIN: Final = ("*",)
_HEADER: Final = r"^[a-z0-9-]{1,64}$"

LOCAL: Final = "local"


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
        default_threshold: used when the client sends none.
        minimum_threshold: a lower one is refused.
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
        client_calls_per_day: the most calls of the liveness API that one API key may cause in a day
            (UTC). Unlike AWS's quotas it is never exceeded. 0 for no such budget.
        client_calls_per_month: likewise in a calendar month.
        verify_concurrency: most verifications at once, reserved out of the account's quota; None
            for the account's limit and no reservation.
        daily_upstream_calls: so many calls of the liveness API are expected in a day; alarms tell
            of half of them, four fifths, and all. 0 for no alarms.
        upstream_call_price: what one of them costs, in any currency: the dashboard then shows the
            cost of each day. 0 where it is not known.
        python_version: of the Lambda runtime.
        architecture: of the Lambda runtime.
        host_libraries: libraries are installed for this machine, not for the Lambda runtime.
        aws_roots_only: the functions' AWS clients trust the five root certificates of Amazon alone.
            Switch it off where something else answers for AWS: a proxy that opens TLS, or a
            partition whose endpoints have certificates of others.
        keep_data: point-in-time recovery, deletion protection, and data is retained when the stack
            is deleted.
        sets_api_gateway_log_role: the stack sets the role with which API Gateway writes logs.
            An account has one such role per region. Switch it off where another team manages the
            role; without any role the deployment fails.
        log_retention_days: of every log group.
        log_level: of the functions.
        server_errors_alarm: so many 5xx answers in five minutes are an alarm.
        alarm_email: an address that the alarms are sent to; empty for none.
        domain: a host name of your own for the API; empty for API Gateway's.
        certificate: the ARN of the domain's certificate, in ACM in the stage's region.
    """

    name: Text
    upstream_url: Text = ""
    upstream_dialect: Dialect = "v0.1"
    allowed_origins: tuple[Text, ...] = ()
    allowed_headers: tuple[Annotated[str, Field(pattern=_HEADER)], ...] = ()
    default_threshold: Threshold = Decimal("0.6")
    minimum_threshold: Threshold
    minimum_side: Count = 0
    maximum_side: Count = 0
    multiple_faces: Literal["inconclusive", "score"] = "inconclusive"
    forward_metadata: Flag = False
    retention_hours: Annotated[int, Field(strict=True, ge=24, le=24 * 3660)]
    rate_limit: Positive
    burst_limit: Positive
    client_rate_limit: Positive
    client_burst_limit: Positive
    client_quota_per_day: Positive | None = None
    client_calls_per_day: Count = 0
    client_calls_per_month: Count = 0
    verify_concurrency: Positive | None = None
    daily_upstream_calls: Count = 0
    upstream_call_price: Price = Decimal(0)
    python_version: Annotated[str, Field(pattern=r"^3\.[0-9]{1,2}$")] = "3.14"
    architecture: Architecture = "arm64"
    host_libraries: Flag = False
    aws_roots_only: Flag = True
    keep_data: Flag
    sets_api_gateway_log_role: Flag = True
    log_retention_days: Literal[1, 7, 30, 90, 365]
    log_level: LogLevel
    server_errors_alarm: Positive = 5
    alarm_email: Text = ""
    domain: Text = ""
    certificate: Text = ""

    @property
    def in_cloud(self) -> bool:
        """Whether it is deployed to AWS, with real selfies and real charges."""
        return self.name != LOCAL


def settings_in_words(stage: Stage) -> dict[str, str]:
    """Every setting of the stage as a person would write it; none is a secret."""
    return {
        field.name: _in_words(getattr(stage, field.name)) for field in dataclasses.fields(stage)
    }


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value in (None, "") else str(value)
