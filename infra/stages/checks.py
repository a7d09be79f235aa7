"""Makes a `Stage` of its settings and refuses what cannot be deployed."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from infra.stages.errors import StageError, where
from infra.stages.stage import ANY_ORIGIN, DIALECTS, LOCAL, Stage

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
_DOMAIN: Final = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_CERTIFICATE: Final = re.compile(
    r"arn:aws(-[a-z-]+)?:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+"
)


def checked_stage(settings: Mapping[str, Any], name: str) -> Stage:
    """The stage with these settings.

    Raises:
        StageError: a setting is missing, has another type, or cannot be deployed.
    """
    try:
        stage = TypeAdapter(Stage).validate_python(settings)
    except ValidationError as error:
        first = error.errors()[0]
        setting = str(first["loc"][0])
        given = "" if first["type"] == "missing" else f", not {first['input']!r}"
        raise StageError(
            f"{setting} of stage {name!r}: {first['msg']}{given} {where(setting, name)}."
        ) from None
    _check_upstream_url(stage)
    _check_origins(stage)
    _check_limits(stage)
    _check_domain(stage)
    if stage.alarm_email and not _EMAIL.fullmatch(stage.alarm_email):
        raise _wrong(stage, "alarm_email", "The address for alarms must be one email address")
    return dataclasses.replace(stage, upstream_url=stage.upstream_url.rstrip("/"))


def _wrong(stage: Stage, setting: str, text: str) -> StageError:
    return StageError(f"{text} {where(setting, stage.name)}.")


def _check_upstream_url(stage: Stage) -> None:
    def wrong(text: str) -> StageError:
        return _wrong(stage, "upstream_url", text)

    url = stage.upstream_url
    if not url:
        raise wrong(
            f"Stage {stage.name!r} needs the base address of the liveness API, for example"
            " https://liveness.example.com"
        )
    schemes = ("https",) if stage.in_cloud else ("https", "http")
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise wrong("The liveness API's address cannot be read") from None
    if parts.scheme not in schemes or not usable:
        raise wrong(
            f"The liveness API's address must begin with {' or '.join(schemes)}:// and name a host"
        )
    # The address is written into the template and the function's environment in plain text.
    if "@" in parts.netloc:
        raise wrong(
            "The liveness API's address must not contain credentials: they belong into the secret"
        )
    if "?" in url or "#" in url or not url.isascii() or not url.isprintable() or " " in url:
        raise wrong(
            "The liveness API's address must be printable ASCII without spaces, query or fragment"
        )
    if parts.path.rstrip("/").endswith((*DIALECTS, "liveness-verification")):
        raise wrong(f"The liveness API's address must end before the version: remove {parts.path}")


def _check_origins(stage: Stage) -> None:
    if stage.allowed_origins == ANY_ORIGIN:
        return
    allowed = _ORIGIN if stage.keep_data else _LOCAL_ORIGIN
    for origin in stage.allowed_origins:
        if not allowed.fullmatch(origin):
            raise _wrong(
                stage,
                "allowed_origins",
                f"Stage {stage.name!r} cannot allow the origin {origin!r}: write"
                " https://host[:port] in lower case without a path, an app's origin such as"
                " capacitor://localhost, or * alone",
            )


def _check_limits(stage: Stage) -> None:
    for lower, upper in (
        ("minimum_threshold", "default_threshold"),
        ("client_rate_limit", "rate_limit"),
        ("client_burst_limit", "burst_limit"),
    ):
        if getattr(stage, lower) > getattr(stage, upper):
            raise _wrong(stage, lower, f"{lower} must not be greater than {upper}")
    if 0 < stage.maximum_side < stage.minimum_side:
        raise _wrong(stage, "minimum_side", "minimum_side must not be greater than maximum_side")


def _check_domain(stage: Stage) -> None:
    if bool(stage.domain) != bool(stage.certificate):
        missing = "certificate" if stage.domain else "domain"
        raise _wrong(stage, missing, "A domain needs its certificate, and a certificate its domain")
    if stage.domain and not _DOMAIN.fullmatch(stage.domain):
        raise _wrong(stage, "domain", "The domain must be a host name such as api.example.com")
    if stage.certificate and not _CERTIFICATE.fullmatch(stage.certificate):
        raise _wrong(
            stage,
            "certificate",
            "The certificate must be the ARN of one in AWS Certificate Manager, in the stage's"
            " region",
        )
    if stage.name == LOCAL and stage.domain:
        raise _wrong(stage, "domain", "The stage on this machine has no domain")
