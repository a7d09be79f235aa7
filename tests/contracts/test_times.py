"""Times: what the stack allows is longer than what the functions take, and texts say the same."""

import re
from typing import Any, Final

from infra.api.gateway_problems import GATEWAY_PROBLEMS
from liveness_gateway.bootstrap.clients import QUICK
from liveness_gateway.entrypoints.http.verify_routes import LONGEST_CALL, OWN_SECONDS
from liveness_gateway.verifications.publishing import ENTRIES
from liveness_gateway.verifications.verify import CLAIM_LIFETIME
from tests.contracts.agreement import agree, read
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


def test_verify_ends_when_the_design_says(assembly: Assembly) -> None:
    agree(
        "seconds within which every request is answered",
        {
            "infra/functions/verify.py": assembly.function("verify")["Timeout"],
            "docs/design.md I13": seconds(r"every answer in at most (\d+) s", "docs/design.md"),
        },
    )


def test_verify_ends_before_api_gateway_stops_waiting(assembly: Assembly) -> None:
    assert assembly.function("verify")["Timeout"] < LONGEST_INTEGRATION
    detail = GATEWAY_PROBLEMS["INTEGRATION_TIMEOUT"].detail
    assert f"{LONGEST_INTEGRATION} seconds" in detail, "infra/api/gateway_problems.py"


def test_the_longest_call_leaves_the_function_time_of_its_own(assembly: Assembly) -> None:
    timeout = assembly.function("verify")["Timeout"]
    assert timeout >= LONGEST_CALL + OWN_SECONDS, "verify_routes.py and infra/functions/verify.py"
    agree(
        "seconds of the longest call, and of the gateway's own",
        {
            "functions/liveness_gateway/entrypoints/http/verify_routes.py": (
                LONGEST_CALL,
                OWN_SECONDS,
            ),
            "docs/design.md Upstream": (
                seconds(r"ends by min\((\d+) s", "docs/design.md"),
                seconds(r"remaining time - (\d+) s", "docs/design.md"),
            ),
        },
    )


def test_a_claim_outlives_the_function_that_made_it(assembly: Assembly) -> None:
    timeout = assembly.function("verify")["Timeout"]
    assert CLAIM_LIFETIME.total_seconds() > timeout, "verify.py CLAIM_LIFETIME and infra"


def test_a_batch_of_kept_results_is_stored_in_the_time_of_recover(assembly: Assembly) -> None:
    batch = assembly.mapping("recover")["BatchSize"]
    assert batch * HANGS < assembly.function("recover")["Timeout"]


def test_a_batch_of_the_stream_is_announced_in_the_time_of_the_publisher(
    assembly: Assembly,
) -> None:
    groups = -(-assembly.mapping("publish_events")["BatchSize"] // ENTRIES)
    assert groups * HANGS < assembly.function("publish_events")["Timeout"]


def test_lambda_reads_which_items_failed_where_a_function_names_them(assembly: Assembly) -> None:
    for name in ("publish_events", "recover"):
        assert "again(" in read(f"functions/liveness_gateway/entrypoints/{SOURCES[name]}.py")
        assert assembly.mapping(name)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_message_is_hidden_for_longer_than_its_consumer_runs(assembly: Assembly) -> None:
    emergency = assembly.function("verify")["Environment"]["Variables"]["EMERGENCY_QUEUE_URL"]
    queue = assembly.resources("AWS::SQS::Queue")[emergency["Ref"]]
    # Six times: AWS's own advice for a queue that wakes a function.
    assert queue["VisibilityTimeout"] >= 6 * assembly.function("recover")["Timeout"]
