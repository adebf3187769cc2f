"""From a question to its answer on the screen."""

import time
from collections.abc import Sequence

import pytest
from textual import events
from textual.pilot import Pilot

from qa.chat.entries import Stage
from qa.conversation.followup import Exchange
from qa.datatypes import Scope

from .conftest import (
    COMMANDED,
    MINERS,
    UNKNOWN,
    WEAK,
    ScriptedLibrary,
    ask,
    chat,
    chat_of,
    drive,
    shown,
    until,
)


def test_an_answer_with_its_source(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press(*COMMANDED, "enter")
        await until(pilot, lambda: "sure" in shown(pilot))
        screen = shown(pilot)
        assert COMMANDED in screen
        assert "▌ Charles Bouchard" in screen
        assert "sure · [1] [2] · 2 articles" in screen
        assert "▸ 1 other answer" in screen
        assert "24 October 2011" in screen
        assert "libya.txt:3" in screen
        assert "8 passages" not in screen
        assert chat_of(pilot).main.prompt.value == ""

    drive(chat(scripted), act)


@pytest.mark.parametrize(
    ("question", "words"),
    [(COMMANDED, "sure"), (MINERS, "likely"), (WEAK, "weak"), (UNKNOWN, "Not in your articles.")],
)
def test_confidence_is_said_in_words(scripted: ScriptedLibrary, question: str, words: str) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, question)
        assert words in shown(pilot)

    drive(chat(scripted), act)


def test_nothing_found_shows_the_nearest_and_says_what_they_are(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, UNKNOWN)
        screen = shown(pilot)
        assert "The nearest passages; none seems to answer it:" in screen
        assert "[1] " in screen
        assert "Near the question; it seems not to answer it" in screen

    drive(chat(scripted), act)


