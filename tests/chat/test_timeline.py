"""The timeline: dated sentences on the question in hand, in the place of the conversation."""

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from qa.answering.timeline import Event
from qa.chat.chronicle import Subject, event_pieces, subject_in_hand, why_empty
from qa.chat.entries import Entry
from qa.chat.marks import Highlight
from qa.conversation.past import Exchange, Past
from qa.datatypes import Article, ArticleId, Citation, Scope

from .conftest import COMMANDED, MINERS, ScriptedLibrary, ask, chat, chat_of, drive, shown, until
from .test_sources import highlighted

KAN = Past(Exchange("Who is Naoto Kan?", "Naoto Kan"), (), begins_story=True)


def focused(pilot: Pilot[None]) -> Widget | None:
    """Return the widget that has the focus."""
    return chat_of(pilot).main.focused


def test_a_follow_up_is_searched_in_the_form_that_stands_alone() -> None:
    asked = Subject(1, "When did he resign?", Scope(), (KAN,))
    assert asked.alone() == "When did Naoto Kan resign?"


def test_a_question_on_the_story_follows_the_one_that_began_it() -> None:
    asked = Subject(1, "How many were injured?", Scope(), (KAN,), in_story=True)
    assert asked.alone() == "Who is Naoto Kan? How many were injured?"
    assert Subject(1, "How many were injured?", Scope(), (KAN,)).alone() == asked.question


def test_what_is_typed_comes_before_the_chosen_question() -> None:
    from datetime import UTC, datetime

    entry = Entry("When did he resign?", datetime.now(UTC), searched="When did Kan resign?")
    typed = subject_in_hand(1, "the quake", entry, [entry], Scope())
    assert typed.question == "the quake"
    assert subject_in_hand(2, "", entry, [entry], Scope()).question == "When did Kan resign?"
    assert subject_in_hand(3, "", None, [], Scope()).question == ""


def test_an_empty_timeline_says_why() -> None:
    narrow = Scope(source="*libya*")
    assert why_empty(0, 0, Scope()) == "The library has no articles yet."
    assert why_empty(0, 0, narrow) == "No article fits the filter."
    assert why_empty(3, 0, narrow) == (
        "No sentence on this tells a time, in 3 articles that fit the filter."
    )
    assert why_empty(3, 2, Scope()).endswith(
        "2 of them have no date: there, times such as “on Monday” name no day."
    )
    assert "None of them has a date" in why_empty(3, 3, Scope())


def test_a_long_sentence_is_cut_around_its_time() -> None:
    text = "word " * 200 + "on Monday " + "word " * 200
    start = text.index("Monday")
    article = Article(ArticleId("1"), "Title", "a.txt", None, text, "")
    cited = Citation(1, article, 0, len(text), lit=(start, start + 6))
    before, lit, after = event_pieces(Event(date.min, date.max, "Monday", cited))
    assert lit == ("Monday", "quote")
    assert before[0].startswith("… ")
    assert after[0].endswith(" …")
    assert len(before[0]) + len(after[0]) < 420


