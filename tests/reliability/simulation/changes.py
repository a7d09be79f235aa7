"""What may change around the gateway while it runs, by name."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.doubles.secrets import UPSTREAM_ARN
from tests.reliability.simulation.forgery import NONSENSE, forged
from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.troubles import outage

Change = Callable[[Gateway], object]
BREAKER: Final = ("breaker.get", "breaker.save", "breaker.count")
_SECRET: Final = f"secret.{UPSTREAM_ARN}"


def _up(*effects: str) -> Change:
    """These effects fail no longer."""

    def change(gateway: Gateway) -> None:
        outages = gateway.steering.outages
        outages[:] = [one for one in outages if one.effect not in effects]

    return change


def _down(*effects: str, kind: str = "unreachable") -> Change:
    """From now on these effects fail for everybody."""

    def change(gateway: Gateway) -> None:
        _up(*effects)(gateway)
        gateway.steering.outages += outage(effects, kind)

    return change


def _secret_good(gateway: Gateway) -> None:
    gateway.secrets.answers.pop(UPSTREAM_ARN, None)
    _up(_SECRET)(gateway)


def _secret_says(text: str) -> Change:
    def change(gateway: Gateway) -> None:
        _secret_good(gateway)
        answer = {"SecretString": text, "VersionId": f"{gateway.secrets.version}-spoilt"}
        gateway.secrets.answers[UPSTREAM_ARN] = answer

    return change


def _rotated(*, secret: bool, api: bool) -> Change:
    """The credentials are replaced by newer ones, in one place or in both."""

    def change(gateway: Gateway) -> None:
        version = 1 + max(gateway.secrets.version, gateway.api.key_version)
        if secret:
            gateway.secrets.version = version
        if api:
            gateway.api.key_version = version

    return change


def _poisoned_event(gateway: Gateway) -> None:
    if gateway.history.writes:
        gateway.bus.poisoned[gateway.record()["verification_id"]] = "MalformedDetail"


def _sent_to_the_emergency_queue(*bodies: str) -> Change:
    """Somebody else puts these into the queue."""

    def change(gateway: Gateway) -> None:
        held = gateway.emergency.messages
        held.update({f"foreign-{len(held)}-{n}": body for n, body in enumerate(bodies)})

    return change


def _forged(gateway: Gateway) -> None:
    if gateway.history.writes:
        _sent_to_the_emergency_queue(*forged(gateway.record()))(gateway)


def _lagging(gateway: Gateway) -> None:
    gateway.table.lagging = True


CHANGES: Final[Mapping[str, Change]] = {
    "secret good": _secret_good,
    "secret malformed": _secret_says("{"),
    "secret empty": _secret_says(""),
    "secret denied": _down(_SECRET, kind="denied"),
    "credentials rotated": _rotated(secret=True, api=True),
    "credentials rotated in the secret only": _rotated(secret=True, api=False),
    "credentials rotated at the liveness API only": _rotated(secret=False, api=True),
    "breaker store down": _down(*BREAKER),
    "breaker store up": _up(*BREAKER),
    "emergency queue down": _down("emergency.send"),
    "letters queue down": _down("letters.send"),
    "queues up": _up("emergency.send", "letters.send"),
    "unreadable stream record": Gateway.poison,
    "event the bus never takes": _poisoned_event,
    "messages of somebody else": _sent_to_the_emergency_queue(*NONSENSE),
    "forged messages": _forged,
    "index lags": _lagging,
    "index caught up": lambda gateway: gateway.table.catch_up(),
    "expired records deleted": Gateway.erase,
}
