"""The stack: composition, tags and outputs."""

from aws_cdk import CfnOutput, Stack, Tags
from constructs import Construct

from infra.alarms.alarms import Alarms
from infra.alarms.rules import alarm_rules
from infra.api.rest_api import Api
from infra.dashboard.dashboard import Dashboard
from infra.events import Events
from infra.functions.functions import Functions
from infra.stages.stage import Stage, settings_in_words
from infra.storage import Storage


class GatewayStack(Stack):
    """One stage of the gateway, named `liveness-gateway-<stage>`.

    Raises:
        BundleError: the zip of a function cannot be built.
    """

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(
            scope,
            f"liveness-gateway-{stage.name}",
            description=f"Liveness gateway, stage {stage.name}",
            termination_protection=stage.keep_data,
        )
        self.storage = Storage(self, "Storage", stage=stage)
        self.events = Events(self, "Events", stage=stage)
        self.functions = Functions(
            self, "Functions", stage=stage, storage=self.storage, events=self.events
        )
        self.api = Api(self, "Api", stage=stage, functions=self.functions)
        self.alarms = Alarms(
            self,
            "Monitoring",
            rules=alarm_rules(stage, api=self.api, functions=self.functions, events=self.events),
            email=stage.alarm_email,
        )
        if stage.in_cloud:
            Dashboard(stage, self.api, self.functions, self.events).add_to(self)
        # `make diff` reads here what was decided for the deployment before.
        self.template_options.metadata = {"Settings": settings_in_words(stage)}
        Tags.of(self).add("application", "liveness-gateway")
        Tags.of(self).add("stage", stage.name)
        self._add_outputs()

    def _add_outputs(self) -> None:
        storage, events, api = self.storage, self.events, self.api
        for name, (value, description) in {
            "ApiUrl": (api.url, "Base address of the API, without a slash at its end"),
            "ApiId": (api.rest_api.rest_api_id, "The REST API"),
            "ApiStage": (api.rest_api.deployment_stage.stage_name, "The REST API's stage"),
            "ApiKeyId": (api.key.key_id, "The first client's API key"),
            "UsagePlanId": (api.usage_plan.usage_plan_id, "Further clients' keys go here"),
            "UpstreamSecretArn": (
                storage.upstream_secret.secret_arn,
                "Fill it before the first verification: {app_id, app_key}",
            ),
            "TableName": (storage.table.table_name, "The records"),
            "BudgetTableName": (storage.budget_table.table_name, "Calls of each client"),
            "EventBusName": (events.bus.event_bus_name, "Consumers put their rules here"),
            "DeadLetterQueueUrl": (events.dead_letter_queue.queue_url, "Versions not announced"),
            "EmergencyQueueUrl": (events.emergency_queue.queue_url, "Paid results not stored yet"),
            "EmergencyDeadLetterQueueUrl": (
                events.emergency_dead_letter_queue.queue_url,
                "Paid results that could not be stored",
            ),
            "AlarmTopicArn": (self.alarms.topic.topic_arn, "Subscribe to hear the alarms"),
        }.items():
            CfnOutput(self, name, value=value, description=description)
        if api.domain:
            target = api.domain.domain_name_alias_domain_name
            CfnOutput(
                self, "DomainTarget", value=target, description="Your DNS leads the domain here"
            )
        for construct_id, description in {
            "Verify": "POST routes",
            "Results": "GET routes",
            "PublishEvents": "Announces",
            "Sweep": "Finds what was lost",
            "Recover": "Stores what was kept",
        }.items():
            name = self.functions.all[construct_id].function_name
            CfnOutput(self, f"{construct_id}FunctionName", value=name, description=description)
