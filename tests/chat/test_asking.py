"""From a question to its answer on the screen."""

import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from qa.chat.entries import Stage
from qa.chat.export import as_json, as_markdown
from qa.chat.widgets.source import FindLine
from qa.conversation.past import Exchange
from qa.datatypes import Scope
from qa.errors import UsageError
from qa.turns import Turn

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
    press_at_once,
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
        assert chat_of(pilot).main.view.prompt.value == ""

    drive(chat(scripted), act)


@pytest.mark.parametrize(
    ("question", "words"),
    [(COMMANDED, "sure"), (MINERS, "likely"), (WEAK, "weak"), (UNKNOWN, "Not in your articles.")],
)
def test_confidence_is_shown_in_words(scripted: ScriptedLibrary, question: str, words: str) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, question)
        assert words in shown(pilot)

    drive(chat(scripted), act)


def test_without_an_answer_the_nearest_passages_are_shown_as_such(
    scripted: ScriptedLibrary,
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, UNKNOWN)
        screen = shown(pilot)
        assert "The nearest passages; none seems to answer it:" in screen
        assert "[1] " in screen
        assert "Near the question; it seems not to answer it" in screen

    drive(chat(scripted), act)


def test_passages_are_shown_before_the_answer(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        scripted.gate.clear()
        await pilot.press(*COMMANDED, "enter")
        await until(pilot, lambda: bool(main.talk.entries[0].hits))
        await pilot.pause()
        screen = shown(pilot)
        assert "reading 5 passages …" in screen
        assert "Found; being read" in screen
        assert "· Libya mission nears its end" in screen
        assert "[1]" not in screen  # the answer would give the passage another number
        assert "1-9 source" not in screen
        assert "reading 5 passages ·" in main.view.bottom.status
        await pilot.press("alt+1")
        assert main.view.bottom._remark == "sources get their numbers with the answer"
        scripted.gate.set()
        await until(pilot, lambda: "sure" in shown(pilot))

    drive(chat(scripted), act)


def test_keys_work_while_a_slow_reader_reads(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        scripted.gate.clear()
        await pilot.press(*COMMANDED, "enter")
        await until(pilot, lambda: main.talk.entries[0].stage is Stage.READING)
        started = time.perf_counter()
        await pilot.press("2", "0", "1", "2")
        assert main.view.prompt.value == "2012"
        assert time.perf_counter() - started < 5  # the reader would take a minute
        assert main.talk.entries[0].is_pending
        scripted.gate.set()

    drive(chat(scripted), act)


def test_escape_stops_a_question_and_drops_its_answer(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        scripted.gate.clear()
        await pilot.press(*COMMANDED, "enter")
        await until(pilot, lambda: main.talk.entries[0].stage is Stage.READING)
        await pilot.press("escape")
        assert "Stopped." in shown(pilot)
        scripted.gate.set()
        await pilot.pause(0.2)
        assert main.talk.entries[0].stage is Stage.STOPPED
        assert main.talk.entries[0].answer is None
        assert "sure" not in shown(pilot)

    drive(chat(scripted), act)


def test_a_new_question_stops_the_one_before(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        scripted.gate.clear()
        await pilot.press(*COMMANDED, "enter")
        await until(pilot, lambda: main.talk.entries[0].stage is Stage.READING)
        await pilot.press(*MINERS, "enter")
        scripted.gate.set()
        await until(pilot, lambda: main.talk.entries[1].stage is Stage.ANSWERED)
        assert main.talk.entries[0].answer is None
        answer = main.talk.entries[1].answer
        assert answer is not None
        assert answer.text == "33"
        assert main.talk.chosen is main.talk.entries[1]

    drive(chat(scripted), act)


def test_two_questions_typed_quickly_are_asked_as_typed_in_order(
    scripted: ScriptedLibrary,
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        talk = chat_of(pilot).main.talk
        keys = [*COMMANDED, "enter", *MINERS, "!", "backspace", "enter", *"Who"]
        await press_at_once(pilot, keys)
        await until(pilot, lambda: len(talk.entries) == 2 and not talk.entries[1].is_pending)
        assert [entry.question for entry in talk.entries] == [COMMANDED, MINERS]
        answer = talk.entries[1].answer
        assert answer is not None
        assert answer.text == "33"
        assert chat_of(pilot).main.view.prompt.value == "Who"

    drive(chat(scripted), act)


def test_a_question_typed_while_a_conversation_loads_is_asked_in_it(
    scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    turns = scripted.turns

    def slowly(conversation: int) -> list[Turn]:
        gate.wait(timeout=30)
        return turns(conversation)

    async def first(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)

    async def again(pilot: Pilot[None]) -> None:
        talk = chat_of(pilot).main.talk
        await press_at_once(pilot, [*MINERS, "enter"])
        await pilot.pause(0.1)
        assert talk.entries == []
        gate.set()
        await until(pilot, lambda: len(talk.entries) == 2 and bool(talk.entries[1].turn))
        assert [entry.question for entry in talk.entries] == [COMMANDED, MINERS]
        await until(pilot, lambda: MINERS in shown(pilot))

    drive(chat(scripted), first)
    monkeypatch.setattr(scripted, "turns", slowly)
    drive(chat(scripted, resume=True), again)
    (stored,) = scripted.conversations()
    assert stored.turns == 2


def test_a_conversation_that_does_not_load_leaves_what_is_there(
    scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(conversation: int) -> list[Turn]:
        raise UsageError("the conversation is damaged")

    monkeypatch.setattr(scripted, "turns", broken)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        main.resume(1)
        await until(pilot, lambda: "the conversation is damaged" in shown(pilot))
        assert [entry.question for entry in main.talk.entries] == [COMMANDED]
        await ask(pilot, MINERS)
        assert "likely" in shown(pilot)

    drive(chat(scripted), act)


def test_printable_keys_go_to_the_question_line_while_it_has_the_focus(
    scripted: ScriptedLibrary,
) -> None:
    typed = "nq?/+-12 yjk"

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await press_at_once(pilot, ["a"])  # the first key, before anything else has happened
        await pilot.pause()
        assert main.view.prompt.value == "a"
        await ask(pilot, COMMANDED)
        await press_at_once(pilot, list(typed))
        await until(pilot, lambda: main.view.prompt.value == typed)
        # Straight from the article back to the line: q would quit if it came too early.
        await pilot.press("ctrl+u", "ctrl+o")
        await press_at_once(pilot, ["escape", "q", "n"])
        await until(pilot, lambda: main.view.prompt.value == "qn")
        assert main.talk.place is main.talk.entries[0].places[0]
        assert pilot.app.is_running

    drive(chat(scripted), act)


def test_single_keys_are_commands_only_in_the_article(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await pilot.press("tab")
        assert main.view.conversation.has_focus
        await pilot.press("q", "n", "2")  # typed: the question line takes the focus
        assert main.view.prompt.has_focus
        assert main.view.prompt.value == "qn2"
        assert main.view.source.place and main.view.source.place.number == 1
        await pilot.press("tab", "tab")
        assert main.view.source.article.has_focus
        await pilot.press("n")
        assert main.view.source.place.number == 2
        await pilot.press("left")
        assert main.view.source.place.number == 1
        await press_at_once(pilot, ["w", "w", "/", "q", "n"])
        await until(pilot, lambda: main.view.source.query_one(FindLine).value == "qn")
        assert main.view.source.is_finding
        assert main.view.prompt.value == "qn2"
        await pilot.press("escape", "ctrl+o", "f2", "f2", "p")
        assert main.view.is_reading
        assert main.view.source.place.number == len(main.talk.entries[0].places)
        await pilot.press("q")
        assert pilot.app.return_code == 0

    drive(chat(scripted), act)


def test_a_source_opened_during_reading_stays_open(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        scripted.gate.clear()
        await pilot.press(*COMMANDED, "enter")
        await until(pilot, lambda: main.talk.entries[0].stage is Stage.READING)
        await pilot.press("alt+right")
        opened = main.talk.place
        while main.talk.place is not None and "Miners" not in main.talk.place.article.title:
            await pilot.press("alt+right")
            assert main.talk.place is not opened
        scripted.gate.set()
        await until(pilot, lambda: main.talk.entries[0].stage is Stage.ANSWERED)
        assert main.talk.place is not None
        assert "Miners" in main.talk.place.article.title

    drive(chat(scripted), act)


def test_follow_ups_are_resolved_and_shown_and_can_be_edited(
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
        assert exchange.title
        assert f"asked as: {MINERS}" in shown(pilot)
        assert scripted.asked[-1][0] == MINERS
        await pilot.press("ctrl+r")
        assert main.view.prompt.value == MINERS
        await pilot.press("backspace", "!", "enter")
        await until(
            pilot, lambda: len(main.talk.entries) == 3 and not main.talk.entries[2].is_pending
        )
        assert scripted.asked[-1][0] == MINERS[:-1] + "!"
        assert len(heard) == 2  # searched as edited: nothing was resolved

    drive(chat(scripted), act)


def test_up_and_down_go_through_the_history(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        prompt = chat_of(pilot).main.view.prompt
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
        prompt = chat_of(pilot).main.view.prompt
        prompt.post_message(events.Paste("How many\nminers \x1b[31mwere\u202e lifted?"))
        await pilot.pause()
        assert prompt.value == MINERS

    drive(chat(scripted), act)


@pytest.mark.parametrize("length", [1_999, 2_000])
def test_a_long_paste_is_kept(scripted: ScriptedLibrary, length: int) -> None:
    async def act(pilot: Pilot[None]) -> None:
        prompt = chat_of(pilot).main.view.prompt
        prompt.post_message(events.Paste("x" * length))
        await until(pilot, lambda: len(prompt.value) == length)
        assert chat_of(pilot).main.view.bottom._remark == ""

    drive(chat(scripted), act)


def test_a_paste_that_is_too_long_is_cut_and_said_to_be(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await pilot.press(*"Why? ")
        main.view.prompt.post_message(events.Paste("word " * 1_000))
        await until(pilot, lambda: len(main.view.prompt.value) == 2_000)
        assert main.view.prompt.value.startswith("Why? word word")
        said = "the last 3,004 characters left out: a question has at most 2,000"
        await until(pilot, lambda: main.view.bottom._remark == said)
        main.view.bottom.say("")
        await pilot.press("x")
        await until(pilot, lambda: main.view.bottom._remark == "a question has at most 2,000")
        assert len(main.view.prompt.value) == 2_000

    drive(chat(scripted), act)


def test_a_paste_goes_to_the_question_line_from_the_conversation_too(
    scripted: ScriptedLibrary,
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await pilot.press("tab")
        assert main.view.conversation.has_focus
        main.view.conversation.post_message(events.Paste(MINERS))
        await until(pilot, lambda: main.view.prompt.value == MINERS)
        assert main.view.prompt.has_focus

    drive(chat(scripted), act)


def test_the_pane_with_the_focus_is_marked(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        assert "━" not in shown(pilot)
        for left, right in (("━", "─"), ("─", "━")):
            await pilot.press("tab")
            await until(pilot, lambda: "━" in shown(pilot))
            line = shown(pilot).splitlines()[1]
            assert (line[0], line[-1]) == (left, right)
        await pilot.press("tab")
        await until(pilot, lambda: "━" not in shown(pilot))

    drive(chat(scripted), act)


def test_an_empty_line_asks_nothing(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("space", "enter")
        assert chat_of(pilot).main.talk.entries == []

    drive(chat(scripted), act)


def test_a_question_from_the_command_line_is_asked_at_once(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "likely" in shown(pilot))

    drive(chat(scripted, question=MINERS), act)


def test_a_filter_limits_the_articles_searched(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await pilot.press("ctrl+l")
        await pilot.press(*"2011-10-25", "enter")
        await until(pilot, lambda: main.talk.articles == 1)
        assert "from 25 October 2011 · all sources" in shown(pilot)
        await ask(pilot, MINERS)
        since = scripted.asked[-1][1]
        assert since == Scope(since=main.talk.scope.since)
        assert "1 passage read" in main.view.bottom.status
        await pilot.press("ctrl+l", "down", "down", *"*libya*", "enter")
        await until(pilot, lambda: main.talk.articles == 0)
        assert "from 25 October 2011 · *libya*" in shown(pilot)
        assert "searched: from 25 October 2011 · all sources" in shown(pilot)  # the turn's own
        (stored,) = scripted.conversations()
        assert scripted.turns(stored.id)[0].scope == since
        told = json.loads(as_json(main.talk.entries))
        assert told["turns"][0]["filter"] == {"since": "2011-10-25"}
        assert "searched: from 25 October 2011" in as_markdown(main.talk.entries)

    drive(chat(scripted), act)


def test_a_filter_takes_a_folder(scripted: ScriptedLibrary, tmp_path: Path) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await pilot.press("ctrl+l", "down", "down", *str(tmp_path), "enter")
        await until(pilot, lambda: main.talk.scope == Scope(paths=(str(tmp_path),)))
        await pilot.press("ctrl+l", "enter")  # what is shown stays
        assert main.talk.scope == Scope(paths=(str(tmp_path),))
        await pilot.press("ctrl+l", "down", "down", "ctrl+u", "enter")
        await until(pilot, lambda: main.talk.scope.is_all)

    drive(chat(scripted), act)


def test_an_empty_filter_says_so(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, UNKNOWN)
        await until(pilot, lambda: "No article matches the filter." in shown(pilot))
        assert "Not in your articles." not in shown(pilot)

    drive(chat(scripted, scope=Scope(source="*nowhere*")), act)


def test_an_invalid_filter_is_rejected(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+l", *"soon", "enter")
        assert "'soon' is not a date" in shown(pilot)
        await pilot.press("ctrl+u", *"2012", "tab", *"2011", "enter")
        assert "2012-01-01 is after 2011-12-31." in shown(pilot)
        await pilot.press("escape")
        assert chat_of(pilot).main.talk.scope.is_all

    drive(chat(scripted), act)
