"""Problems: API Gateway, the functions, the contract and the page say the same of each code."""

import json
import re
from typing import Any, Final

import pytest

from infra.api.gateway_problems import GATEWAY_PROBLEMS, PROBLEM_TYPE_PREFIX, GatewayProblem
from liveness_gateway.entrypoints.http.problems import ProblemBody
from liveness_gateway.problems import CATALOGUE, TYPE_PREFIX
from tests.contracts.agreement import agree, read
from tests.infra.assembly import Assembly

# API Gateway renews a quota every day: to come back after a second is no use.
LONGER_WAIT: Final = "QUOTA_EXCEEDED"


@pytest.mark.parametrize(("name", "problem"), GATEWAY_PROBLEMS.items())
def test_api_gateway_says_what_the_catalogue_says(name: str, problem: GatewayProblem) -> None:
    row = CATALOGUE[problem.code]
    waits = problem.retry_after if name != LONGER_WAIT else row.retry_after
    agree(
        f"problem {problem.code} of {name}",
        {
            "infra/api/gateway_problems.py": (
                problem.status,
                problem.title,
                problem.retryable,
                waits,
            ),
            "functions/liveness_gateway/problems.py": (
                row.status,
                row.title,
                row.retryable,
                row.retry_after,
            ),
        },
    )


def test_a_quota_is_waited_for_longer_than_a_throttle() -> None:
    throttled = CATALOGUE[GATEWAY_PROBLEMS[LONGER_WAIT].code].retry_after or 0
    assert (GATEWAY_PROBLEMS[LONGER_WAIT].retry_after or 0) > throttled


def test_a_body_of_api_gateway_has_the_members_of_a_problem(prod: Assembly) -> None:
    responses = prod.resources("AWS::ApiGateway::GatewayResponse").values()
    bodies: list[dict[str, Any]] = [
        json.loads(response["ResponseTemplates"]["application/json"]) for response in responses
    ]
    for body in bodies:
        agree(
            f"members of {body['code']}",
            {
                "infra/api/gateway_problems.py": body.keys(),
                "functions/liveness_gateway/entrypoints/http/problems.py": (
                    ProblemBody.__required_keys__
                ),
            },
        )


def test_a_type_is_named_the_same_way() -> None:
    agree(
        "what the type of a problem begins with",
        {
            "infra/api/gateway_problems.py": PROBLEM_TYPE_PREFIX,
            "functions/liveness_gateway/problems.py": TYPE_PREFIX,
        },
    )


def test_the_contract_and_the_page_about_errors_have_every_code() -> None:
    for place in ("contracts/openapi.json", "docs/errors.md"):
        text = read(place)
        missing = [code for code in CATALOGUE if f"`{code}`" not in text]
        assert missing == [], f"{place} lacks codes of functions/liveness_gateway/problems.py"


def test_the_demo_page_advises_on_every_code_but_one_that_is_no_mistake() -> None:
    """`not_found` cannot come of a POST; `unreachable` is the page's own."""
    advice = re.search(r"const ADVICE = \{\n(.*?)\n\};", read("local/page/words.js"), re.DOTALL)
    assert advice
    agree(
        "codes that the page advises on",
        {
            "local/page/words.js ADVICE": set(re.findall(r"^  (\w+):", advice[1], re.MULTILINE)),
            "functions/liveness_gateway/problems.py": CATALOGUE.keys() - {"not_found"}
            | {"unreachable"},
        },
    )
