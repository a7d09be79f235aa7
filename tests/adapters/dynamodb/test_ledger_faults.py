"""The ledger while DynamoDB misbehaves: what is not known is never taken for done."""

from collections.abc import Callable

import pytest

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.verifications.claims import ended
from liveness_gateway.verifications.ports import LedgerUnavailableError, ResultRefusedError
from tests.adapters.aws_endpoint import CUT, DENIED, HANGS, LOST, SERVER_ERROR, AwsEndpoint, Fault
from tests.samples import NOON, Result, claim, completed, failed, seconds, unknown

CALLS: dict[str, Callable[[DynamoDBLedger], object]] = {
    "PutItem": lambda ledger: ledger.claim(claim()),
    "UpdateItem": lambda ledger: ledger.store(completed(claim())),
    "GetItem": lambda ledger: ledger.get("any"),
    "Query": lambda ledger: list(ledger.overdue(NOON)),
}
FAULTS = [SERVER_ERROR, DENIED, CUT, Fault(400, "ResourceNotFoundException"), Fault(503), HANGS]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", CALLS)
def test_every_call_says_that_it_failed(
    aws: AwsEndpoint,
    ledger: DynamoDBLedger,
    impatient: DynamoDBLedger,
    operation: str,
    fault: Fault,
) -> None:
    aws.fail(operation, fault)
    with pytest.raises(LedgerUnavailableError) as caught:
        CALLS[operation](impatient if fault is HANGS else ledger)
    if fault is SERVER_ERROR:
        assert str(caught.value) == "InternalServerError"  # and nothing of the record


REFUSED = Fault(400, "ConditionalCheckFailedException")


@pytest.mark.parametrize(
    ("operation", "fault", "error"),
    [
        # A box on the way that answers for AWS.
        ("UpdateItem", Fault(200, body=b"<!doctype html><title>x</title>"), LedgerUnavailableError),
        ("UpdateItem", Fault(200, body=b""), LedgerUnavailableError),
        ("UpdateItem", Fault(200, body=b'{"Attributes": {"status": {"S": "completed"}}}'),
         LedgerUnavailableError),
        ("UpdateItem", Fault(200, body=b'{"Attributes": {"version": {"S": "1"}}}'),
         LedgerUnavailableError),
        ("GetItem", Fault(200, body=b'{"Item": {"status": {"S": "completed"}}}'),
         LedgerUnavailableError),
        # A refusal that does not show which record stands there.
        ("UpdateItem", REFUSED, ResultRefusedError),
        ("PutItem", REFUSED, LedgerUnavailableError),
    ],
)  # fmt: skip
def test_an_answer_that_shows_no_record(
    aws: AwsEndpoint,
    ledger: DynamoDBLedger,
    operation: str,
    fault: Fault,
    error: type[Exception],
) -> None:
    aws.fail(operation, fault)
    with pytest.raises(error):
        CALLS[operation](ledger)


def test_a_claim_whose_answer_was_lost_is_recognised_when_the_client_repeats_it(
    aws: AwsEndpoint, repeating: DynamoDBLedger
) -> None:
    made = claim()
    aws.fail("PutItem", LOST)
    assert repeating.claim(made) is None
    assert aws.calls.count("PutItem") == 2


def test_a_next_attempt_whose_answer_was_lost_is_recognised(
    aws: AwsEndpoint, repeating: DynamoDBLedger
) -> None:
    first = claim()
    repeating.claim(first)
    result = failed(first)
    after = ended(first, result, repeating.store(result).version)
    again = claim(first.verification_id)
    aws.fail("PutItem", LOST)
    taken = repeating.reclaim(after, again)
    assert taken is not None
    assert taken.attempt == 2
    assert repeating.get(first.verification_id) == taken


@pytest.mark.parametrize("result", [completed, failed, unknown])
def test_a_result_whose_answer_was_lost_is_recognised(
    aws: AwsEndpoint, repeating: DynamoDBLedger, result: Result
) -> None:
    made = claim()
    repeating.claim(made)
    aws.fail("UpdateItem", LOST)
    assert repeating.store(result(made)).version == 1
    assert aws.calls.count("UpdateItem") == 2


def test_a_sweep_that_fails_halfway_gives_what_it_had(
    aws: AwsEndpoint, ledger: DynamoDBLedger
) -> None:
    for digit in "0f":
        ledger.claim(claim(f"{digit}{'0' * 31}"))
    aws.fail("Query", None, None, SERVER_ERROR)
    overdue = iter(ledger.overdue(NOON + seconds(100)))
    first = next(overdue)
    assert first
    assert first.verification_id.startswith("0")
    with pytest.raises(LedgerUnavailableError):
        list(overdue)


def test_overdue_goes_on_where_a_page_ends(aws: AwsEndpoint, ledger: DynamoDBLedger) -> None:
    """DynamoDB ends a page at 1 MB, full or not."""
    first = claim(f"3{'0' * 31}")
    ledger.claim(first)
    key = (
        f'{{"verification_id": {{"S": "{"3" + "." * 31}"}}, "sweep_shard": {{"S": "3"}}, '
        f'"deadline": {{"N": "{int(NOON.timestamp())}"}}}}'
    )
    page = f'{{"Items": [], "Count": 0, "ScannedCount": 0, "LastEvaluatedKey": {key}}}'
    aws.fail("Query", None, None, None, Fault(200, body=page.encode()))
    found = list(ledger.overdue(NOON + seconds(100)))
    assert [one and one.verification_id for one in found] == [first.verification_id]
    assert aws.calls.count("Query") == 17
