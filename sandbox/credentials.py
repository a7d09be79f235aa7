"""The credentials of the liveness API, and how a request states them."""

import hmac
from dataclasses import dataclass
from email.message import Message

# Each documented version has its own header names and accepts no others.
CREDENTIAL_HEADERS = {"v0.1": ("app_id", "app_key"), "v0.2": ("app-id", "app-key")}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the sandbox requires. Never shown: not in a record, a response or a repr."""

    app_id: str
    app_key: str

    def __repr__(self) -> str:
        return "Credentials(...)"


def credential_style(headers: Message) -> str:
    """Which credential headers were sent: `app_id`, `app-id`, `both` or `none`."""
    sent = [names[0] for names in CREDENTIAL_HEADERS.values() if any(n in headers for n in names)]
    return "both" if len(sent) > 1 else (sent[0] if sent else "none")


def credentials_right(headers: Message, dialect: str, expected: Credentials) -> bool:
    """Whether this version's headers, and only they, have the expected values."""
    names = CREDENTIAL_HEADERS[dialect]
    if credential_style(headers) != names[0]:
        return False
    values = (expected.app_id, expected.app_key)
    return all(
        len(sent := headers.get_all(name, [])) == 1
        and hmac.compare_digest(sent[0].encode(), value.encode())
        for name, value in zip(names, values, strict=True)
    )
