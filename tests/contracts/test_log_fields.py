"""Log fields: the list is what is logged, and the handbook names fields and lines that exist."""

import ast
import re

from infra.api.access_log import ACCESS_LOG_FIELDS
from liveness_gateway.telemetry import LOG_FIELDS
from tests.contracts.agreement import agree, read
from tests.contracts.sources import calls_in, functions_sources

# CloudWatch's own, and those that Powertools writes on every line.
ALWAYS = {"@timestamp", "message", "level", "timestamp", "service"}

# What API Gateway's access log and the functions' log both say of one request.
IN_BOTH_LOGS = {"extended_request_id", "function_request_id", "method", "route", "status"}


def keywords(method: str) -> set[str]:
    """The names of the arguments of every `telemetry.<method>(...)`."""
    return {
        keyword.arg or "**"
        for source in functions_sources().values()
        for call in calls_in(source, method, on="telemetry")
        for keyword in call.keywords
    }


def messages() -> set[str]:
    """The message of every log line."""
    return {
        str(ast.literal_eval(call.args[0]))
        for source in functions_sources().values()
        for call in calls_in(source, "log", on="telemetry")
    }


def test_the_list_of_fields_is_what_is_logged() -> None:
    agree(
        "log fields",
        {
            "functions/liveness_gateway/telemetry.py LOG_FIELDS": set(LOG_FIELDS),
            "functions: telemetry.log(...)": keywords("log") - {"level"},
        },
    )


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
    assert named <= messages(), "docs/operate.md names lines that functions/ do not log"


def test_both_logs_give_the_same_thing_the_same_name() -> None:
    agree(
        "fields of a request",
        {
            "infra/api/access_log.py": ACCESS_LOG_FIELDS.keys() & IN_BOTH_LOGS,
            "functions: telemetry.begin(...), telemetry.log(...)": (LOG_FIELDS | keywords("begin"))
            & IN_BOTH_LOGS,
            "both": IN_BOTH_LOGS,
        },
    )