def test_passages_come_before_the_answer(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        scripted.gate.clear()
        await pilot.press(*COMMANDED, "enter")
        await until(pilot, lambda: bool(main.entries[0].hits))
        await pilot.pause()
        screen = shown(pilot)
        assert "reading 5 passages …" in screen
        assert "Found; being read" in screen
        assert "[1] " in screen
        assert "reading 5 passages ·" in main.bottom.status
        scripted.gate.set()
        await until(pilot, lambda: "sure" in shown(pilot))

    drive(chat(scripted), act)


def test_keys_are_answered_while_a_slow_reader_reads(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        scripted.gate.clear()
        await pilot.press(*COMMANDED, "enter")
        await until(pilot, lambda: main.entries[0].stage is Stage.READING)
        started = time.perf_counter()
        await pilot.press("2", "0", "1", "2")
        assert main.prompt.value == "2012"
        assert time.perf_counter() - started < 5  # the reader would take a minute
        assert main.entries[0].is_pending
        scripted.gate.set()

    drive(chat(scripted), act)


def test_escape_stops_and_what_comes_later_is_dropped(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        scripted.gate.clear()
        await pilot.press(*COMMANDED, "enter")
        await until(pilot, lambda: main.entries[0].stage is Stage.READING)
        await pilot.press("escape")
        assert "Stopped." in shown(pilot)
        scripted.gate.set()
        await pilot.pause(0.2)
        assert main.entries[0].stage is Stage.STOPPED
        assert main.entries[0].answer is None
        assert "sure" not in shown(pilot)

    drive(chat(scripted), act)


def test_a_new_question_gives_up_the_one_before(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        scripted.gate.clear()
        await pilot.press(*COMMANDED, "enter")
        await until(pilot, lambda: main.entries[0].stage is Stage.READING)
        await pilot.press(*MINERS, "enter")
        scripted.gate.set()
        await until(pilot, lambda: main.entries[1].stage is Stage.ANSWERED)
        assert main.entries[0].answer is None
        answer = main.entries[1].answer
        assert answer is not None
        assert answer.text == "33"
        assert main.chosen is main.entries[1]

    drive(chat(scripted), act)


def test_what_was_opened_while_reading_stays_open(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        scripted.gate.clear()
        await pilot.press(*COMMANDED, "enter")
        await until(pilot, lambda: main.entries[0].stage is Stage.READING)
        number = next(p.number for p in main.entries[0].places if "Miners" in p.article.title)
        await pilot.press(f"alt+{number}")
        scripted.gate.set()
        await until(pilot, lambda: main.entries[0].stage is Stage.ANSWERED)
        assert main.place is not None
        assert "Miners" in main.place.article.title

    drive(chat(scripted), act)


def test_follow_ups_are_resolved_shown_and_can_be_edited(
    scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Sequence[Exchange]] = []

    def stand_alone(question: str, earlier: Sequence[Exchange]) -> str:
        heard.append(earlier)
        return MINERS if question == "How many?" else question

    monkeypatch.setattr("qa.conversation.followup.stand_alone", stand_alone)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        assert "asked as" not in shown(pilot)
        await ask(pilot, "How many?")
        (exchange,) = heard[1]
        assert exchange.question == COMMANDED
        assert exchange.answer == "Charles Bouchard"
        assert exchange.sentence == "Lieutenant-General Charles Bouchard commands the operation."
        assert exchange.title
        assert f"asked as: {MINERS}" in shown(pilot)
        assert scripted.asked[-1][0] == MINERS
        await pilot.press("ctrl+r")
        assert main.prompt.value == MINERS
        await pilot.press("backspace", "!", "enter")
        await until(pilot, lambda: len(main.entries) == 3 and not main.entries[2].is_pending)
        assert scripted.asked[-1][0] == MINERS[:-1] + "!"
        assert len(heard) == 2  # word for word: nothing was resolved

    drive(chat(scripted), act)


def test_up_and_down_go_through_what_was_asked(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        prompt = chat_of(pilot).main.prompt
        await ask(pilot, COMMANDED)
        await ask(pilot, MINERS)
        await pilot.press(*"draft", "up")
        assert prompt.value == MINERS
        await pilot.press("up", "up")
        assert prompt.value == COMMANDED
        await pilot.press("down", "down")
        assert prompt.value == "draft"

    drive(chat(scripted), act)


def test_a_pasted_question_is_one_clean_line(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        prompt = chat_of(pilot).main.prompt
        prompt.post_message(events.Paste("How many\nminers \x1b[31mwere\u202e lifted?"))
        await pilot.pause()
        assert prompt.value == MINERS

    drive(chat(scripted), act)


def test_an_empty_line_asks_nothing(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("space", "enter")
        assert chat_of(pilot).main.entries == []

    drive(chat(scripted), act)


def test_the_command_line_can_ask_at_once(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "likely" in shown(pilot))

    drive(chat(scripted, question=MINERS), act)


def test_a_filter_narrows_what_is_asked(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await pilot.press("ctrl+l")
        await pilot.press(*"2011-10-25", "enter")
        await until(pilot, lambda: main.articles == 1)
        assert "from 25 October 2011 · all sources" in shown(pilot)
        await ask(pilot, MINERS)
        since = scripted.asked[-1][1]
        assert since == Scope(since=main.scope.since)
        assert "1 passage read" in main.bottom.status
        await pilot.press("ctrl+l", "down", "down", *"*libya*", "enter")
        await until(pilot, lambda: main.articles == 0)
        assert "from 25 October 2011 · *libya*" in shown(pilot)

    drive(chat(scripted), act)


def test_a_filter_that_makes_no_sense_says_so(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+l", *"soon", "enter")
        assert "'soon' is not a date" in shown(pilot)
        await pilot.press("ctrl+u", *"2012", "tab", *"2011", "enter")
        assert "2012-01-01 is after 2011-12-31." in shown(pilot)
        await pilot.press("escape")
        assert chat_of(pilot).main.scope.is_all

    drive(chat(scripted), act)
