"""The CDK context of a stage: what the operator gives on the command line, validated.

-c stage=prod -c upstream_url=https://... -c allowed_origins=https://a.example,https://b.example
"""

import dataclasses
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from infra.stages import ANY_ORIGIN, DIALECTS, STAGES, Stage

CONTEXT: Final = ("stage", "upstream_url", "upstream_dialect", "allowed_origins", "alarm_email")

# Narrow, because an origin is written into response headers and mapping templates.
_HOST: Final = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?"
_PORT: Final = r"(:[0-9]{1,5})?"
# An app in a web view has an origin of its own scheme (capacitor://localhost, ionic://localhost) or
# is served on the phone itself (http://localhost:PORT).
_ORIGIN: Final = re.compile(
    rf"(https://{_HOST}|http://localhost|(?!https?:)[a-z][a-z0-9+.-]*://localhost){_PORT}"
)
_LOCAL_ORIGIN: Final = re.compile(rf"{_ORIGIN.pattern}|http://127\.0\.0\.1{_PORT}")


_EMAIL: Final = re.compile(r"[^\s@,;]{1,64}@[A-Za-z0-9.-]{1,255}")


class StageError(ValueError):
    """The context is not usable; the message says in one line what to change."""


def resolve_stage(context: Mapping[str, str | None]) -> Stage:
    """Return the stage that the context names, with the operator's values in it.

    Args:
        context: `stage` (default `local`), `upstream_url`, `upstream_dialect`, `allowed_origins`,
            `alarm_email`.

    Raises:
        StageError: the stage or the dialect is unknown, or a value is missing or unusable.
    """
    name = context.get("stage") or "local"
    if name not in STAGES:
        raise StageError(
            f"Unknown stage {name!r}: choose one of {', '.join(STAGES)} {_hint('stage')}."
        )
    stage = STAGES[name]
    dialect = context.get("upstream_dialect") or stage.upstream_dialect
    if dialect not in DIALECTS:
        choices = ", ".join(DIALECTS)
        raise StageError(
            f"Unknown dialect {dialect!r}: choose one of {choices} {_hint('upstream_dialect')}."
        )
    origins = context.get("allowed_origins")
    return dataclasses.replace(
        stage,
        upstream_dialect=dialect,
        upstream_url=_upstream_url(context.get("upstream_url") or stage.upstream_url, stage),
        allowed_origins=stage.allowed_origins if origins is None else _origins(origins, stage),
        alarm_email=_email(context.get("alarm_email") or ""),
    )


def _email(address: str) -> str:
    if address and not _EMAIL.fullmatch(address):
        raise StageError(
            f"The address for alarms must be one email address {_hint('alarm_email')}."
        )
    return address


def _hint(name: str) -> str:
    return f"({name.upper()}=... behind `make`, or -c {name}=... behind `cdk`)"


def _upstream_url(url: str, stage: Stage) -> str:
    hint = _hint("upstream_url")
    if not url:
        raise StageError(
            f"Stage {stage.name!r} needs the base address of the liveness API, for example"
            f" https://liveness.example.com {hint}."
        )
    schemes = ("https",) if stage.in_cloud else ("https", "http")
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise StageError(f"The liveness API's address cannot be read {hint}.") from None
    if parts.scheme not in schemes or not usable:
        raise StageError(
            f"The liveness API's address must begin with {' or '.join(schemes)}:// and name a"
            f" host {hint}."
        )
    # The address is written into the template and the function's environment in plain text.
    if "@" in parts.netloc:
        raise StageError(
            "The liveness API's address must not contain credentials: they belong into the secret"
            f" {hint}."
        )
    if "?" in url or "#" in url or not url.isascii() or not url.isprintable() or " " in url:
        raise StageError(
            "The liveness API's address must be printable ASCII without spaces, query or fragment"
            f" {hint}."
        )
    if parts.path.rstrip("/").endswith((*DIALECTS, "liveness-verification")):
        raise StageError(
            f"The liveness API's address must end before the version: remove {parts.path} {hint}."
        )
    return url.rstrip("/")


def _origins(text: str, stage: Stage) -> tuple[str, ...]:
    origins = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    if origins == ANY_ORIGIN:
        return origins
    for origin in origins:
        if not (_LOCAL_ORIGIN if stage.name != "prod" else _ORIGIN).fullmatch(origin):
            raise StageError(
                f"Stage {stage.name!r} cannot allow the origin {origin!r}: write"
                " https://host[:port] without a path, an app's origin such as"
                f" capacitor://localhost, or * alone {_hint('allowed_origins')}."
            )
    return origins
