"""The bus and the queues."""

from tests.infra.assembly import Assembly, as_list


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


def test_a_result_that_cannot_be_stored_ends_in_a_queue_of_its_own(assembly: Assembly) -> None:
    queues = assembly.resources("AWS::SQS::Queue")
    emergency = assembly.named_by("verify", "EMERGENCY_QUEUE_URL")
    target = queues[emergency]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert target in queues
    assert target not in {emergency, assembly.named_by("publish_events", "DEAD_LETTER_QUEUE_URL")}


def test_the_bus_is_our_own(assembly: Assembly) -> None:
    _, bus = assembly.only("AWS::Events::EventBus")
    assert bus["Name"] == f"liveness-gateway-{assembly.stage}"
