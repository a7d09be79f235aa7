"""What a preflight is answered, its mapping template run by an engine for Velocity templates.

Source: API Gateway developer guide, "Mapping template reference" and "Change your API response
with overrides".
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.oracles.account import Account

_PROGRAM: Final = Path(__file__).with_name("render.mjs")
_ROOT: Final = Path(__file__).parents[3]
_NODE: Final = Path(sys.prefix) / "bin" / "node"
_HEADER: Final = "method.response.header.Access-Control-Allow-Origin"
FOREIGN: Final = "https://foreign.example.com"
# API Gateway's documents do not say what a map gives for a header that is not there.
_MISSING: Final = (None, "")


class Case(NamedTuple):
    """One preflight, and the origin that its answer must allow."""

    path: str
    static: str
    template: str
    headers: Mapping[str, str]
    missing: str | None
    expected: str


def faults(account: Account) -> tuple[list[str], int]:
    """The preflights whose answer does not allow what it must, in words; and how many were run."""
    cases = list(_cases(account))
    answers = _overridden(cases)
    found = []
    for case, headers in zip(cases, answers, strict=True):
        allowed = headers.get("Access-Control-Allow-Origin", case.static)
        if allowed != case.expected or len(headers) > 1:
            found.append(
                f"{case.path}: a preflight with {dict(case.headers)} allows {allowed},"
                f" not {case.expected}"
            )
    return found, len(cases)


def _cases(account: Account) -> Iterator[Case]:
    settings = account.template["Metadata"]["Settings"]
    origins = [one for one in settings["allowed_origins"].split(", ") if one != "none"]
    for name, method in account.of("AWS::ApiGateway::Method").items():
        if method["HttpMethod"] != "OPTIONS":
            continue
        (response,) = method["Integration"]["IntegrationResponses"]
        static = response["ResponseParameters"][_HEADER].strip("'")
        template = response.get("ResponseTemplates", {}).get("application/json", "")
        for origin in [*origins, FOREIGN, ""]:
            allowed = origin in origins and static != "*"
            expected = origin if allowed else static
            for header in ("Origin", "origin"):
                headers = {header: origin} if origin else {}
                for missing in _MISSING:
                    yield Case(name, static, template, headers, missing, expected)


def _overridden(cases: list[Case]) -> list[dict[str, str]]:
    given = [
        {"template": case.template, "headers": case.headers, "missing": case.missing}
        for case in cases
    ]
    done = subprocess.run(  # noqa: S603 - our own program
        [_NODE, _PROGRAM], input=json.dumps(given), capture_output=True, text=True, check=True,
        cwd=_ROOT,
    )  # fmt: skip
    found: Any = json.loads(done.stdout)
    return list(found)
