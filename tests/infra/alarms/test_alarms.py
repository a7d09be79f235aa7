"""An operator hears of trouble without looking."""

from typing import Any

from infra.alarms.counters import COUNTER_ALARMS
from tests.infra.assembly import FUNCTIONS, ROOT, Assembly


def _watched(assembly: Assembly, metric: str) -> list[Any]:
    return [
        dimension["Value"]
        for alarm in assembly.resources("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == metric and alarm["Namespace"].startswith("AWS/")
        for dimension in alarm["Dimensions"]
    ]


def test_every_alarm_tells_somebody_and_says_what_it_means(assembly: Assembly) -> None:
    (topic,) = assembly.resources("AWS::SNS::Topic")
    for alarm in assembly.resources("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == [{"Ref": topic}]
        assert len(alarm["AlarmDescription"]) > 20
        assert alarm["TreatMissingData"] == "notBreaching"


def test_every_alarm_has_its_line_in_the_handbook(assembly: Assembly) -> None:
    handbook = (ROOT / "docs" / "operate.md").read_text()
    alarms = {
        name.removeprefix("Monitoring")[: -len("1A2B3C4D")]
        for name in assembly.resources("AWS::CloudWatch::Alarm")
    }
    assert alarms >= {alarm.name for alarm in COUNTER_ALARMS}
    assert {name for name in alarms if f"`{name}`" not in handbook} == set()


def test_alarms_may_publish_and_only_those_of_this_account(assembly: Assembly) -> None:
    (policy,) = assembly.resources("AWS::SNS::TopicPolicy").values()
    (allowed,) = (s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow")
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


def test_every_queue_is_watched(assembly: Assembly) -> None:
    watched = _watched(assembly, "ApproximateNumberOfMessagesVisible")
    queues = assembly.resources("AWS::SQS::Queue")
    assert {value["Fn::GetAtt"][0] for value in watched} == set(queues)


def test_every_function_that_crashes_is_noticed(assembly: Assembly) -> None:
    crashed = {value["Ref"] for value in _watched(assembly, "Errors")}
    assert crashed == {assembly.function_id(name) for name in FUNCTIONS}


def test_throttles_late_events_and_server_errors_are_noticed(assembly: Assembly) -> None:
    assert _watched(assembly, "Throttles") == [{"Ref": assembly.function_id("verify")}]
    assert _watched(assembly, "IteratorAge") == [{"Ref": assembly.function_id("publish_events")}]
    assert f"liveness-gateway-{assembly.stage}" in _watched(assembly, "5XXError")
    assert f"liveness-gateway-{assembly.stage}" in _watched(assembly, "Latency")


def test_what_the_functions_count_is_watched_where_they_count_it(assembly: Assembly) -> None:
    own = {
        (
            alarm["MetricName"],
            *sorted((each["Name"], each["Value"]) for each in alarm["Dimensions"]),
        )
        for alarm in assembly.resources("AWS::CloudWatch::Alarm").values()
        if alarm["Namespace"] == "liveness-gateway"
    }
    assert own == {
        (alarm.counter, ("service", alarm.function), ("stage", assembly.stage))
        for alarm in COUNTER_ALARMS
    }
