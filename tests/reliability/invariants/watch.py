"""Checks a history: after every step, and once everything has come to rest."""

from typing import Final

from tests.reliability.history.history import History
from tests.reliability.invariants import always, answers, at_rest

ALWAYS: Final = (
    always.i1_claim_precedes_call,
    always.i3_at_most_one_charge,
    always.i4_event_is_stored,
    answers.i6_answer_is_stored,
    answers.i7_conflict_touches_nothing,
    always.i9_only_allowed_transitions,
    always.i10_fail_closed,
    always.i12_nothing_leaks,
)
"""What holds at every moment."""
AT_REST: Final = (
    at_rest.i2_every_call_ends,
    at_rest.i2_every_kept_result_is_stored,
    at_rest.i3_the_bill_is_true,
    at_rest.i5_every_version_is_announced,
    at_rest.i5_nothing_waits,
    at_rest.i8_one_call_per_attempt,
    at_rest.i11_nothing_after_expiry,
    at_rest.i13_in_time,
    at_rest.i14_refused_input_costs_nothing,
)
"""What holds besides when nothing runs and recovery ran."""


def check(history: History) -> None:
    """Check what holds at every moment, if anything happened since the last time.

    Raises:
        InvariantError: an invariant does not hold.
    """
    lengths = (len(history.posts), *map(len, history.outputs()))
    if lengths != history.checked:
        history.checked = lengths
        for invariant in ALWAYS:
            invariant(history)


def check_at_rest(history: History) -> None:
    """Check every invariant.

    Raises:
        InvariantError: an invariant does not hold.
    """
    check(history)
    for invariant in AT_REST:
        invariant(history)
