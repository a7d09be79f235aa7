"""Deletes a stage: `make destroy STAGE=dev`. Says what goes, what stays, and asks before.

`--leftovers` deletes nothing: it lets the next deployment replace what a failed first one left.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from typing import cast

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from cli.account import Account, refusal, this_account
from cli.stack import Stack

_UNPROTECT = (
    "aws cloudformation update-termination-protection --no-enable-termination-protection"
    " --stack-name"
)


def main(
    arguments: Sequence[str],
    account: Account,
    answer: Callable[[str], str] = input,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """0 when it is gone (or, with `--leftovers`, nothing stands in the way); 1 with the reason."""
    parser = argparse.ArgumentParser(prog="make destroy", description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--leftovers", action="store_true")
    options = parser.parse_args(arguments)
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        stack = Stack(account, options.stage)
        if options.leftovers:
            return _release(stack, console)
        return _destroy(stack, options, console, answer, wait)
    except (BotoCoreError, ClientError) as error:
        console.print(refusal(error), markup=False)
        return 1


def _release(stack: Stack, console: Console) -> int:
    if stack.was_never_created():
        console.print(
            f"An earlier first deployment of {stack.name} failed: what it left is replaced."
        )
        stack.unprotect()
    return 0


def _destroy(
    stack: Stack,
    options: argparse.Namespace,
    console: Console,
    answer: Callable[[str], str],
    wait: Callable[[float], None],
) -> int:
    found = stack.description()
    if found is None:
        console.print(stack.missing, markup=False)
        return 1
    if stack.was_never_created():
        stack.unprotect()
    elif found.get("EnableTerminationProtection"):
        console.print(
            f"{stack.name} is protected from termination. First:\n  {_UNPROTECT} {stack.name}"
        )
        return 1
    resources = stack.resources()
    staying = [resource for resource in resources if resource.stays]
    console.print(f"{stack.name}: {len(resources)} resources, of which {len(staying)} stay:")
    for resource in staying:
        console.print(f"  {resource.type} {resource.name}", markup=False)
    if not options.yes:
        try:
            typed = answer(f"Delete it? Type {options.stage}: ").strip()
        except EOFError:
            console.print("\nNobody is here to be asked. To delete it unasked: YES=1.")
            typed = ""
        if typed != options.stage:
            console.print("Nothing was deleted.")
            return 1
    stack.delete()
    return _await_end(stack, console, wait)


def _await_end(stack: Stack, console: Console, wait: Callable[[float], None]) -> int:
    with console.status(f"Deleting {stack.name}") as progress:
        while (found := stack.description()) and found["StackStatus"] == "DELETE_IN_PROGRESS":
            progress.update(f"Deleting {stack.name}: {len(stack.resources())} resources left")
            wait(5)
    if found is None or found["StackStatus"] == "DELETE_COMPLETE":
        console.print(
            "It is gone. What stays is listed above; docs/operate.md says how to remove that, too."
        )
        return 0
    console.print(f"{stack.name} is {found['StackStatus']}. Not deleted:")
    for logical_id, reason in stack.undeleted().items():
        console.print(f"  {logical_id}: {reason}", markup=False)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], cast("Account", this_account())))
