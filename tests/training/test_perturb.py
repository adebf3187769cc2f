"""Questions are changed by one rule, and lose their answer."""

import random

import pytest

from qa.opposites import OPPOSITES
from qa.training.perturb import Swaps, collect_swaps, find_names, perturb_question


def test_swaps_are_collected_by_kind() -> None:
    swaps = collect_swaps(["When did Bob Hill leave Oslo in 1901?", "Are there 12 rotting ships?"])
    assert swaps.years == ["1901"]
    assert swaps.numbers == ["12"]
    assert "Bob Hill" in swaps.names
    assert swaps.words["ing"] == ["rotting"]
    assert find_names("What did Anna see?") == [(9, 13)]


PASSAGE = (
    "In 1790 John Mill built the first mill at Aldbury. Mary Ann Grey bought it in 1812 for 90"
    " pounds, and sold the largest barn."
)


SWAPS = Swaps(["Bob Hill"], ["1901"], ["77"], {"": ["harbour"]})


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        (
            "who saw John Mill",
            {"who saw Bob Hill", "who saw Mary Ann Grey"},
        ),
        ("what came in 1790", {"what came in 1901", "what came in 1812"}),
        ("what cost 90", {"what cost 77"}),
        (
            "who built the first one",
            {"who built the last one", "who destroyed the first one", "who harbour the first one"}
            | {"who built the harbour one"},
        ),
        ("who saw a barn", {"who saw a harbour"}),
        ("where was she", {"where wasn't she", "where was she not"}),
        ("who did not see it", set()),
        ("who fled", set()),
    ],
)
def test_perturbed_questions_are_changed_by_one_rule(question: str, wanted: set[str]) -> None:
    found = {
        perturb_question(question, PASSAGE, SWAPS, random.Random(seed)) for seed in range(60)
    } - {None}
    assert found <= wanted
    assert bool(found) == bool(wanted)
    assert question not in found


def test_replacements_are_never_answers() -> None:
    for seed in range(60):
        answers = ("Mary Ann Grey", "1812")
        other = perturb_question("who saw John Mill", PASSAGE, SWAPS, random.Random(seed), answers)
        assert other == "who saw Bob Hill"


def test_antonyms_go_both_ways() -> None:
    assert "last" in OPPOSITES["first"]
    for word, others in OPPOSITES.items():
        assert word not in others
        assert all(word in OPPOSITES[other] for other in others)
