"""The one assertion of these tests: several places state one fact, and state the same."""

from collections.abc import Mapping
from typing import Final

from tools.contracts import ROOT

FUNCTIONS: Final = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))


def agree(fact: str, places: Mapping[str, object]) -> None:
    """Nothing where all places say the same of the fact.

    Raises:
        AssertionError: one says something else; the message names each place and what it says.
    """
    assert len(places) > 1, "one place cannot disagree"
    first, *others = places.values()
    if any(other != first for other in others):
        said = "\n".join(f"  {place}: {value!r}" for place, value in places.items())
        raise AssertionError(f"{fact}: these places differ\n{said}")


def read(path: str) -> str:
    """The text of a file of the repository."""
    return (ROOT / path).read_text()
