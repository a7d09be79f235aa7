"""The ledger while DynamoDB misbehaves: what is not known is never taken for done."""

import pytest

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.verifications.ports import LedgerUnavailableError, ResultRefusedError
from tests.adapters.aws_endpoint import CUT, DENIED, HANGS, LOST, SERVER_ERROR, AwsEndpoint, Fault
from tests.samples import NOON, Result, claim, completed, failed, seconds, unknown

HTML = Fault(200, body=b"<!doctype html><title>Maintenance</title>")
EMPTY = Fault(200, body=b"")
STRANGE = Fault(200, body=b'{"Attributes": {"status": {"S": "completed"}}}')
FAULTS = [SERVER_ERROR, DENIED, CUT, Fault(400, "ResourceNotFoundException"), Fault(503)]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_claim_that_failed_is_no_claim(
    aws: AwsEndpoint, ledger: DynamoDBLedger, fault: Fault
) -> None:
    made = claim()
    aws.fail("PutItem", fault)
    with pytest.raises(LedgerUnavailableError):
        ledger.claim(made)
    assert ledger.get(made.verification_id) is None


@pytest.mark.parametrize("fault", FAULTS)
def test_every_other_call_says_that_it_failed(
    aws: AwsEndpoint, ledger: DynamoDBLedger, fault: Fault
) -> None:
    made = claim()
    ledger.claim(made)
    after = ledger.store(failed(made))
    for operation in ("PutItem", "UpdateItem", "GetItem", "Query"):
        aws.fail(operation, fault)
    with pytest.raises(LedgerUnavailableError):
        ledger.reclaim(after, claim(made.verification_id))
    with pytest.raises(LedgerUnavailableError):
        ledger.store(completed(made))
    with pytest.raises(LedgerUnavailableError):
        ledger.get(made.verification_id)
    with pytest.raises(LedgerUnavailableError):
        list(ledger.overdue(NOON))


def test_a_table_that_hangs_is_unavailable(aws: AwsEndpoint, impatient: DynamoDBLedger) -> None:
    for operation in ("PutItem", "UpdateItem", "GetItem", "Query"):
        aws.fail(operation, HANGS)
    for call in (
        lambda: impatient.claim(claim()),
        lambda: impatient.store(completed(claim())),
        lambda: impatient.get("any"),
        lambda: list(impatient.overdue(NOON)),
    ):
        with pytest.raises(LedgerUnavailableError):
            call()


def test_the_error_says_nothing_of_the_record(aws: AwsEndpoint, ledger: DynamoDBLedger) -> None:
    made = claim()
    aws.fail("PutItem", SERVER_ERROR)
    with pytest.raises(LedgerUnavailableError) as caught:
        ledger.claim(made)
    assert str(caught.value) == "InternalServerError"


def test_a_claim_whose_answer_was_lost_is_recognised_when_the_client_repeats_it(
    aws: AwsEndpoint, repeating: DynamoDBLedger
) -> None:
    made = claim()
    aws.fail("PutItem", LOST)
    assert repeating.claim(made) is None
    assert aws.calls.count("PutItem") == 2


def test_a_lost_answer_does_not_make_another_requests_claim_ours(
    aws: AwsEndpoint, repeating: DynamoDBLedger
) -> None:
    first = claim()
    repeating.claim(first)
    aws.fail("PutItem", LOST)
    assert repeating.claim(claim(first.verification_id)) == first


def test_a_next_attempt_whose_answer_was_lost_is_recognised(
    aws: AwsEndpoint, repeating: DynamoDBLedger
) -> None:
    first = claim()
    repeating.claim(first)
    after = repeating.store(failed(first))
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


@pytest.mark.parametrize("fault", [HTML, EMPTY, STRANGE])
def test_a_success_that_shows_no_record_is_unavailable(
    aws: AwsEndpoint, ledger: DynamoDBLedger, fault: Fault
) -> None:
    """A box on the way that answers for AWS: the result is repeated, and goes to the queue."""
    made = claim()
    ledger.claim(made)
    aws.fail("UpdateItem", fault)
    with pytest.raises(LedgerUnavailableError):
        ledger.store(completed(made))


def test_an_unreadable_record_is_no_answer(aws: AwsEndpoint, ledger: DynamoDBLedger) -> None:
    aws.fail("GetItem", Fault(200, body=b'{"Item": {"status": {"S": "completed"}}}'))
    with pytest.raises(LedgerUnavailableError):
        ledger.get("any")


def test_a_refusal_that_shows_no_record_means_there_is_none(
    aws: AwsEndpoint, ledger: DynamoDBLedger
) -> None:
    aws.fail("UpdateItem", Fault(400, "ConditionalCheckFailedException"))
    with pytest.raises(ResultRefusedError):
        ledger.store(completed(claim()))


def test_a_claim_refused_without_showing_why_is_not_stored(
    aws: AwsEndpoint, ledger: DynamoDBLedger
) -> None:
    aws.fail("PutItem", Fault(400, "ConditionalCheckFailedException"))
    with pytest.raises(LedgerUnavailableError):
        ledger.claim(claim())


def test_a_sweep_that_fails_halfway_gives_what_it_had(
    aws: AwsEndpoint, ledger: DynamoDBLedger
) -> None:
    for digit in "0f":
        ledger.claim(claim(f"{digit}{'0' * 31}"))
    aws.fail("Query", None, None, SERVER_ERROR)
    overdue = iter(ledger.overdue(NOON + seconds(100)))
    assert next(overdue).verification_id.startswith("0")
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
    assert [one.verification_id for one in found] == [first.verification_id]
    assert aws.calls.count("Query") == 17


def test_nothing_is_ever_scanned(aws: AwsEndpoint, ledger: DynamoDBLedger) -> None:
    made = claim()
    ledger.claim(made)
    ledger.store(completed(made))
    list(ledger.overdue(NOON))
    ledger.get(made.verification_id)
    assert set(aws.calls) == {"PutItem", "UpdateItem", "GetItem", "Query"}
