"""What is generated is what the code says, and is valid."""

import json

import jsonschema
import pytest
from openapi_spec_validator import validate

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
