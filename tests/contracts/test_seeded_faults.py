"""The faults of `make mutants` can be planted, and the tests that should notice them exist."""

from tools.mutants import ROOT, SEEDED, rotten

_INVARIANTS = {f"I{number}" for number in range(1, 15)}


def test_every_fault_can_be_planted() -> None:
    assert rotten() == []


def test_every_invariant_has_a_fault() -> None:
    assert {fault.invariant for fault in SEEDED} >= _INVARIANTS


def test_what_should_notice_a_fault_is_there() -> None:
    named = {test for fault in SEEDED for test in fault.tests}
    assert [test for test in named if not (ROOT / test).is_file()] == []


def test_no_fault_is_planted_twice() -> None:
    planted = [(fault.file, fault.old, fault.new) for fault in SEEDED]
    assert len(set(planted)) == len(planted)
