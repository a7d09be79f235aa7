"""How many calls may be made a second time."""


class RetryBudget:
    """Allows one second call at the start, and then one for every ten first calls."""

    def __init__(self) -> None:
        self._tenths = 10

    def earn(self) -> None:
        """A first call was made."""
        self._tenths = min(self._tenths + 1, 100)

    def spend(self) -> bool:
        """Whether a second call may be made; counts it."""
        if self._tenths < 10:  # noqa: PLR2004 - ten tenths are one call
            return False
        self._tenths -= 10
        return True
