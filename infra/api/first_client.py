"""The first client: its API key and the usage plan."""

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from infra.stages.stage import Stage


def add_first_client(
    scope: Construct, rest_api: apigateway.RestApi, stage: Stage
) -> tuple[apigateway.ApiKey, apigateway.UsagePlan]:
    """Add a usage plan with one API key; keys of further clients are added to the same plan."""
    plan = rest_api.add_usage_plan(
        "UsagePlan",
        name=f"liveness-gateway-{stage.name}",
        description="What one client may use.",
        api_stages=[apigateway.UsagePlanPerApiStage(api=rest_api, stage=rest_api.deployment_stage)],
        throttle=apigateway.ThrottleSettings(
            rate_limit=stage.client_rate_limit, burst_limit=stage.client_burst_limit
        ),
        quota=_quota(stage.client_quota_per_day),
    )
    key = apigateway.ApiKey(
        scope,
        "FirstClient",
        api_key_name=f"liveness-gateway-{stage.name}-first-client",
        description="The first client. Its value: aws apigateway get-api-key --include-value",
    )
    plan.add_api_key(key)
    return key, plan


def _quota(per_day: int | None) -> apigateway.QuotaSettings | None:
    if per_day is None:
        return None
    return apigateway.QuotaSettings(limit=per_day, period=apigateway.Period.DAY)
