"""Written answers in the chat: streamed below the exact one, checked, stopped, stored, exported."""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from qa.chat.app import ChatApp
from qa.chat.entries import Entry
from qa.chat.export import as_json, as_markdown
from qa.chat.marks import Highlight
from qa.chat.places import Kind, Place, first_free, with_written
from qa.chat.written import WrittenAnswer
from qa.datatypes import Article, Citation
from qa.turns import Ending, Support
from qa.writing.checked import CheckedSentence
from tests.writing.scripted import Play, Scripted, answer, head, refusal, said

from .conftest import (
    COMMANDED,
    MINERS,
    UNKNOWN,
    ScriptedLibrary,
    ask,
    chat,
    chat_of,
    drive,
    shown,
    until,
)
from .test_sources import highlighted

SAID = (
    # The passages of the two reports are numbers 1 and 2; the first one tells of October.
    "The operation is commanded by Charles Bouchard [1]. It ends in Octo",
    "ber [2]. Here is more:\nIt cost 400 million euros [1]. ",
)


def served(library: ScriptedLibrary, server: Scripted, **given: Any) -> ChatApp:
    """Return the chat over a library whose settings name a server."""
    library.settings = replace(library.settings, language_model=server.model("small"))
    return chat(library, **given)


def entry_of(pilot: Pilot[None], number: int = -1) -> Entry:
    """Return a question of the conversation, by default the last."""
    return chat_of(pilot).talk.entries[number]


def written_of(pilot: Pilot[None], number: int = -1) -> WrittenAnswer:
    """Return what was written for a question."""
    written = entry_of(pilot, number).written
    assert written is not None
    return written


async def write(pilot: Pilot[None]) -> WrittenAnswer:
    """Ask for the written answer and wait for its end."""
    await pilot.press("f8")
    await until(pilot, lambda: not written_of(pilot).is_pending)
    await pilot.pause()
    return written_of(pilot)


def held_until(gate: threading.Event) -> Callable[[socket.socket], None]:
    """Return a step of a play that waits for a gate."""

    def wait(_: socket.socket) -> None:
        gate.wait(10)

    return wait


def slow(*texts: str) -> tuple[Play, threading.Event]:
    """Return a play that says these and waits at a gate before its end."""
    gate = threading.Event()
    return [head(), *map(said, texts), held_until(gate), *answer("")[1:]], gate


def left(screen: str) -> str:
    """Return the left pane's text on one line, without its border."""
    lines = [line.partition("│")[0].strip(" ▌") for line in screen.splitlines()]
    return " ".join(line for line in lines if line)


# Numbers


def place(number: int, kind: Kind, article: str, start: int = 0) -> Place:
    """A place in an article of five sentences."""
    text = "One is so. Two is so. Three is so. Four is so. Five is so."
    there = Article(article, f"Title {article}", f"{article}.txt", None, text, article)
    return Place(number, kind, Citation(number, there, start, start + 3))


def test_places_of_written_sentences_come_before_passages_that_no_text_names() -> None:
    found = [place(1, Kind.CITATION, "a"), place(2, Kind.OTHER, "a", 11)]
    found += [place(number, Kind.PASSAGE, str(number)) for number in range(3, 10)]
    assert first_free(found) == 3
    written = [place(3, Kind.WRITTEN, "4", 11), place(4, Kind.WRITTEN, "a", 22)]
    merged = with_written(found, written, opened=found[8])
    assert [(each.number, each.kind, each.article.id) for each in merged[2:]] == [
        (3, Kind.WRITTEN, "4"),
        (4, Kind.WRITTEN, "a"),
        (5, Kind.PASSAGE, "3"),
        (6, Kind.PASSAGE, "5"),
        (7, Kind.PASSAGE, "6"),
        (8, Kind.PASSAGE, "7"),
        (9, Kind.PASSAGE, "8"),
        (10, Kind.PASSAGE, "9"),
    ], "the last is shown, so it stays though no digit is left"
    assert [each.citation.number for each in merged] == list(range(1, 11))


def test_without_an_answer_the_passages_in_the_text_keep_their_numbers() -> None:
    found = [place(number, Kind.PASSAGE, str(number)) for number in range(1, 6)]
    assert first_free(found) == 4
    merged = with_written(found, [place(4, Kind.WRITTEN, "2", 11)], None)
    assert [(each.number, each.article.id) for each in merged] == [
        (1, "1"), (2, "2"), (3, "3"), (4, "2"), (5, "4"), (6, "5"),
    ]  # fmt: skip
    assert first_free([]) == 1


