"""The stack: only composition, tags and outputs."""

from aws_cdk import CfnOutput, Stack, Tags
from constructs import Construct

from infra.alarms.alarms import Monitoring
from infra.alarms.rules import everything
from infra.api.rest_api import Api
from infra.events import EventBus
from infra.functions.functions import Functions
from infra.stages import Stage
from infra.storage import Storage


class GatewayStack(Stack):
    """One stage of the gateway, named `liveness-gateway-<stage>`."""

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(
            scope,
            f"liveness-gateway-{stage.name}",
            description=f"Liveness gateway, stage {stage.name}",
            termination_protection=stage.keep_data,
        )
        self.storage = Storage(self, "Storage", stage=stage)
        self.event_bus = EventBus(self, "Events", stage=stage)
        self.functions = Functions(
            self, "Functions", stage=stage, storage=self.storage, bus=self.event_bus
        )
        self.api = Api(self, "Api", stage=stage, functions=self.functions)
        self.monitoring = Monitoring(
            self,
            "Monitoring",
            watches=everything(stage, api=self.api, functions=self.functions, bus=self.event_bus),
        )
        Tags.of(self).add("application", "liveness-gateway")
        Tags.of(self).add("stage", stage.name)
        self._outputs()

    def _outputs(self) -> None:
        storage, bus, functions, api = self.storage, self.event_bus, self.functions, self.api
        for name, (value, description) in {
            "ApiUrl": (api.rest_api.url, "Base address of the API"),
            "ApiId": (api.rest_api.rest_api_id, "The REST API"),
            "ApiStage": (api.rest_api.deployment_stage.stage_name, "The REST API's stage"),
            "ApiKeyId": (api.key.key_id, "The first client's API key"),
            "UsagePlanId": (api.usage_plan.usage_plan_id, "Further clients' keys go here"),
            "UpstreamSecretArn": (
                storage.upstream_secret.secret_arn,
                "Fill it before the first verification: {app_id, app_key}",
            ),
            "TableName": (storage.table.table_name, "The records"),
            "EventBusName": (bus.bus.event_bus_name, "Consumers put their rules here"),
            "DeadLetterQueueUrl": (bus.dead_letters.queue_url, "Versions not announced"),
            "EmergencyQueueUrl": (bus.emergency.queue_url, "Paid results not stored yet"),
            "EmergencyDeadLetterQueueUrl": (
                bus.emergency_dead_letters.queue_url,
                "Paid results that could not be stored",
            ),
            "AlarmTopicArn": (self.monitoring.topic.topic_arn, "Subscribe to hear the alarms"),
            "VerifyFunctionName": (functions.verify.function_name, "POST routes"),
            "ResultsFunctionName": (functions.results.function_name, "GET routes"),
            "PublishEventsFunctionName": (functions.publish_events.function_name, "Announces"),
            "SweepFunctionName": (functions.sweep.function_name, "Finds what was lost"),
            "RecoverFunctionName": (functions.recover.function_name, "Stores what was kept"),
        }.items():
            CfnOutput(self, name, value=value, description=description)
