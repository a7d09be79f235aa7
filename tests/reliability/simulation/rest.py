"""Brings a gateway to rest."""

from typing import Final

from tests.reliability.history.facts import plain
from tests.reliability.invariants.judging import broken, hold
from tests.reliability.simulation.gateway import Gateway

_RECEIVES: Final = 3
_ROUNDS: Final = 12


def mend(gateway: Gateway) -> None:
    """End every fault of the services around the gateway."""
    gateway.secrets.answers.clear()
    gateway.steering.outages.clear()
    gateway.bus.refusals = {}
    gateway.api.script.clear()
    gateway.api.standard = "live"


def rest(gateway: Gateway) -> None:
    """End all faults, let what runs end, and run recovery until there is nothing left to do."""
    mend(gateway)
    gateway.clock.jump(-gateway.clock.skew)
    for process in list(gateway.held()):
        process.troubles.clear()
        process.run()
    gateway.table.catch_up()
    for _ in range(_ROUNDS):
        _recover(gateway)
        gateway.history.now = gateway.clock.time_of_day
        if not gateway.new_in_stream() and not gateway.emergency.messages and not _open(gateway):
            return
    hold("I2", not _open(gateway), "what is overdue is never ended")
    hold("I2", not gateway.emergency.messages, "a kept result is delivered for ever")
    broken("I5", f"{gateway.pending} are delivered for ever")


def _recover(gateway: Gateway) -> None:
    gateway.clock.advance(max([61.0, *_open(gateway)]))
    gateway.sweep().run()
    for _ in range(_RECEIVES):
        gateway.recover(list(gateway.emergency.messages)).run()
    # The queue's own dead-letter queue takes what was received too often.
    gateway.history.parked += gateway.emergency.messages.values()
    gateway.emergency.messages.clear()
    gateway.publish(gateway.new_in_stream()).run()


def _open(gateway: Gateway) -> list[float]:
    """Seconds until each live `processing` record is overdue."""
    now = gateway.clock.time_of_day
    items = [plain(item) for item in gateway.table.items.values()]
    return [
        float(item["deadline"]) - now.timestamp() + 1
        for item in items
        if item["status"] == "processing" and now.timestamp() < float(item["expires_at"])
    ]
