"""What the client of the liveness API is made of, as protocols."""

from decimal import Decimal
from typing import Protocol

from liveness_gateway.adapters.secrets import Credentials
from liveness_gateway.adapters.upstream.replies import Reply
from liveness_gateway.verifications.model import Selfie


class Transport(Protocol):
    """One HTTP exchange; see `HttpTransport`."""

    def post(
        self,
        url: str,
        headers: dict[str, str],
        selfie: Selfie,
        threshold: Decimal,
        deadline: float,
    ) -> Reply:
        """Post and return the reply.

        Raises:
            NotSentError: the selfie did not leave.
            AnswerLostError: it did, and no whole answer came.
        """
        ...


class CredentialSource(Protocol):
    """Where the credentials come from; see `UpstreamCredentials`."""

    def get(self) -> Credentials:
        """The credentials.

        Raises:
            CredentialsUnavailableError: there are none.
        """
        ...

    def refresh(self) -> Credentials | None:
        """The credentials read anew, or None."""
        ...


class Permit(Protocol):
    """The breaker's permit for one call; it is told how the call went."""

    def succeeded(self) -> None:
        """Upstream answered."""
        ...

    def failed(self) -> None:
        """Upstream failed."""
        ...

    def refused(self) -> None:
        """Upstream refuses us: a limit, or the credentials."""
        ...

    def undecided(self) -> None:
        """The call says nothing about upstream."""
        ...


class CircuitOpenError(Exception):
    """No call is made now; `seconds_left` until the next one may be."""

    def __init__(self, seconds_left: float) -> None:
        super().__init__(f"open for {seconds_left:.0f} s")
        self.seconds_left = seconds_left


class Breaker(Protocol):
    """Stops calls while upstream fails; see `CircuitBreaker`."""

    def admit(self) -> Permit:
        """A permit for one call.

        Raises:
            CircuitOpenError: the circuit is open.
        """
        ...
