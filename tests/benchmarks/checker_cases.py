"""The labelled sentences of tests/data/checked_sentences.jsonl, with the passages they were shown.

Each line has the article that a sentence is about, its label, its kind, and ``at``: words of the
article beside the fact. ``cites`` says what it cites: the ``right`` passage, a ``wrong`` one,
``all`` of the article's, or ``none``. People wrote them, but for the kind ``small model``: those
were written by SmolLM2-135M and labelled by hand. Whatever is not wholly in the articles is
labelled unsupported.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qa.articles.found import FoundFile, ReadArticle
from qa.articles.load import read_articles
from qa.articles.split import CountTokens, split
from qa.datatypes import Article, Passage
from qa.writing.checked import Support

ROOT = Path(__file__).resolve().parents[2]
SENTENCES = ROOT / "tests" / "data" / "checked_sentences.jsonl"
LIMIT_TOKENS = 200
SHOWN = 6
"""Most passages that are shown beside each other."""
STORIES = (
    ("chile", "curiosity", "ever", "higgs", "libya", "notre", "rana", "south", "tohoku"),
    ("costa", "croatia", "deepwater", "gravitational", "iceland", "new", "paris", "scotland"),
)
"""Stories to fit on and to measure on; the rest of them are in `RECORDS` and below."""
FITTED = frozenset((*STORIES[0], "wire.jsonl#1", "wire.jsonl#4"))
"""Starts of the names of the articles that are fitted on; the others are held out."""


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled sentence as the checker gets it."""

    sentence: str
    cited: tuple[int, ...]
    passages: tuple[Passage, ...]
    label: Support
    kind: str
    article: str

    @property
    def is_fitted(self) -> bool:
        """Whether the constants of the checker were chosen on it."""
        return self.article.partition("-")[0] in FITTED


def cases(count_tokens: CountTokens) -> list[Case]:
    """Return all labelled sentences, in the order of the file."""
    articles = _articles()
    parts = {name: split(article, count_tokens, LIMIT_TOKENS) for name, article in articles.items()}
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [_case(json.loads(line), number, parts) for number, line in enumerate(lines)]


def _case(row: dict[str, str], number: int, parts: dict[str, list[Passage]]) -> Case:
    own = parts[row["article"]]
    shown = _shown(row["article"], parts, number)
    holders = [
        at for at, each in enumerate(shown, 1) if each in own and row["at"] in _line(each.text)
    ]
    if not holders:
        raise ValueError(f"{row['article']} has no {row['at']!r}")
    others = [at for at in range(1, len(shown) + 1) if at not in holders]
    cited = {
        "right": tuple(holders[:1]),
        "wrong": (others[number % len(others)],),
        "none": (),
        "all": tuple(at for at, each in enumerate(shown, 1) if each in own),
    }[row["cites"]]
    article = row["article"]
    return Case(row["text"], cited, shown, Support(row["label"]), row["kind"], article)


def _shown(name: str, parts: dict[str, list[Passage]], number: int) -> tuple[Passage, ...]:
    """Return the article's passages among those of two others, of the same story if there are."""
    story = name.partition("-")[0]
    names = [other for other in parts if other.partition("-")[0] == story and other != name]
    far = [other for other in parts if other not in names and other != name]
    start = sorted(parts).index(name)
    names += [far[(start + 5) % len(far)], far[(start + 11) % len(far)]]
    found = [*parts[name], *(part for other in names for part in parts[other])][:SHOWN]
    turn = number % len(found)
    return (*found[turn:], *found[:turn])


def _line(text: str) -> str:
    return " ".join(text.split())


@cache
def _articles() -> dict[str, Article]:
    """Return the sample articles by name, without the second report of the same fire."""
    found = {}
    for path in sorted((ROOT / "seeds").iterdir()):
        if path.suffix in (".md", ".txt") or path.name == "wire.jsonl":
            for read in read_articles(_file(path)):
                if isinstance(read, ReadArticle):
                    record = f"#{read.record}" if read.record else ""
                    found[path.name + record] = read.article
    del found["wire.jsonl#3"]
    return found


def _file(path: Path) -> FoundFile:
    stat = path.stat()
    return FoundFile(str(path), str(path), stat.st_size, stat.st_mtime_ns)


def halves(all_cases: Sequence[Case]) -> tuple[list[Case], list[Case]]:
    """Return the cases that are fitted on and those that are held out."""
    return [c for c in all_cases if c.is_fitted], [c for c in all_cases if not c.is_fitted]
