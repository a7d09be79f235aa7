"""The account and region that a stage is deployed in."""

import os
from typing import Any, Final, Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

SET_A_REGION: Final = "Set AWS_REGION, or a region in the profile."
SIGN_IN: Final = "Set AWS_PROFILE, or sign in."


class Account(Protocol):
    """The account that a stage is deployed in: what of a `boto3.Session` is used."""

    def client(self, service: str, /) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
        """The client of that service."""
        ...


def this_account() -> boto3.Session:
    """The account and region of the environment, the same ones that the CDK deploys in.

    The CDK's and AWS's command lines read AWS_REGION first; boto3 alone would not read it.
    """
    return boto3.Session(region_name=os.environ.get("AWS_REGION"))


def refusal(error: BotoCoreError | ClientError) -> str:
    """Why AWS did not answer, in a line that says what to do where that is known."""
    if isinstance(error, NoRegionError):
        return f"No region is set. {SET_A_REGION}"
    if isinstance(error, NoCredentialsError):
        return f"There are no AWS credentials. {SIGN_IN}"
    if isinstance(error, ClientError):
        return f"AWS refused: {error}"
    return f"AWS cannot be asked: {error}"
