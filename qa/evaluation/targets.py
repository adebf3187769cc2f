"""Where the answers of labelled questions lie: in a pool of their own, or in a person's library."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from .. import settings
from ..datatypes import Scope
from ..errors import UsageError
from ..indexing import Progress
from ..library import Library
from ..models.opening import open_encoder
from ..storage.schema import SCHEMA_VERSION
from .sets import LabelledQuestion, Paragraph


class Without(StrEnum):
    """What is left out when a question is asked a second time."""

    GOLD = "gold"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class Pool:
    """Paragraphs, indexed."""

    library: Library
    """The library that holds them, an article each."""
    ids: Mapping[str, str]
    """Article ids by the paragraphs' names."""


@dataclass(frozen=True, slots=True)
class Target:
    """A question, and where its answer lies in the library that is asked."""

    question: LabelledQuestion
    """The question."""
    gold: Mapping[str, int]
    """Grades of the articles that answer it, by article id."""
    removed: tuple[str, ...] = ()
    """Ids of the articles that are left out the second time; none to ask once."""


def pool_folder(paragraphs: Sequence[Paragraph], model: str | None) -> Path:
    """Return where in the cache the pool lies when this model has indexed it."""
    digest = hashlib.sha256()
    made_by = open_encoder(model).fingerprint
    for part in (made_by, str(SCHEMA_VERSION), str(settings.PASSAGE_TOKENS)):
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
    """Index paragraphs into a library in that folder, an article each; once done, only open it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pool.jsonl"
    records = "".join(map(_record, paragraphs)).encode()
    if not file.exists() or file.read_bytes() != records:
        working = file.with_suffix(f".{os.getpid()}")
        working.write_bytes(records)
        working.replace(file)
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
    """Return the questions with the ids of their gold paragraphs, and of what is left out.

    With ``without`` only the answerable ones are kept.
    """
    articles = {paragraph.name: paragraph.article for paragraph in paragraphs}
    parts: dict[str, list[str]] = {}
    for paragraph in paragraphs:
        parts.setdefault(paragraph.article, []).append(paragraph.name)
    targets = []
    for question in questions:
        if without and not question.answers:
            continue
        # A judged document that the corpus has not can never be found, which counts.
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
    """Return the questions with the ids of the articles they name, which must be in the scope.

    An article is named by the end of its source, or as ``qa show`` takes it. With ``without`` only
    the answerable questions are kept. Raises UsageError, naming the line, for an article that is
    not there and for an answerable question without one where it is to be left out.
    """
    in_scope = library.articles(scope)
    by_ending: dict[str, set[str]] = {}
    for row in in_scope:
        # A file of several records means all of them.
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
            raise UsageError(
                f"{place}: none of the articles asked is called {name!r}. See them: qa ls"
            )
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
            raise UsageError(f"{question.place}: names no article that could be left out.")
        targets.append(Target(question, gold, tuple(gold) if without else ()))
    return targets


def _record(paragraph: Paragraph) -> str:
    """A paragraph as a line of the file that is indexed."""
    values = {"title": paragraph.title, "text": paragraph.text}
    return json.dumps(values, ensure_ascii=False) + "\n"
