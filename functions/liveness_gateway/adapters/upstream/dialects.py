"""What the liveness API's documents say: each version a dialect."""

from typing import Final, NamedTuple


class Dialect(NamedTuple):
    """One documented version: its path and how it names the credentials, never both styles."""

    version: str
    id_header: str
    key_header: str

    def url(self, base: str) -> str:
        """The address a selfie is posted to."""
        return f"{base.rstrip('/')}/{self.version}/liveness-verification"

    def credential_headers(self, app_id: str, app_key: str) -> dict[str, str]:
        """The headers that carry the credentials."""
        return {self.id_header: app_id, self.key_header: app_key}


DIALECTS: Final = {
    "v0.1": Dialect("v0.1", "app_id", "app_key"),
    "v0.2": Dialect("v0.2", "app-id", "app-key"),
}
