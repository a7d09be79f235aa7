"""The use case of a GET: read a record."""

from liveness_gateway.clock import Clock
from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import Verification
from liveness_gateway.verifications.ports import Ledger, LedgerUnavailableError


class RecordReader:
    """Reads stored verifications for the client they belong to."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def read(self, verification_id: str, client_id: str) -> Verification:
        """The record.

        Raises:
            ProblemError: `not_found` when there is none, it has expired, or it is another client's.
        """
        try:
            found = self._ledger.get(verification_id)
        except LedgerUnavailableError:
            raise ProblemError("upstream_unavailable", "The record could not be read.") from None
        if found is None or not found.readable_by(client_id, self._clock.now()):
            raise ProblemError("not_found", "There is no such verification.")
        return found
