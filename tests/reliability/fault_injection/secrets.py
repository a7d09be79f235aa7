"""Faults 13 to 16: the credentials change, are wrong or missing, or cannot be read."""

import json
from typing import Final

from tests.adapters.aws_endpoint import CUT, DENIED, HANGS, SERVER_ERROR, Fault
from tests.reliability.recovery import Recovery
from tests.reliability.scenarios import FEW, scenario
from tests.reliability.stage import APP_ID, APP_KEY, Stage

_NEW_KEY: Final = f"{APP_KEY}-rotated"
_MISSING: Final = Fault(400, "ResourceNotFoundException")
MALFORMED: Final = "canary-not-json"
_MALFORMED: Final = (
    MALFORMED, "{}", "[]", "null", '"text"', '{"app_id": "a"}', '{"app_key": "a"}',
    '{"app_id": "a", "app_key": ""}', '{"app_id": 1, "app_key": 2}', '{"app_id": "a", ',
    '{"app_id": "a\\r\\nX-Evil: 1", "app_key": "b"}', '{"app_id": "a", "app_key": "\\u00e9"}',
    '{"app_id": " a", "app_key": "b"}', "[" * 100_000,
)  # fmt: skip
# Every other answer of Secrets Manager that holds no text.
_HOLLOW: Final[tuple[dict[str, str], ...]] = (
    {"SecretString": ""},
    {},
    {"SecretBinary": "AAAA"},
)
_HOUR: Final = 3600.0
_SOON: Final = 3.0


def _answers_soon(stage: Stage) -> None:
    assert max(answer.seconds for answer in stage.answers) <= _SOON


@scenario(13, "the secret is rotated under a warm function", seeds=FEW)
def rotated(stage: Stage, _: Recovery) -> None:
    function = stage.verify_function()
    stage.post(function=function)
    stage.sandbox.rotate(APP_ID, _NEW_KEY)
    stage.put_credentials(APP_ID, _NEW_KEY)
    stage.post(function=function)


@scenario(13, "the same, and upstream refuses the old one with 403", seeds=FEW)
def rotated_and_forbidden(stage: Stage, _: Recovery) -> None:
    function = stage.verify_function()
    stage.post(function=function)
    stage.put_credentials(APP_ID, APP_KEY)
    stage.sandbox.next("limit")
    stage.post(function=function)


@scenario(14, "a wrong secret for good; another request, and one after 60 s", seeds=FEW)
def wrong(stage: Stage, _: Recovery) -> None:
    stage.put_credentials(APP_ID, "wrong")
    function = stage.verify_function()
    stage.post(function=function)
    stage.post(function=function)
    stage.clock.moved += 60
    stage.post(function=function)
    assert stage.counts["credentials_refused"] == 2


@scenario(15, "the credentials are missing, denied or without text")
def no_credentials(stage: Stage, _: Recovery) -> None:
    body = {"Name": "upstream", "VersionId": "1", **stage.random.choice(_HOLLOW)}
    hollow = Fault(200, body=json.dumps(body).encode())
    for fault in (_MISSING, DENIED, hollow):
        stage.cloud.mend(stage.upstream_secret)
        stage.cloud.fail_always("GetSecretValue", fault, at=stage.upstream_secret)
        stage.post()
    _answers_soon(stage)
    assert stage.counts["credentials_unavailable"] == 3


@scenario(15, "the credentials are malformed", seeds=1)
def malformed_credentials(stage: Stage, _: Recovery) -> None:
    for text in _MALFORMED:
        stage.client("secretsmanager").put_secret_value(
            SecretId=stage.upstream_secret, SecretString=text
        )
        stage.post()
    _answers_soon(stage)


@scenario(15, "the gateway's own secret is missing, denied or too short", seeds=FEW)
def no_fingerprint_key(stage: Stage, _: Recovery) -> None:
    body = {"Name": "fingerprint", "VersionId": "1", "SecretString": "short"}
    for fault in (_MISSING, DENIED, Fault(200, body=json.dumps(body).encode())):
        stage.cloud.mend(stage.fingerprint_secret)
        stage.cloud.fail_always("GetSecretValue", fault, at=stage.fingerprint_secret)
        stage.post()
    _answers_soon(stage)


@scenario(16, "Secrets Manager is down; nothing is cached", together=True)
def down_and_cold(stage: Stage, _: Recovery) -> None:
    stage.fail_always("GetSecretValue", stage.random.choice((SERVER_ERROR, CUT, Fault(503))))
    stage.post()
    _answers_soon(stage)


@scenario(16, "Secrets Manager hangs; nothing is cached", together=True, patient=False)
def hanging_and_cold(stage: Stage, _: Recovery) -> None:
    stage.fail_always("GetSecretValue", HANGS)
    stage.post()
    _answers_soon(stage)


@scenario(
    16,
    "Secrets Manager hangs; only the gateway's own is cached",
    together=True,
    patient=False,
    seeds=FEW,
)
def hanging_and_half_cold(stage: Stage, _: Recovery) -> None:
    stage.cloud.fail_always("GetSecretValue", HANGS, at=stage.upstream_secret)
    stage.post()
    _answers_soon(stage)


@scenario(16, "Secrets Manager is down for 23 hours; the cache is warm", together=True)
def down_and_warm(stage: Stage, _: Recovery) -> None:
    function = stage.verify_function()
    stage.post(function=function)
    stage.fail_always("GetSecretValue", stage.random.choice((SERVER_ERROR, CUT, Fault(503))))
    stage.post(function=function)
    stage.secret_clock.aged += stage.random.uniform(0, 23) * _HOUR
    stage.post(function=function)


@scenario(
    16, "Secrets Manager is down for 25 hours; the cache is too old", together=True, seeds=FEW
)
def down_and_old(stage: Stage, _: Recovery) -> None:
    function = stage.verify_function()
    stage.post(function=function)
    stage.fail_always("GetSecretValue", SERVER_ERROR)
    stage.secret_clock.aged += 25 * _HOUR
    stage.post(function=function)
