"""The liveness API that the gateway on this machine calls."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Upstream:
    """A liveness API and, if known, the credentials for it."""

    url: str
    app_id: str = ""
    app_key: str = ""

    @property
    def has_credentials(self) -> bool:
        """Whether the secret can be filled."""
        return bool(self.app_id and self.app_key)


def upstream_from(environment: Mapping[str, str]) -> Upstream | None:
    """The upstream named by UPSTREAM_URL, APP_ID and APP_KEY; None means the sandbox."""
    url = environment.get("UPSTREAM_URL", "").strip()
    if not url:
        return None
    return Upstream(url, environment.get("APP_ID", ""), environment.get("APP_KEY", ""))
