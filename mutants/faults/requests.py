"""What one request, one entry, one message or one picture must not be able to do."""

from typing import Final

from mutants import killers
from mutants.seeded_fault import SeededFault

FAULTS: Final = (
    SeededFault(
        "I3", "one event delivered twice is two verifications", "claims._name",
        "request.event_id or secrets.token_hex(16)",
        "secrets.token_hex(16)",
        killers.VERIFY,
    ),
    SeededFault(
        "I5", "an overdue entry nobody can read ends the sweep", "Sweeper._end",
        "if overdue is None: ...",
        "if False: ...",
        killers.RECOVERY,
    ),
    SeededFault(
        "I5", "a message nobody can read ends the batch", "StoreKeptResults._stored",
        """
        try:
            ...
        except LedgerUnavailableError:
            ...
        except (ResultRefusedError, UnreadableError) as error:
            ...
        """,
        """
        try:
            ...
        except LedgerUnavailableError:
            ...
        except ResultRefusedError as error:
            ...
        """,
        killers.QUEUES,
    ),
    SeededFault(
        "I6", "settings are looked at before the stored answer", "Verifier.verify",
        "if refusal is not None: ...",
        """
        if refusal is not None:
            raise refusal
        """,
        killers.VERIFY,
    ),
    SeededFault(
        "I6", "links lack the stage", "links.record_path",
        'f"{_prefix(event)}/v1/verifications/{verification_id}"',
        'f"/v1/verifications/{verification_id}"',
        killers.LINKS,
    ),
    SeededFault(
        "I6", "a shown score may reach the threshold by rounding", "records.shown_score",
        "score < threshold and float(score) >= float(threshold)",
        "False",
        killers.RECORDS,
    ),
    SeededFault(
        "I10", "a null list of faces is no answer", "answers._face_count",
        'faces is None and "faces_predicted" in data',
        "False",
        killers.ANSWERS,
    ),
    SeededFault(
        "I10", "the code for no face is an error like any other", "answers.read_answer",
        "code == NO_FACE",
        "False",
        killers.ANSWERS,
    ),
    SeededFault(
        "I10", "a kept result says itself what was decided", "Recoverer.store",
        "self._decided_again(result, record)",
        "result",
        killers.RECOVERY,
    ),
    SeededFault(
        "I10", "a result may be live without a score", "model._is_decided",
        "if score is None or result.face_count == 0: ...",
        "if False: ...",
        killers.MESSAGES,
    ),
    SeededFault(
        "I12", "the place where a picture was taken is forwarded", "jpeg.without_metadata",
        "orientation = _exif(data)",
        "orientation = content[start:end]",
        killers.PICTURES,
    ),
    SeededFault(
        "I12", "what follows the end of a picture is forwarded", "jpeg.segments",
        "if marker in (EOI, _SECOND_SOI): ...",
        "if False: ...",
        killers.PICTURES,
    ),
    SeededFault(
        "I13", "a picture that a firewall dislikes counts as an outage", "outcomes.outcome_of",
        "Health.UNDECIDED if code is None else Health.WELL",
        "Health.TROUBLED",
        killers.CLIENT,
    ),
    SeededFault(
        "I13", "a page of a firewall counts as a reached limit", "outcomes.outcome_of",
        "_of_refusal(reply, now, ours=code is not None)",
        "_of_refusal(reply, now, ours=True)",
        killers.CLIENT,
    ),
    SeededFault(
        "I13", "a probe that says nothing keeps the circuit open", "BreakerPermit.undecided",
        "if self._probe: ...",
        "if False: ...",
        killers.BREAKER,
    ),
    SeededFault(
        "I14", "a compressed body is read as a form", "requests._check_coding",
        "coding not in _NO_CODING",
        "False",
        killers.REQUESTS,
    ),
    SeededFault(
        "I14", "a control character is part of a subject", "requests._subject_ref",
        "not SUBJECT_REF.fullmatch(reference)",
        "not reference",
        killers.REQUESTS,
    ),
    SeededFault(
        "I14", "a secret with a byte order mark is unusable", "secrets._credentials",
        r'secret.text.removeprefix("\ufeff")',
        "secret.text",
        killers.SECRETS,
    ),
)  # fmt: skip
