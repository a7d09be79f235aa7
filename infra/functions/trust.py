"""Which certificates the functions' AWS clients trust, as botocore reads it."""

from infra.bundling.trust import AWS_ROOTS_IN_LAMBDA
from infra.stages.stage import Stage


def trust_variables(stage: Stage) -> dict[str, str]:
    """The roots of AWS alone, unless the stage says otherwise or runs on this machine.

    Here there is no such path, and the emulator speaks no TLS.
    """
    only_aws = stage.aws_roots_only and not stage.host_libraries
    return {"AWS_CA_BUNDLE": AWS_ROOTS_IN_LAMBDA} if only_aws else {}
