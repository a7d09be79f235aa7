"""The event bus: stored versions are put on it, and every entry's own answer is read."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef


class EventBridgeBus:
    """Implements the `EventBus` port."""

    def __init__(self, client: "EventBridgeClient", bus_name: str) -> None:
        self._client = client
        self._bus = bus_name

    def put(self, events: list[dict[str, str]]) -> list[str | None]:
        """See the port. When the call as a whole fails, every event has that failure's code."""
        entries: list[PutEventsRequestEntryTypeDef] = [
            {
                "EventBusName": self._bus,
                "Source": event["source"],
                "DetailType": event["detail_type"],
                "Detail": event["detail"],
            }
            for event in events
        ]
        try:
            answer = self._client.put_events(Entries=entries)
        except ClientError as error:
            return [error.response["Error"]["Code"]] * len(events)
        except BotoCoreError as error:
            return [type(error).__name__] * len(events)
        return [entry.get("ErrorCode") for entry in answer["Entries"]]
