"""A stand-in for the liveness API: real HTTP, scripted outcomes, no judgement of liveness.

with Sandbox(app_id="sandbox-app-id", app_key="sandbox-app-key") as sandbox:
    sandbox.next("live", score="0.93")
    ...
    sandbox.requests[-1].sha256
"""

from sandbox.outcomes import OUTCOMES
from sandbox.records import CanaryVisit, ReceivedRequest
from sandbox.scripted_outcomes import InvalidOutcomeError
from sandbox.server import Sandbox

SHOWN_OUTCOMES = tuple(name for name, outcome in OUTCOMES.items() if outcome.shown)
"""The outcomes that the demo page offers, in its order."""

__all__ = [
    "OUTCOMES",
    "SHOWN_OUTCOMES",
    "CanaryVisit",
    "InvalidOutcomeError",
    "ReceivedRequest",
    "Sandbox",
]
