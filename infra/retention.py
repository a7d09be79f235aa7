"""What becomes of data when the stack is deleted."""

from aws_cdk import RemovalPolicy

from infra.stages.stage import Stage


def removal_policy(stage: Stage) -> RemovalPolicy:
    """What holds data stays if the stage keeps its data, except where its creation is undone.

    So a first deployment that fails leaves nothing behind, and can be tried again. (CloudFormation
    user guide, "DeletionPolicy attribute", RetainExceptOnCreate.)
    """
    return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if stage.keep_data else RemovalPolicy.DESTROY
