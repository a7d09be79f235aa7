"""The alarms and whom they notify."""

from typing import Any

from infra.alarms.counters import COUNTER_ALARMS
from tests.infra.assembly import FUNCTIONS, ROOT, Assembly

_ALARM = "AWS::CloudWatch::Alarm"


def _dimensions(assembly: Assembly, metric: str) -> list[Any]:
    """The values of the dimensions of every alarm on one of AWS's own metrics."""
    return [
        dimension["Value"]
        for alarm in assembly.resources(_ALARM).values()
        if alarm["MetricName"] == metric and alarm["Namespace"].startswith("AWS/")
        for dimension in alarm["Dimensions"]
    ]


def test_every_alarm_notifies_the_topic_and_says_what_it_means(assembly: Assembly) -> None:
    topic, _ = assembly.only("AWS::SNS::Topic")
    for alarm in assembly.resources(_ALARM).values():
        assert alarm["AlarmActions"] == [{"Ref": topic}]
        assert len(alarm["AlarmDescription"]) > 20
        assert alarm["TreatMissingData"] == "notBreaching"


def test_every_alarm_has_its_line_in_the_handbook(assembly: Assembly) -> None:
    handbook = (ROOT / "docs" / "operate.md").read_text()
    alarms = {
        name.removeprefix("Monitoring")[: -len("1A2B3C4D")] for name in assembly.resources(_ALARM)
    }
    assert alarms >= {alarm.name for alarm in COUNTER_ALARMS}
    assert {name for name in alarms if f"`{name}`" not in handbook} == set()


def test_only_alarms_of_this_account_may_publish(assembly: Assembly) -> None:
    _, policy = assembly.only("AWS::SNS::TopicPolicy")
    (allowed,) = (s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow")
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


def test_every_queue_has_an_alarm(assembly: Assembly) -> None:
    found = _dimensions(assembly, "ApproximateNumberOfMessagesVisible")
    queues = assembly.resources("AWS::SQS::Queue")
    assert {value["Fn::GetAtt"][0] for value in found} == set(queues)


def test_crashes_throttles_delays_and_server_errors_have_alarms(assembly: Assembly) -> None:
    crashes = {value["Ref"] for value in _dimensions(assembly, "Errors")}
    assert crashes == {assembly.function_id(name) for name in FUNCTIONS}
    assert _dimensions(assembly, "Throttles") == [{"Ref": assembly.function_id("verify")}]
    age = _dimensions(assembly, "IteratorAge")
    assert age == [{"Ref": assembly.function_id("publish_events")}]
    assert f"liveness-gateway-{assembly.stage}" in _dimensions(assembly, "5XXError")
    assert f"liveness-gateway-{assembly.stage}" in _dimensions(assembly, "Latency")


def test_the_functions_counters_have_alarms_under_their_dimensions(assembly: Assembly) -> None:
    own = {
        (
            alarm["MetricName"],
            *sorted((each["Name"], each["Value"]) for each in alarm["Dimensions"]),
        )
        for alarm in assembly.resources(_ALARM).values()
        if alarm["Namespace"] == "liveness-gateway"
    }
    assert own == {
        (alarm.counter, ("service", alarm.function), ("stage", assembly.stage))
        for alarm in COUNTER_ALARMS
    }
