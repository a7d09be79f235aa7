"""`results`: serves the GET routes."""

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.functions.function import FunctionDefaults, FunctionSpec, GatewayFunction
from infra.functions.origins import origins_variable


class Results(GatewayFunction):
    """Reads single records."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        defaults: FunctionDefaults,
        table: dynamodb.Table,
    ) -> None:
        spec = FunctionSpec(
            name="results",
            timeout_seconds=10,
            environment={
                "TABLE_NAME": table.table_name,
                "ALLOWED_ORIGINS": origins_variable(defaults.stage),
            },
        )
        super().__init__(scope, construct_id, spec=spec, defaults=defaults)
        self.allow("dynamodb:GetItem", on=table.table_arn)
