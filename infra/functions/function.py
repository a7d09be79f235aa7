"""One function with its own zip, role and log group."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.bundling.bundler import Bundler
from infra.functions.trust import trust_variables
from infra.log_groups import add_log_group
from infra.metrics import METRICS_NAMESPACE
from infra.stages.stage import Stage

_ARCHITECTURES: Final = {
    "arm64": lambda_.Architecture.ARM_64,
    "x86_64": lambda_.Architecture.X86_64,
}


@dataclass(frozen=True, slots=True)
class FunctionDefaults:
    """What all functions of a stack have in common."""

    stage: Stage
    bundler: Bundler


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSpec:
    """What one function needs to run.

    Attributes:
        name: its folder; Lambda calls `<name>.handler.handler`.
        timeout_seconds: Lambda stops the function after this time.
        memory_size: MiB; the share of processor time is proportional to it.
        concurrency: the most instances at once; None for the account's limit.
        environment: its own variables, in addition to those of all functions.
    """

    name: str
    timeout_seconds: int
    memory_size: int = 512
    concurrency: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


class GatewayFunction(Construct):
    """A function that may write to its own log group, and do nothing else until `allow` is called.

    Attributes:
        function: the Lambda function.
        role: its own role.

    Raises:
        BundleError: its zip cannot be built.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, spec: FunctionSpec, defaults: FunctionDefaults
    ) -> None:
        super().__init__(scope, construct_id)
        stage = defaults.stage
        log_group = add_log_group(self, "Logs", stage=stage)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=f"liveness-gateway-{stage.name}-{spec.name.replace('_', '-')}",
            runtime=lambda_.Runtime(f"python{stage.python_version}", lambda_.RuntimeFamily.PYTHON),
            architecture=_ARCHITECTURES[stage.architecture],
            handler=f"{spec.name}.handler.handler",
            code=lambda_.Code.from_asset(str(defaults.bundler.archive(spec.name))),
            role=self.role,
            log_group=log_group,
            memory_size=spec.memory_size,
            timeout=Duration.seconds(spec.timeout_seconds),
            reserved_concurrent_executions=spec.concurrency,
            environment={
                "STAGE": stage.name,
                "POWERTOOLS_SERVICE_NAME": spec.name,
                "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
                "POWERTOOLS_LOG_LEVEL": stage.log_level,
                **trust_variables(stage),
                **spec.environment,
            },
        )
        if stage.host_libraries:
            acknowledge(
                self.function,
                "AwsSolutions-L1",
                "The emulator runs it on this machine's Python, which may not be the newest one.",
            )

    def allow(self, *actions: str, on: str) -> None:
        """Allow the function exactly `actions` on exactly the resource with the ARN `on`."""
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[on]))
