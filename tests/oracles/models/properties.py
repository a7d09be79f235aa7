"""Every property of a template against botocore's own models of the services."""

from dataclasses import dataclass, field
from typing import Any

from tests.oracles.account import Account
from tests.oracles.models.resources import MODELLED, Modelled
from tests.oracles.models.shapes import Comparison


@dataclass
class Examined:
    """What the models say of a template.

    Attributes:
        checked: how many values were compared.
        skipped: `<type> <path>` of what no model has; the reasons are in `resources.py`.
        faults: what is wrong, each with its resource.
    """

    checked: int = 0
    skipped: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


def examine(account: Account) -> Examined:
    """Compare every property of every resource."""
    examined = Examined()
    for logical_id, resource in account.resources.items():
        kind = resource["Type"]
        modelled = MODELLED.get(kind)
        if modelled is None:
            examined.faults.append(f"{logical_id}: no model is named for {kind}")
            continue
        found = _compared(resource["Properties"], modelled)
        examined.checked += found.checked
        examined.skipped |= {f"{kind} {path}" for path in found.skipped}
        examined.faults += [f"{logical_id}.{fault}" for fault in found.faults]
    return examined


def _compared(properties: dict[str, Any], modelled: Modelled) -> Comparison:
    comparison = Comparison(
        renamed=modelled.renamed,
        shapes=modelled.others(),
        single=modelled.singles(),
        unmodelled=modelled.unmodelled,
    )
    names = modelled.attribute_names()
    rest = {name: value for name, value in properties.items() if name not in names}
    comparison.checked += len(properties) - len(rest)
    comparison.members(rest, modelled.members(), "")
    return comparison
