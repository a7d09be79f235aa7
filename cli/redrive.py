"""Announces again what is in the publisher's dead-letter queue: `make redrive STAGE=prod`.

Event ids stay the same, so a consumer that has an event already ignores it. What the event bus
refuses again stays in the queue. It may be run any number of times.
"""

import argparse
import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import Progress

from cli.account import Account, refusal, this_account
from cli.records import LetterError, Records
from cli.stack import Stack
from liveness_gateway.adapters.eventbridge import EventBridgeBus
from liveness_gateway.verifications.model import Verification
from liveness_gateway.verifications.publishing import event_of

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

# Longer than it takes to read a batch of the stream and to announce it.
_VISIBILITY_SECONDS = 120
# The stack's outputs that it uses.
_NEEDED = {"DeadLetterQueueUrl", "EventBusName", "TableName"}
# So many of what stays are named.
_SHOWN = 5


@dataclass
class Tally:
    """How many events were announced or had expired, and what stays, by reason."""

    announced: int = 0
    expired: int = 0
    left: dict[str, list[str]] = field(default_factory=dict)

    def leave(self, reason: str, name: str) -> None:
        """Note a letter or a record that stays, by its id."""
        self.left.setdefault(reason, []).append(name)


class Redrive:
    """The dead-letter queue and the event bus of one stage.

    Where it is `dry`, nothing is announced and nothing is deleted.

    Raises:
        LookupError: there is no such stage, or it was never deployed to its end.
    """

    def __init__(self, account: Account, stage: str, *, dry: bool = False) -> None:
        self._dry = dry
        outputs = _outputs(Stack(account, stage))
        self._queue = outputs["DeadLetterQueueUrl"]
        self._sqs = account.client("sqs")
        self._bus = EventBridgeBus(account.client("events"), outputs["EventBusName"])
        self._stage = stage
        self._records = Records(account, outputs["TableName"])
        self._kept: dict[str, str] = {}  # the letters that stay: how each was received last

    def waiting(self) -> int:
        """The approximate number of letters in the queue."""
        response = self._sqs.get_queue_attributes(
            QueueUrl=self._queue, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(response["Attributes"]["ApproximateNumberOfMessages"])

    def letters(self) -> Iterator["MessageTypeDef"]:
        """Every letter that can be received now, each once."""
        seen: set[str] = set()
        while True:
            response = self._sqs.receive_message(
                QueueUrl=self._queue,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
                VisibilityTimeout=_VISIBILITY_SECONDS,
            )
            received = response.get("Messages", [])
            fresh = [m for m in received if m["MessageId"] not in seen]
            for message in received:
                if message in fresh or message["MessageId"] in self._kept:
                    self._kept[message["MessageId"]] = message["ReceiptHandle"]
            if not fresh:
                return
            seen.update(message["MessageId"] for message in fresh)
            yield from fresh

    def process(self, letter: "MessageTypeDef", tally: Tally) -> None:
        """Announce what the letter names and has not expired; delete it if all was accepted."""
        try:
            records = self._records.of_letter(letter["Body"])
            accepted = [self.announce(record, tally) for record in records]
        except LetterError as error:
            tally.leave(str(error), letter["MessageId"])
            return
        tally.expired += not accepted
        if all(accepted) and not self._dry:
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=letter["ReceiptHandle"])
            self._kept.pop(letter["MessageId"], None)

    def give_back(self) -> None:
        """Let the next run have what stays at once: until then the queue hides what was received.

        Where the queue refuses, it hides a letter for `_VISIBILITY_SECONDS`, and not longer.
        """
        for handle in self._kept.values():
            with contextlib.suppress(ClientError, BotoCoreError):
                self._sqs.change_message_visibility(
                    QueueUrl=self._queue, ReceiptHandle=handle, VisibilityTimeout=0
                )
        self._kept.clear()

    def announce(self, record: Verification, tally: Tally) -> bool:
        """Put the event of a record on the bus; False if it has to stay.

        What has expired is not announced (I11).
        """
        if record.expires_at <= datetime.now(UTC):
            tally.expired += 1
            return True
        code: str | None
        try:
            event = event_of(record, self._stage)
            (code,) = (None,) if self._dry else self._bus.put([event])
        except ValueError:
            code = "unreadable record"
        if code is None:
            tally.announced += 1
        else:
            tally.leave(code, record.verification_id)
        return code is None

    def announce_since(self, moment: datetime, tally: Tally) -> Iterator[None]:
        """Announce every record that ended since then: for those that no letter names."""
        for record in self._records.since(moment):
            if isinstance(record, str):
                tally.leave("unreadable record", record)
            else:
                self.announce(record, tally)
            yield


def run(redrive: Redrive, since: datetime | None, console: Console) -> Tally:
    """Redrive the queue, or the table since then, and show progress."""
    tally = Tally()
    with Progress(console=console) as progress:
        task = progress.add_task("announcing", total=None if since else redrive.waiting())
        if since:
            for _ in redrive.announce_since(since, tally):
                progress.advance(task)
        else:
            try:
                for letter in redrive.letters():
                    redrive.process(letter, tally)
                    progress.advance(task)
            finally:
                redrive.give_back()
    return tally


def main(arguments: Sequence[str] | None = None, account: Account | None = None) -> int:
    """0 if nothing is left to do, 1 if letters stay, 2 if the stage cannot be reached."""
    options, console = _parse(arguments), Console(stderr=True, soft_wrap=True)
    try:
        account = account or cast("Account", this_account())
        redrive = Redrive(account, options.stage, dry=options.dry_run)
        tally = run(redrive, options.since, console)
    except (ClientError, BotoCoreError) as error:
        console.print(refusal(error), markup=False)
        return 2
    except LookupError as error:
        console.print(str(error), markup=False)
        return 2
    done = "would be announced" if options.dry_run else "announced"
    print(f"{tally.announced} {done}, {sum(map(len, tally.left.values()))} left")
    if tally.expired:
        print(f"  {tally.expired} expired before they could be announced")
    for reason, names in tally.left.items():
        shown = ", ".join(names[:_SHOWN]) + (" ..." if len(names) > _SHOWN else "")
        print(f"  {len(names)} x {reason}: {shown}")
    return 1 if tally.left else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make redrive", description=__doc__)
    parser.add_argument("--stage", default="dev")
    parser.add_argument(
        "--since",
        type=moment_of,
        help="announce every record that ended since this time (RFC 3339; UTC where it names no "
        "offset) instead: for messages older than the stream keeps (24 hours). Reads the whole "
        "table.",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be announced, and change nothing"
    )
    return parser.parse_args(arguments)


def moment_of(text: str) -> datetime:
    """The time that an operator wrote; without an offset it is one of UTC, as all our times are."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (OverflowError, ValueError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time such as 2026-11-01T00:00:00Z"
        ) from None


def _outputs(stack: Stack) -> dict[str, str]:
    found = stack.description()
    if found is None:
        raise LookupError(stack.missing)
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", ())}
    if absent := _NEEDED - outputs.keys():
        raise LookupError(
            f"{stack.name} has no output {min(absent)}: it was never deployed to its end."
            " Run `make deploy` first."
        )
    return outputs


if __name__ == "__main__":
    sys.exit(main())
