"""I1, I2, I3 and I8: one call for one claim, and what became of it is stored."""

from typing import Final

from mutants import killers
from mutants.seeded_fault import SeededFault

FAULTS: Final = (
    SeededFault(
        "I1", "upstream is called without a claim", "Verifier.verify",
        "self._retry_until(lambda: self._ledger.claim(claim), until)",
        "None",
        killers.VERIFY,
    ),
    SeededFault(
        "I1", "upstream is called before the claim", "Verifier.verify",
        "claim = self._new_claim(request)",
        """
        claim = self._new_claim(request)
        self._upstream.verify(request.selfie, claim.threshold, request.deadline, lambda: None)
        """,
        killers.VERIFY,
    ),
    SeededFault(
        "I1", "a claim the table refused to confirm is good enough", "Verifier.verify",
        'raise _nothing_charged("The record could not be claimed") from None',
        "pass",
        killers.VERIFY,
    ),
    SeededFault(
        "I2", "an error of upstream is not stored", "Verifier._call_and_store",
        "result, wait = result_of_error(claim, error, self._clock.now()), error.retry_after",
        "raise ProblemError(error.code, error.reason) from None",
        killers.VERIFY,
    ),
    SeededFault(
        "I2", "a result the table did not take is dropped", "Verifier._store",
        "self._emergency.keep(result)",
        "True",
        killers.VERIFY,
    ),
    SeededFault(
        "I2", "abandoned claims are left alone", "Sweeper._end",
        "stored = self._ledger.store(abandoned)",
        "return False",
        killers.RECOVERY,
    ),
    SeededFault(
        "I2", "a claim is not in the index of what may be overdue", "items.claim_item",
        "claim.verification_id[0]",
        "None",
        killers.LEDGER,
    ),
    SeededFault(
        "I2", "the sweep looks for what is not overdue yet", "DynamoDBLedger._overdue_in",
        '"sweep_shard = :shard AND deadline < :now"',
        '"sweep_shard = :shard AND deadline > :now"',
        killers.LEDGER,
    ),
    SeededFault(
        "I2", "a kept result is thrown away when the table is still down",
        "StoreKeptResults._stored",
        """
        try:
            ...
        except LedgerUnavailableError:
            return False
        except (ResultRefusedError, UnreadableError) as error:
            ...
        """,
        """
        try:
            ...
        except LedgerUnavailableError:
            return True
        except (ResultRefusedError, UnreadableError) as error:
            ...
        """,
        killers.QUEUES,
    ),
    SeededFault(
        "I3", "an unknown verification is not remembered", "Verifier._repeat",
        "standing.status is Status.FAILED",
        "standing.status in (Status.FAILED, Status.UNKNOWN)",
        killers.VERIFY,
    ),
    SeededFault(
        "I3", "a lost answer counts as not charged", "ports.UpstreamError",
        "charged = True",
        "charged = False",
        killers.VERIFY,
    ),
    SeededFault(
        "I3", "the same credentials are tried again after a 401", "UpstreamClient._newer",
        "fresh is None or fresh.version == used.version",
        "fresh is None",
        killers.CLIENT,
    ),
    SeededFault(
        "I3", "a 503 that says nothing counts as not charged", "outcomes._of_later",
        "if reply.status == 503 and seconds is None: ...",
        "if False: ...",
        killers.CLIENT,
    ),
    SeededFault(
        "I3", "part of the selfie sent counts as nothing sent", "HttpTransport.post",
        "if exchange.sent: ...",
        "if False: ...",
        killers.TRANSPORT,
    ),
    SeededFault(
        "I3", "every lost answer is asked for once more", "outcomes.answer_lost",
        "Failure(OutcomeUnknownError(code, reason), health)",
        "Failure(OutcomeUnknownError(code, reason), health, wait=0.0)",
        killers.CLIENT,
    ),
    SeededFault(
        "I3", "a 500 counts as not charged", "outcomes._unknown",
        "OutcomeUnknownError(..., ..., request_id=reply.request_id)",
        "NotChargedError(..., ..., request_id=reply.request_id)",
        killers.CLIENT,
    ),
    SeededFault(
        "I3", "any processing record is taken for one's own claim", "ledger._is_own",
        "standing.status is Status.PROCESSING and standing.claim_id == claim.claim_id",
        "standing.status is Status.PROCESSING",
        killers.LEDGER,
    ),
    SeededFault(
        "I8", "the claim takes an expired record for a live one", "DynamoDBLedger.claim",
        '"attribute_not_exists(#name) OR expires_at <= :now"',
        '"attribute_not_exists(#name) OR expires_at > :now"',
        killers.LEDGER,
    ),
    SeededFault(
        "I8", "a claim overwrites whatever stands there", "DynamoDBLedger.claim",
        '"attribute_not_exists(#name) OR expires_at <= :now"',
        '"attribute_not_exists(nothing)"',
        killers.LEDGER,
    ),
    SeededFault(
        "I8", "two start the same next attempt", "DynamoDBLedger.reclaim",
        '"#name = :failed AND attempt = :attempt AND deadline = :deadline AND expires_at > :now"',
        '"#name = :failed AND expires_at > :now"',
        killers.LEDGER,
    ),
)  # fmt: skip
