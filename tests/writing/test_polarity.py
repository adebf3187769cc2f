"""Whether two sentences deny each other."""

from qa.writing.polarity import denied, opposite, other_quantity
from qa.writing.signals import is_crossed


def test_one_negates_what_the_other_says() -> None:
    assert (
        denied("The firm did not accept the figure.", "The firm accepted the figure.") == "accept"
    )
    assert denied("Floors were added with a permit.", "Nobody had a permit for them.") == "permit"


def test_both_negate() -> None:
    assert denied("Nobody could steer it.", "It could not be steered.") == ""


def test_an_opposite() -> None:
    assert (
        opposite("The pipelines run through the south.", "They run through the north.") == "south"
    )
    assert opposite("It is the last of them.", "It is the last, not the first.") == ""


def test_another_quantity() -> None:
    most = "Most of the alliance's equipment has gone home."
    assert other_quantity("All of the equipment has gone home.", most) == "All".lower()
    assert other_quantity("Most equipment has gone home.", most) == ""


def test_numbers_in_another_order() -> None:
    source = "The party dropped from 52 seats to 36, its worst result."
    assert is_crossed("The party dropped from 36 seats to 52.", source)
    assert not is_crossed("From 52 seats the party dropped to 36.", source)
