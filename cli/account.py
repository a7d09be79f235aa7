"""The account and region that a stage is deployed in."""

import os
from typing import Any, Protocol

import boto3


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
