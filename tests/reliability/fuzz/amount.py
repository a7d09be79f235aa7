"""How much is tried: a tenth of it, or with SOAK=1 all."""

import os


def amount(all_of_it: int) -> int:
    """The share of this run."""
    return all_of_it if os.environ.get("SOAK") else all_of_it // 10
