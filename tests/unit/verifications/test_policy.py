"""What a setting of the stage decides, and that no record is judged by a younger setting."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import MultipleFaces
from liveness_gateway.verifications.selfie import check_selfie
from tests.images import png_header
from tests.samples import selfie
from tests.world import SETTINGS, World


def test_a_threshold_below_the_minimum_asks_nobody_but_for_a_stored_answer(world: World) -> None:
    with pytest.raises(ProblemError, match=r"takes no threshold below 0\.5"):
        world.verify(threshold="0.4999")
    assert world.faults.done() == ["secret.fingerprint", "table.get"]
    assert world.records() == []


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        ((300, 300), None),
        ((5_000, 5_000), None),
        ((5_000, 300), None),
        ((299, 5_000), "each side must be at least 300."),
        ((5_000, 299), "each side must be at least 300."),
        ((5_001, 300), "each side must be at most 5000."),
        ((300, 5_001), "each side must be at most 5000."),
    ],
)
def test_the_stages_limits_on_the_sides(
    world: World, sides: tuple[int, int], said: str | None
) -> None:
    world.settings = replace(SETTINGS, minimum_side=300, maximum_side=5_000)
    request = world.request(image=check_selfie(png_header(*sides)))
    if said is None:
        assert world.verifier().verify(request).verification.image.width == sides[0]
        return
    with pytest.raises(ProblemError) as caught:
        world.verifier().verify(request)
    assert caught.value.code == "invalid_selfie"
    assert caught.value.detail.endswith(said)
    assert (world.calls, world.records()) == (0, [])


CHANGES: dict[str, dict[str, Any]] = {
    "default threshold": {"default_threshold": Decimal("0.9")},
    "minimum threshold": {"minimum_threshold": Decimal("0.95"), "default_threshold": Decimal(1)},
    "least side": {"minimum_side": 4_000},
    "largest side": {"maximum_side": 20},
    "several faces": {"multiple_faces": MultipleFaces.SCORE},
    "retention": {"retention_hours": 9_000},
    "metadata": {"forward_metadata": False},
    "dialect": {"upstream_dialect": "v0.1"},
    "origins": {"allowed_origins": ("https://new.example.com",)},
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("threshold", [None, "0.6"])
@pytest.mark.parametrize("doing", ["live", "not live", "two faces", "no face", "reset"])
def test_a_repeated_request_has_its_answer_whatever_setting_changed(
    world: World, changed: dict[str, Any], threshold: str | None, doing: str
) -> None:
    sent = {} if threshold is None else {"threshold": threshold}
    world.will(doing)
    before = told(lambda: world.verify(**sent))  # type: ignore[arg-type]  # keys of `Changes`
    world.settings = replace(world.settings, **changed)
    after = told(lambda: world.verify(**sent))  # type: ignore[arg-type]  # keys of `Changes`
    assert after == before
    assert world.calls == 1


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES.keys())
def test_what_was_sent_otherwise_is_a_conflict_whatever_setting_changed(
    world: World, changed: dict[str, Any]
) -> None:
    world.verify(threshold="0.97")
    world.settings = replace(world.settings, **changed)
    for sent in ({"threshold": "0.98"}, {"image": selfie(b"\xff\xd8\xffanother")}, {}):
        with pytest.raises(ProblemError):
            world.verify(**sent)
    assert world.calls == 1


def test_a_failed_attempt_is_made_again_only_within_todays_settings(world: World) -> None:
    world.will("refused connection", "refused connection")
    with pytest.raises(ProblemError):
        world.verify(threshold="0.6")
    world.settings = replace(
        SETTINGS, minimum_threshold=Decimal("0.7"), default_threshold=Decimal(1)
    )
    with pytest.raises(ProblemError, match=r"takes no threshold below 0\.7"):
        world.verify(threshold="0.6")
    world.settings = SETTINGS
    assert world.verify(threshold="0.6").verification.attempt == 2


def test_a_failed_attempt_without_a_threshold_keeps_the_one_it_was_claimed_with(
    world: World,
) -> None:
    world.will("refused connection", "refused connection")
    with pytest.raises(ProblemError):
        world.verify()
    world.settings = replace(SETTINGS, default_threshold=Decimal("0.9"))
    assert world.verify().verification.threshold == Decimal("0.6")


def told(ask: Callable[[], Any]) -> tuple[object, ...]:
    """What the caller is told: the record, or the problem."""
    try:
        record = ask().verification
    except ProblemError as problem:
        return problem.code, problem.detail, problem.verification_id
    return record.verification_id, record.decision, record.threshold, record.expires_at
