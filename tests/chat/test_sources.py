"""Sources: opening them, going through them, searching in them, and their highlights."""

import os
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import OptionList

from qa.chat.marks import Highlight
from qa.chat.widgets.article import ArticleText
from qa.chat.widgets.source import FindLine

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

LONG = "\n\n".join(
    f"Paragraph {number} says nothing of note about anything at all." for number in range(4000)
)


def highlighted(article: ArticleText, highlight: Highlight) -> list[str]:
    """Return the texts with a highlight, from the marks."""
    return [
        article.text[mark.start : mark.end] for mark in article.marks if mark.highlight is highlight
    ]


def on_screen(article: ArticleText, highlight: Highlight) -> str:
    """Return the text on the screen with a highlight, from its colour."""
    wanted = article.get_component_rich_style(f"article--{highlight.value}", partial=True).bgcolor
    drawn = []
    for y in range(article.size.height):
        for segment in article.render_line(y):
            if segment.style and segment.style.bgcolor == wanted:
                drawn.append(segment.text)
    return "".join(drawn)


def test_answer_sentence_and_words_are_highlighted(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        article = chat_of(pilot).main.view.source.article
        assert highlighted(article, Highlight.ANSWER) == ["Charles Bouchard"]
        assert highlighted(article, Highlight.SENTENCE) == [
            "Lieutenant-General Charles Bouchard commands the operation."
        ]
        assert set(highlighted(article, Highlight.WORD)) == {"Libya", "commands", "operation"}
        assert on_screen(article, Highlight.ANSWER) == "Charles Bouchard"

    drive(chat(scripted), act)


def test_digits_open_sources_in_the_article_and_with_alt_everywhere(
    scripted: ScriptedLibrary,
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await pilot.press(*"2012")
        assert main.view.prompt.value == "2012"
        assert main.view.source.place and main.view.source.place.number == 1
        await pilot.press("alt+2")
        assert main.view.prompt.value == "2012"
        assert main.view.source.place.number == 2
        assert "Libya mission nears its end" in shown(pilot)
        await pilot.press("tab", "tab", "1")
        assert main.view.source.place.number == 1
        await pilot.press("9")
        assert main.view.source.place.number == 1
        assert main.view.bottom.status == "there is no source 9"
        await pilot.press("n")
        assert main.view.source.place.number == 2
        await pilot.press("p", "p")
        assert main.view.source.place.number == len(main.talk.entries[0].places)
        await pilot.press("escape", "alt+right")
        assert main.view.source.place.number == 1
        assert main.focused is main.view.prompt

    drive(chat(scripted), act)


def test_a_source_opens_with_a_click(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        answer = main.view.conversation.views[0].query_one(".answer")
        top = answer.content_region.y
        rows = shown(pilot).splitlines()
        row = next(number for number in range(top, len(rows)) if "[2]" in rows[number])
        column = rows[row].index("[2]")
        await pilot.click(offset=(column + 1, row))
        assert main.view.source.place and main.view.source.place.number == 2
        await pilot.click(offset=(column + 1, row + 1))  # unfolds the other answers
        assert main.talk.entries[0].unfolded or "Ambassadors" not in shown(pilot)
        foot = main.view.source.query_one("#source-foot")
        arrow = shown(pilot).splitlines()[foot.region.y].index("▸")
        await pilot.click(offset=(arrow, foot.region.y))
        assert main.view.source.place.number == 3

    drive(chat(scripted), act)


def test_other_answers_unfold(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        assert "Ambassadors 20%" not in shown(pilot)
        await pilot.press("alt+a")
        assert "[3] Ambassadors 20%" in shown(pilot)
        await pilot.press("alt+3")
        assert highlighted(main.view.source.article, Highlight.ANSWER) == ["Ambassadors"]
        assert "Another answer" in shown(pilot)
        await pilot.press("alt+a")
        assert "Ambassadors 20%" not in shown(pilot)

    drive(chat(scripted), act)


def test_the_article_takes_the_whole_screen_and_escape_returns(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert COMMANDED not in shown(pilot)
        assert main.view.source.size.width == 120
        assert "Charles Bouchard" in on_screen(main.view.source.article, Highlight.ANSWER)
        await pilot.press("2")  # without Alt: the article has the focus
        assert main.view.source.place and main.view.source.place.number == 2
        await pilot.press("escape")
        await pilot.pause()
        assert COMMANDED in shown(pilot)
        assert main.focused is main.view.prompt

    drive(chat(scripted), act)


def test_in_a_narrow_terminal_the_source_takes_the_whole_screen(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        assert "sure · [1] [2]" in shown(pilot)
        assert "24 October 2011" not in shown(pilot)
        await pilot.press("alt+1")
        await pilot.pause()
        assert "24 October 2011" in shown(pilot)
        assert COMMANDED not in shown(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert COMMANDED in shown(pilot)
        await pilot.press("alt+right")
        await pilot.pause()
        assert main.view.source.place and main.view.source.place.number == 2
        await pilot.resize_terminal(130, 30)
        await pilot.pause()
        assert main.view.is_wide

    drive(chat(scripted), act, size=(80, 24))


def top_line(pilot: Pilot[None], pane: Widget) -> str:
    """Return the first words that a pane shows."""
    row = shown(pilot).splitlines()[pane.content_region.y]
    return row[pane.content_region.x : pane.content_region.right].strip(" ▌│█")[:12]


@pytest.mark.slow
def test_a_resize_keeps_the_place_in_the_article(
    empty: ScriptedLibrary, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("long")
    (folder / "long.txt").write_text(f"{LONG}\n\nThe needle lies here.\n\n{LONG}\n")
    empty.add(folder)
    empty.script["Where is the needle?"] = (0.9, ["needle"], [])

    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, "Where is the needle?")
        article = chat_of(pilot).main.view.source.article
        for size in ((80, 24), (200, 60), (110, 12), (120, 30)):
            await pilot.resize_terminal(*size)
            await pilot.press("ctrl+o")
            await pilot.pause()
            assert on_screen(article, Highlight.ANSWER) == "needle"
            await pilot.press("escape")
        await pilot.press("ctrl+o", "pagedown", "pagedown", "down")
        await pilot.pause()
        place = article._rows.rows[article.scroll_offset.y][0]
        for size in ((80, 24), (200, 60), (120, 30), (66, 12), (120, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            start, end = article._rows.rows[article.scroll_offset.y]
            assert start <= place <= end

    drive(chat(empty), act, size=(120, 30))


def test_a_resize_keeps_the_place_in_the_conversation(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        view = chat_of(pilot).main.view.conversation
        for question in (COMMANDED, UNKNOWN, MINERS, UNKNOWN, COMMANDED):
            await ask(pilot, question)
        for size in ((80, 20), (200, 24), (120, 20)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert view.is_vertical_scroll_end  # the last answer stays in view
        view.scroll_to(y=view.views[2].virtual_region.y, animate=False)
        await pilot.pause()
        assert top_line(pilot, view) == MINERS[:12]
        for size in ((80, 20), (120, 22), (70, 20), (104, 18), (120, 20)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await until(pilot, lambda: top_line(pilot, view) == MINERS[:12])
        await pilot.press("ctrl+o", "escape")  # the conversation is hidden, and comes back
        await pilot.pause()
        assert top_line(pilot, view) == MINERS[:12]

    drive(chat(scripted), act, size=(120, 20))


def test_an_article_stands_in_the_middle_of_a_wide_screen(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await pilot.press("ctrl+o")
        await pilot.pause()
        lines = shown(pilot).splitlines()
        title = next(line for line in lines if "NATO is to close" in line)
        text = next(line for line in lines if "Lieutenant-General" in line)
        assert title.index("NATO") == text.index("Lieutenant") == 56
        assert max(map(len, lines[2:-2])) <= 56 + 88

    drive(chat(scripted), act, size=(200, 60))


def test_articles_are_listed_narrowed_and_opened(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, MINERS)
        await pilot.press("f4")
        await until(pilot, lambda: "Articles and stories · 3 articles" in shown(pilot))
        await pilot.press(*"LIBYA oct")
        listed = pilot.app.screen.query_one(OptionList)
        await until(pilot, lambda: listed.option_count == 2)
        assert "25 Oct 2011  Libya mission nears its end" in shown(pilot)
        await pilot.press(*" 25", "enter")
        await until(pilot, lambda: main.view.is_reading)
        assert "under Charles Bouchard is to end" in main.view.source.article.text
        assert highlighted(main.view.source.article, Highlight.WORD) == []
        assert "Near the question" not in shown(pilot)
        await pilot.press("escape")
        assert main.focused is main.view.prompt
        assert main.talk.place is main.talk.browsed
        await pilot.press("alt+1")
        assert highlighted(main.view.source.article, Highlight.ANSWER) == ["33"]

    drive(chat(scripted), act)


def test_a_list_without_an_article_that_fits_says_so(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("f4")
        await until(pilot, lambda: "Miners out" in shown(pilot))
        await pilot.press(*"zebra")
        await until(pilot, lambda: "No article fits." in shown(pilot))
        await pilot.press("enter", "escape")
        assert chat_of(pilot).main.is_current

    drive(chat(scripted), act)


def test_searching_in_an_article(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await pilot.press("ctrl+f", *"mission")
        await pilot.pause(0.1)
        article = main.view.source.article
        assert "1 of 1" in shown(pilot)
        assert highlighted(article, Highlight.CURRENT) == ["mission"]
        await pilot.press("ctrl+u", *"the op")
        await pilot.pause(0.1)
        assert highlighted(article, Highlight.CURRENT) == ["the op"]
        find = main.view.source.query_one(FindLine)
        find.value = "on"
        await pilot.pause(0.1)
        before = highlighted(article, Highlight.FOUND)
        await pilot.press("enter", "down", "up")
        await pilot.pause(0.1)
        assert len(highlighted(article, Highlight.FOUND)) == len(before) > 1
        find.value = "zebra"
        await pilot.pause(0.1)
        assert "nothing" in shown(pilot)
        await pilot.press("escape")
        assert (
            highlighted(article, Highlight.FOUND) == highlighted(article, Highlight.CURRENT) == []
        )
        assert main.focused is main.view.prompt
        await pilot.press("tab", "tab", "slash")
        assert main.view.source.is_finding

    drive(chat(scripted), act)


def test_how_an_answer_was_found(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await pilot.press("f2")
        await pilot.pause()
        screen = shown(pilot)
        for words in ("How this answer was found", "commanded · operation · libya", "sure, 0.93"):
            assert words in screen
        assert "BM25" in screen
        assert "(#1)" in screen
        assert "cosine" in screen
        assert "embed the question" in screen
        assert "300.0" in screen
        await pilot.press("f2")
        await pilot.pause()
        assert "How this answer was found" not in shown(pilot)

    drive(chat(scripted), act)


def test_going_to_earlier_questions_shows_their_sources(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await ask(pilot, MINERS)
        assert highlighted(main.view.source.article, Highlight.ANSWER) == ["33"]
        await pilot.press("alt+up")
        assert highlighted(main.view.source.article, Highlight.ANSWER) == ["Charles Bouchard"]
        await pilot.press("alt+down")
        assert highlighted(main.view.source.article, Highlight.ANSWER) == ["33"]
        await pilot.click(main.view.conversation.views[0].query_one(".question"))
        assert main.talk.chosen is main.talk.entries[0]

    drive(chat(scripted), act)


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 120])
def test_a_passage_deep_in_a_long_article(
    empty: ScriptedLibrary, tmp_path_factory: pytest.TempPathFactory, width: int
) -> None:
    folder = tmp_path_factory.mktemp("long")
    (folder / "long.txt").write_text(f"{LONG}\n\nThe needle lies here.\n\n{LONG}\n")
    empty.add(folder)
    empty.script["Where is the needle?"] = (0.9, ["needle"], [])

    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, "Where is the needle?")
        await pilot.press("ctrl+o")
        await pilot.pause()
        article = chat_of(pilot).main.view.source.article
        assert on_screen(article, Highlight.ANSWER) == "needle"
        assert len(article.text) > 400_000
        assert article.virtual_size.height < 3_000  # not laid out whole
        for _ in range(60):
            article.action_page_down()
            await pilot.pause()
        assert "Paragraph" in shown(pilot)
        rows = [line for line in shown(pilot).splitlines()[8:] if "Paragraph" in line]
        numbers = [int(row.split()[1]) for row in rows]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert numbers[0] > 200  # beyond what was laid out at first
        await pilot.press("end")
        await pilot.pause()
        assert "Paragraph 3999" in shown(pilot)
        await pilot.press("home")
        await pilot.pause()
        assert "Paragraph 0 " in shown(pilot)

    drive(chat(empty), act, size=(width, 30))


def test_actions_on_sources_without_a_source_do_nothing(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await pilot.press("alt+1", "ctrl+o", "ctrl+f", "f2", "ctrl+y", "alt+right")
        assert main.talk.entries == []
        await ask(pilot, UNKNOWN)
        await pilot.press("ctrl+y")  # nothing to copy
        assert "copied" not in main.view.bottom.status

    drive(chat(scripted), act)


def test_the_path_of_a_source_is_a_link_where_the_terminal_takes_them(
    scripted: ScriptedLibrary, newsroom: Path
) -> None:
    def links(pilot: Pilot[None]) -> set[str]:
        strips = pilot.app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip]
        return {style.link for style in styles if style and style.link}

    async def without(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        assert links(pilot) == set()

    async def with_links(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        assert links(pilot) == {f"file://{os.uname().nodename}{newsroom}/libya.txt"}

    drive(chat(scripted), without)
    drive(chat(scripted, links=True), with_links)
