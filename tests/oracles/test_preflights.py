"""A preflight allows the origin that asks, however its header is written."""

import copy

import pytest

from tests.infra.assembly import Assembly
from tests.oracles.account import Account
from tests.oracles.preflights.preflights import faults

# The CDK's own template: it looks for `origin` only where `get` gives an empty text.
OF_THE_CDK = """#set($origin = $input.params().header.get("Origin"))
#if($origin == "")
  #set($origin = $input.params().header.get("origin"))
#end
#if($origin == "https://two.example.com:8443")
  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
#end"""


def test_every_preflight_allows_who_asks(assembly: Assembly) -> None:
    found, run = faults(Account(assembly.template, assembly.stack_name))
    assert found == []
    assert run == 5 * 4 * (len(assembly.origins) + 2) if assembly.origins else run == 0


@pytest.mark.parametrize(
    ("template", "told"),
    [
        (OF_THE_CDK, "{'origin': 'https://two.example.com:8443'} allows https://one.example.com"),
        (OF_THE_CDK.replace("8443", "8444"), "{'Origin': 'https://two.example.com:8443'}"),
        (OF_THE_CDK.replace('$origin == "https', '$origin != "https'), "foreign.example.com, not"),
    ],
)
def test_a_template_that_answers_otherwise_is_found(
    prod: Assembly, template: str, told: str
) -> None:
    changed = copy.deepcopy(prod.template)
    for resource in changed["Resources"].values():
        properties = resource.get("Properties", {})
        if properties.get("HttpMethod") == "OPTIONS":
            (response,) = properties["Integration"]["IntegrationResponses"]
            response["ResponseTemplates"] = {"application/json": template}
    found, _ = faults(Account(changed, prod.stack_name))
    assert any(told in fault for fault in found), found
