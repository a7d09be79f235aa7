"""EventBridge's client in memory."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults import Faults

Entry = Mapping[str, str]


@dataclass
class BusDouble:
    """A bus that takes entries one by one, and refuses them one by one.

    Attributes:
        refusals: in the next call, the entries at these places are refused with these codes.
        poisoned: verification ids whose events are refused for ever, with these codes.
        accepted: every entry it took, in order.
        calls: how many entries each call offered.
        on_accept, on_refuse: told of each entry.
    """

    faults: Faults = field(default_factory=Faults)
    refusals: Mapping[int, str] = field(default_factory=dict)
    poisoned: dict[str, str] = field(default_factory=dict)
    accepted: list[Entry] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    on_accept: Callable[[Entry], None] = lambda _: None
    on_refuse: Callable[[Entry], None] = lambda _: None

    def put_events(self, *, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803 - as boto3 has it
        if not 1 <= len(Entries) <= 10:
            raise AssertionError("PutEvents takes 1 to 10 entries")
        self.calls.append(len(Entries))
        self.faults.at("bus.put", "before")
        refusals, self.refusals = self.refusals, {}
        answers = [self._put(entry, refusals.get(at)) for at, entry in enumerate(Entries)]
        self.faults.at("bus.put", "after")
        failed = sum("ErrorCode" in answer for answer in answers)
        return {"FailedEntryCount": failed, "Entries": answers}

    def _put(self, entry: Entry, refusal: str | None) -> dict[str, str]:
        code = refusal or self._refusal(entry)
        if code:
            self.on_refuse(entry)
            return {"ErrorCode": code, "ErrorMessage": "refused"}
        self.accepted.append(entry)
        self.on_accept(entry)
        return {"EventId": "the bus's own"}

    def _refusal(self, entry: Entry) -> str | None:
        if not (entry["Source"] and entry["DetailType"] and entry["Detail"]):
            return "InvalidArgument"
        try:
            detail = json.loads(entry["Detail"])
        except ValueError:
            return "MalformedDetail"
        return self.poisoned.get(detail["data"]["verification_id"])
