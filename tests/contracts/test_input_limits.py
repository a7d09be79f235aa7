"""Limits on what a client sends: the number of the code is the number of every text about it."""

import json
import re
from decimal import Decimal
from typing import Any, Final, get_args, get_type_hints

import pytest

from infra.api.gateway_problems import BODY_LIMIT, GATEWAY_PROBLEMS
from infra.stages import STAGES, Stage
from liveness_gateway.entrypoints.http.multipart import MAXIMUM_BODY
from liveness_gateway.entrypoints.http.requests import (
    IDEMPOTENCY_KEY,
    LONGEST_SUBJECT,
    THRESHOLD,
)
from liveness_gateway.problems import CATALOGUE
from liveness_gateway.verifications.model import MultipleFaces, verification_id
from liveness_gateway.verifications.selfie import MAXIMUM_PIXELS
from tests.contracts.agreement import agree, read

OPENAPI: Final[dict[str, Any]] = json.loads(read("contracts/openapi.json"))
CREATE: Final = OPENAPI["paths"]["/v1/verifications"]["post"]
FORM: Final = CREATE["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]


def numbers(unit: str, text: str) -> set[str]:
    """Every number that stands before this unit."""
    return set(re.findall(rf"([0-9.]+) {unit}", text))


def row(path: str, start: str) -> str:
    """The one row of a table that starts so."""
    (found,) = (line for line in read(path).splitlines() if line.startswith(start))
    return found


def test_every_text_names_the_largest_body_that_is_taken() -> None:
    agree(
        "largest body in MiB",
        {
            "functions/liveness_gateway/entrypoints/http/multipart.py": {
                f"{MAXIMUM_BODY / 2**20:g}"
            },
            "functions/liveness_gateway/problems.py": numbers("MiB", CATALOGUE["too_large"].advice),
            "infra/api/gateway_problems.py BODY_LIMIT": {f"{BODY_LIMIT / 2**20:g}"},
            "infra/api/gateway_problems.py REQUEST_TOO_LARGE": numbers(
                "MiB", GATEWAY_PROBLEMS["REQUEST_TOO_LARGE"].detail
            ),
            "contracts/openapi.json": numbers("MiB", FORM["selfie"]["description"]),
            "docs/design.md": numbers("MiB", row("docs/design.md", "| R6 ")),
            "docs/integrate.md": numbers("MiB", read("docs/integrate.md")),
        },
    )


def test_every_text_names_the_most_pixels_that_are_taken() -> None:
    agree(
        "most megapixels",
        {
            "functions/liveness_gateway/verifications/selfie.py": {f"{MAXIMUM_PIXELS / 10**6:g}"},
            "functions/liveness_gateway/problems.py": numbers(
                "megapixels", CATALOGUE["invalid_selfie"].advice
            ),
            "docs/design.md": numbers("megapixels", read("docs/design.md")),
            "docs/integrate.md": numbers("megapixels", read("docs/integrate.md")),
        },
    )


def test_every_text_names_the_longest_subject() -> None:
    agree(
        "longest subject_ref",
        {
            "functions/liveness_gateway/entrypoints/http/requests.py": {str(LONGEST_SUBJECT)},
            "contracts/openapi.json": {str(FORM["subject_ref"]["maxLength"])},
            "docs/integrate.md": numbers("characters", row("docs/integrate.md", "| `subject_ref`")),
        },
    )


def test_the_contract_allows_the_keys_that_are_taken() -> None:
    (parameter,) = CREATE["parameters"]
    assert parameter["name"] == "Idempotency-Key"
    least, most = parameter["schema"]["minLength"], parameter["schema"]["maxLength"]
    assert IDEMPOTENCY_KEY.fullmatch("k" * least)
    assert IDEMPOTENCY_KEY.fullmatch("k" * most)
    assert not IDEMPOTENCY_KEY.fullmatch("k" * (least - 1))
    assert not IDEMPOTENCY_KEY.fullmatch("k" * (most + 1))


def test_the_contract_knows_an_id_when_it_sees_one() -> None:
    (parameter,) = OPENAPI["paths"]["/v1/verifications/{verification_id}"]["get"]["parameters"]
    assert re.search(parameter["schema"]["pattern"], verification_id("client", "key"))


@pytest.mark.parametrize(
    "text", ["0", "1", "0.6", ".5", "1.", "0001", "0." + "1" * 32, "", ".", "-1", "1e0", "+1",
             "0.6 ", "0.6\n", "\u0660.\u0666", "0." + "1" * 33, "00001", "nan", "0,6"],
)  # fmt: skip
def test_the_contract_takes_a_threshold_as_the_function_does(text: str) -> None:
    # JSON Schema's `$` is the end of the text (ECMA-262), Python's is also before a last newline.
    pattern = FORM["threshold"]["pattern"].removesuffix("$") + r"\Z"
    agree(
        f"whether {text!r} is a threshold",
        {
            "functions/liveness_gateway/entrypoints/http/requests.py": bool(
                THRESHOLD.fullmatch(text.encode())
            ),
            "contracts/openapi.json": bool(re.search(pattern, text)),
        },
    )


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_a_client_may_send_the_thresholds_of_a_stage(stage: Stage) -> None:
    for text in (stage.default_threshold, stage.minimum_threshold):
        assert THRESHOLD.fullmatch(text.encode()), f"infra/stages.py {stage.name}: {text!r}"
    assert Decimal(stage.minimum_threshold) <= Decimal(stage.default_threshold) <= 1


def test_a_stage_can_choose_every_meaning_of_several_faces() -> None:
    agree(
        "meanings of several faces",
        {
            "infra/stages.py Stage.multiple_faces": set(
                get_args(get_type_hints(Stage)["multiple_faces"])
            ),
            "functions/liveness_gateway/verifications/model.py": {str(m) for m in MultipleFaces},
        },
    )
