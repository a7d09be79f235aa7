"""Watches a gateway: judges it after every step, and once everything has come to rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from tests.invariants.always import (
    i1_claim_precedes_call,
    i3_at_most_one_charge,
    i4_event_is_stored,
    i6_answer_is_stored,
    i7_conflict_touches_nothing,
    i9_only_allowed_transitions,
    i10_fail_closed,
    i12_nothing_leaks,
    renderings,
)
from tests.invariants.at_rest import (
    i2_every_call_ends,
    i2_every_kept_result_is_stored,
    i5_every_version_is_announced,
    i5_nothing_waits,
    i8_one_call_per_attempt,
    i11_nothing_after_expiry,
    i13_in_time,
    i14_refused_input_costs_nothing,
)
from tests.invariants.copies import MINIMUM_THRESHOLD
from tests.invariants.gateway import Gateway
from tests.invariants.history import plain
from tests.invariants.judging import broken, hold
from tests.invariants.outside import FINGERPRINT_KEY

IMAGE_CANARY: Final = b"image-canary"
_KEY_CANARY: Final = b"app-key-canary"
_RECEIVES: Final = 3
_ROUNDS: Final = 12


class Watch:
    """Judges one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._history = gateway.history
        self._seen = [0] * len(gateway.history.outputs())
        self._judged: tuple[int, ...] = ()
        for canary in (IMAGE_CANARY, _KEY_CANARY, FINGERPRINT_KEY.encode()):
            self._history.canaries += renderings(canary)

    def judge(self) -> None:
        """What holds at every moment: I1, I3, I4, I6, I7, I9, I10, I12."""
        history = self._history
        lengths = (len(history.writes), len(history.posts), *map(len, history.outputs()))
        if lengths == self._judged:
            return
        self._judged = lengths
        i1_claim_precedes_call(history)
        i3_at_most_one_charge(history)
        i4_event_is_stored(history)
        i6_answer_is_stored(history)
        i7_conflict_touches_nothing(history)
        i9_only_allowed_transitions(history)
        i10_fail_closed(history, self._gateway.policy.multiple_faces)
        i12_nothing_leaks(history, self._gateway.table.items, self._seen)

    def judge_at_rest(self) -> None:
        """What holds when nothing runs and recovery ran: I2, I5, I8, I11, I13, I14."""
        history = self._history
        self.judge()
        i2_every_call_ends(history, self._gateway.clock.now())
        i2_every_kept_result_is_stored(history, self._gateway.parked)
        i5_every_version_is_announced(history)
        i5_nothing_waits(history)
        i8_one_call_per_attempt(history)
        i11_nothing_after_expiry(history)
        i13_in_time(history)
        i14_refused_input_costs_nothing(history, MINIMUM_THRESHOLD)


@contextmanager
def judged(gateway: Gateway | None = None) -> Iterator[Gateway]:
    """A gateway that is judged afterwards: at once, and again when it has come to rest."""
    gateway = gateway or Gateway()
    watch = Watch(gateway)
    yield gateway
    watch.judge()
    rest(gateway)
    watch.judge_at_rest()


def rest(gateway: Gateway) -> None:
    """End all faults, let what runs end, and run recovery until there is nothing left to do."""
    gateway.secrets.state = "good"
    gateway.breaker_table.down = gateway.emergency.down = gateway.letters.down = False
    gateway.bus.refusals = {}
    gateway.clock.jump(-gateway.clock.skew)
    for process in list(gateway.held()):
        process.troubles.clear()
        process.run()
    gateway.table.catch_up()
    for _ in range(_ROUNDS):
        _recover(gateway)
        if not gateway.new_in_stream() and not gateway.emergency.messages and not _open(gateway):
            return
    hold("I2", not _open(gateway), "what is overdue is never ended")
    hold("I2", not gateway.emergency.messages, "a kept result is delivered for ever")
    broken("I5", f"{gateway.pending} are delivered for ever")


def _recover(gateway: Gateway) -> None:
    gateway.clock.advance(max([61.0, *_open(gateway)]))
    gateway.sweep().run()
    for _ in range(_RECEIVES):
        gateway.recover(list(gateway.emergency.messages)).run()
    # The queue's own dead-letter queue takes what was received too often.
    gateway.parked += gateway.emergency.messages.values()
    gateway.emergency.messages.clear()
    gateway.publish(gateway.new_in_stream()).run()


def _open(gateway: Gateway) -> list[float]:
    """Seconds until each live `processing` record is overdue."""
    now = gateway.clock.now()
    items = [plain(item) for item in gateway.table.items.values()]
    return [
        float(item["deadline"]) - now.timestamp() + 1
        for item in items
        if item["status"] == "processing" and now.timestamp() < float(item["expires_at"])
    ]


def later(gateway: Gateway, **units: float) -> None:
    """Let time pass."""
    gateway.clock.advance(timedelta(**units).total_seconds())
