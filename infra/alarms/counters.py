"""The alarms on counters that the functions write themselves.

`functions/` writes the counters and imports nothing from here: a contract test compares the two.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CounterAlarm:
    """One alarm: it goes off when `function` has counted `counter` once within five minutes.

    Attributes:
        name: the alarm's construct id and its line in the operator's handbook.
        counter: the name of the metric.
        function: the value of the dimension `service`.
        description: what the operator reads.
    """

    name: str
    counter: str
    function: str
    description: str


COUNTER_ALARMS: Final = (
    CounterAlarm(
        "VerificationsUnknown",
        "verification_unknown",
        "verify",
        "The liveness API was asked and no usable answer came: it may have charged.",
    ),
    CounterAlarm(
        "VerificationsAbandoned",
        "verification_unknown",
        "sweep",
        "A function crashed between asking the liveness API and storing the answer.",
    ),
    CounterAlarm(
        "BreakerOpened",
        "breaker_opened",
        "verify",
        "The liveness API fails too often: calls pause for a while and clients get 503.",
    ),
    CounterAlarm(
        "BreakerStoreFailed",
        "breaker_store_failed",
        "verify",
        "The breaker's table does not answer: calls go on without its protection.",
    ),
    CounterAlarm(
        "CredentialsRefused",
        "credentials_refused",
        "verify",
        "The liveness API refuses our credentials: put the right ones into the secret.",
    ),
    CounterAlarm(
        "CredentialsUnavailable",
        "credentials_unavailable",
        "verify",
        "The secret is empty, malformed or out of reach: fill it, or look at its permissions.",
    ),
    CounterAlarm(
        "LimitReached",
        "limit_reached",
        "verify",
        "The usage limit of the liveness API is reached: buy more, or lower the quotas here.",
    ),
    CounterAlarm(
        "ResultsKept",
        "result_kept_in_emergency",
        "verify",
        "The table did not take a paid result; it waits in the emergency queue.",
    ),
    CounterAlarm(
        "ResultsLost",
        "result_lost",
        "verify",
        "Neither table nor emergency queue took a paid result; sweep will end it as unknown.",
    ),
    CounterAlarm(
        "ResultsNotRecoverable",
        "result_not_recoverable",
        "recover",
        "A kept result fits no record any more: it ends in the emergency dead-letter queue.",
    ),
    CounterAlarm(
        "SweepFailed",
        "sweep_failed",
        "sweep",
        "The table did not answer the sweep: overdue verifications wait for the next run.",
    ),
    CounterAlarm(
        "VerifyUnhandled",
        "unhandled",
        "verify",
        "An unexpected error became an `internal` problem.",
    ),
    CounterAlarm(
        "ResultsUnhandled",
        "unhandled",
        "results",
        "An unexpected error became an `internal` problem.",
    ),
    CounterAlarm(
        "PublishEventsUnhandled",
        "unhandled",
        "publish_events",
        "An unexpected error: the batch is delivered again.",
    ),
    CounterAlarm(
        "SweepUnhandled",
        "unhandled",
        "sweep",
        "An unexpected error: the next run goes on.",
    ),
    CounterAlarm(
        "RecoverUnhandled",
        "unhandled",
        "recover",
        "An unexpected error: the messages are delivered again.",
    ),
)
