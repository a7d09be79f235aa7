"""The state machine: requests, duplicates, crashes, faults, recovery, in any order and interleaved.

Each rule starts or moves processes of the real gateway; after each the invariants are checked, and
again when all has come to rest.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from liveness_gateway.verifications.model import MultipleFaces
from tests.doubles.behaviours import BEHAVIOURS
from tests.reliability.invariants.watch import check, check_at_rest
from tests.reliability.simulation.changes import CHANGES
from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.processes import Process
from tests.reliability.simulation.requests import Request, selfie
from tests.reliability.simulation.rest import rest
from tests.reliability.simulation.steering import Trouble
from tests.reliability.simulation.troubles import (
    OF_PUBLISH,
    OF_RECOVER,
    OF_SWEEP,
    OF_VERIFY,
    trouble,
)

End = tuple[str, int]

# The first is asked most: duplicates are what this is about. The second says the same in other
# words, the others differ in one respect each.
_CONTENTS: Final = (
    {"image": selfie()},
    {"image": selfie(), "threshold": Decimal("0.60")},
    {"image": selfie(), "threshold": Decimal("0.95")},
    {"image": selfie(), "subject_ref": "subject-7"},
    {"image": selfie(b"of another")},
    {"image": selfie(), "threshold": Decimal("0.4")},
)
_BUSY: Final = ("ThrottlingException", "InternalFailure", "InternalException")
_NEVER: Final = ("MalformedDetail", "NotAuthorizedForSourceException", "InvalidArgument")
_SECONDS: Final = (0.5, 3, 31, 61, 301, 86_400 + 61)
_JUMPS: Final = (300.0, -300.0, 86_400.0, -86_400.0)

_content: Final = st.sampled_from([0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5])
_client: Final = st.sampled_from(["client-1", "client-1", "client-1", "client-2"])
# Every request here has a key: without one the record's id is random, and so the order of a sweep.
_key: Final = st.sampled_from(["key-1", "key-1", "key-1", "key-2", "key-3", "key-4"])
_behaviours: Final = st.one_of(
    st.just(()), st.lists(st.sampled_from(sorted(BEHAVIOURS)), min_size=1, max_size=2)
)
_times: Final = st.sampled_from([1, 2, 99])
_end: Final = st.one_of(
    st.just(("run", 0)),
    st.tuples(st.sampled_from(["hold", "kill"]), st.integers(0, 16)),
)


def _request(content: int, client: str, key: str, behaviours: Sequence[str]) -> Request:
    return Request(client_id=client, key=key, behaviours=behaviours, **_CONTENTS[content])


def _troubles(of: Sequence[tuple[str, str]]) -> st.SearchStrategy[list[Trouble]]:
    drawn = st.builds(
        lambda named, times: trouble(named[0], named[1], times), st.sampled_from(of), _times
    )
    return st.lists(drawn, max_size=2)


_request_of_any: Final = st.builds(_request, _content, _client, _key, _behaviours)
# The table takes nothing after the money is spent: what the emergency queue is for.
_table_gone: Final = st.sampled_from(["unreachable", "hung", "lost", "hung and lost"]).map(
    lambda kind: [trouble("table.update", kind, 99)]
)
_of_verify: Final[st.SearchStrategy[list[Trouble]]] = st.one_of(
    st.just([]), _table_gone, _troubles(OF_VERIFY)
)
_turns: Final = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 9)), max_size=8)
_refusals: Final = st.dictionaries(
    st.integers(0, 3), st.sampled_from([*_BUSY, *_NEVER]), max_size=2
)


class GatewayMachine(RuleBasedStateMachine):
    """One gateway and everything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.gateway = Gateway()

    @initialize(days=st.sampled_from([1, 3]), several=st.sampled_from(MultipleFaces))
    def deployed(self, days: int, several: MultipleFaces) -> None:
        self.gateway = Gateway(timedelta(days=days), several)

    @rule(request=_request_of_any, troubles=_of_verify, end=_end)
    def ask(self, request: Request, troubles: list[Trouble], end: End) -> None:
        """A request: new, a duplicate, or other content under the same key."""
        self._end(self.gateway.ask(request, troubles), end)

    @rule(request=_request_of_any, troubles=_of_verify, end=_end)
    def ask_anew(self, request: Request, troubles: list[Trouble], end: End) -> None:
        """A request under a key nobody used before."""
        key = f"key-{len(self.gateway.history.asked)}-new"
        self._end(self.gateway.ask(replace(request, key=key), troubles), end)

    @rule(
        behaviours=_behaviours,
        others=st.lists(_content, min_size=1, max_size=2),
        turns=_turns,
        troubles=_of_verify,
    )
    def ask_at_once(
        self,
        behaviours: list[str],
        others: list[int],
        turns: list[tuple[int, int]],
        troubles: list[Trouble],
    ) -> None:
        """Duplicates at once, taking turns between any two effects."""
        requests = [_request(one, "client-1", "key-1", behaviours) for one in [0, *others]]
        running = [self.gateway.ask(one, [*map(replace, troubles)]) for one in requests]
        for who, steps in turns:
            running[who % len(running)].step(steps)
        for process in running:
            process.run()

    @precondition(lambda self: self.gateway.held())
    @rule(which=st.integers(0, 9), end=_end)
    def go_on(self, which: int, end: End) -> None:
        """A process that was held goes on, or dies where it is."""
        held = self.gateway.held()
        self._end(held[which % len(held)], end)

    @rule(troubles=_troubles(OF_SWEEP), end=_end)
    def sweep(self, troubles: list[Trouble], end: End) -> None:
        self._end(self.gateway.sweep(troubles), end)

    @precondition(lambda self: self.gateway.emergency.messages)
    @rule(count=st.integers(1, 3), again=st.booleans(), troubles=_troubles(OF_RECOVER), end=_end)
    def recover(self, count: int, *, again: bool, troubles: list[Trouble], end: End) -> None:
        """The emergency queue delivers, some of it more than once."""
        batch = list(self.gateway.emergency.messages)[:count]
        self._end(self.gateway.recover(batch, again=again, troubles=troubles), end)

    @rule(refusals=_refusals, troubles=_troubles(OF_PUBLISH), end=_end)
    def publish(self, refusals: dict[int, str], troubles: list[Trouble], end: End) -> None:
        """The stream delivers what is new, and what was wanted again."""
        self.gateway.bus.refusals = refusals
        self._end(self.gateway.publish(self.gateway.new_in_stream(), troubles), end)

    @precondition(lambda self: self.gateway.history.writes)
    @rule(order=st.randoms(use_true_random=False), end=_end)
    def publish_again(self, order: Random, end: End) -> None:
        """The stream delivers old records again, in another order, some twice."""
        # Also what is processing: the event source's filter is not what the publisher relies on.
        writes = [write.sequence_number for write in self.gateway.history.writes]
        self._end(self.gateway.publish(order.choices(writes, k=4)), end)

    @rule(what=st.sampled_from(sorted(CHANGES)))
    def something_changes(self, what: str) -> None:
        """A service goes down or comes back, a secret is rotated, a record or event is spoilt."""
        CHANGES[what](self.gateway)

    @rule(seconds=st.sampled_from(_SECONDS))
    def time_passes(self, seconds: float) -> None:
        self.gateway.clock.advance(seconds)

    @rule(seconds=st.sampled_from(_JUMPS), back=st.booleans())
    def clock_jumps(self, seconds: float, *, back: bool) -> None:
        """The gateway's clock is set wrong, or right again."""
        self.gateway.clock.jump(-self.gateway.clock.skew if back else seconds)

    @precondition(lambda self: self.gateway.history.writes)
    @rule(which=st.integers(0, 9), client=_client)
    def read(self, which: int, client: str) -> None:
        writes = self.gateway.history.writes
        self.gateway.read(writes[which % len(writes)].new["verification_id"], client)

    @invariant()
    def holds(self) -> None:
        check(self.gateway.history)

    def teardown(self) -> None:
        rest(self.gateway)
        check_at_rest(self.gateway.history)

    def happened(self) -> Counter[str]:
        """What this sequence was made of."""
        history = self.gateway.history
        seen = Counter(call=len(history.posts), event=len(history.accepted))
        seen["result kept"] = len(history.kept)
        seen.update(answer.code or "2xx" for answer in history.answers)
        for write in history.writes:
            if write.old is not None and write.starts_life:
                seen["claim of an expired record"] += 1
            elif write.old is not None:
                seen[f"{write.old['status']} -> {write.new['status']}"] += 1
        return seen

    @staticmethod
    def _end(process: Process, end: End) -> None:
        how, steps = end
        act = {"run": lambda _: process.run(), "hold": process.step, "kill": process.kill}[how]
        act(steps)
