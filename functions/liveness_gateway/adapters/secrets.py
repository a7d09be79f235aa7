"""Secrets: the liveness API's credentials and the key of our fingerprints.

A value is cached for the life of the function's environment. While Secrets Manager is down, a
cached value is used for up to a day. No value is ever printed: `repr` is switched off, and errors
hold no text of the secret.
"""

import hashlib
import hmac
import json
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from liveness_gateway.clock import Clock
from liveness_gateway.verifications.model import Selfie, decimal_text
from liveness_gateway.verifications.ports import CredentialsUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_FRESH_SECONDS: Final = 300.0
_LONGEST_SECONDS: Final = 24 * 3600.0
_RETRY_SECONDS: Final = 30.0
_SHORTEST_KEY: Final = 32


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """One version of a secret's text."""

    text: str
    version: str


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What the liveness API asks for."""

    app_id: str
    app_key: str
    version: str


class SecretsManager:
    """Reads one secret and caches it."""

    def __init__(self, client: "SecretsManagerClient", arn: str, clock: Clock) -> None:
        self._client = client
        self._arn = arn
        self._clock = clock
        self._cached: Secret | None = None
        self._read_at = 0.0
        self._forced_at: float | None = None
        self._failed_at: float | None = None

    def get(self) -> Secret:
        """The secret: at most 5 minutes old, or up to a day old while it cannot be read.

        Raises:
            CredentialsUnavailableError: it cannot be read and none is cached.
        """
        age = self._clock.monotonic() - self._read_at
        if self._cached is not None and (age < _FRESH_SECONDS or self._resting()):
            return self._cached
        try:
            return self._read()
        except CredentialsUnavailableError:
            if self._cached is None or age > _LONGEST_SECONDS:
                raise
            return self._cached

    def refresh(self) -> Secret | None:
        """Read it anew, at most once in 30 s; None when it was not, or could not be, read."""
        now = self._clock.monotonic()
        if self._forced_at is not None and now - self._forced_at < _RETRY_SECONDS:
            return None
        self._forced_at = now
        try:
            return self._read()
        except CredentialsUnavailableError:
            return None

    def _resting(self) -> bool:
        """Whether a read failed in the last 30 s: not every request shall wait for a timeout."""
        now = self._clock.monotonic()
        return (
            self._failed_at is not None
            and now - self._failed_at < _RETRY_SECONDS
            and now - self._read_at < _LONGEST_SECONDS
        )

    def _read(self) -> Secret:
        try:
            answer = self._client.get_secret_value(SecretId=self._arn)
        except (ClientError, BotoCoreError) as error:
            self._failed_at = self._clock.monotonic()
            raise CredentialsUnavailableError(type(error).__name__) from None
        text, version = answer.get("SecretString"), answer.get("VersionId", "")
        if not text:
            self._failed_at = self._clock.monotonic()
            raise CredentialsUnavailableError("the secret holds no text")
        self._cached, self._read_at = Secret(text, version), self._clock.monotonic()
        self._failed_at = None
        return self._cached


def read_ahead(*secrets: SecretsManager) -> None:
    """Read secrets before they are needed; after one that cannot be read no other is tried.

    So at most one waits for a timeout. `get` reads again what failed here.
    """
    with suppress(CredentialsUnavailableError):
        for secret in secrets:
            secret.get()


class UpstreamCredentials:
    """The liveness API's `{"app_id", "app_key"}`, checked."""

    def __init__(self, secret: SecretsManager) -> None:
        self._secret = secret

    def get(self) -> Credentials:
        """The credentials. Malformed ones are read again: an operator may have corrected them.

        Raises:
            CredentialsUnavailableError: missing, malformed, denied or out of reach.
        """
        secret = self._secret.get()
        try:
            return _credentials(secret)
        except CredentialsUnavailableError:
            corrected = self.refresh()
            if corrected is None:
                raise
            return corrected

    def refresh(self) -> Credentials | None:
        """The credentials read anew; None when they were not, or are unusable."""
        secret = self._secret.refresh()
        try:
            return None if secret is None else _credentials(secret)
        except CredentialsUnavailableError:
            return None


def _credentials(secret: Secret) -> Credentials:
    try:
        # An editor may have put a byte order mark in front.
        values = json.loads(secret.text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise CredentialsUnavailableError("the secret is not JSON") from None
    if not isinstance(values, dict):
        raise CredentialsUnavailableError("the secret is no JSON object")
    return Credentials(_value(values, "app_id"), _value(values, "app_key"), secret.version)


def _value(values: dict[str, object], name: str) -> str:
    """A credential: white space around it is not part of it, and a number is its digits."""
    value = values.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise CredentialsUnavailableError(f"{name} is missing, or no text")
    value = value.strip()
    if not _fits_header(value):
        raise CredentialsUnavailableError(f"{name} is empty or cannot be sent in a header")
    return value


def _fits_header(value: str) -> bool:
    return value.isascii() and value.isprintable() and value != ""


class HmacFingerprints:
    """Implements the `Fingerprints` port with a secret the stack generated for itself."""

    def __init__(self, secret: SecretsManager) -> None:
        self._secret = secret

    def of(self, selfie: Selfie, threshold: Decimal | None, subject_ref: str | None) -> str:
        """See the port.

        Raises:
            CredentialsUnavailableError: the key is out of reach, or too short to be one.
        """
        sent = None if threshold is None else decimal_text(threshold)
        return self._digest(b"content", selfie.content, _optional(sent), _optional(subject_ref))

    def verification_id(self, client_id: str, kind: str, name: str) -> str:
        """See the port.

        Raises:
            CredentialsUnavailableError: the key is out of reach, or too short to be one.
        """
        parts = (client_id.encode(), kind.encode(), name.encode())
        return self._digest(b"verification_id", *parts)[:32]

    def _digest(self, *parts: bytes) -> str:
        """Each part is preceded by its length, so no two contents share one text."""
        key = self._secret.get().text
        if len(key) < _SHORTEST_KEY:
            raise CredentialsUnavailableError("the fingerprint key is too short")
        digest = hmac.new(key.encode(), digestmod=hashlib.sha256)
        for part in parts:
            digest.update(len(part).to_bytes(8))
            digest.update(part)
        return digest.hexdigest()


def _optional(text: str | None) -> bytes:
    return b"" if text is None else b"=" + text.encode()
