"""`verify`: serves the POST routes and calls the liveness API."""

from typing import Final

from constructs import Construct

from infra.events import Events
from infra.functions.function import FunctionDefaults, FunctionSpec, GatewayFunction
from infra.functions.origins import origins_variable
from infra.stages.stage import Stage
from infra.storage import Storage

# API Gateway waits 29 s: the function must give up first and answer with its own problem.
_TIMEOUT: Final = 28
_ITEM_ACTIONS: Final = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")


class Verify(GatewayFunction):
    """The only function that reads the secrets."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        defaults: FunctionDefaults,
        storage: Storage,
        events: Events,
    ) -> None:
        stage = defaults.stage
        spec = FunctionSpec(
            name="verify",
            # It waits for most of the time, and 4.4 MiB take 90 MiB in all (docs/adr/0023).
            memory_size=512,
            timeout_seconds=_TIMEOUT,
            concurrency=stage.verify_concurrency,
            environment={
                **_policy_variables(stage),
                "TABLE_NAME": storage.table.table_name,
                "BREAKER_TABLE_NAME": storage.breaker_table.table_name,
                "BUDGET_TABLE_NAME": storage.budget_table.table_name,
                "EMERGENCY_QUEUE_URL": events.emergency_queue.queue_url,
                "UPSTREAM_SECRET_ARN": storage.upstream_secret.secret_arn,
                "FINGERPRINT_SECRET_ARN": storage.fingerprint_secret.secret_arn,
                "ALLOWED_ORIGINS": origins_variable(stage),
            },
        )
        super().__init__(scope, construct_id, spec=spec, defaults=defaults)
        self.allow(*_ITEM_ACTIONS, on=storage.table.table_arn)
        self.allow(*_ITEM_ACTIONS, on=storage.breaker_table.table_arn)
        self.allow("dynamodb:UpdateItem", on=storage.budget_table.table_arn)
        self.allow("secretsmanager:GetSecretValue", on=storage.upstream_secret.secret_arn)
        self.allow("secretsmanager:GetSecretValue", on=storage.fingerprint_secret.secret_arn)
        self.allow("sqs:SendMessage", on=events.emergency_queue.queue_arn)
        events.name_sender(events.emergency_queue, self.role)


def _policy_variables(stage: Stage) -> dict[str, str]:
    return {
        "UPSTREAM_URL": stage.upstream_url,
        "UPSTREAM_DIALECT": stage.upstream_dialect,
        "DEFAULT_THRESHOLD": f"{stage.default_threshold:f}",
        "MINIMUM_THRESHOLD": f"{stage.minimum_threshold:f}",
        "MINIMUM_SIDE": str(stage.minimum_side),
        "MAXIMUM_SIDE": str(stage.maximum_side),
        "MULTIPLE_FACES": stage.multiple_faces,
        "FORWARD_METADATA": str(stage.forward_metadata).lower(),
        "RETENTION_HOURS": str(stage.retention_hours),
        "CLIENT_CALLS_PER_DAY": str(stage.client_calls_per_day),
        "CLIENT_CALLS_PER_MONTH": str(stage.client_calls_per_month),
    }
