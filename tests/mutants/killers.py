"""The tests that should notice a fault, the quickest first.

Where no unit test can see a fault, because it shows only when things happen twice, at once or
late, the drivers of `tests/reliability` do.
"""

from typing import Final

_RELIABILITY: Final[tuple[str, ...]] = ()

VERIFY: Final = (
    "tests/unit/verifications/test_verify.py",
    "tests/unit/verifications/test_verify_repeats.py",
    "tests/unit/verifications/test_verify_faults.py",
    *_RELIABILITY,
)
RECOVERY: Final = ("tests/unit/verifications/test_recovery.py", *_RELIABILITY)
PUBLISHING: Final = ("tests/unit/verifications/test_publishing.py", *_RELIABILITY)
EVENTS: Final = ("tests/unit/verifications/test_events.py", *_RELIABILITY)
RECORDS: Final = (
    "tests/unit/verifications/test_records.py",
    "tests/unit/verifications/test_events.py",
    *_RELIABILITY,
)
MODEL: Final = (
    "tests/unit/verifications/test_model.py",
    "tests/unit/verifications/test_verify_repeats.py",
    *_RELIABILITY,
)
SELFIE: Final = ("tests/unit/verifications/test_selfie.py",)
QUEUES: Final = ("tests/unit/entrypoints/test_queues.py", *_RELIABILITY)
STREAMS: Final = ("tests/unit/entrypoints/test_streams.py", *_RELIABILITY)
REQUESTS: Final = (
    "tests/unit/entrypoints/http/test_thresholds.py",
    "tests/unit/entrypoints/http/test_requests.py",
)
MULTIPART: Final = ("tests/unit/entrypoints/http/test_multipart.py",)
HTTP: Final = ("tests/api/test_unhandled_errors.py",)
CANARIES: Final = ("tests/api/test_canaries.py",)
FINGERPRINTS: Final = ("tests/adapters/test_fingerprints.py",)
BUS: Final = ("tests/adapters/test_eventbridge.py",)
LEDGER: Final = ("tests/adapters/dynamodb", *_RELIABILITY)
DIALECTS: Final = (
    "tests/adapters/upstream/test_dialects.py",
    "tests/adapters/upstream/test_dialects_refusals.py",
)
CLIENT: Final = (
    "tests/adapters/upstream/test_client.py",
    "tests/adapters/upstream/test_client_retries.py",
    *_RELIABILITY,
)
TRANSPORT: Final = (
    "tests/adapters/upstream/test_transport.py",
    "tests/adapters/upstream/test_transport_deadline.py",
    "tests/adapters/upstream/test_transport_faults.py",
    "tests/adapters/upstream/test_transport_unsent.py",
    *_RELIABILITY,
)
BREAKER: Final = ("tests/adapters/upstream/test_breaker.py",)
