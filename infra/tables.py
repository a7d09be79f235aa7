"""The names of the tables' keys, attributes and index.

`functions/` uses the same names and imports nothing from here: a contract test compares the two.
"""

from typing import Final

VERIFICATION_KEY: Final = "verification_id"
VERIFICATION_TTL: Final = "expires_at"
# Written by `functions/` for `processing` items only, so the index holds nothing else.
OVERDUE_INDEX: Final = "overdue"
OVERDUE_PARTITION_KEY: Final = "sweep_shard"
OVERDUE_SORT_KEY: Final = "deadline"
OVERDUE_ATTRIBUTES: Final = ("attempt", "expires_at", "status")
BREAKER_KEY: Final = "id"
BREAKER_TTL: Final = "expiration"
BUDGET_KEY: Final = "id"
BUDGET_TTL: Final = "expires_at"
# A version with one of these statuses is announced.
TERMINAL_STATUSES: Final = ("completed", "failed", "unknown")
