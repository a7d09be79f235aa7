"""I16: the calls of a client never exceed its budget."""

from typing import Final

from mutants import killers
from mutants.seeded_fault import SeededFault

FAULTS: Final = (
    SeededFault(
        "I16",
        "what is used up is not refused",
        "ClientBudgets.spend",
        "_refusal(counted.used_up, now)",
        "None",
        killers.BUDGETS,
    ),
    SeededFault(
        "I16",
        "a call that cannot be counted is made",
        "ClientBudgets.spend",
        'Spent(refusal=NotChargedError("upstream_unavailable", "budget_unavailable"))',
        "Spent()",
        killers.BUDGETS,
    ),
    SeededFault(
        "I16",
        "all clients share one count",
        "Verifier._call_and_store",
        "Spending(self._budgets, claim.client_id)",
        'Spending(self._budgets, "everybody")',
        killers.BUDGETS,
    ),
    SeededFault(
        "I16",
        "nothing is counted",
        "Verifier._call_and_store",
        "self._upstream.verify(selfie, claim.threshold, request.deadline, spending)",
        "self._upstream.verify(selfie, claim.threshold, request.deadline, lambda: None)",
        killers.BUDGETS,
    ),
    SeededFault(
        "I16",
        "a second call is not counted",
        "UpstreamClient._at_most_twice",
        """
        if _forbidden(spend):
            return first
        """,
        "",
        killers.BUDGETS,
    ),
    SeededFault(
        "I16",
        "one call more than a limit",
        "DynamoDBCallCounter._one_more",
        'f"{name} < :{name}"',
        'f"{name} <= :{name}"',
        killers.BUDGETS,
    ),
    SeededFault(
        "I16",
        "two that begin a count at once count one",
        "DynamoDBCallCounter._begin",
        '"attribute_not_exists(id)"',
        '"attribute_not_exists(id) OR day_calls > :one OR day_calls = :one"',
        killers.BUDGETS,
    ),
    SeededFault(
        "I16",
        "a new day forgets its month",
        "DynamoDBCallCounter.take",
        "1 + (count.month_calls_on(day) if count else 0)",
        "1",
        killers.BUDGETS,
    ),
    SeededFault(
        "I16",
        "a clock that is late begins its day anew",
        "DynamoDBCallCounter.take",
        "day = max(day, count.day) if count else day",
        "day = today",
        killers.BUDGETS,
    ),
)
