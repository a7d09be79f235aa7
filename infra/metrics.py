"""How the functions' own metrics are addressed in CloudWatch.

`functions/` writes them and imports nothing from here: a contract test compares the two.
"""

from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch

METRICS_NAMESPACE: Final = "liveness-gateway"
# `service` is the function's name, `stage` the stage's.
METRIC_DIMENSIONS: Final = ("service", "stage")
# The time of each call of the liveness API: so many samples, so many calls.
UPSTREAM_TIME: Final = ("verify", "upstream_time")


def own_metric(
    function: str, name: str, stage: str, *, statistic: str = "Sum", label: str | None = None
) -> cloudwatch.Metric:
    """A metric that `function` writes in this stage."""
    return cloudwatch.Metric(
        namespace=METRICS_NAMESPACE,
        metric_name=name,
        dimensions_map=dict(zip(METRIC_DIMENSIONS, (function, stage), strict=True)),
        statistic=statistic,
        label=label,
    )
