"""The liveness API that the gateway on this machine calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """A liveness API and, if known, the credentials for it.

    Attributes:
        url: its base address; empty for the sandbox, which has credentials of its own.
        dialect: the version of it that is called; empty for the stage's.
        app_id: of the credentials.
        app_key: of the credentials.
    """

    url: str = ""
    dialect: str = ""
    app_id: str = ""
    app_key: str = ""

    @property
    def has_credentials(self) -> bool:
        """Whether the secret can be filled."""
        return bool(self.app_id and self.app_key)


SANDBOX: Final = Upstream()


def upstream_from(environment: Mapping[str, str]) -> Upstream:
    """The upstream named by UPSTREAM_URL, UPSTREAM_DIALECT, APP_ID and APP_KEY."""
    return Upstream(
        url=environment.get("UPSTREAM_URL", "").strip(),
        dialect=environment.get("UPSTREAM_DIALECT", "").strip(),
        app_id=environment.get("APP_ID", ""),
        app_key=environment.get("APP_KEY", ""),
    )
