"""What a million verifications cost at AWS, egress and the liveness API left out.

On-demand prices of us-east-1, in dollars, as AWS's price pages had them in November 2026; the free
tier is left out. A verification waits 3 s for the liveness API.
"""

from typing import Final

MEMORIES: Final = (256, 512, 768, 1024)
DEPLOYED: Final = 512
_UPSTREAM_SECONDS: Final = 3.0
# AWS Lambda pricing, Arm: a GB-second, and a million requests.
_GB_SECOND: Final = 0.0000133334
_INVOCATIONS: Final = 0.20
# Amazon DynamoDB pricing, on-demand: a million write and read request units.
_WRITE_UNITS, _READ_UNITS = 0.625, 0.125
# A million requests (Amazon API Gateway pricing, REST) and events (Amazon EventBridge pricing).
_API_REQUESTS, _EVENTS = 3.50, 1.00
# Amazon CloudWatch pricing: a GB of logs.
_LOG_GB: Final = 0.50
# One processor at 1,769 MB (Lambda developer guide, "Configure Lambda function memory").
_WHOLE_PROCESSOR_MB: Final = 1769
# The publisher takes 25 records a batch; its own time is small.
_PUBLISHED_AT_ONCE, _PUBLISHER_GB_SECONDS = 25, 0.5 * 0.1


def million(memory: int, cpu_seconds: float, log_bytes: float, write_units: int) -> float:
    """Dollars for a million verifications in a function of so many MB."""
    own = cpu_seconds * max(1.0, _WHOLE_PROCESSOR_MB / memory)
    lambda_ = 1e6 * (_UPSTREAM_SECONDS + own) * memory / 1024 * _GB_SECOND + _INVOCATIONS
    publisher = (1e6 * _PUBLISHER_GB_SECONDS * _GB_SECOND + _INVOCATIONS) / _PUBLISHED_AT_ONCE
    tables = write_units * _WRITE_UNITS + 0.25 * _READ_UNITS
    logs = 1e6 * log_bytes / 1e9 * _LOG_GB
    return lambda_ + publisher + tables + _API_REQUESTS + _EVENTS + logs