def test_the_timeline_takes_the_place_of_the_conversation(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await pilot.press("f6")
        await until(pilot, lambda: "3 dated sentences" in shown(pilot))
        screen = shown(pilot)
        assert "Timeline" in screen
        assert "sure ·" not in screen
        days = [line.partition("●")[2].split(" │")[0].strip() for line in screen.splitlines()]
        told = ["October 2011", "Monday, 24 October 2011", "Monday, 31 October 2011"]
        assert [day.split("  ")[0] for day in days if day] == told
        article = main.view.source.article
        assert highlighted(article, Highlight.ANSWER) == ["the end of October"]
        await pilot.press("down", "down")
        await pilot.pause()
        assert highlighted(article, Highlight.ANSWER) == ["October 31"]
        await pilot.press("enter")
        assert focused(pilot) is article
        await pilot.press("escape")
        assert focused(pilot) is main.view.timeline.events
        await pilot.press("escape")
        assert focused(pilot) is main.view.prompt
        assert "sure ·" in shown(pilot)
        assert highlighted(article, Highlight.ANSWER) == ["Charles Bouchard"]

    drive(chat(scripted), act)


def test_on_a_narrow_screen_the_source_opens_over_the_timeline(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await pilot.press(*"Libya", "f6")
        await until(pilot, lambda: "dated sentence" in shown(pilot))
        await pilot.press("enter")
        assert main.view.is_reading
        await pilot.press("escape")
        assert not main.view.is_reading
        assert focused(pilot) is main.view.timeline.events
        await pilot.press("f6")
        assert "Timeline" not in shown(pilot).replace("F6 timeline", "")
        assert main.view.prompt.value == "Libya"

    drive(chat(scripted), act, size=(80, 24))


def test_without_a_question_it_says_what_to_do(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("f6")
        assert "Type a question or a subject below" in shown(pilot)
        await pilot.press(*"volcano", "f6")
        await until(pilot, lambda: "No sentence on this tells a time" in shown(pilot))
        await pilot.press("enter")  # asks it
        assert chat_of(pilot).talk.timeline is None

    drive(chat(scripted), act)


def test_the_timeline_keeps_to_the_filter(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await pilot.press("f6")
        await until(pilot, lambda: "3 dated sentences" in shown(pilot))
        main.set_scope(Scope(source="*wire*"))
        await until(pilot, lambda: "1 dated sentence" in shown(pilot))
        assert "all dates · *wire*" in main.view.query_one("#timeline-head").render().plain  # type: ignore[union-attr]

    drive(chat(scripted), act)


def test_a_timeline_that_comes_late_is_dropped(
    scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    found = scripted.timeline

    def slowly(question: str, **given: Any) -> Any:
        if question == "Libya":
            gate.wait(timeout=30)
        return found(question, **given)

    monkeypatch.setattr(scripted, "timeline", slowly)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await pilot.press(*"Libya", "f6")
        assert "looking …" in shown(pilot)
        main.view.prompt.value = "volcano"
        await pilot.press("f6")
        await until(pilot, lambda: "No sentence on this" in shown(pilot))
        gate.set()
        await pilot.pause(0.3)
        assert "No sentence on this" in shown(pilot)
        await pilot.press("escape")
        await ask(pilot, MINERS)
        assert "likely" in shown(pilot)

    drive(chat(scripted), act)


def test_hostile_text_in_a_timeline(scripted: ScriptedLibrary, tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_text(
        "[/red] Grenoble [b\n\ndate 2011-01-01\n\nIn Grenoble [/foo] it rained in 1999 \x1b[31m[b."
    )
    scripted.add(tmp_path / "odd.txt")

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press(*"Grenoble", "f6")
        await until(pilot, lambda: "[/foo]" in shown(pilot))
        assert "[/foo] it rained in 1999" in shown(pilot)

    drive(chat(scripted), act)


def test_a_filter_keeps_what_a_follow_up_is_about(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await ask(pilot, MINERS)
        main.choose(main.talk.entries[0])
        await pilot.press("f6")
        before = main.talk.timeline
        assert before is not None
        main.set_scope(Scope(source="*wire*"))
        after = main.talk.timeline
        assert after is not None
        assert after.subject.earlier == before.subject.earlier == ()
        assert after.subject.question == COMMANDED
        await until(pilot, lambda: "1 dated sentence" in shown(pilot))

    drive(chat(scripted), act)


def test_a_question_typed_while_it_looks_keeps_the_focus(
    scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    found = scripted.timeline

    def slowly(question: str, **given: Any) -> Any:
        gate.wait(timeout=30)
        return found(question, **given)

    monkeypatch.setattr(scripted, "timeline", slowly)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await pilot.press(*"Libya", "f6")
        main.view.prompt.value = MINERS
        gate.set()
        await until(pilot, lambda: "3 dated sentences" in shown(pilot))
        assert focused(pilot) is main.view.prompt
        await pilot.press("enter")
        assert [entry.question for entry in main.talk.entries] == [MINERS]

    drive(chat(scripted), act)


@pytest.mark.parametrize("size", [(20, 6), (40, 10), (100, 8), (99, 5), (300, 60)])
def test_a_timeline_on_any_screen(scripted: ScriptedLibrary, size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await pilot.press("f6")
        await until(pilot, lambda: main.view.timeline.events.option_count == 3)
        await pilot.press("down", "enter", "escape", "escape")
        await pilot.press("f6", "f3", "escape", "ctrl+f", "x", "escape", "escape", "escape")
        await pilot.resize_terminal(70, 12)
        await pilot.pause()
        assert main.talk.timeline is None
        assert focused(pilot) is main.view.prompt

    drive(chat(scripted), act, size=size)
