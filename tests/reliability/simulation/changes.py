"""What may change around the gateway while it runs, by name."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.invariants.gateway import Gateway


def _secret(state: str) -> Callable[[Gateway], None]:
    def change(gateway: Gateway) -> None:
        gateway.secrets.state = state

    return change


def _rotated(gateway: Gateway) -> None:
    _rotated_in_secret(gateway)
    gateway.api.key_version = gateway.secrets.version


def _rotated_in_secret(gateway: Gateway) -> None:
    gateway.secrets.version = 1 + max(gateway.secrets.version, gateway.api.key_version)


def _rotated_at_api(gateway: Gateway) -> None:
    gateway.api.key_version = 1 + max(gateway.secrets.version, gateway.api.key_version)


def _breaker(*, down: bool) -> Callable[[Gateway], None]:
    def change(gateway: Gateway) -> None:
        gateway.breaker_table.down = down

    return change


def _queues(*, emergency: bool, letters: bool) -> Callable[[Gateway], None]:
    def change(gateway: Gateway) -> None:
        gateway.emergency.down, gateway.letters.down = emergency, letters

    return change


def _poisoned_event(gateway: Gateway) -> None:
    if gateway.history.writes:
        last = gateway.history.writes[-1].new["verification_id"]
        gateway.bus.poisoned[last] = "MalformedDetail"


def _lagging(gateway: Gateway) -> None:
    gateway.table.lagging = True


def _caught_up(gateway: Gateway) -> None:
    gateway.table.catch_up()


CHANGES: Final[Mapping[str, Callable[[Gateway], None]]] = {
    "secret good": _secret("good"),
    "secret malformed": _secret("malformed"),
    "secret empty": _secret("empty"),
    "secret denied": _secret("denied"),
    "credentials rotated": _rotated,
    "credentials rotated in the secret only": _rotated_in_secret,
    "credentials rotated at the liveness API only": _rotated_at_api,
    "breaker store down": _breaker(down=True),
    "breaker store up": _breaker(down=False),
    "emergency queue down": _queues(emergency=True, letters=False),
    "letters queue down": _queues(emergency=False, letters=True),
    "queues up": _queues(emergency=False, letters=False),
    "unreadable stream record": Gateway.poison,
    "event the bus never takes": _poisoned_event,
    "index lags": _lagging,
    "index caught up": _caught_up,
    "expired records deleted": Gateway.erase,
}
