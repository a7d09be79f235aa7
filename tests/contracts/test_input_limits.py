"""Limits on what a client sends: the number of the code is the number of every text about it."""

import re
import uuid
from typing import Final, get_args, get_type_hints

import pytest

from infra.api.gateway_problems import BODY_LIMIT, GATEWAY_PROBLEMS
from infra.stages.stage import Stage
from liveness_gateway.entrypoints.http.multipart import MAXIMUM_BODY
from liveness_gateway.entrypoints.http.requests import (
    IDEMPOTENCY_KEY,
    LONGEST_SUBJECT,
    THRESHOLD,
)
from liveness_gateway.problems import CATALOGUE
from liveness_gateway.verifications.model import MultipleFaces
from liveness_gateway.verifications.selfie import MAXIMUM_PIXELS
from tests.contracts.sources import OPENAPI, read
from tests.infra.assembly import STAGES

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
    assert BODY_LIMIT == MAXIMUM_BODY
    for text in (
        CATALOGUE["too_large"].advice,
        GATEWAY_PROBLEMS["REQUEST_TOO_LARGE"].detail,
        FORM["selfie"]["description"],
        row("docs/design.md", "| R6 "),
        read("docs/integrate.md"),
    ):
        assert numbers("MiB", text) == {f"{MAXIMUM_BODY / 2**20:g}"}


def test_every_text_names_the_most_pixels_that_are_taken() -> None:
    advice = CATALOGUE["invalid_selfie"].advice
    for text in (advice, read("docs/design.md"), read("docs/integrate.md")):
        assert numbers("megapixels", text) == {f"{MAXIMUM_PIXELS / 10**6:g}"}


def test_every_text_names_the_longest_subject() -> None:
    assert FORM["subject_ref"]["maxLength"] == LONGEST_SUBJECT
    text = row("docs/integrate.md", "| `subject_ref`")
    assert numbers("characters", text) == {str(LONGEST_SUBJECT)}


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
    assert re.search(parameter["schema"]["pattern"], uuid.uuid4().hex)


@pytest.mark.parametrize(
    "text", ["0", "1", "0.6", ".5", "1.", "0001", "0." + "1" * 32, "", ".", "-1", "1e0", "+1",
             "0.6 ", "0.6\n", "\u0660.\u0666", "0." + "1" * 33, "00001", "nan", "0,6"],
)  # fmt: skip
def test_the_contract_takes_a_threshold_as_the_function_does(text: str) -> None:
    # JSON Schema's `$` is the end of the text (ECMA-262), Python's is also before a last newline.
    pattern = FORM["threshold"]["pattern"].removesuffix("$") + r"\Z"
    taken = THRESHOLD.fullmatch(text.encode())
    assert bool(re.search(pattern, text)) is bool(taken)


def test_a_stage_has_thresholds_and_meanings_of_several_faces_that_are_taken() -> None:
    for stage in STAGES.values():
        for threshold in (stage.default_threshold, stage.minimum_threshold):
            assert THRESHOLD.fullmatch(f"{threshold:f}".encode()), f"stages/{stage.name}.toml"
    offered = get_args(get_type_hints(Stage)["multiple_faces"])
    assert set(offered) == {str(meaning) for meaning in MultipleFaces}
