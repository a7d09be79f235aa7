"""Writes the contracts from the code, or (`--check`) says which of them differ from it.

The types in `liveness_gateway` are the source: OpenAPI for clients, JSON Schemas and AsyncAPI for
event consumers, `docs/errors.md` for those who handle a problem.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

import yaml

from tools.contract_events import asyncapi, event_schemas
from tools.contract_http import openapi
from tools.errors_page import errors_page

ROOT: Final = Path(__file__).parent.parent


def contracts() -> dict[str, str]:
    """Every generated file: its path from the root of the repository, and its text."""
    files = {
        f"contracts/events/{name}.schema.json": _json(schema)
        for name, schema in event_schemas().items()
    }
    return files | {
        "contracts/openapi.json": _json(openapi()),
        "contracts/asyncapi.yaml": yaml.safe_dump(asyncapi(), sort_keys=False, width=100),
        "docs/errors.md": errors_page(),
    }


def differing() -> list[str]:
    """The generated files that are not what the code says."""
    return [
        path
        for path, text in contracts().items()
        if not (ROOT / path).exists() or (ROOT / path).read_text() != text
    ]


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"


def main() -> int:
    """Write the files, or check them; 1 when a check finds a difference."""
    stale = differing()
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path} is not what the code says: run `make contracts`", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(contracts()[path])
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
