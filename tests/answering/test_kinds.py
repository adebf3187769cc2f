"""The table of the kinds of question: its examples."""

import pytest

from qa.answering.kinds import KINDS, Kind


@pytest.mark.parametrize(
    ("kind", "question"),
    [(kind, question) for kind in KINDS for question in kind.examples],
    ids=lambda each: each.name if isinstance(each, Kind) else each,
)
def test_a_question_is_of_its_kind(kind: Kind, question: str) -> None:
    assert kind.fits(question)


@pytest.mark.parametrize(
    ("kind", "question"),
    [(kind, question) for kind in KINDS for question in kind.others],
    ids=lambda each: each.name if isinstance(each, Kind) else each,
)
def test_a_question_that_looks_like_it_is_not_of_the_kind(kind: Kind, question: str) -> None:
    assert not kind.fits(question)
