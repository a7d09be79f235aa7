"""The HTTP side: routes, credentials, limits, logs."""

import json
from dataclasses import dataclass
from typing import Final, Literal

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.api.gateway_responses import EXPOSED_HEADERS, answer_in_own_words
from infra.functions.functions import Functions
from infra.log_groups import keep_logs
from infra.stages import Stage

# Exact types: `*/*` would make API Gateway treat the preflight as binary and break it.
BINARY_MEDIA_TYPES: Final = ("multipart/form-data",)
ALLOWED_HEADERS: Final = ("content-type", "x-api-key", "idempotency-key")
_HEALTH: Final = "/v1/health"
# Anyone may ask for it, so it gets little.
_HEALTH_RATE: Final = 10


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path, and the function behind it."""

    method: str
    path: str
    function: Literal["verify", "results"]

    @property
    def needs_key(self) -> bool:
        """Whether a client must name itself."""
        return self.path != _HEALTH


ROUTES: Final = (
    Route("POST", "/v1/verifications", "verify"),
    Route("GET", "/v1/verifications/{verification_id}", "results"),
    Route("POST", "/v0.1/liveness-verification", "verify"),
    Route("POST", "/v0.2/liveness-verification", "verify"),
    Route("GET", _HEALTH, "results"),
)

# No body, no key, no header, no query: an id for everything, and where the time went.
_ACCESS_LOG: Final = {
    "request_id": "$context.requestId",
    "extended_request_id": "$context.extendedRequestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "error_type": "$context.error.responseType",
    "api_key_id": "$context.identity.apiKeyId",
    "source_ip": "$context.identity.sourceIp",
    "response_bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integration.latency",
    "integration_status": "$context.integration.status",
    "function_request_id": "$context.integration.requestId",
}


class Api(Construct):
    """The regional REST API, its first API key and the usage plan.

    Attributes:
        rest_api: the API.
        key: the first client's; its value is never in a template or an output.
        usage_plan: what each client may use; further clients' keys are added to it.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: Stage, functions: Functions
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self.rest_api = self._rest_api()
        answer_in_own_words(self.rest_api, stage.allowed_origins)
        self._add_routes({"verify": functions.verify, "results": functions.results})
        self._keep_execution_logs()
        self.key, self.usage_plan = self._first_client()
        self._acknowledge()

    def _rest_api(self) -> apigateway.RestApi:
        stage = self._stage
        access_logs = keep_logs(self, "AccessLogs", stage=stage)
        api = apigateway.RestApi(
            self,
            "RestApi",
            rest_api_name=f"liveness-gateway-{stage.name}",
            description="Takes a selfie, answers with a decision.",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            binary_media_types=list(BINARY_MEDIA_TYPES),
            cloud_watch_role=stage.sets_api_gateway_log_role,
            deploy_options=apigateway.StageOptions(
                stage_name=stage.name,
                throttling_rate_limit=stage.rate_limit,
                throttling_burst_limit=stage.burst_limit,
                method_options={
                    f"{_HEALTH}/GET": apigateway.MethodDeploymentOptions(
                        throttling_rate_limit=min(_HEALTH_RATE, stage.rate_limit),
                        throttling_burst_limit=min(2 * _HEALTH_RATE, stage.burst_limit),
                        logging_level=apigateway.MethodLoggingLevel.ERROR,
                        data_trace_enabled=False,
                        metrics_enabled=True,
                    )
                },
                access_log_destination=apigateway.LogGroupLogDestination(access_logs),
                access_log_format=apigateway.AccessLogFormat.custom(json.dumps(_ACCESS_LOG)),
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,
                metrics_enabled=True,
            ),
        )
        # The stack's own output `ApiUrl` says the same under a name that does not change.
        api.node.try_remove_child("Endpoint")
        if stage.sets_api_gateway_log_role:
            # For the account and region, not for this stack alone: it stays when the stack goes.
            acknowledge(
                api,
                "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
                "AmazonAPIGatewayPushToCloudWatchLogs]",
                "API Gateway takes one log role for the account; AWS publishes this policy for it.",
            )
        return api

    def _add_routes(self, functions: dict[str, lambda_.Function]) -> None:
        integrations = {
            name: apigateway.LambdaIntegration(function, allow_test_invoke=False)
            for name, function in functions.items()
        }
        methods: dict[str, list[str]] = {}
        for route in ROUTES:
            resource = self.rest_api.root.resource_for_path(route.path)
            resource.add_method(
                route.method, integrations[route.function], api_key_required=route.needs_key
            )
            methods.setdefault(route.path, []).append(route.method)
        if not self._stage.allowed_origins:
            return
        for path, allowed in methods.items():
            self.rest_api.root.resource_for_path(path).add_cors_preflight(
                allow_origins=list(self._stage.allowed_origins),
                allow_methods=[*allowed, "OPTIONS"],
                allow_headers=list(ALLOWED_HEADERS),
                expose_headers=list(EXPOSED_HEADERS),
                max_age=Duration.minutes(10),
            )

    def _keep_execution_logs(self) -> None:
        # API Gateway would make this log group itself, and keep it for ever.
        name = f"API-Gateway-Execution-Logs_{self.rest_api.rest_api_id}/{self._stage.name}"
        logs = keep_logs(self, "ExecutionLogs", stage=self._stage, name=name)
        self.rest_api.deployment_stage.node.add_dependency(logs)

    def _first_client(self) -> tuple[apigateway.IApiKey, apigateway.UsagePlan]:
        stage = self._stage
        quota = stage.client_quota_per_day
        plan = self.rest_api.add_usage_plan(
            "UsagePlan",
            name=f"liveness-gateway-{stage.name}",
            description="What one client may use.",
            api_stages=[
                apigateway.UsagePlanPerApiStage(
                    api=self.rest_api, stage=self.rest_api.deployment_stage
                )
            ],
            throttle=apigateway.ThrottleSettings(
                rate_limit=stage.client_rate_limit, burst_limit=stage.client_burst_limit
            ),
            quota=None
            if quota is None
            else apigateway.QuotaSettings(limit=quota, period=apigateway.Period.DAY),
        )
        key = apigateway.ApiKey(
            self,
            "FirstClient",
            api_key_name=f"liveness-gateway-{stage.name}-first-client",
            description="The first client. Its value: aws apigateway get-api-key --include-value",
        )
        plan.add_api_key(key)
        return key, plan

    def _acknowledge(self) -> None:
        for rule, reason in {
            "AwsSolutions-APIG2": "`verify` reads the multipart body strictly; API Gateway's own"
            " validation knows JSON only.",
            "AwsSolutions-APIG3": "Throttles and quotas bound what a client can cost. A web ACL is"
            " the operator's: it belongs to the account, and costs whether used or not.",
            "AwsSolutions-APIG4": "Clients name themselves with an API key; health and preflight"
            " are open to all and tell nothing.",
            "AwsSolutions-COG4": "Clients are backends and apps with an API key, not people of a"
            " user pool.",
        }.items():
            acknowledge(self.rest_api, rule, reason)
