"""Finds the articles that answer labelled questions, in a pool of paragraphs or in a library."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from .. import settings
from ..atomic import atomic_write
from ..datatypes import Scope
from ..errors import UsageError
from ..indexing import Progress
from ..library import Library
from ..models.opening import open_encoder
from ..storage.schema import SCHEMA_VERSION
from .sets import LabelledQuestion, Paragraph


class Without(StrEnum):
    """What to leave out when a question is asked a second time."""

    GOLD = "gold"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class Pool:
    """A library of paragraphs."""

    library: Library
    """The library; each paragraph is an article."""
    ids: Mapping[str, str]
    """Article ids by paragraph name."""


@dataclass(frozen=True, slots=True)
class Target:
    """A question and the articles that answer it in the library that is asked."""

    question: LabelledQuestion
    """The question."""
    gold: Mapping[str, int]
    """Grades of the articles that answer it, by article id."""
    removed: tuple[str, ...] = ()
    """Ids of the articles to leave out the second time; empty to ask once."""


def pool_folder(paragraphs: Sequence[Paragraph], model: str | None) -> Path:
    """Return the folder in the cache for these paragraphs indexed by this model."""
    digest = hashlib.sha256()
    encoder = open_encoder(model).fingerprint
    for part in (encoder, str(SCHEMA_VERSION), str(settings.PASSAGE_TOKENS)):
        digest.update(f"{part}\n".encode())
    for paragraph in paragraphs:
        digest.update(_record(paragraph).encode())
    return settings.folders().cache / "eval" / digest.hexdigest()[:32]


def open_pool(
    paragraphs: Sequence[Paragraph],
    folder: Path,
    *,
    model: str | None = None,
    reader: str | None = None,
    progress: Progress | None = None,
) -> Pool:
    """Open the library of paragraphs in a folder; index it if that is not done yet."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pool.jsonl"
    records = "".join(map(_record, paragraphs)).encode()
    if not file.exists() or file.read_bytes() != records:
        with atomic_write(file) as working:
            working.write_bytes(records)
    library = Library.open(folder / "library", model=model, reader=reader)
    try:
        library.add(file, progress=progress)
        ids = {
            paragraphs[row.record - 1].name: str(row.id)
            for row in library.articles()
            if row.record is not None
        }
    except BaseException:
        library.close()
        raise
    return Pool(library, ids)


def pool_targets(
    questions: Sequence[LabelledQuestion],
    pool: Pool,
    paragraphs: Sequence[Paragraph],
    without: Without | None = None,
) -> list[Target]:
    """Return the questions with the ids of their gold paragraphs, and of those to leave out.

    With ``without``, only answerable questions are kept.
    """
    articles = {paragraph.name: paragraph.article for paragraph in paragraphs}
    parts: dict[str, list[str]] = {}
    for paragraph in paragraphs:
        parts.setdefault(paragraph.article, []).append(paragraph.name)
    targets = []
    for question in questions:
        if without and not question.answers:
            continue
        # A judged document that is missing from the corpus counts as not found.
        gold = {pool.ids.get(name, f"no {name}"): grade for name, grade in question.gold.items()}
        names = set(question.gold) if without else set()
        if without is Without.ARTICLE:
            names = {part for name in names for part in parts[articles[name]]}
        removed = sorted(pool.ids[name] for name in names if name in pool.ids)
        targets.append(Target(question, gold, tuple(removed)))
    return targets


def library_targets(
    questions: Sequence[LabelledQuestion],
    library: Library,
    scope: Scope,
    without: Without | None = None,
) -> list[Target]:
    """Return the questions with the ids of the articles that they name.

    An article is named by the end of its source, or as in ``Library.find``. With ``without``, only
    answerable questions are kept. Raises UsageError, with the line, for an article that is not in
    the scope, and for an answerable question that names none if ``without`` needs one.
    """
    in_scope = library.articles(scope)
    by_ending: dict[str, set[str]] = {}
    for row in in_scope:
        # The name of a file means all of its records.
        for source in {row.source, row.source.removesuffix(f"#{row.record}")}:
            parts = source.split("/")
            for first in range(len(parts)):
                by_ending.setdefault("/".join(parts[first:]), set()).add(str(row.id))
    known = {str(row.id) for row in in_scope}

    def ids(name: str, place: str) -> set[str]:
        if found := by_ending.get(name):
            return found
        try:
            found = {str(row.id) for row in library.find(name)} & known
        except UsageError:
            found = set()
        if not found:
            raise UsageError(f"{place}: no article here is called {name!r}. To see them: qa ls")
        return found

    targets = []
    for question in questions:
        gold = {
            identifier: 1
            for name in question.gold
            for identifier in sorted(ids(name, question.place))
        }
        if without and not question.answers:
            continue
        if without and not gold:
            raise UsageError(f"{question.place}: names no article to leave out.")
        targets.append(Target(question, gold, tuple(gold) if without else ()))
    return targets


def _record(paragraph: Paragraph) -> str:
    """A paragraph as a line of the file to index."""
    values = {"title": paragraph.title, "text": paragraph.text}
    return json.dumps(values, ensure_ascii=False) + "\n"
