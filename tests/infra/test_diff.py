"""What a deployment would change, in words."""

import json
from typing import Any

import pytest

from cli.diff import resources_changed, settings_changed
from tests.infra.assembly import ROOT, Assembly

TABLE = "AWS::DynamoDB::Table"
_STAYS = "it stays in the account, without a stack"


def resource(kind: str, path: str, retained: str = "Delete", **properties: object) -> Any:  # noqa: ANN401 - JSON
    return {
        "Type": kind,
        "Properties": properties,
        "DeletionPolicy": retained,
        "Metadata": {"aws:cdk:path": f"liveness-gateway-prod/{path}/Resource"},
    }


def template(**resources: object) -> dict[str, Any]:
    return {"Resources": resources}


@pytest.mark.parametrize(
    ("deployed", "wanted", "told"),
    [
        ({}, {}, []),
        (
            {"F": resource("AWS::Lambda::Function", "Functions/Verify", A={"b": [1]}, Size=1024)},
            {"F": resource("AWS::Lambda::Function", "Functions/Verify", A={"b": [2]}, Size=512)},
            ["changes A.b, Size 1024 -> 512 of AWS::Lambda::Function Functions/Verify"],
        ),
        (
            {"T": resource(TABLE, "Storage/T", "RetainExceptOnCreate")},
            {},
            [f"removes {TABLE} Storage/T: {_STAYS}; it holds the records"],
        ),
        (
            {"T": resource(TABLE, "Storage/T")},
            {},
            [f"removes {TABLE} Storage/T: it is deleted; it holds the records"],
        ),
        (
            {},
            {str(number): resource("AWS::X", f"X/{number}") for number in range(5)},
            ["adds 5 AWS::X (X/0, X/1, X/2, ...)"],
        ),
        (
            {"T": resource(TABLE, "Storage/T", "Delete")},
            {"T": resource(TABLE, "Storage/T", "Retain")},
            [f"changes DeletionPolicy Delete -> Retain of {TABLE} Storage/T"],
        ),
        # Where a construct stands in the tree is nothing that is deployed.
        ({"T": resource(TABLE, "A")}, {"T": resource(TABLE, "B")}, []),
        ({"T": {"Type": "AWS::X"}}, {}, ["removes AWS::X T: it is deleted"]),
    ],
)  # fmt: skip
def test_each_kind_of_change_is_a_line(
    deployed: dict[str, Any], wanted: dict[str, Any], told: list[str]
) -> None:
    assert list(resources_changed(template(**deployed), template(**wanted))) == told


def test_the_settings_of_a_stage_are_in_its_template(assemblies: dict[str, Assembly]) -> None:
    prod, bare = assemblies["prod"].template, assemblies["bare"].template
    assert list(settings_changed(prod, prod)) == []
    assert list(settings_changed(bare, prod)) == [
        "allowed_origins: none -> https://one.example.com, https://two.example.com:8443",
        "domain: none -> liveness.example.net",
        "certificate: none -> arn:aws:acm:eu-central-1:111122223333:certificate/of-the-domain",
    ]
    earlier = {key: value for key, value in prod.items() if key != "Metadata"}
    assert "rate_limit: not said -> 25" in list(settings_changed(earlier, prod))
    assert not list(resources_changed(prod, json.loads(json.dumps(prod))))
    assert any("GatewayResponse" in line for line in resources_changed(bare, prod))


def test_the_handbook_names_the_program() -> None:
    assert "make diff STAGE=prod" in (ROOT / "docs/operate.md").read_text()
