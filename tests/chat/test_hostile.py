"""Hostile text in articles, titles, paths and questions is harmless on the real screen."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from qa.chat.export import as_markdown
from qa.chat.marks import Highlight

from .conftest import ScriptedLibrary, ask, chat, chat_of, drive, shown
from .test_sources import highlighted, on_screen

HOSTILE = {
    "brackets": "[/foo] [b [bold red]loud[/] [@click=app.quit]leave[/] [[x]] $text {0} %s",
    "escapes": "a \x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]52;c;AAAA\x07 \x9b2J end",
    "bidi": "left \u202eright\u202c \u2066isolated\u2069 \u200fמילה בעברית\u200e end",
    "emoji": "👩‍👩‍👧‍👦 family, flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿, skin 👍🏽, keycap 1️⃣, zero\u200bwidth, e\u0301\u0301\u0301",
    "wide": "日本語のニュース、ｆｕｌｌ　ｗｉｄｔｈ, 한국어 기사 그리고 中文",
    "controls": "bell\x07 back\x08 tab\t vt\x0b ff\x0c cr\r nul\x00 del\x7f end",
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_text_is_shown_and_highlighted_in_its_place(
    empty: ScriptedLibrary, tmp_path: Path, name: str
) -> None:
    hostile = HOSTILE[name]
    folder = tmp_path / "[b]odd 日本 👩‍🚀"
    folder.mkdir()
    text = f"# {hostile}\n\n{hostile} before the needle 针 lies here after {hostile}\n\n{hostile}\n"
    (folder / "[red].md").write_text(
        text.replace("\x00", "")
    )  # a file with a zero byte is not read
    empty.add(folder)
    question = f"Where is the needle? {hostile}"

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        main.view.prompt.value = question
        cleaned = main.view.prompt.take()[0]
        empty.script[cleaned] = (0.9, ["needle 针 lies"], [])
        await ask(pilot, question)
        article = main.view.source.article
        assert highlighted(article, Highlight.ANSWER) == ["needle 针 lies"]
        assert on_screen(article, Highlight.ANSWER).replace(" ", "") == "needle针lies"
        screen = shown(pilot)
        assert "Where is the needle?" in screen
        assert "needle 针 lies" in screen
        for character in "\x1b\x07\x08\x9b\u202e\u2066\u200f\x00":
            assert character not in screen
        if name == "brackets":
            assert "[@click=app.quit]" in " ".join(screen.split())
        for strip in pilot.app.screen._compositor.render_strips():
            assert strip.cell_length == pilot.app.size.width
        await pilot.press("f2")
        await pilot.pause()
        await pilot.press("f2", "ctrl+f", *"[b", "escape", "f3")
        await pilot.pause(0.2)
        await pilot.press("escape")
        assert pilot.app.is_running
        assert "needle" in as_markdown(main.talk.entries)

    drive(chat(empty), act, size=(130, 40))


def test_a_line_of_ten_megabytes(empty: ScriptedLibrary, tmp_path: Path) -> None:
    """The article is not indexed: embedding it would take minutes and test nothing here."""
    from qa.chat.entries import Stage
    from qa.chat.places import Kind, Place
    from qa.datatypes import Article, Citation

    text = "filler " * 700_000 + "the needle lies here " + "filler " * 700_000
    at = text.index("needle")
    article = Article("1", "[b]" + "long title " * 9_000, "x" * 9_000, None, text, "")

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, "What is long?")
        entry = main.talk.entries[0]
        entry.places = [Place(1, Kind.CITATION, Citation(1, article, at, at + 6), 0.9)]
        assert entry.stage is Stage.ANSWERED
        main.talk.chosen = entry
        main.view.show_chosen()
        await pilot.pause()
        shown_text = main.view.source.article
        assert on_screen(shown_text, Highlight.ANSWER) == "needle"
        await pilot.press("ctrl+o", "pagedown", "pageup", "end")
        await pilot.pause()
        await pilot.press("ctrl+f", *"needle lies")
        for _ in range(500):
            await pilot.pause(0.02)
            if highlighted(shown_text, Highlight.CURRENT):
                break
        assert highlighted(shown_text, Highlight.CURRENT) == ["needle lies"]

    (tmp_path / "a.txt").write_text("Something that is long enough to be an article.\n")
    empty.add(tmp_path / "a.txt")
    drive(chat(empty), act)
