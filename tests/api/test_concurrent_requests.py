"""Copies of the function at the same moment: one pays, all others see it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.api.deployment import Deployment
from tests.api.events import post_event, selfie_form
from tests.api.gateway import SELFIE
from tests.api.process import Process
from tests.images import drawn

COPIES = 5
EACH = 10


def test_fifty_identical_requests_are_one_call(deployment: Deployment, tmp_path: Path) -> None:
    """Five processes with ten requests each, all under one key, while upstream takes its time."""
    deployment.sandbox.set_default("live", delay=0.3)
    headers = [("Idempotency-Key", "key-1")]
    events = [
        [("verify", post_event(selfie_form(SELFIE), headers=headers)) for _ in range(EACH)]
        for _ in range(COPIES)
    ]
    folders = [tmp_path / str(number) for number in range(COPIES)]
    for folder in folders:
        folder.mkdir()
    processes = [Process(deployment, folder) for folder in folders]
    with ThreadPoolExecutor(COPIES) as pool:
        runs = pool.map(lambda pair: pair[0].run(*pair[1]), zip(processes, events, strict=True))
        answers = [answer for run in runs for answer in run]
    assert len(answers) == COPIES * EACH
    assert {answer["statusCode"] for answer in answers} <= {201, 409}
    created = {answer["body"] for answer in answers if answer["statusCode"] == 201}
    assert len(created) == 1
    assert len(deployment.sandbox.requests) == 1
    (item,) = deployment.items()
    assert (item["status"], item["version"]) == ({"S": "completed"}, {"N": "1"})
    other = post_event(selfie_form(drawn("PNG", 9, 9)), headers=headers)
    (conflict,) = processes[0].run(("verify", other))
    assert conflict["statusCode"] == 422
    assert len(deployment.sandbox.requests) == 1
