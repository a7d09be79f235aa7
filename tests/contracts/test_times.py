"""Times: what the stack allows is longer than what the functions take, and texts say the same."""

import re
from typing import Any, Final

from infra.api.gateway_problems import GATEWAY_PROBLEMS
from liveness_gateway.bootstrap.clients import QUICK
from liveness_gateway.entrypoints.http.verify_routes import LONGEST_CALL, OWN_SECONDS
from liveness_gateway.verifications.claims import CLAIM_LIFETIME
from liveness_gateway.verifications.publishing import ENTRIES
from tests.contracts.sources import read
from tests.infra.assembly import Assembly

# A quota of API Gateway's that only a support request can raise.
LONGEST_INTEGRATION = 29
SOURCES = {"publish_events": "streams", "recover": "queues"}
# One call of an AWS service that hangs, with its repetitions.
_TIMES: Final[dict[str, Any]] = vars(QUICK)
HANGS: Final = (_TIMES["connect_timeout"] + _TIMES["read_timeout"]) * _TIMES["retries"][
    "total_max_attempts"
]


def seconds(pattern: str, path: str) -> int:
    """The one number that a document has at this place."""
    (found,) = re.findall(pattern, read(path))
    return int(found)


def test_verify_ends_when_the_design_says_and_before_api_gateway(assembly: Assembly) -> None:
    timeout = assembly.function("verify")["Timeout"]
    assert timeout == seconds(r"every answer in at most (\d+) s", "docs/design.md")
    assert timeout < LONGEST_INTEGRATION
    detail = GATEWAY_PROBLEMS["INTEGRATION_TIMEOUT"].detail
    assert f"{LONGEST_INTEGRATION} seconds" in detail, "infra/api/gateway_problems.py"
    # A claim outlives the function that made it.
    assert CLAIM_LIFETIME.total_seconds() > timeout, "claims.py CLAIM_LIFETIME and infra"


def test_the_longest_call_leaves_the_function_time_of_its_own(assembly: Assembly) -> None:
    timeout = assembly.function("verify")["Timeout"]
    assert timeout >= LONGEST_CALL + OWN_SECONDS, "verify_routes.py and infra/functions/verify.py"
    assert seconds(r"ends by min\((\d+) s", "docs/design.md") == LONGEST_CALL
    assert seconds(r"remaining time - (\d+) s", "docs/design.md") == OWN_SECONDS


def test_a_batch_is_worked_through_in_the_time_of_its_function(assembly: Assembly) -> None:
    batch = assembly.mapping("recover")["BatchSize"]
    assert batch * HANGS < assembly.function("recover")["Timeout"]
    groups = -(-assembly.mapping("publish_events")["BatchSize"] // ENTRIES)
    assert groups * HANGS < assembly.function("publish_events")["Timeout"]


def test_lambda_reads_which_items_failed_where_a_function_names_them(assembly: Assembly) -> None:
    for name in ("publish_events", "recover"):
        assert "again(" in read(f"functions/liveness_gateway/entrypoints/{SOURCES[name]}.py")
        assert assembly.mapping(name)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_message_is_hidden_for_longer_than_its_consumer_runs(assembly: Assembly) -> None:
    queues = assembly.resources("AWS::SQS::Queue")
    queue = queues[assembly.named_by("verify", "EMERGENCY_QUEUE_URL")]
    # Six times: AWS's own advice for a queue that wakes a function.
    assert queue["VisibilityTimeout"] >= 6 * assembly.function("recover")["Timeout"]
