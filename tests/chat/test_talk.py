"""The state of the chat, without Textual and without a library."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from qa.chat.entries import Stage
from qa.chat.places import Kind
from qa.chat.stored import stored_entry
from qa.chat.talk import LEAVING, Request, Talk
from qa.conversation.past import Exchange
from qa.datatypes import (
    Alternative,
    Answer,
    AnswerKind,
    Article,
    Citation,
    Hit,
    Passage,
    Scope,
    Status,
    Why,
)
from qa.turns import Turn, TurnPlace

TEXT = "All 33 miners were lifted. The rescue took a day. Officials spoke."
ARTICLE = Article("1", "Miners out", "chile.md", date(2010, 10, 14), TEXT, "digest")
OTHER = replace(ARTICLE, id="2", title="More miners", source="more.md")


def hit(article: Article, rank: int) -> Hit:
    why = Why(bm25=1.0, bm25_rank=rank, cosine=0.5, dense_rank=rank)
    return Hit(Passage(article, 0, len(TEXT)), 1.0 / rank, rank, why)


HITS = (hit(ARTICLE, 1), hit(OTHER, 2))


def answer(question: str = "How many?") -> Answer:
    other = Citation(2, OTHER, 42, 47)
    return Answer(
        question=question,
        text="33",
        status=Status.ANSWERED,
        confidence=0.9,
        citations=(Citation(1, ARTICLE, 4, 6),),
        alternatives=(Alternative("a day", 0.2, other),),
        hits=HITS,
        timings={"total": 300.0},
    )


def turn(question: str = "How many?", digest: str = "digest") -> Turn:
    return Turn(
        id=7,
        question=question,
        searched=question,
        answer="33",
        status=Status.ANSWERED,
        confidence=0.9,
        asked_at=datetime(2026, 1, 1, tzinfo=UTC),
        verdict=None,
        places=(stored_place(Kind.CITATION, digest=digest),),
    )


def stored_place(kind: Kind, **given: Any) -> TurnPlace:
    """The words "33" of the article, as they are stored."""
    place = TurnPlace(1, kind, "1", "Miners out", "chile.md", 1, 4, 6, "digest", (0, 26), TEXT[:26])
    return replace(place, **given)


def asked(talk: Talk, question: str = "How many?", *, verbatim: bool = False) -> Request:
    request = talk.ask(question, verbatim=verbatim)
    assert request is not None
    return request


def answered(talk: Talk, question: str = "How many?") -> Request:
    request = asked(talk, question)
    talk.found(request.number, HITS)
    talk.answered(request.number, answer(question))
    return request


def test_the_state_needs_no_textual() -> None:
    modules = "entries export layout marks places talk wording".split()
    imports = ", ".join(f"qa.chat.{name}" for name in modules)
    program = f"import sys, {imports}; print('textual' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_a_question_goes_through_its_stages() -> None:
    talk = Talk()
    request = asked(talk)
    entry = talk.pending
    assert entry is not None
    assert entry is talk.chosen
    assert (entry.question, entry.stage, request.number) == ("How many?", Stage.WAITING, 1)
    assert talk.found(1, HITS) is entry
    assert entry.stage is Stage.READING
    assert [place.kind for place in entry.places] == [Kind.PASSAGE, Kind.PASSAGE]
    assert talk.answered(1, answer()) is entry
    assert [place.kind for place in entry.places] == [Kind.CITATION, Kind.OTHER]
    assert talk.pending is None
    assert not request.stopped.is_set()


def test_questions_are_asked_as_typed_in_order_and_each_stops_the_one_before() -> None:
    talk = Talk()
    first, second = asked(talk, "Who?"), asked(talk, "When?")
    assert [entry.question for entry in talk.entries] == ["Who?", "When?"]
    assert (first.question, second.question) == ("Who?", "When?")
    assert first.stopped.is_set()
    assert not second.stopped.is_set()
    assert talk.entries[0].stage is Stage.STOPPED
    assert talk.found(first.number, HITS) is None
    assert talk.answered(first.number, answer()) is None
    assert talk.entries[0].answer is None
    assert talk.pending is talk.entries[1]


def test_stopping_and_failing() -> None:
    talk = Talk()
    assert talk.stop() is None
    request = asked(talk)
    assert talk.stop() is talk.entries[0]
    assert request.stopped.is_set()
    assert talk.failed(request.number, "too late") is None
    request = asked(talk)
    assert talk.failed(request.number, "no disk") is talk.entries[1]
    assert (talk.entries[1].stage, talk.entries[1].error) == (Stage.FAILED, "no disk")


def test_a_follow_up_knows_what_was_answered_before() -> None:
    talk = Talk()
    answered(talk)
    asked(talk, "stopped")
    (past,) = asked(talk, "When?").earlier
    assert past.exchange == Exchange("How many?", "33", "Miners out")
    assert past.cited == ("1",)


def test_questions_wait_for_a_conversation_that_is_being_loaded() -> None:
    talk = Talk()
    asked(talk, "before")
    talk.resume()
    assert talk.entries[0].stage is Stage.STOPPED
    assert talk.ask("Who?") is None
    assert talk.ask("When?", verbatim=True) is None
    stored = stored_entry(turn(), {"1": ARTICLE})
    assert talk.resumed([stored]) == [("Who?", False), ("When?", True)]
    assert talk.entries == [stored]
    assert talk.chosen is stored
    assert stored.number == 2  # numbers never repeat in a run of the chat
    assert asked(talk, "Who?").number == 3
    talk.resume()
    assert talk.resumed(None) == []
    assert len(talk.entries) == 2


def test_a_conversation_that_replaces_another_stops_its_question() -> None:
    talk = Talk()
    request = asked(talk)
    talk.begin()
    assert (talk.entries, talk.chosen, talk.place) == ([], None, None)
    assert request.stopped.is_set()
    request = asked(talk)
    talk.resumed([])
    assert request.stopped.is_set()


@pytest.mark.parametrize(
    ("articles", "note"),
    [
        ({"1": ARTICLE}, ""),
        ({"1": replace(ARTICLE, digest="new")}, "The article has changed since"),
        ({}, "The article is gone"),
    ],
)
def test_a_stored_turn_shows_its_source_or_what_it_said(
    articles: dict[str, Article], note: str
) -> None:
    (place,) = stored_entry(turn(), articles).places
    assert place.note.startswith(note)
    assert bool(place.note) == bool(note)
    assert place.citation.quote == "33"


def test_a_resumed_turn_shows_what_it_showed() -> None:
    kept = replace(
        turn(),
        kind=AnswerKind.SENTENCE,
        answer=TEXT[:26],
        scope=Scope(source="*.md"),
        notes=("as of 14 October 2010",),
        places=(
            stored_place(Kind.CITATION, start=0, end=26, lit=(4, 6), page=2, copies=3),
            stored_place(Kind.OTHER, number=2, start=43, end=48, confidence=0.2),
            stored_place(Kind.PASSAGE, number=3, article="2", end=26, said=""),
        ),
    )
    entry = stored_entry(kept, {"1": ARTICLE, "2": OTHER})
    answer = entry.answer
    assert answer is not None
    assert (answer.kind, answer.notes, entry.scope.source) == (kept.kind, kept.notes, "*.md")
    assert (answer.citations[0].quote, answer.citations[0].lit_text) == (TEXT[:26], "33")
    assert answer.citations[0].copies == 3
    assert [(other.text, other.confidence) for other in answer.alternatives] == [("a day", 0.2)]
    assert [(place.number, place.kind) for place in entry.places] == [
        (1, Kind.CITATION),
        (2, Kind.OTHER),
        (3, Kind.PASSAGE),
    ]
    # Without the third article its number stays free: the other numbers are as they were.
    fewer = stored_entry(kept, {"1": ARTICLE}).places
    assert [place.number for place in fewer] == [1, 2]
    gone = stored_entry(kept, {}).places[0].citation
    assert (gone.quote, gone.lit_text, gone.where) == (TEXT[:26], "33", "chile.md, page 2")


def test_choosing_questions_and_sources() -> None:
    talk = Talk()
    assert talk.place is None
    assert talk.neighbour(1) is None
    assert not talk.open_place(None)
    answered(talk, "first")
    answered(talk, "second")
    assert talk.neighbour(1) is None
    assert talk.neighbour(-1) is talk.entries[0]
    first, second = talk.entries[1].places
    assert talk.place is first
    assert talk.turn_page(1, is_visible=False) is first  # nothing was opened yet
    assert talk.turn_page(1, is_visible=True) is second
    assert talk.open_place(second)
    assert talk.place is second
    assert talk.turn_page(1, is_visible=True) is first
    assert not talk.open_place(talk.entries[1].place(9))
    assert talk.place is second


def test_an_article_opened_while_reading_stays_open() -> None:
    talk = Talk()
    request = asked(talk)
    talk.found(request.number, HITS)
    assert not talk.has_numbers  # the answer numbers them
    assert talk.open_place(talk.entries[0].place_in("2"))
    talk.answered(request.number, answer())
    assert talk.place is not None
    assert talk.place.article is OTHER


def test_judging_and_taking_it_back() -> None:
    talk = Talk()
    request = answered(talk)
    assert talk.judge("right") is None  # not stored yet
    talk.stored(request.number, turn())
    for verdict, given in (("right", "right"), ("wrong", "wrong"), ("wrong", None)):
        entry = talk.judge(verdict)  # type: ignore[arg-type]
        assert entry is not None
        assert entry.turn is not None
        assert entry.turn.verdict == given


def test_which_actions_make_sense_depends_on_the_state() -> None:
    talk = Talk()
    names = ("copy_answer", "others", "right", "edit_search", "find", "explain", "export")
    assert not any(talk.allows(name) for name in names)
    assert talk.allows("filter")
    request = asked(talk)
    assert [name for name in names if talk.allows(name)] == ["edit_search", "export"]
    talk.found(request.number, HITS)
    assert talk.allows("find")
    talk.answered(request.number, answer())
    assert all(talk.allows(name) for name in names)
    assert not talk.allows("earlier_turn")
    asked(talk)
    assert talk.allows("earlier_turn")


def test_an_empty_library_takes_paths() -> None:
    talk = Talk()
    assert not talk.is_empty  # nothing is known yet
    talk.articles = 0
    assert talk.is_empty
    talk.scope = Scope(source="*libya*")
    assert not talk.is_empty  # the filter may be what leaves none


def test_the_status_says_what_is_going_on() -> None:
    talk = Talk()
    assert talk.activity() == "loading the models …"
    talk.logged = "Preparing words"
    assert talk.activity() == "Preparing words"
    assert talk.activity("copied") == "copied"
    talk.prepared()
    assert talk.activity() == ""
    talk.indexing_began()
    assert talk.activity("copied") == "indexing …"
    talk.indexing_went_on(0.25, 1)
    assert talk.activity() == "indexing 25% · 1 article"
    request = asked(talk)
    assert talk.activity().startswith("looking · 0.")
    talk.found(request.number, HITS)
    assert talk.activity().startswith("reading 2 passages · 0.")
    talk.answered(request.number, answer())
    talk.indexing_ended()
    assert talk.activity("copied") == "copied"


def test_leaving_waits_until_all_indexing_has_ended() -> None:
    talk = Talk()
    assert talk.leave()
    talk.indexing_began()
    talk.indexing_began()
    assert not talk.leave()
    assert talk.activity("copied") == LEAVING
    talk.indexing_ended()
    assert not talk.leave()
    talk.indexing_ended()
    assert talk.leave()


def test_an_answer_shows_that_the_models_can_be_used() -> None:
    talk = Talk()
    talk.prepared("no model")
    assert talk.problem == "no model"
    answered(talk)
    assert talk.problem == ""
