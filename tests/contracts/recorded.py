"""A DynamoDB client that records each request and answers it itself; nothing is sent."""

import json
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient


class Recorded:
    """The requests of one client, in order.

    Attributes:
        client: the client.
        requests: the parameters of each request, as they would be sent.
        answers: what the next requests are answered, else nothing.
    """

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.requests: list[dict[str, Any]] = []
        self.answers = list(answers)
        self.client: DynamoDBClient = boto3.client(
            "dynamodb",
            region_name="eu-central-1",
            aws_access_key_id="none",
            aws_secret_access_key="none",  # noqa: S106 - no secret: nothing is sent
        )
        # What a handler of this event returns is the response; botocore's stubs do not say so.
        answer = cast("Callable[..., None]", self._answer)
        self.client.meta.events.register("before-call.dynamodb", answer)

    def _answer(self, params: dict[str, Any], **_: object) -> tuple[AWSResponse, dict[str, Any]]:
        self.requests.append(json.loads(params["body"]))
        answer = self.answers.pop(0) if self.answers else {}
        status = 400 if "Error" in answer else 200
        return AWSResponse(params["url"], status, HTTPHeaders(), None), answer
