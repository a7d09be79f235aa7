"""Every seeded fault, by invariant."""

from typing import Final

from mutants.faults import answers, budgets, calls, events, outgoing, records, requests, starts
from mutants.seeded_fault import SeededFault


def _order(fault: SeededFault) -> tuple[str, int]:
    return fault.invariant[0], int(fault.invariant[1:])


SEEDED: Final = tuple(
    sorted(
        (
            *calls.FAULTS,
            *budgets.FAULTS,
            *outgoing.FAULTS,
            *events.FAULTS,
            *records.FAULTS,
            *requests.FAULTS,
            *answers.FAULTS,
            *starts.FAULTS,
        ),
        key=_order,
    )
)
