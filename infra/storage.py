"""The tables and the secrets."""

from typing import Final, cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.retention import removal_policy
from infra.stages.stage import Stage
from infra.tables import (
    BREAKER_KEY,
    BREAKER_TTL,
    BUDGET_KEY,
    BUDGET_TTL,
    OVERDUE_ATTRIBUTES,
    OVERDUE_INDEX,
    OVERDUE_PARTITION_KEY,
    OVERDUE_SORT_KEY,
    VERIFICATION_KEY,
    VERIFICATION_TTL,
)

_STRING: Final = dynamodb.AttributeType.STRING
_NUMBER: Final = dynamodb.AttributeType.NUMBER


class Storage(Construct):
    """The table of verifications, the tables of the breaker and of the budgets, and two secrets.

    Attributes:
        table: the ledger; its stream carries every new version.
        breaker_table: the state of the circuit breaker, shared by all instances of `verify`.
        budget_table: how many calls of the liveness API each client caused.
        upstream_secret: `{"app_id", "app_key"}`, created without a value: the operator fills it.
        fingerprint_secret: 64 generated characters, the key of the content fingerprints.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self._removal = removal_policy(stage)
        self.table = self._verifications_table(stage)
        self.breaker_table = self._short_lived_table(
            "Breaker", BREAKER_KEY, BREAKER_TTL, "the state of the last seconds"
        )
        self.budget_table = self._short_lived_table(
            "Budgets", BUDGET_KEY, BUDGET_TTL, "the counts of this month"
        )
        self.upstream_secret = self._upstream_secret()
        self.fingerprint_secret = self._fingerprint_secret()

    def _verifications_table(self, stage: Stage) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            "Verifications",
            partition_key=dynamodb.Attribute(name=VERIFICATION_KEY, type=_STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=VERIFICATION_TTL,
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=stage.keep_data
            ),
            deletion_protection=stage.keep_data,
            removal_policy=self._removal,
        )
        # `sweep` queries this index and never scans the table. Only `processing` items are in it,
        # and nothing biometric is projected.
        table.add_global_secondary_index(
            index_name=OVERDUE_INDEX,
            partition_key=dynamodb.Attribute(name=OVERDUE_PARTITION_KEY, type=_STRING),
            sort_key=dynamodb.Attribute(name=OVERDUE_SORT_KEY, type=_NUMBER),
            projection_type=dynamodb.ProjectionType.INCLUDE,
            non_key_attributes=list(OVERDUE_ATTRIBUTES),
        )
        if not stage.keep_data:
            acknowledge(
                table,
                "AwsSolutions-DDB3",
                "This stage holds no verification that anyone must be able to restore.",
            )
        return table

    def _short_lived_table(self, name: str, key: str, ttl: str, what: str) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            name,
            partition_key=dynamodb.Attribute(name=key, type=_STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=ttl,
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(table, "AwsSolutions-DDB3", f"It holds {what}: there is nothing to restore.")
        return table

    def _upstream_secret(self) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            "UpstreamSecret",
            description="The liveness API's credentials: {app_id, app_key}. The operator fills it.",
            removal_policy=self._removal,
        )
        # The template holds no value, so a deployment never overwrites the operator's value, and
        # no generated string is mistaken for a credential.
        resource = cast("secretsmanager.CfnSecret", secret.node.default_child)
        resource.generate_secret_string = None
        acknowledge(
            secret,
            "AwsSolutions-SMG4",
            "The liveness API issues the credentials and has no rotation call: the operator rotates"
            " with put-secret-value, which `verify` notices by itself.",
        )
        return secret

    def _fingerprint_secret(self) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            "FingerprintSecret",
            description="Keys the fingerprints that tell a repeated request from another one.",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
            removal_policy=self._removal,
        )
        acknowledge(
            secret,
            "AwsSolutions-SMG4",
            "Rotating it would make every living record refuse its own repetition as a conflict.",
        )
        return secret
