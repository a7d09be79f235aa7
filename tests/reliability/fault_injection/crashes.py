"""Fault 22: a function is killed (SIGKILL, a real process) between any two of its effects."""

from itertools import product

from tests.adapters.aws_endpoint import SERVER_ERROR
from tests.reliability.deaths import Nursery, Step
from tests.reliability.recovery import Recovery
from tests.reliability.scenarios import scenario
from tests.reliability.stage import Stage
from tests.reliability.written import batch_of, settled

_CLAIMED: Step = ("PutItem", "after")
_ASKED: Step = ("upstream", "after")


def _steps_of_a_post(nursery: Nursery) -> list[Step]:
    nursery.post(nursery.stage.form(), "first")
    return nursery.steps


def _kill_twice(nursery: Nursery, first: int, second: int) -> None:
    body, key = nursery.stage.form(), f"key-{first}-{second}"
    assert not nursery.post(body, key, fatal=first)
    if not nursery.post(body, key, fatal=second):
        nursery.post(body, key)


@scenario(22, "`verify` is killed at each step; the request comes again", seeds=1)
def killed_once(stage: Stage, _: Recovery) -> None:
    with Nursery(stage) as nursery:
        for step in range(len(_steps_of_a_post(nursery))):
            body = stage.form()
            assert not nursery.post(body, f"key-{step}", fatal=step)
            nursery.post(body, f"key-{step}")


@scenario(22, "`verify` is killed before its claim, and again at each step", seeds=1)
def killed_early_and_again(stage: Stage, _: Recovery) -> None:
    with Nursery(stage) as nursery:
        steps = _steps_of_a_post(nursery)
        for first, second in product(range(steps.index(_CLAIMED)), range(len(steps))):
            _kill_twice(nursery, first, second)


@scenario(
    22, "`verify` is killed at each step from its claim on, and again while it repeats", seeds=1
)
def killed_late_and_again(stage: Stage, _: Recovery) -> None:
    with Nursery(stage) as nursery:
        steps = _steps_of_a_post(nursery)
        attempt_reference = steps.index(_CLAIMED)
        for first, second in product(
            range(attempt_reference, len(steps)), range(attempt_reference + 1)
        ):
            _kill_twice(nursery, first, second)


@scenario(22, "`verify` is killed after the call, then `sweep` at each step", seeds=1)
def sweep_killed(stage: Stage, recovery: Recovery) -> None:
    with Nursery(stage) as nursery:
        asked = _steps_of_a_post(nursery).index(_ASKED)
        for number in range(3):
            assert not nursery.post(stage.form(), f"key-{number}", fatal=asked)
        step = 0
        while nursery.invoke("sweep", {}, fatal=step) is None:
            step += 1
        assert recovery.sweep() == 0


@scenario(22, "`publish_events` is killed at each step; the batch comes again", seeds=1)
def publisher_killed(stage: Stage, recovery: Recovery) -> None:
    settled(stage, 12)
    event = {"Records": batch_of(stage, recovery)}
    with Nursery(stage) as nursery:
        step = 0
        while nursery.invoke("publish_events", event, fatal=step) is None:
            step += 1
    assert step == 4  # 12 events are two calls of PutEvents


@scenario(
    22, "`recover` is killed at each step; the message comes again", seeds=1, seconds_left=7.0
)
def recover_killed(stage: Stage, _: Recovery) -> None:
    stage.fail_always("UpdateItem", SERVER_ERROR)
    stage.post()
    stage.mend()
    (message,) = stage.client("sqs").receive_message(
        QueueUrl=stage.emergency_url, VisibilityTimeout=0
    )["Messages"]
    event = {"Records": [{"messageId": message["MessageId"], "body": message["Body"]}]}
    with Nursery(stage) as nursery:
        step = 0
        while nursery.invoke("recover", event, fatal=step) is None:
            step += 1
    assert step == 2  # one conditional write
