"""Round trips: what is written is what is read, to the last digit."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from liveness_gateway.adapters.dynamodb.items import (
    Item,
    claim_item,
    epoch,
    marshal,
    result_values,
    verification_of,
)
from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.adapters.dynamodb.messages import kept_result, message_of
from liveness_gateway.adapters.dynamodb.values import NONE_OF_OURS, untyped
from liveness_gateway.verifications.claims import ended
from liveness_gateway.verifications.model import TerminalResult, Verification
from liveness_gateway.verifications.ports import UnreadableError
from tests.adapters.strategies import CLAIMS, RESULTS
from tests.samples import NOON, claim, completed, seconds


@given(CLAIMS)
def test_a_claim_comes_back_as_it_was(made: Verification) -> None:
    assert verification_of(claim_item(made)) == made


@given(CLAIMS, RESULTS)
def test_a_record_with_a_result_comes_back_as_it_was(
    made: Verification, result: TerminalResult
) -> None:
    item = claim_item(made) | marshal(result_values(result))
    assert verification_of(item) == ended(made, result, made.version)


@given(CLAIMS, RESULTS)
def test_a_value_is_typed_as_boto3_types_it(made: Verification, result: TerminalResult) -> None:
    item = claim_item(made) | marshal(result_values(result))
    serializer, deserializer = TypeSerializer(), TypeDeserializer()
    assert item == {
        name: serializer.serialize(deserializer.deserialize(value)) for name, value in item.items()
    }


TYPED = st.recursive(
    st.one_of(
        st.builds(lambda value: {"S": value}, st.text()),
        st.builds(lambda value: {"N": str(value)}, st.integers(-(10**37), 10**37)),
        st.builds(lambda value: {"BOOL": value}, st.booleans()),
        st.builds(lambda value: {"B": value}, st.binary()),
        st.builds(lambda value: {"SS": value}, st.lists(st.text(), min_size=1)),
        st.builds(lambda value: {"NS": value}, st.lists(st.sampled_from(["1", "1.0", "2"]))),
        st.builds(lambda value: {"BS": value}, st.lists(st.binary(), min_size=1)),
        st.just({"NULL": True}),
    ),
    lambda inner: st.one_of(
        st.builds(lambda value: {"L": value}, st.lists(inner)),
        st.builds(lambda value: {"M": value}, st.dictionaries(st.text(), inner)),
    ),
)


@given(TYPED)
def test_a_typed_value_is_read_as_boto3_reads_it(typed: Any) -> None:  # noqa: ANN401 - boto3 types them closely
    assert TypeDeserializer().deserialize(typed) == untyped(typed)


@pytest.mark.parametrize(
    "typed",
    [{}, {"X": "1"}, {"S": "a", "N": "1"}, {"N": "one"}, {"N": None}, {"M": None}, {"L": 1}, None,
     "S", {"L": [{"Y": 1}]}],
)  # fmt: skip
def test_what_is_no_typed_value_is_refused_as_none_of_ours(typed: Any) -> None:  # noqa: ANN401 - anything
    with pytest.raises(NONE_OF_OURS):
        untyped(typed)


@pytest.mark.parametrize(
    "value",
    [True, False, 0, -(2**53), Decimal("-0.5"), Decimal("1E+2"), "", "é\U0001f933", {"a": None},
     {"a": True, "b": [1, {"c": "d"}, None]}, [""], [[]], {}],
)  # fmt: skip
def test_any_kind_of_value_is_typed_as_boto3_types_it(value: object) -> None:
    assert marshal({"name": value}) == {"name": TypeSerializer().serialize(value)}


def test_equal_numbers_are_the_same_digits_after_the_table(ledger: DynamoDBLedger) -> None:
    digits = "0.123456789012345678901234567890123456"
    made = claim(threshold=Decimal("0." + "9" * 32))
    ledger.claim(made)
    ledger.store(completed(made, score=digits))
    stored = ledger.get(made.verification_id)
    assert stored
    assert str(stored.score) == digits
    assert str(stored.threshold) == "0." + "9" * 32


def test_the_claim_holds_only_what_the_table_needs() -> None:
    made = claim(subject_ref=None)
    assert claim_item(made).keys() == {
        "verification_id", "client_id", "status", "fingerprint", "threshold", "image",
        "correlation_id", "claim_id", "created_at", "deadline", "expires_at", "attempt", "version",
        "sweep_shard",
    }  # fmt: skip
    assert claim_item(made)["sweep_shard"] == {"S": made.verification_id[0]}


def test_times_to_compare_are_whole_seconds_rounded_down() -> None:
    assert epoch(NOON + seconds(0.999)) == epoch(NOON) == Decimal(1748779200)


def broken(change: Callable[[Item], object]) -> Item:
    item = claim_item(claim()) | marshal(result_values(completed(claim())))
    change(item)
    return item


BREAKS: list[Callable[[Item], object]] = [
    lambda item: item.clear(),
    *[lambda item, name=name: item.pop(name) for name in claim_item(claim()) if name not in
      {"subject_ref", "sweep_shard"}],
    lambda item: item.update(status={"S": "liveish"}),
    lambda item: item.update(status={"N": "1"}),
    lambda item: item.update(created_at={"S": "yesterday"}),
    lambda item: item.update(created_at={"N": "5"}),
    lambda item: item.update(expires_at={"N": "1e17"}),
    lambda item: item.update(attempt={"N": "1e125"}),
    lambda item: item.update(version={"N": "0.5"}),
    lambda item: item.update(expires_at={"N": "1e30"}),
    lambda item: item.update(expires_at={"S": "never"}),
    lambda item: item.update(deadline={"NULL": True}),
    lambda item: item.update(attempt={"L": []}),
    lambda item: item.update(version={"S": ""}),
    lambda item: item.update(image={"S": "a picture"}),
    lambda item: item.update(image={"M": {"width": {"N": "1"}}}),
    lambda item: item.update(faces={"N": "1"}),
    lambda item: item.update(faces={"L": [{"S": "a face"}]}),
    lambda item: item.update(upstream={"S": "a receipt"}),
    lambda item: item.update(decision={"S": "alive"}),
    lambda item: item.update(reasons={"N": "3"}),
    lambda item: item.update(score={"B": "AAA="}),
    lambda item: item.update(score={"Q": "1"}),
    lambda item: item.update(score={}),
    lambda item: item.update(score="0.9"),
    lambda item: item.update(score=None),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(BREAKS)))
def test_an_item_that_is_none_of_ours_is_refused(number: int) -> None:
    with pytest.raises(UnreadableError):
        verification_of(broken(BREAKS[number]))


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.sampled_from(sorted(result_values(completed(claim())))), JSON)
def test_a_changed_result_is_read_or_refused(name: str, value: object) -> None:
    values = json.loads(message_of(completed(claim()))) | {name: value}
    try:
        read = kept_result(json.dumps(values))
    except UnreadableError:
        return
    assert isinstance(read, TerminalResult)
    assert read.ended_at.tzinfo is not None


def test_the_values_of_an_item_are_not_in_the_error() -> None:
    item = claim_item(claim(client_id="canary-client"))
    item["status"] = {"S": "canary-status"}
    with pytest.raises(UnreadableError) as caught:
        verification_of(item)
    assert "canary" not in json.dumps([str(caught.value), repr(caught.value.__cause__)])
