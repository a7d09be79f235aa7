"""Faults 13 to 20, 28 and 29: the secrets, the table of verifications, and the breaker's table."""

import json
from datetime import timedelta
from typing import Final

from tests.doubles.secrets import APP_KEY, FINGERPRINT_ARN, UPSTREAM_ARN
from tests.reliability.fault_injection.scenarios import CHANCE, SOON, failing, scenario
from tests.reliability.fault_injection.stage import Stage
from tests.reliability.simulation.changes import BREAKER
from tests.reliability.simulation.gateway import DAY
from tests.reliability.simulation.rest import mend
from tests.reliability.simulation.troubles import DOWN

_UPSTREAM: Final = f"secret.{UPSTREAM_ARN}"
_FINGERPRINT: Final = f"secret.{FINGERPRINT_ARN}"
_BOTH: Final = (_UPSTREAM, _FINGERPRINT)
_DOWN: Final = ("failed", "cut", "unreachable")
_MALFORMED: Final = (
    APP_KEY, "{}", "[]", "null", '"text"', '{"app_id": "a"}', '{"app_key": "a"}',
    '{"app_id": "a", "app_key": ""}', '{"app_id": true, "app_key": 2}', '{"app_id": "a", ',
    '{"app_id": "a\\r\\nX-Evil: 1", "app_key": "b"}', '{"app_id": "a", "app_key": "\\u00e9"}',
    '{"app_id": " ", "app_key": "b"}', "[" * 100_000,
)  # fmt: skip
# Every other answer of Secrets Manager that holds no text.
_HOLLOW: Final[tuple[dict[str, str], ...]] = ({"SecretString": ""}, {}, {"SecretBinary": "AAAA"})
_HOUR: Final = 3600.0


def _answers_soon(stage: Stage) -> None:
    assert max(answer.own_seconds for answer in stage.history.answers) <= SOON


@scenario(13, "the secret is rotated under a warm function")
def rotated(stage: Stage) -> None:
    stage.post_warm()
    stage.secrets.version = stage.api.key_version = 2
    stage.post_warm()


@scenario(13, "the same, and upstream refuses the old one with 403")
def rotated_and_forbidden(stage: Stage) -> None:
    stage.api.refusal = "limit"
    rotated(stage)


@scenario(14, "a wrong secret for good; another request, and one after 60 s")
def wrong(stage: Stage) -> None:
    stage.api.key_version = 2
    stage.post_warm(count=2)
    stage.post_warm(after=60)
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
    stage.post_warm()
    stage.fail(_BOTH, stage.random.choice(_DOWN))
    stage.post_warm()
    stage.post_warm(after=stage.random.uniform(0, 23) * _HOUR)


_OLD: Final = "Secrets Manager is down for 25 hours; the cache is too old"


@scenario(16, _OLD, retention=timedelta(days=3))
def down_and_old(stage: Stage) -> None:
    stage.post_warm()
    stage.fail(_BOTH, "failed")
    stage.post_warm(after=25 * _HOUR)


_AFTER_THE_DEADLINE: Final = 61.0


@scenario(17, "the tables throttle 2 of 3 calls", runs=CHANCE)
def throttled(stage: Stage) -> None:
    # So each is taken at its first, second or third try.
    for effect in ("table.put", "table.update", "breaker.get"):
        stage.fail([effect], "throttled", stage.random.choice((0, 1, 2)))
    stage.post()


@scenario(18, "8 requests want the next attempt of one that failed", runs=CHANCE)
def race_for_attempt(stage: Stage) -> None:
    request = stage.request("the-key")
    stage.api.script.append("too many, later")
    stage.send(request)
    stage.crowd(request, 8)


def _swept_while_it_waits(stage: Stage, answer: str) -> None:
    asked = stage.post_and_hold(answer)
    stage.clock.jump(_AFTER_THE_DEADLINE)
    assert stage.sweep().run() == 1
    assert stage.sweep().run() == 0
    stage.clock.jump(-_AFTER_THE_DEADLINE)
    asked.run()


@scenario(18, "the sweep ends it, then the good answer comes")
def late_answer(stage: Stage) -> None:
    _swept_while_it_waits(stage, "live")


@scenario(18, "the sweep ends it, then upstream's refusal comes")
def late_refusal(stage: Stage) -> None:
    _swept_while_it_waits(stage, "limit")


@scenario(18, "the answers of both writes are lost")
def lost_answers(stage: Stage) -> None:
    stage.fail(["table.put", "table.update"], "lost", times=1)
    stage.post()


failing(19, "the table is down before the call", ["table.put"], *DOWN)
failing(19, "the table hangs before the call", ["table.put"], "hung")
failing(19, "the claim is stored, every answer of the table is lost", ["table.put"], "lost")


def _stored_later(fault: str, *kinds: str) -> None:
    """The result waits in the queue; the same request, when it was stored, is answered by it."""

    @scenario(20, fault, runs=CHANCE if len(kinds) > 1 else 1)
    def act(stage: Stage) -> None:
        request = stage.request("the-key")
        stage.fail(["table.update"], stage.random.choice(kinds))
        stage.send(request)
        assert stage.history.counts["result_kept_in_emergency"] == 1
        assert stage.kept() == 0
        mend(stage)
        assert stage.kept() == 1
        stage.send(request)


_stored_later("the table is down after the call; the request comes again later", *DOWN)
_stored_later("the table hangs after the call; the request comes again later", "hung")
_stored_later("the result is stored, every answer of the table is lost", "lost")


@scenario(20, "the table and the emergency queue are down after the call", runs=CHANCE)
def all_down_after(stage: Stage) -> None:
    stage.fail(["table.update"], stage.random.choice(DOWN))
    stage.fail(["emergency.send"], stage.random.choice(DOWN))
    stage.post()
    assert stage.history.counts["result_lost"] == 1


@scenario(28, "it has expired and is not deleted yet; the same request comes again")
def expired(stage: Stage) -> None:
    request = stage.request("the-key")
    stage.send(request)
    stage.deliver()
    stage.clock.advance(DAY.total_seconds())
    read = stage.read(str(stage.last.body["verification_id"]), request.client_id)
    assert read.code == "not_found"
    stage.send(request)


@scenario(28, "it expires before it could be announced")
def expired_unannounced(stage: Stage) -> None:
    stage.post()
    stage.clock.advance(DAY.total_seconds())


@scenario(29, "the breaker's table is down", runs=CHANCE)
def breaker_down(stage: Stage) -> None:
    for effect in BREAKER:
        stage.fail([effect], stage.random.choice(DOWN))
    stage.post()
    assert stage.history.counts["breaker_store_failed"]


failing(29, "the breaker's table hangs", ["breaker.get"], "hung")


@scenario(29, "the breaker's table is down, upstream answers 500 to all")
def breaker_down_in_trouble(stage: Stage) -> None:
    stage.fail(BREAKER, "denied")
    stage.api.standard = "broken"
    stage.post_warm(count=7)
