"""The faults `make mutants` plants: at least one for each invariant of the design."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class SeededFault:
    """One exact replacement in one file of the shared package.

    Attributes:
        invariant: what the fault breaks.
        name: the fault in words.
        file: below `functions/liveness_gateway`.
        old: the text as it stands, found exactly once.
        new: the fault.
        tests: what should notice it.
    """

    invariant: str
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


_SERVICE = (
    "tests/unit/verifications/test_verify.py",
    "tests/unit/verifications/test_verify_repeats.py",
    "tests/unit/verifications/test_verify_faults.py",
    "tests/unit/test_kills.py",
)
_LEDGER = ("tests/adapters/dynamodb/test_ledger_contract.py", "tests/adapters/dynamodb/test_ledger_results.py")
_UPSTREAM = ("tests/adapters/upstream/test_client.py", "tests/adapters/upstream/test_client_retries.py")
_DIALECTS = ("tests/adapters/upstream/test_dialects.py", "tests/adapters/upstream/test_dialects_refusals.py")
_TRANSPORT = ("tests/adapters/upstream/test_transport.py", "tests/adapters/upstream/test_transport_faults.py")
_DOMAIN = ("tests/unit/verifications/test_model.py",)
_PUBLISHING = ("tests/unit/verifications/test_publishing.py",)
_BREAKER = ("tests/adapters/upstream/test_breaker.py",)
_REQUESTS = ("tests/unit/entrypoints/http/test_requests.py", "tests/unit/entrypoints/http/test_thresholds.py")
_MULTIPART = ("tests/unit/entrypoints/http/test_multipart.py", "tests/unit/entrypoints/http/test_multipart_delimiters.py")
_HTTP = ("tests/api/test_problems.py", "tests/api/test_unhandled_errors.py")

FAULTS: Final = (
    SeededFault(
        "I1", "upstream is called without a claim", "verifications/verify.py",
        "standing = self._retry_until(lambda: self._ledger.claim(claim), until)",
        "standing = None",
        _SERVICE,
    ),
    SeededFault(
        "I2", "a fault of upstream is not stored", "verifications/verify.py",
        "            result = self._faulted(attempt_reference, fault)\n",
        "            raise ProblemError(fault.code, fault.reason) from None\n",
        _SERVICE,
    ),
    SeededFault(
        "I2", "a result the table did not take is dropped", "verifications/verify.py",
        "kept = self._emergency.keep(result)",
        "kept = True",
        _SERVICE,
    ),
    SeededFault(
        "I2", "abandoned claims are left alone", "verifications/recovery.py",
        "            stored = self._ledger.store(abandoned)\n",
        "            return False\n            stored = self._ledger.store(abandoned)\n",
        ("tests/unit/verifications/test_recovery.py",),
    ),
    SeededFault(
        "I3", "an unknown verification is not remembered", "verifications/verify.py",
        "if standing.status is Status.UNKNOWN:\n",
        "if False:\n",
        _SERVICE,
    ),
    SeededFault(
        "I3", "a lost answer counts as not charged", "verifications/model.py",
        'it is `unknown`."""\n',
        'it is `unknown`."""\n\n    charged = False\n',
        (*_SERVICE, "tests/adapters/upstream/test_client.py"),
    ),
    SeededFault(
        "I3", "the same credentials are tried again after a 401", "adapters/upstream/client.py",
        "if fresh is None or fresh.version == used.version:",
        "if fresh is None:",
        _UPSTREAM,
    ),
    SeededFault(
        "I3", "a 503 that says nothing counts as not charged", "adapters/upstream/client.py",
        "if reply.status == 503 and not _WHEN.fullmatch(when):",
        "if False:",
        _UPSTREAM,
    ),
    SeededFault(
        "I3", "part of the selfie sent counts as nothing sent", "adapters/upstream/transport.py",
        "        if sent:\n",
        "        if False:\n",
        _TRANSPORT,
    ),
    SeededFault(
        "I4", "a processing record is announced", "verifications/publishing.py",
        "if verification.status is Status.PROCESSING or now >= verification.expires_at:",
        "if now >= verification.expires_at:",
        _PUBLISHING,
    ),
    SeededFault(
        "I5", "entries the bus refused are taken for announced", "verifications/publishing.py",
        "if code is not None and not self._given_up(announcement, code):",
        "if code is not None and self._given_up(announcement, code):",
        _PUBLISHING,
    ),
    SeededFault(
        "I5", "the versions of a record share one event id", "verifications/events.py",
        'text = f"{verification.verification_id}\\n{created}\\n{verification.version}"',
        'text = f"{verification.verification_id}\\n{created}"',
        ("tests/unit/verifications/test_events.py",),
    ),
    SeededFault(
        "I5", "a poison record is delivered for ever", "verifications/publishing.py",
        'if not self._bury("unreadable_record", record.sequence_number, None):',
        "if True:",
        _PUBLISHING,
    ),
    SeededFault(
        "I6", "answered before it is stored", "verifications/verify.py",
        "        except LedgerUnavailableError:\n            kept",
        "        except ResultRefusedError:\n            kept",
        _SERVICE,
    ),
    SeededFault(
        "I7", "the fingerprint knows no subject", "adapters/secrets.py",
        "for part in (selfie.content, decimal_text(threshold).encode(), reference):",
        "for part in (selfie.content, decimal_text(threshold).encode()):",
        ("tests/adapters/test_fingerprints.py",),
    ),
    SeededFault(
        "I8", "the claim overwrites what stands there", "adapters/dynamodb/ledger.py",
        '"attribute_not_exists(#name) OR expires_at <= :now"',
        '"attribute_not_exists(#name) OR expires_at > :now"',
        _LEDGER,
    ),
    SeededFault(
        "I9", "a late unknown overwrites", "adapters/dynamodb/ledger.py",
        '        allowed = "#status = :processing"\n',
        '        allowed = "(#status = :processing OR attempt = :attempt)"\n',
        _LEDGER,
    ),
    SeededFault(
        "I9", "a result of an earlier attempt is taken", "adapters/dynamodb/ledger.py",
        'f"attempt = :attempt AND deadline = :deadline AND expires_at > :now"',
        'f":attempt = :attempt AND :deadline = :deadline AND expires_at > :now"',
        _LEDGER,
    ),
    SeededFault(
        "I10", "a missing score has a default", "adapters/upstream/dialects.py",
        'score=_unit(data.get("faces_liveness"), "faces_liveness")',
        'score=_unit(data.get("faces_liveness", 1), "faces_liveness")',
        _DIALECTS,
    ),
    SeededFault(
        "I10", "true is a score", "adapters/upstream/dialects.py",
        "if isinstance(value, bool) or not isinstance(value, int | Decimal):",
        "if not isinstance(value, int | Decimal):",
        _DIALECTS,
    ),
    SeededFault(
        "I10", "a score above 1 is taken", "adapters/upstream/dialects.py",
        "if not 0 <= number <= 1:",
        "if not 0 <= number:",
        _DIALECTS,
    ),
    SeededFault(
        "I10", "errors inside a success are overlooked", "adapters/upstream/dialects.py",
        'if payload.get("Errors"):',
        "if False:",
        _DIALECTS,
    ),
    SeededFault(
        "I10", "a 500 with a body is an answer", "adapters/upstream/client.py",
        "case status if 200 <= status < 300:",
        "case status if 200 <= status < 600:",
        _UPSTREAM,
    ),
    SeededFault(
        "I10", "no face is judged by the score", "verifications/model.py",
        "    if not answer.faces:\n",
        "    if False:\n",
        _DOMAIN,
    ),
    SeededFault(
        "R12", "a score equal to the threshold is not live", "verifications/model.py",
        "if answer.score >= threshold:",
        "if answer.score > threshold:",
        _DOMAIN,
    ),
    SeededFault(
        "I11", "an expired record is announced", "verifications/publishing.py",
        "if verification.status is Status.PROCESSING or now >= verification.expires_at:",
        "if verification.status is Status.PROCESSING:",
        _PUBLISHING,
    ),
    SeededFault(
        "I12", "the boxes are in the event", "verifications/events.py",
        '        data["completed_at"] = occurred_at\n',
        '        data["completed_at"] = occurred_at\n        data["faces"] = "boxes"\n',
        ("tests/unit/verifications/test_events.py",),
    ),
    SeededFault(
        "I12", "another client's record can be read", "verifications/model.py",
        "return self.client_id == client_id and now < self.expires_at",
        "return now < self.expires_at",
        (*_DOMAIN, *_SERVICE),
    ),
    SeededFault(
        "I12", "an unforeseen error tells its text", "entrypoints/http/application.py",
        'return ProblemError("internal", "Something nobody foresaw. The operator has been told.")',
        'return ProblemError("internal", str(error))',
        _HTTP,
    ),
    SeededFault(
        "I13", "upstream may take its time", "adapters/upstream/transport.py",
        "        worker.join(max(0.0, deadline - time.monotonic()))\n",
        "        worker.join()\n",
        ("tests/adapters/upstream/test_transport_faults.py",),
    ),
    SeededFault(
        "I13", "an answer may have any size", "adapters/upstream/transport.py",
        "        if size > MAXIMUM_ANSWER:\n",
        "        if False:\n",
        _TRANSPORT,
    ),
    SeededFault(
        "I13", "the breaker never opens", "adapters/upstream/breaker.py",
        "tripped = not success and failures >= _FAILURES and 2 * failures >= calls",
        "tripped = False",
        _BREAKER,
    ),
    SeededFault(
        "I14", "a threshold of any script is taken", "entrypoints/http/requests.py",
        "if not _THRESHOLD.fullmatch(form.threshold):",
        "if False:",
        _REQUESTS,
    ),
    SeededFault(
        "I14", "a second selfie is taken for the first", "entrypoints/http/multipart.py",
        "        if name in found:\n",
        "        if False:\n",
        _MULTIPART,
    ),
    SeededFault(
        "I14", "a body of any length is decoded", "entrypoints/http/requests.py",
        "    if size > MAXIMUM_BODY:\n",
        "    if False:\n",
        _REQUESTS,
    ),
    SeededFault(
        "R4", "an image of any size is taken", "verifications/selfie.py",
        "if width * height > MAXIMUM_PIXELS:",
        "if False:",
        ("tests/unit/verifications/test_selfie.py",),
    ),
)  # fmt: skip
