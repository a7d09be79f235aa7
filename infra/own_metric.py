"""A metric of ours, as alarms and dashboard name it."""

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.metrics import METRIC_DIMENSIONS, METRICS_NAMESPACE


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
