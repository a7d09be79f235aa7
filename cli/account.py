"""The account and region that a stage is deployed in."""

from typing import Any, Protocol


class Account(Protocol):
    """The account that a stage is deployed in: what of a `boto3.Session` is used."""

    def client(self, service: str, /) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
        """The client of that service."""
        ...
