"""The tests that should notice a fault, the quickest first.

Where no test of one module can see a fault, because it shows only when things happen twice, at once
or late, the simulation does: its tests by name, then every fault of the promise. Its state machine
draws at random and is left out: a fault must be noticed every time.
"""

from typing import Final

_SIMULATION: Final = (
    "tests/reliability/simulation/test_[!m]*.py",
    "tests/reliability/fault_injection/test_fault*.py",
)

VERIFY: Final = (
    "tests/unit/verifications/test_verify*.py",
    "tests/unit/verifications/test_policy*.py",
    *_SIMULATION,
)
BUDGETS: Final = (
    "tests/unit/verifications/test_budgets.py",
    "tests/adapters/dynamodb/test_call_counter.py",
)
RECOVERY: Final = ("tests/unit/verifications/test_recovery*.py", *_SIMULATION)
PUBLISHING: Final = ("tests/unit/verifications/test_publishing*.py", *_SIMULATION)
EVENTS: Final = ("tests/unit/verifications/test_events*.py", *_SIMULATION)
RECORDS: Final = ("tests/unit/verifications/test_[er]*.py", *_SIMULATION)
MODEL: Final = ("tests/unit/verifications/test_[mv]*.py", *_SIMULATION)
SELFIE: Final = ("tests/unit/verifications/test_selfie*.py",)
QUEUES: Final = ("tests/unit/entrypoints/test_batch*.py", *_SIMULATION)
STREAMS: Final = ("tests/unit/entrypoints/test_batch*.py", *_SIMULATION)
REQUESTS: Final = ("tests/unit/entrypoints/http/test_[rt]*.py",)
MULTIPART: Final = ("tests/unit/entrypoints/http/test_multipart.py",)
HTTP: Final = ("tests/api/test_unhandled*.py",)
CANARIES: Final = ("tests/api/test_canaries*.py",)
FINGERPRINTS: Final = ("tests/adapters/test_fingerprints*.py",)
BUS: Final = ("tests/adapters/test_eventbridge*.py",)
LEDGER: Final = ("tests/adapters/dynamodb/test_ledger*.py", *_SIMULATION)
ANSWERS: Final = (
    "tests/adapters/upstream/test_answers*.py",
    "tests/adapters/upstream/test_dialects*.py",
    *_SIMULATION,
)
CLIENT: Final = ("tests/adapters/upstream/test_client*.py", *_SIMULATION)
TRANSPORT: Final = ("tests/adapters/upstream/test_transport*.py", *_SIMULATION)
OUTGOING: Final = ("tests/adapters/upstream/test_outgoing*.py",)
STARTS: Final = ("tests/api/test_initialisation.py",)
TRUST: Final = ("tests/adapters/upstream/test_transport_tls.py",)
SECRETS: Final = ("tests/adapters/test_secrets*.py",)
MESSAGES: Final = ("tests/adapters/test_sqs*.py", *_SIMULATION)
LINKS: Final = ("tests/api/test_verify*.py",)
PICTURES: Final = ("tests/unit/pictures/test_[jpm]*.py",)
BREAKER: Final = ("tests/adapters/upstream/test_breaker*.py", _SIMULATION[1])
