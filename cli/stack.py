"""The deployed stack of one stage, as CloudFormation describes it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from cli.account import Account

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient

# Its first deployment never ended well, so it holds nothing that anyone has used. (CloudFormation
# user guide, "Stack status codes".)
_NEVER_CREATED: Final = (
    "REVIEW_IN_PROGRESS",
    "CREATE_FAILED",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
)
RETAINED: Final = ("Retain", "RetainExceptOnCreate")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a deployed stack."""

    logical_id: str
    name: str
    type: str
    stays: bool


class Stack:
    """The stack `liveness-gateway-<stage>` of an account and region.

    Every method raises botocore's `ClientError` and `BotoCoreError` where AWS does not answer.
    """

    def __init__(self, account: Account, stage: str) -> None:
        self.name: Final = f"liveness-gateway-{stage}"
        self._cloudformation: CloudFormationClient = account.client("cloudformation")
        self._dynamodb: DynamoDBClient = account.client("dynamodb")

    def description(self) -> Mapping[str, Any] | None:
        """What CloudFormation says of it; None if there is none."""
        try:
            found = self._cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            # CloudFormation has no error of its own for it.
            if error.response["Error"]["Code"] == "ValidationError":
                return None
            raise
        return found[0]

    @property
    def missing(self) -> str:
        """What to say where there is none."""
        return (
            f"There is no stack {self.name} in this account and region. Name another stage:"
            " STAGE=...; or look at AWS_REGION and AWS_PROFILE."
        )

    def was_never_created(self) -> bool:
        """Whether its first deployment failed, or was not confirmed."""
        found = self.description()
        return found is not None and found["StackStatus"] in _NEVER_CREATED

    def template(self) -> dict[str, Any]:
        """The template that was deployed last; empty where there is none."""
        if self.description() is None or self.was_never_created():
            return {}
        # botocore gives a text for a template in YAML, and what it reads for one in JSON.
        body: Any = self._cloudformation.get_template(StackName=self.name)["TemplateBody"]
        found: dict[str, Any] = json.loads(body) if isinstance(body, str) else body
        return found

    def resources(self) -> list[Resource]:
        """What is deployed, and whether it stays when the stack is deleted."""
        declared = self.template().get("Resources", {})
        return [
            Resource(
                summary["LogicalResourceId"],
                summary.get("PhysicalResourceId", ""),
                summary["ResourceType"],
                declared.get(summary["LogicalResourceId"], {}).get("DeletionPolicy") in RETAINED,
            )
            for summary in self._summaries()
            if summary["ResourceStatus"] != "DELETE_COMPLETE"
        ]

    def unprotect(self) -> None:
        """Let a stack that was never created be deleted, and its table with it."""
        self._cloudformation.update_termination_protection(
            StackName=self.name, EnableTerminationProtection=False
        )
        for summary in self._summaries():
            table = summary.get("PhysicalResourceId")
            gone = summary["ResourceStatus"] == "DELETE_COMPLETE"
            if summary["ResourceType"] == "AWS::DynamoDB::Table" and table and not gone:
                self._dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)

    def delete(self) -> None:
        """Begin to delete it."""
        self._cloudformation.delete_stack(StackName=self.name)

    def undeleted(self) -> dict[str, str]:
        """The resources that could not be deleted, with CloudFormation's reasons."""
        return {
            summary["LogicalResourceId"]: summary.get("ResourceStatusReason", "")
            for summary in self._summaries()
            if summary["ResourceStatus"] == "DELETE_FAILED"
        }

    def _summaries(self) -> Iterator[Mapping[str, Any]]:
        pages = self._cloudformation.get_paginator("list_stack_resources")
        for page in pages.paginate(StackName=self.name):
            yield from page["StackResourceSummaries"]
