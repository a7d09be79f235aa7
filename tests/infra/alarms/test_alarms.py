"""The alarms and whom they notify."""

from typing import Any

from infra.alarms.counters import COUNTER_ALARMS
from tests.infra.assembly import FUNCTIONS, ROOT, Assembly, words

_ALARM = "AWS::CloudWatch::Alarm"


def test_every_alarm_notifies_the_topic_and_is_in_the_handbook(assembly: Assembly) -> None:
    topic, _ = assembly.only("AWS::SNS::Topic")
    handbook = (ROOT / "docs" / "operate.md").read_text()
    for logical_id, alarm in assembly.resources(_ALARM).items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]
        assert len(alarm["AlarmDescription"]) > 20
        expected = alarm["ComparisonOperator"] == "LessThanThreshold"
        assert alarm["TreatMissingData"] == ("breaching" if expected else "notBreaching")
        name = logical_id.removeprefix("Monitoring")[: -len("1A2B3C4D")]
        assert f"`{name}`" in handbook


def test_only_alarms_of_this_account_may_publish(assembly: Assembly) -> None:
    _, policy = assembly.only("AWS::SNS::TopicPolicy")
    (allowed,) = (s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow")
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    account = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert allowed["Condition"] == {"StringEquals": account}


def _alarms(assembly: Assembly) -> list[dict[str, Any]]:
    return list(assembly.resources(_ALARM).values())


def test_queues_crashes_throttles_delays_and_server_errors_have_alarms(assembly: Assembly) -> None:
    watched: dict[str, set[str]] = {}
    for metric in _alarms(assembly):
        if metric["Namespace"].startswith("AWS/"):
            values = words([dimension["Value"] for dimension in metric["Dimensions"]])
            watched.setdefault(metric["MetricName"], set()).update(values)
    queues = {*assembly.resources("AWS::SQS::Queue"), "QueueName"}
    assert watched["ApproximateNumberOfMessagesVisible"] == queues
    # Messages that a function works on are not visible, and not stored either.
    emergency = {assembly.named_by("verify", "EMERGENCY_QUEUE_URL"), "QueueName"}
    assert watched["ApproximateNumberOfMessagesNotVisible"] == emergency
    assert watched["Invocations"] == {assembly.function_id("sweep")}
    assert watched["Errors"] == {assembly.function_id(name) for name in FUNCTIONS}
    assert watched["Throttles"] == {assembly.function_id("verify")}
    assert watched["IteratorAge"] == {assembly.function_id("publish_events")}
    assert f"liveness-gateway-{assembly.stage}" in watched["5XXError"] & watched["Latency"]


def test_the_functions_counters_have_alarms_under_their_dimensions(assembly: Assembly) -> None:
    own = {
        (
            alarm["MetricName"],
            *sorted((each["Name"], each["Value"]) for each in alarm["Dimensions"]),
        )
        for alarm in _alarms(assembly)
        if alarm["Namespace"] == "liveness-gateway"
    }
    counters = {(alarm.counter, alarm.function) for alarm in COUNTER_ALARMS}
    if assembly.stage != "local":
        counters.add(("upstream_time", "verify"))
    assert own == {
        (counter, ("service", function), ("stage", assembly.stage))
        for counter, function in counters
    }


def test_the_calls_of_a_day_have_alarms_at_half_four_fifths_and_all(assembly: Assembly) -> None:
    alarms = [a for a in _alarms(assembly) if a["MetricName"] == "upstream_time"]
    assert {(a["Statistic"], a["Period"], a["EvaluationPeriods"]) for a in alarms} <= {
        ("SampleCount", 86_400, 1)
    }
    expected = {"local": [], "dev": [250, 400, 500], "prod": [5000, 8000, 10_000]}
    assert sorted(a["Threshold"] for a in alarms) == expected[assembly.stage]


def test_an_operator_may_be_told_by_email(assemblies: dict[str, Assembly], prod: Assembly) -> None:
    _, subscription = assemblies["dev"].only("AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "operator@example.com")
    types = {resource["Type"] for resource in prod.template["Resources"].values()}
    assert "AWS::SNS::Subscription" not in types


def test_the_first_server_error_of_prod_is_an_alarm(assembly: Assembly) -> None:
    (alarm,) = (a for a in _alarms(assembly) if a["MetricName"] == "5XXError")
    assert alarm["Threshold"] == (1 if assembly.stage == "prod" else 5)
