"""What the dashboard shows, and that every metric that is bought is used."""

import ast
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from infra.stack import GatewayStack
from liveness_gateway.problems import CATALOGUE
from liveness_gateway.telemetry import METRICS, TIMES
from tests.contracts.sources import calls_in, functions_sources
from tests.contracts.test_metrics import counted_by, imports
from tests.infra.assembly import CONTEXTS, STAGES, Assembly
from tests.oracles.account import Account

OWN = "liveness-gateway"
Named = tuple[str, str]


def widgets(assembly: Assembly) -> list[dict[str, Any]]:
    account = Account(assembly.template, assembly.stack_name)
    (dashboard,) = account.of("AWS::CloudWatch::Dashboard").values()
    found: list[dict[str, Any]] = json.loads(dashboard["DashboardBody"])["widgets"]
    return found


def lines(assembly: Assembly) -> Iterator[list[Any]]:
    """Each metric: namespace, name, then pairs of dimension and value, then how it is shown."""
    for widget in widgets(assembly):
        yield from widget["properties"]["metrics"]


def shown(assembly: Assembly) -> set[Named]:
    """The metrics of ours, with the function that writes each."""
    found = set()
    for line in lines(assembly):
        if line[0] == OWN:
            dimensions = dict(zip(line[2:-1:2], line[3:-1:2], strict=True))
            assert dimensions.pop("stage") == assembly.stage
            found.add((dimensions.pop("service"), line[1]))
            assert not dimensions
    return found


def watched(assembly: Assembly) -> set[Named]:
    """The metrics of ours that have an alarm, with the function that writes each."""
    return {
        (next(d["Value"] for d in alarm["Dimensions"] if d["Name"] == "service"),
         alarm["MetricName"])
        for alarm in assembly.resources("AWS::CloudWatch::Alarm").values()
        if alarm["Namespace"] == OWN
    }  # fmt: skip


def test_a_stage_in_the_cloud_has_one_dashboard(assemblies: dict[str, Assembly]) -> None:
    for name, assembly in assemblies.items():
        types = [resource["Type"] for resource in assembly.template["Resources"].values()]
        assert types.count("AWS::CloudWatch::Dashboard") == (0 if name == "local" else 1)


def test_every_metric_that_is_written_is_used(prod: Assembly) -> None:
    """CloudWatch charges for each metric that is written."""
    used = {name for _, name in shown(prod) | watched(prod)}
    assert used == METRICS | TIMES


def test_the_dashboard_looks_where_the_function_writes(prod: Assembly) -> None:
    for function, name in shown(prod):
        # Every code is counted at one place, that of all HTTP functions.
        assert name in counted_by(function) | TIMES, (function, name)


def test_every_problem_is_shown(prod: Assembly) -> None:
    names = {name for _, name in shown(prod)}
    assert {f"problem_{code}" for code in CATALOGUE} <= names


@pytest.mark.parametrize("function", ["verify", "results"])
def test_a_problem_is_shown_for_each_function_that_raises_it(prod: Assembly, function: str) -> None:
    """A metric of another function is another metric."""
    modules = imports().find_upstream_modules(f"{function}.handler")
    paths = {f"functions/{module.replace('.', '/')}.py" for module in modules}
    codes = {
        str(call.args[0].value)
        for path in paths & functions_sources().keys()
        for call in calls_in(functions_sources()[path], "ProblemError")
        if isinstance(call.args[0], ast.Constant)
    }
    assert len(codes) >= 5
    assert {(function, f"problem_{code}") for code in codes} <= shown(prod)


def test_what_has_one_point_a_day_is_shown_for_a_month(prod: Assembly) -> None:
    """The page shows one day, which would be one point."""
    daily = [w["properties"] for w in widgets(prod) if w["properties"].get("period") == 86_400]
    assert [widget["start"] for widget in daily] == ["-P30D"]


def test_the_widgets_stand_side_by_side_and_name_what_they_show(prod: Assembly) -> None:
    taken = set()
    for widget in widgets(prod):
        assert widget["properties"]["title"]
        assert widget["properties"]["region"] == "eu-central-1"
        for column in range(widget["x"], widget["x"] + widget["width"]):
            for row in range(widget["y"], widget["y"] + widget["height"]):
                assert column < 24
                assert (column, row) not in taken
                taken.add((column, row))


def test_an_expression_uses_what_is_in_its_widget(prod: Assembly) -> None:
    expressions = 0
    for widget in widgets(prod):
        metrics = widget["properties"]["metrics"]
        ids = {line[-1]["id"] for line in metrics if "id" in line[-1]}
        for line in metrics:
            expression = line[0].get("expression") if isinstance(line[0], dict) else None
            if expression:
                expressions += 1
                words = set("".join(c if c.isalnum() else " " for c in expression).split())
                assert {w for w in words if w.islower()} == ids
    assert expressions == 1


def test_with_a_price_the_cost_of_a_day_is_shown() -> None:
    stage = replace(STAGES["dev"], upstream_call_price=Decimal("0.05"))
    stack = GatewayStack(App(context={"stage": CONTEXTS["dev"]["stage"]}), stage=stage)
    template = Template.from_stack(stack).to_json()
    (body,) = (
        resource["Properties"]["DashboardBody"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Dashboard"
    )
    assert "calls * 0.05" in json.dumps(body)
