import json

import jsonschema
import pytest
from openapi_spec_validator import validate

from infra.api.gateway_problems import GATEWAY_PROBLEMS, PROBLEM_TYPE_PREFIX
from liveness_gateway.problems import CATALOGUE
from tools.contract_events import asyncapi, event_schemas
from tools.contract_http import openapi
from tools.contracts import ROOT, contracts, differing


def test_committed_contracts_are_what_the_code_says() -> None:
    assert differing() == []


def test_no_contract_is_left_over() -> None:
    committed = {
        str(path.relative_to(ROOT)) for path in (ROOT / "contracts").rglob("*") if path.is_file()
    }
    assert committed <= contracts().keys()


def test_the_openapi_document_is_valid() -> None:
    validate(openapi())


@pytest.mark.parametrize("name", event_schemas())
def test_the_event_schemas_are_valid(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(event_schemas()[name])


def test_asyncapi_points_at_schemas_that_exist() -> None:
    for message in asyncapi()["components"]["messages"].values():
        path = ROOT / "contracts" / message["payload"]["$ref"]
        assert json.loads(path.read_text())["title"] == message["name"]


def test_every_problem_is_in_the_openapi_document() -> None:
    text = json.dumps(openapi()["components"]["responses"])
    assert [code for code in CATALOGUE if f"`{code}`" not in text] == []


def test_api_gateway_writes_the_same_problems_as_the_functions() -> None:
    assert GATEWAY_PROBLEMS
    for problem in GATEWAY_PROBLEMS.values():
        row = CATALOGUE[problem.code]
        assert (
            problem.status,
            problem.title,
            PROBLEM_TYPE_PREFIX + problem.code,
            problem.retryable,
        ) == (
            row.status,
            row.title,
            row.type,
            row.retryable,
        )
