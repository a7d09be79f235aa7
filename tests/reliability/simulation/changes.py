"""What may change around the gateway while it runs, by name."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.doubles.secrets import UPSTREAM_ARN
from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.troubles import outage

BREAKER: Final = ("breaker.get", "breaker.save", "breaker.count")
_SECRET: Final = f"secret.{UPSTREAM_ARN}"


def _secret_says(text: str) -> Callable[[Gateway], None]:
    def change(gateway: Gateway) -> None:
        _secret_good(gateway)
        answer = {"SecretString": text, "VersionId": f"{gateway.secrets.version}-spoilt"}
        gateway.secrets.answers[UPSTREAM_ARN] = answer

    return change


def _secret_good(gateway: Gateway) -> None:
    gateway.secrets.answers.pop(UPSTREAM_ARN, None)
    _mended(_SECRET)(gateway)


def _rotated(gateway: Gateway) -> None:
    _rotated_in_secret(gateway)
    gateway.api.key_version = gateway.secrets.version


def _rotated_in_secret(gateway: Gateway) -> None:
    gateway.secrets.version = 1 + max(gateway.secrets.version, gateway.api.key_version)


def _rotated_at_api(gateway: Gateway) -> None:
    gateway.api.key_version = 1 + max(gateway.secrets.version, gateway.api.key_version)


def _mended(*effects: str) -> Callable[[Gateway], None]:
    def change(gateway: Gateway) -> None:
        outages = gateway.steering.outages
        outages[:] = [one for one in outages if one.effect not in effects]

    return change


def down(*effects: str, kind: str = "unreachable") -> Callable[[Gateway], None]:
    """From now on these effects fail for everybody."""

    def change(gateway: Gateway) -> None:
        _mended(*effects)(gateway)
        gateway.steering.outages += outage(effects, kind)

    return change


def _poisoned_event(gateway: Gateway) -> None:
    if gateway.history.writes:
        last = gateway.history.writes[-1].new["verification_id"]
        gateway.bus.poisoned[last] = "MalformedDetail"


def _lagging(gateway: Gateway) -> None:
    gateway.table.lagging = True


def _caught_up(gateway: Gateway) -> None:
    gateway.table.catch_up()


def _poison(gateway: Gateway) -> None:
    gateway.poison()


CHANGES: Final[Mapping[str, Callable[[Gateway], None]]] = {
    "secret good": _secret_good,
    "secret malformed": _secret_says("{"),
    "secret empty": _secret_says(""),
    "secret denied": down(_SECRET, kind="denied"),
    "credentials rotated": _rotated,
    "credentials rotated in the secret only": _rotated_in_secret,
    "credentials rotated at the liveness API only": _rotated_at_api,
    "breaker store down": down(*BREAKER),
    "breaker store up": _mended(*BREAKER),
    "emergency queue down": down("emergency.send"),
    "letters queue down": down("letters.send"),
    "queues up": _mended("emergency.send", "letters.send"),
    "unreadable stream record": _poison,
    "event the bus never takes": _poisoned_event,
    "index lags": _lagging,
    "index caught up": _caught_up,
    "expired records deleted": Gateway.erase,
}
