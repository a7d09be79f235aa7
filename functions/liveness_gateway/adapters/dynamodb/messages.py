"""A terminal result as a message of the emergency queue, and back."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final

from liveness_gateway.adapters.dynamodb.items import result_fields, result_values
from liveness_gateway.adapters.dynamodb.values import NONE_OF_OURS, integer, moment, text
from liveness_gateway.verifications.model import AttemptReference, TerminalResult
from liveness_gateway.verifications.ports import UnreadableError

_VERIFICATION_ID: Final = re.compile(r"[0-9a-f]{32}")


def message_of(result: TerminalResult) -> str:
    """The body of the message. Numbers travel as text, so that none loses a digit."""
    reference = result.attempt_reference
    deadline = {"deadline": reference.deadline.isoformat()}
    return json.dumps(asdict(reference) | deadline | result_values(result), default=_exact)


def kept_result(body: str) -> TerminalResult:
    """The result that a message carries.

    Raises:
        UnreadableError: the message is none of ours, or its result contradicts itself.
    """
    try:
        return _result(json.loads(body, object_hook=_decimals))
    except (RecursionError, *NONE_OF_OURS):
        raise UnreadableError("this message holds no result") from None


def _result(plain: Mapping[str, Any]) -> TerminalResult:
    fields = result_fields(plain)
    name, attempt = text(plain["verification_id"]), integer(plain["attempt"])
    if fields["ended_at"] is None or not _VERIFICATION_ID.fullmatch(name) or attempt < 1:
        raise ValueError("no end, or no attempt of a verification")
    reference = AttemptReference(name, attempt, moment(plain["deadline"]))
    # A message of the first release has no count: it kept every face.
    count = plain.get("face_count")
    count = len(fields["faces"]) if count is None else integer(count)
    return TerminalResult(attempt_reference=reference, face_count=count, **fields)


def _exact(value: object) -> dict[str, str]:
    if not isinstance(value, Decimal):
        raise TypeError(f"a result holds no {type(value).__name__}")
    return {"decimal": str(value)}


def _decimals(value: dict[str, object]) -> object:
    return Decimal(str(value["decimal"])) if value.keys() == {"decimal"} else value
