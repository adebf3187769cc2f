"""Drives the chat with a pilot, over a real library with scripted answers."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from qa.chat.app import ChatApp
from qa.conversation import followup
from qa.conversation.past import Exchange, Past
from qa.datatypes import Alternative, Answer, Citation, Hit, Scope, Status
from qa.library import Library
from qa.questions.choose import SuggestedQuestion
from tests.doubles import WordChecker, WordEncoder

LIBYA = """date 2011-10-24 BRUSSELS NATO is to close its Libya mission at the end of October.

Lieutenant-General Charles Bouchard commands the operation. Speaking on Monday at Naples, he said
that the loyalists could no longer attack.

Ambassadors decide on Wednesday. Most of the equipment has gone home already.
"""

WIRE = """---
title: Libya mission nears its end
date: 2011-10-25
---

The operation under Charles Bouchard is to end on October 31, officials said on Tuesday.
"""

CHILE = """---
title: Miners out after 69 days
date: 2010-10-14
---

All 33 miners were lifted from the San José mine in Chile. The rescue took less than 24 hours.
"""

COMMANDED = "Who commanded the operation in Libya?"
MINERS = "How many miners were lifted?"
WEAK = "When does the mission in Libya end?"
UNKNOWN = "Who composed the symphony?"

Act = Callable[[Pilot[None]], Awaitable[None]]


class ScriptedConversation:
    """Resolves follow-ups as usual, and asks the scripted library."""

    def __init__(self, library: "ScriptedLibrary", earlier: list[Exchange]) -> None:
        self._library, self._earlier = library, earlier

    def ask(self, question: str, *, verbatim: bool, **how: Any) -> Answer:
        """Return the scripted answer."""
        form = question if verbatim else followup.stand_alone(question, self._earlier)
        return replace(self._library.ask(form, **how), asked=question)


class ScriptedLibrary(Library):
    """Finds passages as usual, but looks the answer up by the question."""

    script: dict[str, tuple[float, list[str], list[str]]]
    """Confidence, quotes and other answers by question; other questions have no answer."""
    gate: threading.Event
    """Reading waits until it is set."""
    asked: list[tuple[str, Scope]]
    """The questions asked, each with its scope."""
    suggestions: tuple[str, ...] = ()
    """What the library suggests to ask; its answer is in the script."""

    @property
    def reader(self) -> Any:
        """Load nothing."""
        return None

    def conversation(self, number: int | None = None, *, earlier: Sequence[Past] = ()) -> Any:
        """Return a conversation that answers by the script."""
        return ScriptedConversation(self, [past.exchange for past in earlier])

    def ask(
        self,
        question: str,
        *,
        k: int = 10,
        scope: Scope | None = None,
        on_hits: Callable[[list[Hit]], None] | None = None,
    ) -> Answer:
        """Return the scripted answer."""
        self.asked.append((question, scope or Scope()))
        hits = self.search(question, k=k, scope=scope)
        if on_hits:
            on_hits(hits)
        self.gate.wait(timeout=60)
        confidence, quotes, others = self.script.get(question, (0.01, [], []))
        cited = [found for quote in quotes for found in self._cite(quote)]
        citations = tuple(replace(each, number=number) for number, each in enumerate(cited, 1))
        claimed = Status.ANSWERED if confidence >= 0.5 else Status.WEAK
        return Answer(
            question=question,
            text=citations[0].quote if citations else "",
            status=claimed if citations else Status.NOT_FOUND,
            confidence=confidence,
            citations=citations,
            alternatives=tuple(
                Alternative(each.quote, 0.2, replace(each, number=len(citations) + number))
                for number, quote in enumerate(others, 1)
                for each in self._cite(quote)[:1]
            ),
            hits=tuple(hits),
            timings={"encode": 3.0, "retrieve": 12.0, "read": 285.0, "total": 300.0},
        )

    def write(self, answer: Answer, **given: Any) -> Any:
        """Let a server write, and check its sentences by their last words."""
        return super().write(answer, checker=WordChecker(), **given)

    def suggested_questions(
        self,
        limit: int = 4,
        scope: Scope | None = None,
        *,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> list[SuggestedQuestion]:
        """Return the scripted suggestions."""
        found = []
        for question in self.suggestions[:limit]:
            (cited, *_) = self._cite(self.script[question][1][0])
            found.append(SuggestedQuestion(question, cited.article, cited))
        return found

    def _cite(self, quote: str) -> list[Citation]:
        """Cite every article that holds a quote."""
        whole = [self.article(row.id) for row in self.articles()]
        return [
            Citation(1, article, article.text.index(quote), article.text.index(quote) + len(quote))
            for article in sorted(whole, key=lambda article: int(article.id))
            if quote in article.text
        ]


@pytest.fixture
def newsroom(tmp_path: Path) -> Path:
    """Make a folder with three articles."""
    folder = tmp_path / "newsroom"
    folder.mkdir()
    (folder / "libya.txt").write_text(LIBYA)
    (folder / "wire.md").write_text(WIRE)
    (folder / "chile.md").write_text(CHILE)
    return folder


@pytest.fixture
def empty(
    encoders: dict[Any, WordEncoder], tmp_path: Path, home: Path
) -> Iterator[ScriptedLibrary]:
    """Open a library without articles."""
    library = ScriptedLibrary.open(tmp_path / "seeds")
    library.gate = threading.Event()
    library.gate.set()
    library.asked = []
    library.script = {
        COMMANDED: (0.93, ["Charles Bouchard"], ["Ambassadors"]),
        MINERS: (0.7, ["33"], []),
        WEAK: (0.2, ["October 31"], ["Wednesday"]),
    }
    yield library
    library.gate.set()
    library.close()


@pytest.fixture
def scripted(empty: ScriptedLibrary, newsroom: Path) -> ScriptedLibrary:
    """Open a library with the three articles."""
    empty.add(newsroom)
    return empty


@pytest.fixture
def clipboard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts copied to this machine's clipboard."""
    copied: list[str] = []
    monkeypatch.setattr("pyperclip.copy", copied.append)
    return copied


