"""One function: its own zip, its own role, its own log group."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.bundling.bundler import Bundler
from infra.log_groups import keep_logs
from infra.stages import Stage

METRICS_NAMESPACE: Final = "liveness-gateway"
_ARCHITECTURES: Final = {
    "arm64": lambda_.Architecture.ARM_64,
    "x86_64": lambda_.Architecture.X86_64,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSpec:
    """What one function needs to run.

    Attributes:
        name: its folder; `<name>.handler.handler` is called.
        timeout_seconds: when Lambda ends it.
        memory_size: MiB; the processor comes in proportion.
        concurrency: how many may run at once; None to leave it to the account.
        environment: its own variables, beside those that all functions get.
    """

    name: str
    timeout_seconds: int
    memory_size: int = 512
    concurrency: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


class GatewayFunction(Construct):
    """A function that may write its own log and, until more is allowed, nothing else.

    Attributes:
        function: the Lambda function.
        role: its own role.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        spec: FunctionSpec,
        stage: Stage,
        bundler: Bundler,
    ) -> None:
        super().__init__(scope, construct_id)
        log_group = keep_logs(self, "Logs", stage=stage)
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
            code=lambda_.Code.from_asset(str(bundler.archive(spec.name))),
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
                **spec.environment,
            },
        )
        if stage.host_libraries:
            acknowledge(
                self.function,
                "AwsSolutions-L1",
                "The emulator runs it on this machine's Python, whatever the newest runtime is.",
            )

    def allow(self, *actions: str, on: str) -> None:
        """Let the function do exactly `actions` on exactly the resource with the ARN `on`."""
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[on]))
