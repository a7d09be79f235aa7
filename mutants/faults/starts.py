"""I12, I13, I14 before the first call: what a function that starts reads, waits for and raises."""

from typing import Final

from mutants import killers
from mutants.seeded_fault import SeededFault

_LOGGED: Final = """
logging.getLogger(__name__).warning(
    "not prepared: %s at %s", type(error).__name__, location(error)
)
"""

FAULTS: Final = (
    SeededFault(
        "I12", "a snapshot keeps the secrets", "initialisation.initialised",
        "os.environ.get(_VARIABLE) in _AHEAD_OF_CALLS",
        "os.environ.get(_VARIABLE)",
        killers.STARTS,
    ),
    SeededFault(
        "I12", "whoever answers for the liveness API gets the selfie", "trust.trusting_context",
        "ssl.create_default_context(capath=directory)",
        "ssl._create_unverified_context()",
        killers.TRUST,
    ),
    SeededFault(
        "I13", "a start waits for two secrets that do not answer", "secrets.read_ahead",
        """
        with suppress(CredentialsUnavailableError):
            for secret in secrets:
                secret.get()
        """,
        """
        for secret in secrets:
            with suppress(CredentialsUnavailableError):
                secret.get()
        """,
        killers.STARTS,
    ),
    SeededFault(
        "I14", "what fails ahead of the first call ends the function", "LambdaHandler.prepare",
        _LOGGED,
        "raise",
        killers.STARTS,
    ),
    SeededFault(
        "I14", "a batch that cannot be built ahead ends the function", "BatchHandler.prepare",
        _LOGGED,
        "raise",
        killers.STARTS,
    ),
)  # fmt: skip
