"""Records a test writes itself, and what the stream then brings."""

from datetime import UTC, datetime

from liveness_gateway.adapters.dynamodb.items import claim_item, marshal, result_values
from liveness_gateway.verifications.model import Verification
from tests.adapters.samples import claim, completed
from tests.reliability.cloud import stream_of
from tests.reliability.recovery import Record, Recovery, terminal
from tests.reliability.stage import Stage


def settled(stage: Stage, count: int = 10) -> list[Verification]:
    """Verifications that ended well: whole items, written fast and as `verify` writes them."""
    now = datetime.now(UTC)
    made = [claim(at=now) for _ in range(count)]
    for items in (map(claim_item, made), (_ended(one, now) for one in made)):
        puts = [{"PutRequest": {"Item": item}} for item in items]
        stage.client("dynamodb").batch_write_item(RequestItems={stage.table: puts})
    stage.seeded |= {one.verification_id for one in made}
    return made


def batch_of(stage: Stage, recovery: Recovery) -> list[Record]:
    """What the stream brings; the test itself delivers it."""
    recovery.skip()
    return terminal(stream_of(stage.table))


def _ended(one: Verification, now: datetime) -> dict[str, object]:
    item = claim_item(one) | marshal(result_values(completed(one, at=now)) | {"version": 1})
    return {name: value for name, value in item.items() if name != "sweep_shard"}
