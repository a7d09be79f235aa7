"""Log groups with the stage's retention."""

from typing import Final

from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.retention import removal_policy
from infra.stages.stage import Stage

_RETENTION: Final = {
    1: logs.RetentionDays.ONE_DAY,
    7: logs.RetentionDays.ONE_WEEK,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}


def add_log_group(
    scope: Construct, construct_id: str, *, stage: Stage, name: str | None = None
) -> logs.LogGroup:
    """Add a log group that keeps its lines for the stage's number of days.

    It is retained when the stack is deleted if the stage keeps its data.
    """
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=name,
        retention=_RETENTION[stage.log_retention_days],
        removal_policy=removal_policy(stage),
    )
