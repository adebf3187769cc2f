"""The chat over the sample articles with the real models."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.pilot import Pilot

from qa.chat.marks import Highlight
from qa.library import Library

from .conftest import ask, chat, chat_of, drive, shown, until
from .test_sources import highlighted

if TYPE_CHECKING:
    from tests.doubles import RememberingEncoder

pytestmark = pytest.mark.slow

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@pytest.fixture
def sampled(
    remembering_encoder: "RememberingEncoder",
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Library]:
    """Index a few of the sample articles with the default model."""
    monkeypatch.setattr(
        "qa.models.opening.open_encoder", lambda name=None, device=None: remembering_encoder
    )
    with Library.open(tmp_path / "seeds") as library:
        library.add(*sorted(SEEDS.glob("chile-mine*")), SEEDS / "libya-nato.txt")
        yield library


def test_questions_and_a_follow_up_on_the_sample_articles(
    sampled: Library, clipboard: list[str]
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, "Who commands NATO's Libya operation?")
        first = main.talk.entries[0]
        assert first.answer is not None
        assert "Charles Bouchard" in first.answer.text
        assert first.hits[0].why.dense_rank is not None
        (answer,) = highlighted(main.view.source.article, Highlight.ANSWER)
        assert answer == first.answer.text
        await pilot.press("ctrl+y")
        await until(pilot, lambda: bool(clipboard))
        assert "libya-nato.txt" in clipboard[0]
        await ask(pilot, "When did he speak?")
        assert "Bouchard" in main.talk.entries[1].searched
        assert "asked as: " in shown(pilot)
        await ask(pilot, "How many miners were trapped in Chile?")
        assert main.talk.place is not None
        assert "chile-mine" in main.talk.place.article.source
        await pilot.press("f2")
        await pilot.pause()
        assert "read them" in shown(pilot)

    drive(chat(sampled), act, size=(130, 44))


def test_continuing_a_conversation_with_the_real_models(sampled: Library) -> None:
    async def first(pilot: Pilot[None]) -> None:
        await ask(pilot, "Who commands NATO's Libya operation?")

    async def again(pilot: Pilot[None]) -> None:
        await pilot.pause(0.5)
        assert "Charles Bouchard" in shown(pilot)

    drive(chat(sampled), first)
    arguments: dict[str, Any] = {"resume": True}
    drive(chat(sampled, **arguments), again)
