"""Draws the chat as the README shows it: the sample articles, the real models, real questions.

    python -m tests.benchmarks.picture FILE.svg

Look at the picture before it is committed.
"""

import argparse
import asyncio
import re
import tempfile
from pathlib import Path

from qa.chat.app import ChatApp
from qa.library import Library

SEEDS = Path("seeds")
"""Named as a person in the clone's folder would, so that paths read as they do there."""

QUESTIONS = ("Who commanded NATO's Libya operation?", "When did he speak to journalists?")
SIZE = (116, 30)

_FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main() -> None:
    """Ask, and write what the screen shows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "seeds"
        with Library.open(folder) as library:
            library.add(SEEDS)
        given.file.write_text(asyncio.run(_drawn(folder)), encoding="utf-8")


async def _drawn(folder: Path) -> str:
    app = ChatApp(lambda: Library.open(folder))
    app.theme = "qa-dark"
    async with app.run_test(size=SIZE) as pilot:
        main = app.main
        while not main.talk.is_prepared or main.talk.articles is None:
            await pilot.pause(0.05)
        for number, question in enumerate(QUESTIONS):
            main.view.prompt.value = question
            await pilot.press("enter")
            while len(main.talk.entries) <= number or main.talk.entries[number].is_pending:
                await pilot.pause(0.05)
        await pilot.press("alt+1")
        await pilot.pause(0.5)
        picture = app.export_screenshot(title="qa chat")
        app.backend.leave()
    # The reader's own monospaced font: a picture in a README fetches none.
    return _FONT_FACES.sub("", picture)


if __name__ == "__main__":
    main()
