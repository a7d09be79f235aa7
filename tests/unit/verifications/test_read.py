"""Who may read a record, and until when."""

import pytest

from liveness_gateway.problems import ProblemError
from tests.world import World, refused


def test_a_reader_sees_its_own_records_only(world: World) -> None:
    record = world.verify().verification
    assert world.reader().read(record.verification_id, "client-1") == record
    for client_id, wanted in (("client-2", record.verification_id), ("client-1", "0" * 32)):
        with pytest.raises(ProblemError) as caught:
            world.reader().read(wanted, client_id)
        assert caught.value.code == "not_found"
        assert caught.value.detail == "There is no such verification."
        assert caught.value.verification_id is None


def test_a_reader_sees_nothing_that_has_expired(world: World) -> None:
    record = world.verify().verification
    world.clock.advance(24 * 3600 - 1)
    assert world.reader().read(record.verification_id, "client-1") == record
    world.clock.advance(1)
    with pytest.raises(ProblemError) as caught:
        world.reader().read(record.verification_id, "client-1")
    assert caught.value.code == "not_found"


def test_a_reader_says_when_the_table_does_not_answer(world: World) -> None:
    world.faults.fail("table.get", refused())
    with pytest.raises(ProblemError, match="The record could not be read") as caught:
        world.reader().read("0" * 32, "client-1")
    assert caught.value.code == "upstream_unavailable"
