"""Log fields: the list is what is logged, and the handbook names fields and lines that exist."""

import ast
import re

from infra.api.access_log import ACCESS_LOG_FIELDS
from liveness_gateway.telemetry import LOG_FIELDS
from tests.contracts.sources import calls_in, functions_sources, read

# CloudWatch's own, and those that Powertools writes on every line.
ALWAYS = {"@timestamp", "message", "level", "timestamp", "service"}

# What API Gateway's access log and the functions' log both say of one request.
IN_BOTH_LOGS = {"correlation_id", "function_request_id", "method", "route", "status"}


def keywords(method: str) -> set[str]:
    """The names of the arguments of every `telemetry.<method>(...)`."""
    return {
        keyword.arg or "**"
        for source in functions_sources().values()
        for call in calls_in(source, method, on="telemetry")
        for keyword in call.keywords
    }


def test_the_list_of_fields_is_what_is_logged() -> None:
    assert keywords("log") - {"level"} == set(LOG_FIELDS)


def test_the_handbook_names_fields_that_are_logged() -> None:
    section = read("docs/operate.md").partition("## Read the logs")[2].partition("\n## ")[0]
    (query,) = re.findall(r"```\n(.*?)```", section, re.DOTALL)
    queried = set(re.findall(r"[@a-z_]+", query.partition("=")[0])) - {"fields", "filter"}
    prose = set(re.findall(r"`([a-z]+_[a-z_]+)`", section))
    assert len(queried) >= 5
    assert len(prose) >= 3
    unknown = (queried | prose) - LOG_FIELDS - keywords("begin") - ALWAYS
    assert unknown == set(), "docs/operate.md names fields that functions/ do not log"


def test_the_handbook_names_lines_that_are_logged() -> None:
    named = set(re.findall(r"in the log \(`([^`]+)`\)", read("docs/operate.md")))
    assert named, "docs/operate.md"
    calls = [c for t in functions_sources().values() for c in calls_in(t, "log", on="telemetry")]
    logged = {str(ast.literal_eval(call.args[0])) for call in calls}
    assert named <= logged, "docs/operate.md names lines that functions/ do not log"


def test_both_logs_give_the_same_thing_the_same_name() -> None:
    assert ACCESS_LOG_FIELDS.keys() >= IN_BOTH_LOGS
    assert LOG_FIELDS | keywords("begin") >= IN_BOTH_LOGS
