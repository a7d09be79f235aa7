"""Metrics: every alarm watches what its function really counts, as CloudWatch will see it."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache

import grimp
import pytest

from infra.alarms.counters import COUNTER_ALARMS, CounterAlarm
from infra.metrics import METRIC_DIMENSIONS, METRICS_NAMESPACE
from liveness_gateway.telemetry import METRICS
from tests.contracts.deployed import environment
from tests.contracts.sources import FUNCTIONS, calls_in, functions_sources, texts
from tests.infra.assembly import ROOT, Assembly

COUNT = """
import os
from liveness_gateway.adapters.powertools import powertools_telemetry
telemetry = powertools_telemetry(os.environ["STAGE"], os.environ["POWERTOOLS_METRICS_NAMESPACE"])
telemetry.count("unhandled")
telemetry.flush()
"""


def counted_in(path: str) -> set[str]:
    """The metrics that one module counts; a composed name stands for all it can become."""
    tree = functions_sources()[path]
    found = set()
    for call in calls_in(tree, "count", on="telemetry"):
        for name in names(call.args[0], tree):
            matching = {metric for metric in METRICS if re.fullmatch(name, metric)}
            assert matching, f"{path} counts {name}, which telemetry.py METRICS has not"
            found |= matching
    return found


def names(argument: ast.expr, tree: ast.AST) -> Iterator[str]:
    """What a metric's name can be, each as a pattern."""
    if isinstance(argument, ast.Constant):
        yield re.escape(str(argument.value))
    elif isinstance(argument, ast.IfExp):
        yield from names(argument.body, tree)
        yield from names(argument.orelse, tree)
    elif isinstance(argument, ast.JoinedStr):
        parts = argument.values
        yield "".join(
            re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in parts
        )
    else:
        # A name of a variable: the condition around it lists what it can be.
        (around,) = (
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and any(argument in ast.walk(s) for s in node.body)
        )
        yield from map(re.escape, texts(around.test))


@cache
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("liveness_gateway", *FUNCTIONS)


def counted_by(function: str) -> set[str]:
    """The metrics of every module that the function imports."""
    modules = imports().find_upstream_modules(f"{function}.handler")
    paths = {f"functions/{module.replace('.', '/')}.py" for module in modules}
    return set().union(*(counted_in(path) for path in paths & functions_sources().keys()))


def test_every_metric_is_counted_somewhere() -> None:
    assert set().union(*map(counted_in, functions_sources())) == set(METRICS)


@pytest.mark.parametrize("alarm", COUNTER_ALARMS, ids=lambda alarm: alarm.name)
def test_the_function_of_an_alarm_counts_its_metric(alarm: CounterAlarm) -> None:
    assert alarm.counter in counted_by(alarm.function), (
        f"infra/alarms/counters.py {alarm.name} is of {alarm.counter} of {alarm.function}; no"
        f" module that functions/{alarm.function}/handler.py imports counts it"
    )


def test_an_alarm_looks_where_the_count_is_written(prod: Assembly) -> None:
    done = subprocess.run(  # noqa: S603 - our own interpreter and source
        [sys.executable, "-c", COUNT],
        env=environment(prod, "sweep") | {"PYTHONPATH": str(ROOT / "functions")},
        capture_output=True,
        text=True,
        check=True,
    )
    written = json.loads(done.stdout)
    (metric,) = written["_aws"]["CloudWatchMetrics"]
    assert metric["Namespace"] == METRICS_NAMESPACE
    (dimensions,) = metric["Dimensions"]
    assert sorted(dimensions) == sorted(METRIC_DIMENSIONS)
    assert [written[name] for name in METRIC_DIMENSIONS] == ["sweep", "prod"]
    assert written["unhandled"] == [1.0]
