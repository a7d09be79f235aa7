"""What every invariant needs: its error, and the rule of the decision.

The decision is computed here a second time, from what the liveness API was told to say.
"""

import math
from decimal import Decimal
from typing import Final, NoReturn

from liveness_gateway.verifications.model import MultipleFaces
from tests.reliability.history.facts import Content, Generation, Post, Write
from tests.reliability.history.history import History
from tests.world import SETTINGS

# A stored score has at most 36 decimal places; what is cut is never rounded up.
_PLACES: Final = 36


class InvariantError(AssertionError):
    """An invariant does not hold."""


def broken(invariant: str, what: str) -> NoReturn:
    """Say which invariant is broken, and by what."""
    raise InvariantError(f"{invariant} is broken: {what}")


def hold(invariant: str, condition: object, what: str) -> None:
    """The invariant is broken unless the condition is true."""
    if not condition:
        broken(invariant, what)


def cut(score: Decimal) -> Decimal:
    """The score as it may be stored: never larger than it was."""
    whole, _, fraction = f"{score:f}".partition(".")
    return Decimal(f"{whole}.{fraction[:_PLACES]}")


def effective(content: Content) -> Decimal:
    """The threshold a request is judged by."""
    return SETTINGS.default_threshold if content.threshold is None else content.threshold


def shown(score: Decimal, threshold: Decimal) -> float:
    """The number that a caller and an event may see: it is on the score's side of the threshold."""
    number = float(score)
    if score < threshold <= Decimal(repr(number)):
        return math.nextafter(number, -math.inf)
    return number


def decision_of(
    score: Decimal | None, faces: int, threshold: Decimal, several: MultipleFaces
) -> tuple[str, list[str]]:
    """The decision and its reasons, as the design has them."""
    if faces == 0:
        return "inconclusive", ["no_face"]
    if faces > 1 and (score is None or several is MultipleFaces.INCONCLUSIVE):
        return "inconclusive", ["multiple_faces"]
    if score is None:
        broken("I10", "a face was judged without a score")
    return ("live", []) if score >= threshold else ("not_live", ["below_threshold"])


def post_behind(write: Write, history: History) -> Post:
    """The call a completed record came from: it names it, else it is the one of its attempt."""
    uid = write.new.get("upstream", {}).get("api_req_uid")
    for post in history.posts:
        if f"post-{post.received.number}" == uid:
            return post
    for post in history.posts:
        claim = history.claim_of(post.process)
        of_attempt = claim and _attempt(claim) == _attempt(write)
        if of_attempt and post.doing.usable:
            return post
    broken("I10", f"completed by no call: {uid}")


def _attempt(write: Write) -> tuple[Generation, int]:
    return write.generation, int(write.new["attempt"])
