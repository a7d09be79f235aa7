"""Faults that show only when things happen twice, at once, late, or to a process that died.

Each is noticed by `tests/invariants`: by a scenario there, or by the state machine.
"""

from typing import Final

from tests.mutants.faults import SeededFault

_PAID = ("tests/invariants/test_paid_once.py",)
_LOST = ("tests/invariants/test_nothing_lost.py",)
_ANNOUNCED = ("tests/invariants/test_announced.py",)
_ANSWERS = ("tests/invariants/test_answers.py",)
_EXPIRY = ("tests/invariants/test_expiry.py",)
_TIME = ("tests/invariants/test_in_time.py",)

RACES: Final = (
    SeededFault(
        "I1", "upstream is called before the claim", "verifications/verify.py",
        "        claim = self._new_claim(request)\n",
        "        claim = self._new_claim(request)\n"
        "        self._upstream.verify(request.selfie, claim.threshold, request.deadline)\n",
        _PAID,
    ),
    SeededFault(
        "I1", "a claim the table refused to confirm is good enough", "verifications/verify.py",
        'raise _nothing_charged("The record could not be claimed") from None',
        "pass",
        _PAID,
    ),
    SeededFault(
        "I2", "a claim is not in the index of what may be overdue", "adapters/dynamodb/items.py",
        '            "sweep_shard": claim.verification_id[0],\n',
        "",
        _LOST,
    ),
    SeededFault(
        "I2", "the sweep looks for what is not overdue yet", "adapters/dynamodb/ledger.py",
        '"sweep_shard = :shard AND deadline < :now"',
        '"sweep_shard = :shard AND deadline > :now"',
        _LOST,
    ),
    SeededFault(
        "I2", "a kept result is thrown away when the table is still down", "entrypoints/batch.py",
        "    except LedgerUnavailableError:\n        return False\n",
        "    except LedgerUnavailableError:\n        return True\n",
        _LOST,
    ),
    SeededFault(
        "I3", "every lost answer is asked for once more", "adapters/upstream/client.py",
        "            raise _lost(str(lost)) from None",
        "            return _Again(_lost(str(lost)))",
        _PAID,
    ),
    SeededFault(
        "I3", "a call that was given up goes on by itself", "adapters/upstream/transport.py",
        "if self._shut or (not self.passed and time.monotonic() >= self._deadline):",
        "if False:",
        ("tests/invariants/test_unsent.py",),
    ),
    SeededFault(
        "I3", "a 500 counts as not charged", "adapters/upstream/client.py",
        "        raise OutcomeUnknownError(\n"
        '            "upstream_bad_answer", f"upstream_status_{reply.status}"',
        "        raise NotChargedError(\n"
        '            "upstream_bad_answer", f"upstream_status_{reply.status}"',
        _PAID,
    ),
    SeededFault(
        "I3", "any processing record is taken for one's own claim", "adapters/dynamodb/ledger.py",
        " and standing.claim_id == claim.claim_id",
        "",
        _PAID,
    ),
    SeededFault(
        "I4", "what still runs is announced as unknown", "verifications/publishing.py",
        "        if verification.status is Status.PROCESSING or now >= verification.expires_at:\n",
        "        if verification.status is Status.PROCESSING:\n"
        "            from dataclasses import replace\n"
        "            verification = replace(\n"
        "                verification, status=Status.UNKNOWN, version=1, ended_at=now\n"
        "            )\n"
        "        if now >= verification.expires_at:\n",
        _ANNOUNCED,
    ),
    SeededFault(
        "I4", "an event rounds the score", "verifications/events.py",
        '        data["score"] = float(verification.score)\n',
        '        data["score"] = round(float(verification.score), 1)\n',
        _ANNOUNCED,
    ),
    SeededFault(
        "I5", "an event has a new id each time", "verifications/events.py",
        "return hashlib.sha256(text.encode()).hexdigest()[:32]",
        'return __import__("secrets").token_hex(16)',
        _ANNOUNCED,
    ),
    SeededFault(
        "I5", "a key used again gives its old event id again", "verifications/events.py",
        'text = f"{verification.verification_id}\\n{created}\\n{verification.version}"',
        'text = f"{verification.verification_id}\\n{verification.version}"',
        _LOST,
    ),
    SeededFault(
        "I5", "FailedEntryCount is ignored", "adapters/eventbridge.py",
        'return [entry.get("ErrorCode") for entry in answer["Entries"]]',
        "return [None] * len(events)",
        _ANNOUNCED,
    ),
    SeededFault(
        "I5", "a bus that cannot be reached has taken everything", "adapters/eventbridge.py",
        "return [type(error).__name__] * len(events)",
        "return [None] * len(events)",
        _ANNOUNCED,
    ),
    SeededFault(
        "I5", "an unreadable record fails its whole batch", "entrypoints/streams.py",
        "    except UnreadableError:\n        return None\n",
        "    except UnreadableError:\n        raise\n",
        _ANNOUNCED,
    ),
    SeededFault(
        "I5", "a letter nobody took counts as kept", "verifications/publishing.py",
        "        return self._dead_letters.send(json.dumps(letter))\n",
        "        self._dead_letters.send(json.dumps(letter))\n        return True\n",
        _ANNOUNCED,
    ),
    SeededFault(
        "I5", "an event the bus will never take is offered for ever", "verifications/publishing.py",
        "        if code not in _FINAL_CODES:\n",
        "        if True:\n",
        _ANNOUNCED,
    ),
    SeededFault(
        "I6", "answered before it is stored", "verifications/verify.py",
        '            self._telemetry.count("result_kept_in_emergency" if kept else "result_lost")\n',
        "            found = self._ledger.get(result.attempt_reference.verification_id)\n"
        "            if found and result.score is not None:\n"
        "                return replace(\n"
        "                    found,\n"
        "                    status=result.status,\n"
        "                    ended_at=result.ended_at,\n"
        "                    decision=result.decision,\n"
        "                    score=result.score,\n"
        "                )\n",
        _ANSWERS,
    ),
    SeededFault(
        "I6", "a known outcome is still called running", "verifications/verify.py",
        "        if standing.status is Status.UNKNOWN:\n",
        "        if False:\n",
        _ANSWERS,
    ),
    SeededFault(
        "I6", "the key counts without the client", "verifications/model.py",
        'f"{client_id}\\n{idempotency_key}"',
        'f"{idempotency_key}"',
        _ANSWERS,
    ),
    SeededFault(
        "I6", "a late answer keeps the problem of the unknown before it", "adapters/dynamodb/ledger.py",
        'removed = values.keys() - result.keys() - {"image"}',
        "removed = set[str]()",
        _LOST,
    ),
    SeededFault(
        "I7", "other content under a key gets the first answer", "verifications/verify.py",
        "if not secrets.compare_digest(standing.fingerprint, claim.fingerprint):",
        "if False:",
        _ANSWERS,
    ),
    SeededFault(
        "I7", "the fingerprint knows no threshold", "adapters/secrets.py",
        "for part in (selfie.content, decimal_text(threshold).encode(), reference):",
        "for part in (selfie.content, reference):",
        _ANSWERS,
    ),
    SeededFault(
        "I8", "a claim overwrites whatever stands there", "adapters/dynamodb/ledger.py",
        '"attribute_not_exists(#name) OR expires_at <= :now"',
        '"attribute_not_exists(nothing)"',
        _PAID,
    ),
    SeededFault(
        "I8", "two start the same next attempt", "adapters/dynamodb/ledger.py",
        '"#name = :failed AND attempt = :attempt AND deadline = :deadline AND expires_at > :now"',
        '"#name = :failed AND expires_at > :now"',
        _PAID,
    ),
    SeededFault(
        "I9", "a result overwrites a completed record", "adapters/dynamodb/ledger.py",
        '                    f" AND {allowed}"\n',
        "",
        _LOST,
    ),
    SeededFault(
        "I9", "a result of an earlier attempt is taken", "adapters/dynamodb/ledger.py",
        'f"attempt = :attempt AND deadline = :deadline AND expires_at > :now"',
        'f"expires_at > :now"',
        _LOST,
    ),
    SeededFault(
        "I9", "a version is not counted up", "adapters/dynamodb/ledger.py",
        "SET version = version + :one",
        "SET version = :one",
        _LOST,
    ),
    SeededFault(
        "I9", "a next attempt forgets the versions before it", "adapters/dynamodb/ledger.py",
        "            version=failed.version,\n",
        "",
        _PAID,
    ),
    SeededFault(
        "I10", "a result kept for days settles another selfie", "adapters/dynamodb/ledger.py",
        'f"attempt = :attempt AND deadline = :deadline AND expires_at > :now"',
        'f"attempt = :attempt AND expires_at > :now"',
        _LOST,
    ),
    SeededFault(
        "I10", "a score a hair below is rounded up", "adapters/upstream/dialects.py",
        "rounding=ROUND_DOWN",
        'rounding="ROUND_UP"',
        _ANSWERS,
    ),
    SeededFault(
        "I10", "several faces are trusted whatever the policy", "verifications/model.py",
        "    if len(answer.faces) > 1 and multiple_faces is not MultipleFaces.SCORE:\n",
        "    if False:\n",
        _ANSWERS,
    ),
    SeededFault(
        "I10", "the caller's threshold is not the one judged by", "verifications/verify.py",
        "        return asked\n",
        "        return self._policy.default_threshold\n",
        _ANSWERS,
    ),
    SeededFault(
        "I11", "an expired record stands in the way of a claim", "adapters/dynamodb/ledger.py",
        '"attribute_not_exists(#name) OR expires_at <= :now"',
        '"attribute_not_exists(#name)"',
        _EXPIRY,
    ),
    SeededFault(
        "I11", "an expired record can be read", "verifications/model.py",
        "return self.client_id == client_id and now < self.expires_at",
        "return self.client_id == client_id",
        _EXPIRY,
    ),
    SeededFault(
        "I11", "an expired record takes a result", "adapters/dynamodb/ledger.py",
        'f"attempt = :attempt AND deadline = :deadline AND expires_at > :now"',
        'f"attempt = :attempt AND deadline = :deadline"',
        _EXPIRY,
    ),
    SeededFault(
        "I12", "the key is in the log of a second try", "adapters/upstream/client.py",
        "level=logging.WARNING, reason=first.fault.reason",
        "level=logging.WARNING, reason=credentials.app_key",
        _PAID,
    ),
    SeededFault(
        "I12", "the selfie is in the answer to a conflict", "verifications/verify.py",
        '"The record under this key is of another selfie, threshold or subject_ref."',
        'f"{request.selfie.content!r} is another selfie."',
        _ANSWERS,
    ),
    SeededFault(
        "I13", "a table that is down is waited for without end", "verifications/verify.py",
        "                if self._clock.monotonic() + wait > until:\n",
        "                if self._clock.monotonic() + wait > until + 60:\n",
        _TIME,
    ),
    SeededFault(
        "I13", "a secret is read when there is no time to use it", "adapters/upstream/client.py",
        "        if deadline - self._clock.monotonic() < _SHORTEST_TRY:\n            raise fault\n",
        "",
        _TIME,
    ),
    SeededFault(
        "I13", "every refusal is tried twice", "adapters/upstream/client.py",
        "        self._tenths -= 10\n",
        "",
        _TIME,
    ),
    SeededFault(
        "I14", "a threshold below the minimum is taken", "verifications/verify.py",
        "        if asked < self._policy.minimum_threshold:\n",
        "        if False:\n",
        _ANSWERS,
    ),
    SeededFault(
        "I14", "our own outage is called the caller's mistake", "verifications/verify.py",
        'return ProblemError("upstream_unavailable", f"{why}; nothing',
        'return ProblemError("malformed_request", f"{why}; nothing',
        _PAID,
    ),
)  # fmt: skip
