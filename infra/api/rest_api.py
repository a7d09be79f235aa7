"""The REST API and its deployed stage."""

import json
from typing import Final, cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.api.access_log import ACCESS_LOG_FIELDS
from infra.api.cors import (
    ALLOWED_HEADERS,
    EXPOSED_HEADERS,
    LIBRARY_HEADERS,
    PREFLIGHT_MAX_AGE_MINUTES,
    choosing_template,
)
from infra.api.domain import add_domain
from infra.api.first_client import add_first_client
from infra.api.gateway_responses import add_gateway_responses
from infra.api.routes import BINARY_MEDIA_TYPES, HEALTH_PATH, ROUTES
from infra.api.tls import require_tls_1_3
from infra.functions.functions import Functions
from infra.log_groups import add_log_group
from infra.stages.stage import Stage

# Health needs no API key, so it has a low limit of its own.
_HEALTH_RATE: Final = 10
_HEALTH_BURST: Final = 20
_TEMPLATE: Final = "Integration.IntegrationResponses.0.ResponseTemplates.application/json"
_LOG_ROLE_RULE: Final = (
    "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
    "AmazonAPIGatewayPushToCloudWatchLogs]"
)


class Api(Construct):
    """The regional REST API, its first API key and the usage plan.

    Attributes:
        rest_api: the API.
        key: the first client's; its value is in no template and in no output.
        usage_plan: what each client may use; the keys of further clients are added to it.
        domain: a host name of the operator's own; None without one.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: Stage, functions: Functions
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self.rest_api = self._rest_api()
        add_gateway_responses(self.rest_api, stage)
        self._add_routes(functions)
        self._add_preflights()
        self._add_execution_log_group()
        self.key, self.usage_plan = add_first_client(self, self.rest_api, stage)
        self.domain = add_domain(self, self.rest_api, stage) if stage.domain else None
        self._acknowledge()

    @property
    def url(self) -> str:
        """The stage's address, without the slash that the CDK's has at its end."""
        if self.domain:
            return f"https://{self.domain.domain_name}"
        stack, stage = Stack.of(self), self.rest_api.deployment_stage.stage_name
        host = f"{self.rest_api.rest_api_id}.execute-api.{stack.region}.{stack.url_suffix}"
        return f"https://{host}/{stage}"

    def _rest_api(self) -> apigateway.RestApi:
        stage = self._stage
        api = apigateway.RestApi(
            self,
            "RestApi",
            rest_api_name=f"liveness-gateway-{stage.name}",
            description="Takes a selfie, answers with a decision.",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            binary_media_types=list(BINARY_MEDIA_TYPES),
            cloud_watch_role=stage.sets_api_gateway_log_role,
            deploy_options=self._deploy_options(),
        )
        # The CDK's own output repeats the stack's output `ApiUrl`.
        api.node.try_remove_child("Endpoint")
        if stage.in_cloud:
            require_tls_1_3(cast("apigateway.CfnRestApi", api.node.default_child))
        if stage.sets_api_gateway_log_role:
            # The role belongs to the account and region: the other stages log with it. So the CDK
            # retains it with the stack gone, and also where a first deployment failed.
            acknowledge(
                api,
                _LOG_ROLE_RULE,
                "API Gateway takes one log role per account; AWS publishes this policy for it.",
            )
        return api

    def _deploy_options(self) -> apigateway.StageOptions:
        stage = self._stage
        health = apigateway.MethodDeploymentOptions(
            throttling_rate_limit=min(_HEALTH_RATE, stage.rate_limit),
            throttling_burst_limit=min(_HEALTH_BURST, stage.burst_limit),
            logging_level=apigateway.MethodLoggingLevel.ERROR,
            data_trace_enabled=False,
            metrics_enabled=True,
        )
        access_logs = add_log_group(self, "AccessLogs", stage=stage)
        return apigateway.StageOptions(
            stage_name=stage.name,
            throttling_rate_limit=stage.rate_limit,
            throttling_burst_limit=stage.burst_limit,
            method_options={f"{HEALTH_PATH}/GET": health},
            access_log_destination=apigateway.LogGroupLogDestination(access_logs),
            access_log_format=apigateway.AccessLogFormat.custom(json.dumps(ACCESS_LOG_FIELDS)),
            logging_level=apigateway.MethodLoggingLevel.ERROR,
            data_trace_enabled=False,
            metrics_enabled=True,
        )

    def _add_routes(self, functions: Functions) -> None:
        integrations = {
            name: apigateway.LambdaIntegration(served_by.function, allow_test_invoke=False)
            for name, served_by in (("verify", functions.verify), ("results", functions.results))
        }
        for route in ROUTES:
            self.rest_api.root.resource_for_path(route.path).add_method(
                route.method, integrations[route.function], api_key_required=route.needs_key
            )

    def _add_preflights(self) -> None:
        if not self._stage.allowed_origins:
            return
        methods: dict[str, list[str]] = {}
        for route in ROUTES:
            methods.setdefault(route.path, []).append(route.method)
        origins = list(self._stage.allowed_origins)
        for path, allowed in methods.items():
            preflight = self.rest_api.root.resource_for_path(path).add_cors_preflight(
                allow_origins=origins,
                allow_methods=[*allowed, "OPTIONS"],
                allow_headers=[*ALLOWED_HEADERS, *LIBRARY_HEADERS, *self._stage.allowed_headers],
                expose_headers=list(EXPOSED_HEADERS),
                max_age=Duration.minutes(PREFLIGHT_MAX_AGE_MINUTES),
            )
            if len(origins) > 1:
                method = cast("apigateway.CfnMethod", preflight.node.default_child)
                method.add_property_override(_TEMPLATE, choosing_template(origins))

    def _add_execution_log_group(self) -> None:
        # API Gateway would create this log group itself, without an expiry.
        name = f"API-Gateway-Execution-Logs_{self.rest_api.rest_api_id}/{self._stage.name}"
        log_group = add_log_group(self, "ExecutionLogs", stage=self._stage, name=name)
        self.rest_api.deployment_stage.node.add_dependency(log_group)

    def _acknowledge(self) -> None:
        for rule, reason in {
            "AwsSolutions-APIG2": "`verify` validates the multipart body; API Gateway can validate"
            " JSON only.",
            "AwsSolutions-APIG3": "A web ACL belongs to the operator's account and costs money"
            " even when it is not used. API Gateway's throttles and quotas are best effort: they"
            " bound no cost. Alarms tell how many calls of the liveness API were made.",
            "AwsSolutions-APIG4": "Clients authenticate with an API key; health and preflight are"
            " public and reveal nothing.",
            "AwsSolutions-COG4": "Clients are backends and apps with an API key, not users of a"
            " user pool.",
        }.items():
            acknowledge(self.rest_api, rule, reason)
