"""Judges a history: after every step, and once everything has come to rest."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from liveness_gateway.verifications.model import MultipleFaces
from tests.reliability.history.history import History
from tests.reliability.invariants.always import (
    i1_claim_precedes_call,
    i3_at_most_one_charge,
    i4_event_is_stored,
    i9_only_allowed_transitions,
    i10_fail_closed,
    i12_nothing_leaks,
    renderings,
)
from tests.reliability.invariants.answers import i6_answer_is_stored, i7_conflict_touches_nothing
from tests.reliability.invariants.at_rest import (
    i2_every_call_ends,
    i2_every_kept_result_is_stored,
    i5_every_version_is_announced,
    i5_nothing_waits,
    i8_one_call_per_attempt,
    i11_nothing_after_expiry,
    i13_in_time,
    i14_refused_input_costs_nothing,
)


class Watch:
    """Judges one history; `canaries` is what no output may hold."""

    def __init__(
        self,
        history: History,
        several_faces: MultipleFaces,
        canaries: Iterable[bytes],
    ) -> None:
        self._history = history
        self._several_faces = several_faces
        self._seen = [0] * len(history.outputs())
        self._judged: tuple[int, ...] = ()
        for canary in canaries:
            history.canaries += renderings(canary)

    def judge(self) -> None:
        """What holds at every moment: I1, I3, I4, I6, I7, I9, I10, I12.

        Raises:
            InvariantError: one does not hold.
        """
        history = self._history
        lengths = (len(history.posts), *map(len, history.outputs()))
        if lengths == self._judged:
            return
        self._judged = lengths
        i1_claim_precedes_call(history)
        i3_at_most_one_charge(history)
        i4_event_is_stored(history)
        i6_answer_is_stored(history)
        i7_conflict_touches_nothing(history)
        i9_only_allowed_transitions(history)
        i10_fail_closed(history, self._several_faces)
        i12_nothing_leaks(history, self._seen)

    def judge_at_rest(self, now: datetime, parked: Sequence[str], minimum: Decimal) -> None:
        """What holds when nothing runs and recovery ran, besides: I2, I5, I8, I11, I13, I14.

        `parked` is what the emergency queue gave up on, `minimum` the lowest threshold taken.

        Raises:
            InvariantError: one does not hold.
        """
        history = self._history
        self.judge()
        i2_every_call_ends(history, now)
        i2_every_kept_result_is_stored(history, parked)
        i5_every_version_is_announced(history)
        i5_nothing_waits(history)
        i8_one_call_per_attempt(history)
        i11_nothing_after_expiry(history)
        i13_in_time(history)
        i14_refused_input_costs_nothing(history, minimum)
