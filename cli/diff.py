"""Says what a deployment would change: `make diff STAGE=prod`. It changes nothing."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from botocore.exceptions import BotoCoreError, ClientError

from cli.account import Account, refusal, this_account
from cli.stack import RETAINED, Stack

_SHOWN: Final = 3
# To make one of these anew is to lose what is in it, or what others know it by.
_PRECIOUS: Final = {
    "AWS::ApiGateway::ApiKey": "clients know its value",
    "AWS::ApiGateway::RestApi": "its address changes",
    "AWS::DynamoDB::Table": "it holds the records",
    "AWS::Events::EventBus": "consumers' rules are on it",
    "AWS::Logs::LogGroup": "it holds logs",
    "AWS::SQS::Queue": "it may hold messages",
    "AWS::SecretsManager::Secret": "it holds a secret",
}
Template = Mapping[str, Any]


def main(arguments: Sequence[str], account: Account) -> int:
    """0 when nothing or something would change, said in words; 1 when AWS does not answer."""
    parser = argparse.ArgumentParser(prog="make diff", description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--template", required=True, type=Path)
    options = parser.parse_args(arguments)
    try:
        stack = Stack(account, options.stage)
        deployed = stack.template()
    except (BotoCoreError, ClientError) as error:
        print(refusal(error), file=sys.stderr)
        return 1
    wanted = json.loads(options.template.read_text())
    if not deployed:
        print(f"{stack.name} is not deployed: all {len(wanted['Resources'])} resources are new.")
        return 0
    lines = [*settings_changed(deployed, wanted), *resources_changed(deployed, wanted)]
    print("\n".join(lines) if lines else f"A deployment would change nothing of {stack.name}.")
    return 0


def settings_changed(deployed: Template, wanted: Template) -> Iterator[str]:
    """A line for each setting of the stage that differs."""
    before, after = (each.get("Metadata", {}).get("Settings", {}) for each in (deployed, wanted))
    for setting in {**before, **after}:
        old, new = before.get(setting, "not said"), after.get(setting, "not said")
        if old != new:
            yield f"{setting}: {old} -> {new}"


def resources_changed(deployed: Template, wanted: Template) -> Iterator[str]:
    """A line for each kind of change of the resources: deleted first, then changed, then new."""
    before, after = deployed["Resources"], wanted["Resources"]
    for name in before.keys() - after.keys():
        yield _removed(name, before[name])
    same: dict[tuple[str, str], list[str]] = {}
    for name in before.keys() & after.keys():
        if paths := sorted(_paths(_told(before[name]), _told(after[name]))):
            kind = after[name]["Type"]
            same.setdefault((kind, ", ".join(paths)), []).append(_name(name, after[name]))
    for (kind, what), names in sorted(same.items()):
        yield f"changes {what} of {_listed(kind, names)}"
    new: dict[str, list[str]] = {}
    for name in after.keys() - before.keys():
        new.setdefault(after[name]["Type"], []).append(_name(name, after[name]))
    for kind, names in sorted(new.items()):
        yield f"adds {_listed(kind, names)}"


def _removed(name: str, resource: Mapping[str, Any]) -> str:
    kind = resource["Type"]
    stays = resource.get("DeletionPolicy") in RETAINED
    end = "it stays in the account, without a stack" if stays else "it is deleted"
    warning = f"; {_PRECIOUS[kind]}" if kind in _PRECIOUS else ""
    return f"removes {kind} {_name(name, resource)}: {end}{warning}"


def _listed(kind: str, names: list[str]) -> str:
    shown = ", ".join(sorted(names)[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return f"{len(names)} {kind} ({shown})" if len(names) > 1 else f"{kind} {shown}"


def _name(logical_id: str, resource: Mapping[str, Any]) -> str:
    """The resource's place in the stack, such as `Functions/Verify/Function`."""
    path = resource.get("Metadata", {}).get("aws:cdk:path", logical_id)
    return str(path).partition("/")[2].removesuffix("/Resource") or logical_id


def _told(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if key != "Metadata"}


def _paths(before: object, after: object, path: str = "") -> Iterator[str]:
    """Where two values differ: the names on the way down."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            below = f"{path}.{key}" if path and path != "Properties" else str(key)
            yield from _paths(before.get(key), after.get(key), below)
    elif before != after:
        yield f"{path} {before} -> {after}" if _plain(before) and _plain(after) else path


def _plain(value: object) -> bool:
    return isinstance(value, (str, int, float)) and len(str(value)) <= 60  # noqa: PLR2004 - a line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], cast("Account", this_account())))
