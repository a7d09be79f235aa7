"""All scenarios: each registers itself when its module is imported."""

from importlib import import_module
from typing import Final

from tests.reliability.fault_injection.scenarios import registered

for _module in ("upstream", "services", "events", "functions"):
    import_module(f"tests.reliability.fault_injection.{_module}")

SCENARIOS: Final = tuple(registered())
