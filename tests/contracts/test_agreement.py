"""The assertion itself: it can fail, and then names every place."""

import pytest

from tests.contracts.agreement import FUNCTIONS, agree, read


def test_places_that_say_the_same_agree() -> None:
    agree("the number", {"here": 1, "there": 1})


def test_a_place_that_differs_is_named_with_all_others() -> None:
    with pytest.raises(AssertionError, match=r"the number(.|\n)*here: 1\n  there: 1\n  beyond: 2"):
        agree("the number", {"here": 1, "there": 1, "beyond": 2})


def test_a_fact_of_one_place_is_no_agreement() -> None:
    with pytest.raises(AssertionError):
        agree("the number", {"here": 1})


def test_the_functions_are_found_by_their_handlers() -> None:
    assert len(FUNCTIONS) >= 5
    for name in FUNCTIONS:
        assert "handler" in read(f"functions/{name}/handler.py")
