"""From the table's stream to the bus: nothing lost, nothing held up."""

import json

from tests.infra.assembly import Assembly, as_list


def test_terminal_versions_wake_the_publisher(assembly: Assembly) -> None:
    mapping = assembly.mapping("publish_events")
    (pattern,) = (json.loads(f["Pattern"]) for f in mapping["FilterCriteria"]["Filters"])
    assert pattern["eventName"] == ["INSERT", "MODIFY"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"


def test_one_bad_record_is_isolated_bounded_and_kept(assembly: Assembly) -> None:
    mapping = assembly.mapping("publish_events")
    assert mapping["BisectBatchOnFunctionError"] is True
    assert 0 < mapping["MaximumRetryAttempts"] <= 100
    # The stream itself forgets after 24 hours.
    assert 0 < mapping["MaximumRecordAgeInSeconds"] <= 12 * 3600
    own = assembly.function("publish_events")["Environment"]["Variables"]["DEAD_LETTER_QUEUE_URL"]
    destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == {"Fn::GetAtt": [own["Ref"], "Arn"]}


def test_nothing_is_read_before_the_role_may(assembly: Assembly) -> None:
    for name in ("publish_events", "recover"):
        mapping = assembly.mapping(name)
        (needed,) = (
            resource["DependsOn"]
            for resource in assembly.template["Resources"].values()
            if resource.get("Properties") is mapping
        )
        role = assembly.function(name)["Role"]["Fn::GetAtt"][0]
        policies = {
            logical_id
            for logical_id, policy in assembly.resources("AWS::IAM::Policy").items()
            if {"Ref": role} in policy["Roles"]
        }
        assert policies
        assert {role, *policies} <= set(needed)


def test_paid_results_that_waited_are_stored_one_by_one(assembly: Assembly) -> None:
    mapping = assembly.mapping("recover")
    emergency = assembly.function("verify")["Environment"]["Variables"]["EMERGENCY_QUEUE_URL"]
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": [emergency["Ref"], "Arn"]}


def test_every_queue_is_encrypted_and_refuses_plain_http(assembly: Assembly) -> None:
    queues = assembly.resources("AWS::SQS::Queue")
    assert len(queues) == 3
    denied = set()
    for policy in assembly.resources("AWS::SQS::QueuePolicy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Deny" and statement["Condition"] == {
                "Bool": {"aws:SecureTransport": "false"}
            }:
                assert as_list(statement["Action"]) == ["sqs:*"]
                denied |= {queue["Ref"] for queue in policy["Queues"]}
    assert denied == set(queues)
    assert all(queue["SqsManagedSseEnabled"] is True for queue in queues.values())
    assert all(queue["MessageRetentionPeriod"] == 14 * 24 * 3600 for queue in queues.values())


def test_what_cannot_be_stored_later_ends_in_a_queue_of_its_own(assembly: Assembly) -> None:
    queues = assembly.resources("AWS::SQS::Queue")
    emergency = assembly.function("verify")["Environment"]["Variables"]["EMERGENCY_QUEUE_URL"][
        "Ref"
    ]
    target = queues[emergency]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    announced = assembly.function("publish_events")["Environment"]["Variables"]
    assert target in queues
    assert target not in {emergency, announced["DEAD_LETTER_QUEUE_URL"]["Ref"]}


def test_the_bus_is_our_own(assembly: Assembly) -> None:
    (bus,) = assembly.resources("AWS::Events::EventBus").values()
    assert bus["Name"] == f"liveness-gateway-{assembly.stage}"
