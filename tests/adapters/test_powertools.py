"""What the operator sees: named fields, metrics by stage, and nothing else."""

import json
import logging

import pytest

from liveness_gateway.adapters.powertools import powertools_telemetry
from liveness_gateway.telemetry import location
from tests.environment import environment
from tests.written_telemetry import WrittenTelemetry, counted


@pytest.mark.parametrize("level", ["INFO", "WARNING", "ERROR", "CRITICAL"])
def test_a_log_line_is_one_line_of_json(level: str) -> None:
    written = WrittenTelemetry()
    written.log("anything", level=getattr(logging, level), status="failed", code=None, version=0)
    (line,) = written.lines
    assert (line["message"], line["level"]) == ("anything", level)
    assert (line["status"], line["version"]) == ("failed", 0)
    assert "code" not in line
    assert line["timestamp"].endswith(("+00:00", "Z"))


@pytest.mark.parametrize("field", ["selfie", "body", "headers", "app_key", "file_name", "event"])
def test_a_field_that_is_not_on_the_list_is_an_error(field: str) -> None:
    written = WrittenTelemetry()
    with pytest.raises(KeyError):
        written.log("anything", level=logging.INFO, **{field: "canary"})
    assert "canary" not in written.stream.getvalue()


def test_a_level_or_a_metric_that_is_not_on_the_list_is_an_error() -> None:
    with pytest.raises(KeyError):
        WrittenTelemetry().log("anything", level=logging.DEBUG)
    with pytest.raises(KeyError, match="not a metric: selfies"):
        WrittenTelemetry().count("selfies")


def test_every_line_of_an_invocation_has_its_ids_and_none_of_the_one_before() -> None:
    written = WrittenTelemetry()
    written.begin(correlation_id="c-1", extended_request_id="x-1", function_request_id="f-1")
    written.log("first", level=logging.INFO)
    written.log("second", level=logging.INFO)
    written.begin(correlation_id="c-2", extended_request_id=None, function_request_id="f-2")
    written.log("third", level=logging.INFO)
    assert [line["correlation_id"] for line in written.lines] == ["c-1", "c-1", "c-2"]
    assert [line.get("extended_request_id") for line in written.lines] == ["x-1", "x-1", None]


def test_metrics_are_printed_once_with_stage_and_service(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written = WrittenTelemetry()
    written.count("unhandled")
    written.count("event_retried", 3)
    written.flush()
    written.flush()
    (line,) = capsys.readouterr().out.splitlines()
    emf = json.loads(line)
    assert (emf["stage"], emf["service"]) == ("local", "test")
    assert (emf["unhandled"], emf["event_retried"]) == ([1.0], [3.0])
    assert emf["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "liveness-gateway"


def test_times_are_printed_in_milliseconds(capsys: pytest.CaptureFixture[str]) -> None:
    written = WrittenTelemetry()
    written.measure("upstream_time", 2.5004)
    written.measure("upstream_time", 0.0004)
    written.flush()
    emf = json.loads(capsys.readouterr().out)
    assert emf["upstream_time"] == [2500.0, 0.0]
    assert emf["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [
        {"Name": "upstream_time", "Unit": "Milliseconds"}
    ]
    with pytest.raises(KeyError):
        written.measure("unhandled", 1)


def test_more_counts_than_one_line_takes_are_all_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written = WrittenTelemetry()
    for _ in range(250):
        written.count("unhandled")
    written.flush()
    assert counted(capsys) == {"unhandled": 250}


def test_the_telemetry_of_a_function_is_as_its_environment_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = {"POWERTOOLS_SERVICE_NAME": "observability-test", "POWERTOOLS_LOG_LEVEL": "WARNING"}
    with environment(**settings):
        made = powertools_telemetry("local", "liveness-gateway")
        made.begin(correlation_id="c-1")
        made.log("not loud enough", level=logging.INFO)
        made.log("loud", level=logging.WARNING, code="internal")
        made.count("unhandled")
        made.flush()
    line, emf = (json.loads(printed) for printed in capsys.readouterr().out.splitlines())
    assert (line["message"], line["service"]) == ("loud", "observability-test")
    assert "location" not in line
    assert (emf["service"], emf["stage"]) == ("observability-test", "local")
    assert emf["unhandled"] == [1.0]


def test_libraries_below_keep_quiet_whatever_the_level() -> None:
    powertools_telemetry("local", "liveness-gateway")
    for name in ("boto3", "botocore", "urllib3", "requests_toolbelt"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING


def test_an_error_is_located_without_its_text() -> None:
    with pytest.raises(ValueError, match="Expecting value") as caught:
        json.loads("canary")
    assert location(caught.value).startswith("decoder.py:")
    assert location(ValueError("canary")) == "nowhere"
