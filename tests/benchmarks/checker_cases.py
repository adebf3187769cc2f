"""The labelled sentences of tests/data/checked_sentences.jsonl, with the passages they were shown.

Each line has the article that a sentence is about, its label, its kind, and ``at``: words of the
article beside the fact. ``cites`` says what it cites: the ``right`` passage, a ``wrong`` one,
``all`` of the article's, or ``none``. People wrote them, but for the kind ``small model``: those
were written by SmolLM2-135M and labelled by hand. What is not wholly in the articles is labelled
unsupported.

The articles are those in seeds/ and, about nothing real, in tests/data/checker_articles.jsonl.
The sentences on those whose ``part`` is *held out* were written when the rules were finished: 183
on the first five articles, and 300 on the others, by another hand. A second reader, who did not see
the labels, gave the same to all 483.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from qa.articles.build import build_article
from qa.articles.dates import Dated
from qa.articles.found import FoundFile, ReadArticle
from qa.articles.load import read_articles
from qa.articles.split import CountTokens, split
from qa.datatypes import Article, Passage
from qa.training.claims import CLAIMS_FILE
from qa.training.examples import COLLECTION, read_collection
from qa.writing.checked import Support

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
LIMIT_TOKENS = 200
SHOWN = 6
"""Most passages that are shown beside each other."""


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
    def story(self) -> str:
        """What its article tells of; several tell of the same."""
        return self.article.partition("-")[0]


def news(count_tokens: CountTokens, data: Path, use: str) -> list[Case]:
    """Return claims about the collection of news in ``data``; no model has learnt from them.

    ``use`` is ``fit`` or ``measure``.
    """
    rows = [json.loads(line) for line in CLAIMS_FILE.read_text(encoding="utf-8").splitlines()]
    chosen = [row for row in rows if row.get("for") == use]
    articles = read_collection(data / COLLECTION)
    return [_claim(row, articles[row["id"]], count_tokens) for row in chosen]


def _claim(row: dict[str, Any], raw: dict[str, str], count_tokens: CountTokens) -> Case:
    """Return a claim with the passages of its article, the one beside the fact cited."""
    article = build_article(raw["id"], raw["text"], title=raw["title"])
    shown = tuple(split(article, count_tokens, LIMIT_TOKENS))
    at = _line(row["at"])
    cited = next(number for number, each in enumerate(shown, 1) if at in _line(each.text))
    label = Support.SUPPORTED if row["label"] else Support.UNSUPPORTED
    return Case(row["claim"], (cited,), shown, label, row["kind"], row["id"])


def fitted(count_tokens: CountTokens) -> list[Case]:
    """Return the sentences that were in view when the rules were written."""
    return _cases({**dict(_seeds()), **dict(_invented("fitted"))}, count_tokens)


def held_out(count_tokens: CountTokens) -> list[Case]:
    """Return the sentences that it is measured on."""
    return _cases(dict(_invented("held out")), count_tokens)


def _cases(articles: dict[str, Article], count_tokens: CountTokens) -> list[Case]:
    parts = {name: split(article, count_tokens, LIMIT_TOKENS) for name, article in articles.items()}
    rows = [row for row in _rows("checked_sentences.jsonl") if row["article"] in parts]
    return [_case(row, number, parts) for number, row in enumerate(rows)]


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
    return Case(row["text"], cited, shown, Support(row["label"]), row["kind"], row["article"])


def _shown(name: str, parts: dict[str, list[Passage]], number: int) -> tuple[Passage, ...]:
    """Return the article's passages among those of others, of the same story if there are any."""
    story = name.partition("-")[0]
    names = [other for other in parts if other.partition("-")[0] == story and other != name]
    far = [other for other in parts if other not in names and other != name]
    start = sorted(parts).index(name)
    names += [far[(start + 5) % len(far)], far[(start + 11) % len(far)]]
    found = [*parts[name], *(part for other in names for part in parts[other])]
    shown = list(dict.fromkeys(found))[:SHOWN]
    turn = number % len(shown)
    return (*shown[turn:], *shown[:turn])


def _line(text: str) -> str:
    return " ".join(text.split())


def _rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@cache
def _seeds() -> tuple[tuple[str, Article], ...]:
    """Return the sample articles by name, without the second report of the same fire."""
    return tuple(pair for pair in _read_seeds() if pair[0] != "wire.jsonl#3")


def _read_seeds() -> Iterator[tuple[str, Article]]:
    for path in sorted((ROOT / "seeds").iterdir()):
        if path.suffix in (".md", ".txt") or path.name == "wire.jsonl":
            stat = path.stat()
            found = FoundFile(str(path), str(path), stat.st_size, stat.st_mtime_ns)
            for read in read_articles(found):
                if isinstance(read, ReadArticle):
                    record = f"#{read.record}" if read.record else ""
                    yield path.name + record, read.article


@cache
def _invented(part: str) -> tuple[tuple[str, Article], ...]:
    """Return the articles of a part by name that tell of nothing real."""
    return tuple(
        (
            row["name"],
            build_article(
                row["name"],
                row["text"],
                title=row["title"],
                dated=Dated(date.fromisoformat(row["date"]), "benchmark"),
            ),
        )
        for row in _rows("checker_articles.jsonl")
        if row["part"] == part
    )
