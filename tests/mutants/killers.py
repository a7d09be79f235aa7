"""The tests that should notice a fault, the quickest first.

Where no unit test can see a fault, because it shows only when things happen twice, at once or
late, the drivers of `tests/reliability` do.
"""

from typing import Final

_RELIABILITY: Final = ("tests/reliability/simulation", "tests/reliability/fault_injection")

VERIFY: Final = ("tests/unit/verifications/test_verify*.py", *_RELIABILITY)
RECOVERY: Final = ("tests/unit/verifications/test_recovery*.py", *_RELIABILITY)
PUBLISHING: Final = ("tests/unit/verifications/test_publishing*.py", *_RELIABILITY)
EVENTS: Final = ("tests/unit/verifications/test_events*.py", *_RELIABILITY)
RECORDS: Final = ("tests/unit/verifications/test_[er]*.py", *_RELIABILITY)
MODEL: Final = ("tests/unit/verifications/test_[mv]*.py", *_RELIABILITY)
SELFIE: Final = ("tests/unit/verifications/test_selfie*.py",)
QUEUES: Final = ("tests/unit/entrypoints/test_queues*.py", *_RELIABILITY)
STREAMS: Final = ("tests/unit/entrypoints/test_streams*.py", *_RELIABILITY)
REQUESTS: Final = ("tests/unit/entrypoints/http/test_[rt]*.py",)
MULTIPART: Final = ("tests/unit/entrypoints/http/test_multipart.py",)
HTTP: Final = ("tests/api/test_unhandled*.py",)
CANARIES: Final = ("tests/api/test_canaries*.py",)
FINGERPRINTS: Final = ("tests/adapters/test_fingerprints*.py",)
BUS: Final = ("tests/adapters/test_eventbridge*.py",)
LEDGER: Final = ("tests/adapters/dynamodb/test_ledger*.py", *_RELIABILITY)
DIALECTS: Final = ("tests/adapters/upstream/test_dialects*.py",)
CLIENT: Final = ("tests/adapters/upstream/test_client*.py", *_RELIABILITY)
TRANSPORT: Final = ("tests/adapters/upstream/test_transport*.py", *_RELIABILITY)
BREAKER: Final = ("tests/adapters/upstream/test_breaker*.py",)
