"""The outcome of each question, with a library and a reader whose answers are scripted."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from qa.datatypes import (
    Alternative,
    Answer,
    Article,
    Citation,
    Hit,
    Passage,
    Scope,
    Span,
    Status,
    Why,
)
from qa.errors import UsageError
from qa.evaluation.run import Outcome, ask_all, columns, read_all, search_all
from qa.evaluation.sets import LabelledQuestion
from qa.evaluation.targets import Target

if TYPE_CHECKING:
    from qa.library import Library
    from qa.models.reader import Reader

TEXT = "Anna Marsh built the mill. It rained."
NO_REASON = Why(None, None, 0.0, None)


def article(identifier: str) -> Article:
    return Article(identifier, "", f"{identifier}.txt", None, TEXT, "")


def hits(*ranked: tuple[str, int]) -> tuple[Hit, ...]:
    """Hits from article ids and their retrieval ranks."""
    return tuple(
        Hit(Passage(article(name), 0, len(TEXT)), 1.0, rank, NO_REASON) for name, rank in ranked
    )


def answered(
    guess: str | None, status: Status, confidence: float, found: tuple[Hit, ...], total: float = 5.0
) -> Answer:
    """An answer with this guess, which is in article 7."""
    start = TEXT.index(guess) if guess else 0
    cited = Citation(1, article("7"), start, start + len(guess or ""))
    best = Alternative(guess, confidence, cited) if guess else None
    shown = guess or "" if status is not Status.NOT_FOUND else ""
    return Answer("?", shown, status, confidence, (), (), found, best, {"total": total})


class ScriptedLibrary:
    """Gives one answer for all articles, and another if some are left out."""

    def __init__(self, whole: Answer, narrower: Answer | None = None) -> None:
        self.whole, self.narrower = whole, narrower
        self.heard: list[tuple[str, int, Scope]] = []

    def ask(self, question: str, *, k: int, scope: Scope) -> Answer:
        self.heard.append((question, k, scope))
        if scope.without:
            assert self.narrower
            return self.narrower
        return self.whole

    def search(self, question: str, *, k: int) -> list[Hit]:
        return list(self.whole.hits)


class ScriptedReader:
    """Returns the spans it was given for a question."""

    def __init__(self, **spans: Sequence[tuple[str, float]]) -> None:
        self.spans = spans
        self.given: list[Passage] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        (passage,) = passages
        self.given.append(passage)
        return [
            Span(passage, start := passage.text.index(text), start + len(text), score)
            for text, score in self.spans[question]
        ]


def question(text: str = "Who?", *answers: str, passage: str = TEXT) -> LabelledQuestion:
    return LabelledQuestion("q", text, answers, {}, passage, "set:1")


def ask(library: ScriptedLibrary, *targets: Target, **more: Any) -> list[tuple[Outcome, ...]]:
    return ask_all(cast("Library", library), targets, **more)


def values(outcome: Outcome) -> Mapping[str, float]:
    return outcome.values


def test_a_right_answer_and_its_ranks() -> None:
    found = hits(("3", 2), ("7", 1), ("3", 3), ("8", 4))
    library = ScriptedLibrary(answered("Anna Marsh", Status.ANSWERED, 0.9, found))
    target = Target(question("Who built it?", "Anna Marsh", "Marsh"), {"7": 1, "9": 1})
    ((one,),) = ask(library, target)
    assert values(one) == {
        "score": 0.9,
        "confidence": 0.9,
        "right": 1,
        "answerable": 1,
        "milliseconds": 5.0,
        "answered": 1,
        "weak": 0,
        "not_found": 0,
        "answered_precision": 1,
        "shown_right": 1,
        "em": 1,
        "f1": 1,
        "hit@1": 0,  # the reader ranked another passage first …
        "hit@5": 1,
        "hit@10": 1,
        "mrr@10": 0.5,
        "ndcg@10": pytest.approx(0.63093 / 1.63093, abs=1e-5),
        "retrieval_hit@1": 1,  # … but retrieval the right one
    }
    assert not one.is_wrong
    assert one.shown == {
        "answered": "Anna Marsh",
        "confidence": 0.9,
        "status": "answered",
        "source": "7.txt",
        "sentence": "Anna Marsh built the mill.",
        "gold_left_out": False,
        "gold_rank": 2,
    }


def test_the_guess_is_measured_even_if_not_shown() -> None:
    library = ScriptedLibrary(answered("Anna Marsh", Status.NOT_FOUND, 0.1, ()))
    ((one,),) = ask(library, Target(question("Who?", "Marsh"), {"7": 1}))
    found = values(one)
    assert found["em"] == 0
    assert found["f1"] == pytest.approx(2 / 3)
    assert (found["right"], found["not_found"], found["hit@10"]) == (1, 1, 0)
    assert "answered_precision" not in found
    assert one.is_wrong  # it was not shown
    assert one.shown["gold_rank"] is None


def test_an_answer_that_shares_too_little_is_wrong() -> None:
    library = ScriptedLibrary(answered("Anna Marsh built the mill", Status.WEAK, 0.4, ()))
    ((one,),) = ask(library, Target(question("Who?", "Marsh"), {}))
    assert values(one)["f1"] == pytest.approx(2 / 5)  # four words without "the"
    assert (values(one)["right"], values(one)["weak"]) == (0, 1)
    assert one.is_wrong
    assert "hit@1" not in values(one)  # it has no gold article


def test_any_answer_to_an_unanswerable_question_is_wrong() -> None:
    nothing = Target(question("Who?"), {})
    for status, is_wrong in (
        (Status.ANSWERED, True),
        (Status.WEAK, True),
        (Status.NOT_FOUND, False),
    ):
        ((one,),) = ask(ScriptedLibrary(answered("Anna Marsh", status, 0.6, ())), nothing)
        assert one.is_wrong is is_wrong
        assert (values(one)["right"], values(one)["answerable"]) == (0, 0)
        assert "em" not in values(one)
    ((unread,),) = ask(ScriptedLibrary(answered(None, Status.NOT_FOUND, 0.0, ())), nothing)
    assert not unread.is_wrong
    assert unread.shown["source"] is None


def test_a_question_is_asked_again_without_its_gold() -> None:
    library = ScriptedLibrary(
        answered("Anna Marsh", Status.ANSWERED, 0.9, hits(("7", 1))),
        answered("It rained", Status.ANSWERED, 0.7, hits(("8", 1))),
    )
    scope = Scope(source="*.txt")
    target = Target(question("Who?", "Anna Marsh"), {"7": 1}, ("7", "5"))
    ((present, removed),) = ask(library, target, scope=scope)
    assert [(asked.source, asked.without) for _, _, asked in library.heard[1:]] == [
        ("*.txt", ()),
        ("*.txt", ("7", "5")),
    ]
    assert {k for _, k, _ in library.heard} == {10}
    assert values(present)["hit@1"] == values(present)["answerable"] == 1
    found = values(removed)
    assert (found["answerable"], found["right"], found["answered_precision"]) == (0, 0, 0)
    assert not found.keys() & {"em", "f1", "hit@1", "retrieval_hit@1"}
    assert removed.is_wrong
    assert removed.shown["gold_left_out"] is True
    made = columns([(present, removed)])
    assert made["answerable"].tolist() == [[1, 0]]
    assert np.isnan(made["em"]).tolist() == [[False, True]]


def test_loading_the_models_is_not_timed() -> None:
    library = ScriptedLibrary(answered(None, Status.NOT_FOUND, 0.0, (), total=3.0))
    ticks: list[tuple[int, int]] = []
    outcomes = ask(
        library,
        Target(question("One?"), {}),
        Target(question("Two?"), {}),
        progress=lambda done, total: ticks.append((done, total)),
    )
    assert [asked for asked, _, _ in library.heard] == ["One?", "One?", "Two?"]
    assert ticks == [(1, 2), (2, 2)]
    assert columns(outcomes)["milliseconds"].tolist() == [[3], [3]]


def test_articles_are_ranked_by_their_best_passage() -> None:
    many = [("1", 1), *[("2", rank) for rank in range(2, 12)], ("7", 12)]
    library = ScriptedLibrary(answered(None, Status.NOT_FOUND, 0.0, hits(*many)))
    ((one,),) = search_all(cast("Library", library), [Target(question("Who?"), {"7": 2})])
    found = values(one)
    assert (found["hit@1"], found["hit@5"]) == (0, 1)
    assert found["mrr@10"] == pytest.approx(1 / 3)
    assert found["ndcg@10"] == pytest.approx(1 / 2)
    assert found["milliseconds"] >= 0
    assert "answerable" not in found


def test_the_whole_passage_is_read() -> None:
    long = "It rained. " * 500 + TEXT
    reader = ScriptedReader(
        who=[("Anna Marsh", 2.5), ("It", 9.0)], why=[("the mill", -1.5)], when=[]
    )
    questions = [question("who", "Marsh", passage=long), question("why"), question("when", "1790")]
    outcomes = read_all(cast("Reader", reader), questions)
    (who,), (why,), (when,) = outcomes
    assert {passage.text for passage in reader.given} == {long, TEXT}
    assert reader.given[0].article.title == ""
    # The first span is the best, whatever its score.
    assert values(who)["score"] == 2.5
    assert values(who)["f1"] == pytest.approx(2 / 3)
    assert (values(why)["score"], values(why)["answerable"]) == (-1.5, 0)
    assert "f1" not in values(why)
    assert (values(when)["score"], values(when)["f1"]) == (float("-inf"), 0)
    assert [one.is_wrong for one in (who, why, when)] == [False, False, True]
    assert when.shown == {"answered": "", "score": None}


def test_a_question_without_a_passage_is_refused_before_any_is_read() -> None:
    reader = ScriptedReader(who=[])
    with pytest.raises(UsageError, match=r'set:1: no "passage"'):
        read_all(cast("Reader", reader), [question("who"), question("who", passage="")])
    assert reader.given == []
