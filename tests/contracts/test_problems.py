"""Problems: API Gateway, the functions, the contract and the page say the same of each code."""

import json
import re

import pytest

from infra.api.gateway_problems import GATEWAY_PROBLEMS, PROBLEM_TYPE_PREFIX
from liveness_gateway.entrypoints.http.problems import ProblemBody
from liveness_gateway.problems import CATALOGUE, TYPE_PREFIX
from tests.contracts.sources import read
from tests.infra.assembly import Assembly


@pytest.mark.parametrize("name", GATEWAY_PROBLEMS)
def test_api_gateway_says_what_the_catalogue_says(name: str) -> None:
    problem = GATEWAY_PROBLEMS[name]
    row = CATALOGUE[problem.code]
    assert problem.status == row.status
    assert problem.title == row.title
    assert problem.retryable == row.retryable
    if name == "QUOTA_EXCEEDED":
        # API Gateway renews a quota every day: to come back after a second is no use.
        assert (problem.retry_after or 0) > (row.retry_after or 0)
    else:
        assert problem.retry_after == row.retry_after


def test_a_body_of_api_gateway_has_the_members_and_type_of_a_problem(prod: Assembly) -> None:
    assert PROBLEM_TYPE_PREFIX == TYPE_PREFIX
    for response in prod.resources("AWS::ApiGateway::GatewayResponse").values():
        body = json.loads(response["ResponseTemplates"]["application/json"])
        assert body.keys() == ProblemBody.__required_keys__ | {"Errors"}


def test_the_contract_and_the_page_about_errors_have_every_code() -> None:
    for place in ("contracts/openapi.json", "docs/errors.md"):
        text = read(place)
        missing = [code for code in CATALOGUE if f"`{code}`" not in text]
        assert missing == [], f"{place} lacks codes of functions/liveness_gateway/problems.py"


def test_the_demo_page_advises_on_every_code_but_one_that_is_no_mistake() -> None:
    """`not_found` cannot come of a POST; `unreachable` is the page's own."""
    advice = re.search(r"const ADVICE = \{\n(.*?)\n\};", read("local/page/words.js"), re.DOTALL)
    assert advice
    codes = set(re.findall(r"^  (\w+):", advice[1], re.MULTILINE))
    assert codes == CATALOGUE.keys() - {"not_found"} | {"unreachable"}
