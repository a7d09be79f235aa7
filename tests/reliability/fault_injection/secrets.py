"""Faults 13 to 16: the credentials change, are wrong or missing, or cannot be read."""

import json
from datetime import timedelta
from typing import Final

from tests.doubles.secrets import APP_KEY, FINGERPRINT_ARN, UPSTREAM_ARN
from tests.reliability.fault_injection.scenarios import CHANCE, SOON, failing, scenario
from tests.reliability.fault_injection.stage import Stage
from tests.reliability.simulation.rest import mend

_UPSTREAM: Final = f"secret.{UPSTREAM_ARN}"
_FINGERPRINT: Final = f"secret.{FINGERPRINT_ARN}"
_BOTH: Final = (_UPSTREAM, _FINGERPRINT)
_DOWN: Final = ("failed", "cut", "unreachable")
_MALFORMED: Final = (
    APP_KEY, "{}", "[]", "null", '"text"', '{"app_id": "a"}', '{"app_key": "a"}',
    '{"app_id": "a", "app_key": ""}', '{"app_id": 1, "app_key": 2}', '{"app_id": "a", ',
    '{"app_id": "a\\r\\nX-Evil: 1", "app_key": "b"}', '{"app_id": "a", "app_key": "\\u00e9"}',
    '{"app_id": " a", "app_key": "b"}', "[" * 100_000,
)  # fmt: skip
# Every other answer of Secrets Manager that holds no text.
_HOLLOW: Final[tuple[dict[str, str], ...]] = ({"SecretString": ""}, {}, {"SecretBinary": "AAAA"})
_HOUR: Final = 3600.0


def _answers_soon(stage: Stage) -> None:
    assert max(answer.own_seconds for answer in stage.history.answers) <= SOON


@scenario(13, "the secret is rotated under a warm function")
def rotated(stage: Stage) -> None:
    environment = stage.environment()
    stage.post(on=environment)
    stage.secrets.version = stage.api.key_version = 2
    stage.post(on=environment)


@scenario(13, "the same, and upstream refuses the old one with 403")
def rotated_and_forbidden(stage: Stage) -> None:
    stage.api.refusal = "limit"
    rotated(stage)


@scenario(14, "a wrong secret for good; another request, and one after 60 s")
def wrong(stage: Stage) -> None:
    stage.api.key_version = 2
    environment = stage.environment()
    stage.post(on=environment)
    stage.post(on=environment)
    stage.clock.advance(60)
    stage.post(on=environment)
    assert stage.history.counts["credentials_refused"] == 2


def _missing_or_denied(stage: Stage, secret: str) -> None:
    for kind in ("missing", "denied"):
        stage.fail([secret], kind)
        stage.post()
        mend(stage)


@scenario(15, "the credentials are missing, denied or without text", runs=CHANCE)
def no_credentials(stage: Stage) -> None:
    _missing_or_denied(stage, _UPSTREAM)
    stage.secrets.answers[UPSTREAM_ARN] = {"Name": "upstream"} | stage.random.choice(_HOLLOW)
    stage.post()
    _answers_soon(stage)
    assert stage.history.counts["credentials_unavailable"] == 3


@scenario(15, "the credentials are malformed")
def malformed_credentials(stage: Stage) -> None:
    for text in _MALFORMED:
        stage.secrets.answers[UPSTREAM_ARN] = {"SecretString": text, "VersionId": text[:9]}
        stage.post()
    _answers_soon(stage)


@scenario(15, "the gateway's own secret is missing, denied or too short")
def no_fingerprint_key(stage: Stage) -> None:
    _missing_or_denied(stage, _FINGERPRINT)
    stage.secrets.answers[FINGERPRINT_ARN] = {"SecretString": json.dumps("short")}
    stage.post()
    _answers_soon(stage)


failing(16, "Secrets Manager is down; nothing is cached", _BOTH, *_DOWN)
failing(16, "Secrets Manager hangs; nothing is cached", _BOTH, "hung")
failing(16, "Secrets Manager hangs; only the gateway's own is cached", [_UPSTREAM], "hung")


@scenario(16, "Secrets Manager is down for 23 hours; the cache is warm", runs=CHANCE)
def down_and_warm(stage: Stage) -> None:
    environment = stage.environment()
    stage.post(on=environment)
    stage.fail(_BOTH, stage.random.choice(_DOWN))
    stage.post(on=environment)
    stage.clock.advance(stage.random.uniform(0, 23) * _HOUR)
    stage.post(on=environment)


_OLD: Final = "Secrets Manager is down for 25 hours; the cache is too old"


@scenario(16, _OLD, retention=timedelta(days=3))
def down_and_old(stage: Stage) -> None:
    environment = stage.environment()
    stage.post(on=environment)
    stage.fail(_BOTH, "failed")
    stage.clock.advance(25 * _HOUR)
    stage.post(on=environment)
