"""The metrics of the functions that the dashboard shows, by the function that writes them.

`functions/` writes them and imports nothing from here: a contract test compares the two, and says
which metric neither the dashboard nor an alarm uses.
"""

from typing import Final

DECISIONS: Final = (
    ("verify", "decision_live"),
    ("verify", "decision_not_live"),
    ("verify", "decision_inconclusive"),
)
# What was charged, what was not, and what nobody knows.
CHARGES: Final = (
    ("verify", "verification_completed"),
    ("verify", "verification_failed"),
    ("verify", "verification_unknown"),
    ("sweep", "verification_unknown"),
)
UPSTREAM_FAULTS: Final = (
    ("verify", "problem_upstream_bad_answer"),
    ("verify", "problem_upstream_limit"),
    ("verify", "problem_upstream_timeout"),
    ("verify", "problem_upstream_unavailable"),
    ("verify", "breaker_opened"),
    ("verify", "credentials_refused"),
    ("verify", "answer_part_left_out"),
)
REFUSALS: Final = (
    ("verify", "problem_malformed_request"),
    ("verify", "problem_unauthorized"),
    ("verify", "problem_forbidden"),
    ("verify", "problem_not_found"),
    ("verify", "problem_in_progress"),
    ("verify", "problem_too_large"),
    ("verify", "problem_unsupported_media"),
    ("verify", "problem_invalid_selfie"),
    ("verify", "problem_invalid_threshold"),
    ("verify", "problem_idempotency_conflict"),
    ("verify", "problem_rate_limited"),
    ("verify", "problem_internal"),
    ("results", "problem_not_found"),
    ("results", "problem_malformed_request"),
    ("results", "problem_unauthorized"),
    ("results", "problem_upstream_unavailable"),
    ("results", "problem_internal"),
)
RECOVERY: Final = (
    ("recover", "result_recovered"),
    ("recover", "result_overtaken"),
    ("sweep", "overdue_unreadable"),
    ("publish_events", "event_retried"),
    ("publish_events", "event_dead_lettered"),
)
