"""What the tests of the jobs share: Lambda's context, and what a result names."""

from collections.abc import Mapping
from typing import Any


class Context:
    """Lambda's context."""

    aws_request_id = "function-request-1"


def again(result: Mapping[str, Any]) -> list[str]:
    """The records a result wants to be delivered again."""
    return [item["itemIdentifier"] for item in result["batchItemFailures"]]