def test_a_sentence_that_the_exact_answer_cites_keeps_its_number() -> None:
    cited = place(1, Kind.CITATION, "a")
    written = WrittenAnswer([cited])
    sources = (Citation(7, cited.article, 0, 10), Citation(7, cited.article, 11, 21))
    written.take(CheckedSentence("So.", (7,), Support.SUPPORTED, sources))
    written.take(CheckedSentence("Again.", (7,), Support.SUPPORTED, sources[1:]))
    assert [each.numbers for each in written.sentences] == [(1, 2), (2,)]
    assert [each.citation.quote for each in written.places] == ["Two is so."]


# On the screen


def test_below_the_exact_answer_each_sentence_has_its_mark(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        assert "F8 write" in shown(pilot)
        assert server.connections == 0, "nothing is asked before the person wants it"
        await write(pilot)
        host = server.address.removeprefix("http://").removesuffix("/v1")
        screen = left(shown(pilot))
        assert screen.index("sure · [1]") < screen.index("written by small")
        assert f"written by small at {host}, 2 of 4 sentences supported" in screen
        assert "✓ The operation is commanded by Charles Bouchard. [1]" in screen
        assert "↷ It ends in October. [4] found by qa" in screen
        assert "· Here is more:" in screen
        assert "✗ It cost 400 million euros. no passage has “euros”" in screen
        await pilot.press("alt+4")
        await pilot.pause()
        article = main.view.source.article
        assert highlighted(article, Highlight.ANSWER) == ["October"]
        assert "What a written sentence rests on" in shown(pilot)

    with Scripted(answer(*SAID)) as server:
        drive(served(scripted, server), act)


def test_the_sentence_in_the_making_is_shown_raw(scripted: ScriptedLibrary) -> None:
    play, gate = slow("It ends in October [1]. It was **Naples** [1] where he sp")

    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await pilot.press("f8")
        await until(pilot, lambda: "where he sp" in left(shown(pilot)))
        screen = left(shown(pilot))
        assert "is writing, 1 of 1 sentence supported" in screen
        assert "✓ It ends in October. [4] It was Naples where he sp" in screen
        assert chat_of(pilot).main.view.bottom.status.startswith("writing · ")
        gate.set()
        await until(pilot, lambda: not written_of(pilot).is_pending)

    with Scripted(play) as server:
        drive(served(scripted, server), act)


def test_escape_ends_the_connection_and_keeps_what_is_finished(scripted: ScriptedLibrary) -> None:
    play, gate = slow("It ends in October [1]. It was Naples where he sp")

    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await pilot.press("f8")
        await until(pilot, lambda: "where he sp" in left(shown(pilot)))
        await pilot.press("escape")
        await pilot.pause()
        screen = left(shown(pilot))
        assert "✓ It ends in October. [4] It was stopped here. F8 tries again." in screen
        assert "where he sp" not in screen
        assert written_of(pilot).ending is Ending.CANCELLED
        (there,) = scripted.conversations()
        await until(pilot, lambda: scripted.turns(there.id)[0].writing is not None)
        gate.set()
        await until(pilot, server.left.is_set)

    with Scripted([*play, *map(said, ["more "] * 50)]) as server:
        drive(served(scripted, server), act)


def test_escape_before_the_first_word(scripted: ScriptedLibrary) -> None:
    play, gate = slow()

    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await pilot.press("f8")
        await until(pilot, lambda: "reads the passages …" in left(shown(pilot)))
        await until(pilot, server.asked.is_set)
        await pilot.press("escape")
        await pilot.pause()
        assert "Stopped before a sentence was written. F8 tries again." in left(shown(pilot))
        gate.set()

    with Scripted(play) as server:
        drive(served(scripted, server), act)


def test_a_new_question_stops_it(scripted: ScriptedLibrary) -> None:
    play, gate = slow("It ends in October [1]. It was Naples where he sp")

    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await pilot.press("f8")
        await until(pilot, lambda: bool(written_of(pilot).sentences))
        await ask(pilot, MINERS)
        assert written_of(pilot, 0).ending is Ending.CANCELLED
        assert entry_of(pilot).written is None
        gate.set()
        await pilot.pause(0.2)
        assert [each.text for each in written_of(pilot, 0).sentences] == ["It ends in October."]

    with Scripted(play) as server:
        drive(served(scripted, server), act)


def test_a_failure_is_a_line_and_the_same_key_tries_again(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        assert (await write(pilot)).ending is Ending.FAILED
        screen = left(shown(pilot))
        assert "F8 tries again." in screen
        assert "overloaded" in screen
        assert "sure · [1]" in screen
        await write(pilot)
        screen = left(shown(pilot))
        assert "✓ It ends in October. [4]" in screen
        assert "overloaded" not in screen

    with Scripted(refusal("500 Error", "overloaded"), answer("It ends in October [1].")) as server:
        drive(served(scripted, server), act)


def test_what_came_before_a_failure_stays(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await write(pilot)
        screen = left(shown(pilot))
        assert "✓ It ends in October. [4] It broke off here." in screen
        assert "broke off in the middle. F8 tries again." in screen

    with Scripted([head(), said("It ends in October [1]. It was ")]) as server:
        drive(served(scripted, server), act)


def test_without_a_server_the_key_says_how_to_name_one(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        assert "F8 write" not in shown(pilot)
        await write(pilot)
        screen = left(shown(pilot))
        assert "No server is named for written answers. Name one with --llm" in screen
        assert "tries again" not in screen
        await pilot.press("ctrl+p", *"written answer")
        await until(pilot, lambda: "Written answer" in shown(pilot))

    drive(chat(scripted), act)


def test_there_is_nothing_to_write_of_a_question_without_near_passages(
    scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.writing.write.NEAR_COSINE", 2.0)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("f8")  # before the first question it does nothing
        await ask(pilot, UNKNOWN)
        assert (await write(pilot)).ending is Ending.NOTHING_NEAR
        assert "Nothing was written: no passage is near the question" in left(shown(pilot))
        assert server.connections == 0

    with Scripted(answer("No.")) as server:
        drive(served(scripted, server), act)


def test_every_answer_is_written_out_if_so_wanted(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        for count, question in enumerate((COMMANDED, MINERS), 1):
            await ask(pilot, question)
            await until(pilot, lambda: not written_of(pilot).is_pending)
            assert server.connections == count

    with Scripted(answer("It is so [1].")) as server:
        drive(served(scripted, server, write=True), act)


def test_a_click_on_a_number_opens_the_source_also_of_an_earlier_question(
    scripted: ScriptedLibrary,
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await write(pilot)
        await ask(pilot, MINERS)
        main.action_open_source(1, 4)
        await pilot.pause()
        assert main.talk.chosen is main.talk.entries[0]
        assert highlighted(main.view.source.article, Highlight.ANSWER) == ["October"]

    with Scripted(answer("It ends in October [1].")) as server:
        drive(served(scripted, server), act)


def test_a_source_that_is_read_stays_while_sentences_come(scripted: ScriptedLibrary) -> None:
    play, gate = slow("It ends in Octo")
    later = [held_until(gate), said("ber [1]. "), *answer("")[1:]]

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await pilot.press("alt+4")  # a passage that the text does not name
        assert "Miners out" in shown(pilot)
        await pilot.press("f8")
        await until(pilot, lambda: "Octo" in left(shown(pilot)))
        gate.set()
        await until(pilot, lambda: not written_of(pilot).is_pending)
        await pilot.pause()
        assert main.talk.place is not None
        assert (main.talk.place.number, main.talk.place.article.title) == (
            5,
            "Miners out after 69 days",
        )
        assert "Miners out" in shown(pilot)

    with Scripted([*play[:2], *later]) as server:
        drive(served(scripted, server), act)


def test_the_text_at_the_upper_edge_stays_while_sentences_come(scripted: ScriptedLibrary) -> None:
    play, gate = slow("It ends in October [1]. Then it ")
    later = [
        held_until(gate),
        *map(said, ["was Naples [1]. ", "It was Monday [1]. ", "It was home [1]. "]),
        *answer("")[1:],
    ]

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        conversation = main.view.conversation
        await ask(pilot, COMMANDED)
        for _ in range(5):
            await ask(pilot, MINERS)
        main.choose(main.talk.entries[0], scroll=True)
        await pilot.press("f8")
        await until(pilot, lambda: bool(written_of(pilot, 0).sentences))
        await until(pilot, lambda: "It ends in October" in left(shown(pilot)))
        conversation.scroll_to(
            y=conversation.views[2].virtual_region.y, animate=False, immediate=True
        )
        await pilot.pause(0.1)
        top, at = shown(pilot).splitlines()[3], conversation.scroll_y
        gate.set()
        await until(pilot, lambda: not written_of(pilot, 0).is_pending)
        await pilot.pause(0.1)
        assert conversation.scroll_y > at
        assert shown(pilot).splitlines()[3].partition("│")[0] == top.partition("│")[0]

    with Scripted([*play[:2], *later]) as server:
        drive(served(scripted, server), act, size=(120, 20))


# Stored and exported


def test_a_continued_conversation_shows_what_was_written(scripted: ScriptedLibrary) -> None:
    before: list[str] = []

    async def first(pilot: Pilot[None]) -> None:
        await ask(pilot, UNKNOWN)
        await ask(pilot, COMMANDED)
        await write(pilot)
        await pilot.press("alt+4")
        await pilot.pause()
        before.extend(shown(pilot).splitlines()[2:-3])
        (there,) = scripted.conversations()
        await until(pilot, lambda: scripted.turns(there.id)[1].writing is not None)

    async def again(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: len(chat_of(pilot).talk.entries) == 2)
        await pilot.press("alt+4")
        await pilot.pause()
        assert shown(pilot).splitlines()[2:-3] == before
        assert server.connections == 1
        await write(pilot)  # from passages that are found again
        assert server.connections == 2
        sent = [body["messages"][1]["content"] for _, body in server.requests]
        assert sent[0] == sent[1]

    with Scripted(answer(*SAID)) as server:
        drive(served(scripted, server), first)
        drive(served(scripted, server, resume=True), again)
    assert any("✗ It cost 400 million euros." in line for line in before)


def test_what_was_written_is_kept_though_its_article_is_gone(scripted: ScriptedLibrary) -> None:
    async def first(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await write(pilot)
        (there,) = scripted.conversations()
        await until(pilot, lambda: scripted.turns(there.id)[0].writing is not None)

    async def again(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: len(chat_of(pilot).talk.entries) == 1)
        await pilot.press("alt+4")
        await pilot.pause()
        screen = shown(pilot)
        assert "↷ It ends in October. [4] found by qa" in left(screen)
        assert "The article is gone; this is what it said." in screen
        article = chat_of(pilot).main.view.source.article
        assert highlighted(article, Highlight.ANSWER) == ["October"]

    with Scripted(answer(*SAID)) as server:
        drive(served(scripted, server), first)
        scripted.remove(*(row.source for row in scripted.articles() if "libya" in row.source))
        drive(served(scripted, server, resume=True), again)


def test_an_export_marks_what_a_language_model_wrote(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await write(pilot)
        entries = chat_of(pilot).talk.entries
        text = as_markdown(entries)
        assert "*Written by a language model, small at 127.0.0.1:" in text
        assert "; 2 of 4 sentences supported:*" in text
        assert "- ✓ The operation is commanded by Charles Bouchard. \\[1\\]\n" in text
        assert "- ↷ It ends in October. \\[4\\]\n- · Here is more:\n" in text
        assert "- ✗ ~~It cost 400 million euros.~~ (no passage has “euros”)\n" in text
        exact, _, rest = text.partition("*Written by")
        assert "euros" not in exact
        assert "4. NATO is to close its Libya mission" in rest
        assert "> NATO is to close" in rest
        (turn,) = json.loads(as_json(entries))["turns"]
        kinds = [each["support"] for each in turn["written"]["sentences"]]
        assert kinds == ["supported", "elsewhere", "not checkable", "unsupported"]
        assert turn["written"]["sentences"][1]["sources"][0]["quote"] == "October"
        assert turn["written"]["ending"] == "done"
        assert len(turn["citations"]) == 2, "those of the exact answer"

    with Scripted(answer(*SAID)) as server:
        drive(served(scripted, server), act)


def test_hostile_text_of_a_model(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await write(pilot)
        screen = left(shown(pilot))
        assert "[red]It[/red] is \\[@click=app.quit]so[/] in October. [4]" in screen.replace(
            "\\[", "\\["
        )
        assert "\x1b" not in screen

    hostile = "\x1b[31m[red]It[/red] is \\[@click=app.quit]so[/] in October [1]. \u202e"
    with Scripted(answer(hostile)) as server:
        drive(served(scripted, server), act)


def test_on_a_narrow_screen_the_source_opens_over_the_written_answer(
    scripted: ScriptedLibrary,
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await write(pilot)
        assert all(len(line) <= 80 for line in shown(pilot).splitlines())
        await pilot.press("alt+4")
        assert main.view.is_reading
        await pilot.press("escape")
        assert not main.view.is_reading
        assert "✗ It cost 400 million euros." in shown(pilot)

    with Scripted(answer(*SAID)) as server:
        drive(served(scripted, server), act, size=(80, 24))