def chat(library: Library, **given: Any) -> ChatApp:
    """Return the app over a library, in the dark theme."""
    app = ChatApp(lambda: library, **given)
    app.theme = "qa-dark"
    return app


def drive(app: ChatApp, act: Act, size: tuple[int, int] = (120, 36)) -> None:
    """Start the app, wait until the models are loaded, act and leave."""

    async def run() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: not app.main.view.bottom.status.startswith("loading"))
            await pilot.pause()
            await act(pilot)
            app.backend.leave()

    asyncio.run(run())


async def until(pilot: Pilot[None], holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until a condition holds."""
    for _ in range(int(seconds / 0.02)):
        await pilot.pause(0.02)
        if holds():
            return
    raise AssertionError("the condition never held")


async def ask(pilot: Pilot[None], question: str) -> None:
    """Type a question and wait until it is answered and stored."""
    main = chat_of(pilot).main
    before = len(main.talk.entries)
    main.view.prompt.value = question
    main.view.prompt.focus()
    await pilot.press("enter")
    await until(
        pilot, lambda: len(main.talk.entries) > before and not main.talk.entries[-1].is_pending
    )
    await until(
        pilot, lambda: main.talk.entries[-1].answer is None or bool(main.talk.entries[-1].turn)
    )
    await pilot.pause()


async def press_at_once(pilot: Pilot[None], keys: Sequence[str]) -> None:
    """Press keys before the first one takes effect, as if they had waited in a buffer."""
    for key in keys:
        if len(key) == 1:
            pilot.app.post_message(events.Key(_character_to_key(key), key))
        else:
            pilot.app.post_message(events.Key(key, None))


def chat_of(pilot: Pilot[None]) -> ChatApp:
    """Return the pilot's app with its type."""
    assert isinstance(pilot.app, ChatApp)
    return pilot.app


def shown(pilot: Pilot[None]) -> str:
    """Return the text on the screen."""
    screen = pilot.app.screen
    width, height = pilot.app.size
    lines = []
    for strip in screen._compositor.render_strips()[:height]:
        lines.append(strip.text.rstrip())
    assert width
    return "\n".join(lines)
