"""What an indexing run writes. Each change is a plain value that applies itself to a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..articles.found import FoundFile, Problem
from ..articles.heading import split_under_heading
from ..datatypes import Article, ArticleRowId
from ..models.encoder import Encoder
from ..storage.article_store import FileRow
from ..storage.protocol import BatchWriter, WritableStorage
from .report import Report

Vector = NDArray[np.float16] | NDArray[np.float32]
"""One embedding, ``(dimension,)``."""


class Change:
    """One change to a library. By default it embeds, writes and counts nothing."""

    __slots__ = ()

    def split(self, encoder: Encoder) -> "Change":
        """Return the change with its article split into passages for an encoder."""
        return self

    def texts(self) -> Sequence[str]:
        """Return the texts that must be embedded before the change is applied."""
        return ()

    def known_vectors(self, store: WritableStorage) -> Mapping[str, Vector]:
        """Return vectors that the library already has for such texts, by text."""
        return {}

    def apply(self, batch: BatchWriter, vectors: Mapping[str, Vector]) -> None:
        """Write the change; ``vectors`` has one for each of its texts."""

    def count(self, report: Report) -> None:
        """Add the change to a report."""


@dataclass(frozen=True, slots=True)
class PutArticle(Change):
    """Store an article with its passages. An article that has an id replaces the stored one."""

    found: FoundFile
    """The article's file."""
    record: int | None
    """Record number, from 1, in a file of several articles."""
    url: str | None
    """The article's own source; None if it is named after its file."""
    article: Article
    """The article; its id is empty if it is new."""
    is_reusable: bool = True
    """Whether the vectors of the stored article may be used again."""
    places: Sequence[tuple[int, int]] = ()
    """Offsets of the passages, once split."""
    passages: Sequence[str] = ()
    """Texts to embed, one for each passage, once split."""

    def split(self, encoder: Encoder) -> Change:
        """Return the change with the passages of its article."""
        places, texts = split_under_heading(self.article, encoder.count_tokens, encoder.room_tokens)
        return replace(self, places=places, passages=texts)

    def texts(self) -> Sequence[str]:
        """Return a text for each passage."""
        return self.passages

    def known_vectors(self, store: WritableStorage) -> Mapping[str, Vector]:
        """Return the vectors of the stored article's passages if its heading is the same."""
        if not (self.article.id and self.passages and self.is_reusable):
            return {}
        number = ArticleRowId(int(self.article.id))
        stored = store.articles([number]).get(number)
        if stored is None:
            return {}
        if (stored.title, stored.published) != (self.article.title, self.article.published):
            return {}
        heading = self.passages[0].partition("\n")[0]
        return {
            f"{heading}\n{stored.text[start:end]}": vector
            for (start, end), vector in store.article_vectors(number)
        }

    def apply(self, batch: BatchWriter, vectors: Mapping[str, Vector]) -> None:
        """Write the article; its file counts as incomplete until `PutFile` comes."""
        file = put_file(batch, self.found, "", is_whole=False)
        rows = np.array([vectors[text] for text in self.passages], np.float32)
        batch.put_article(file, self.record, self.url, self.article, self.places, rows)

    def count(self, report: Report) -> None:
        """Count a new or changed article and its passages."""
        if self.article.id:
            report.changed += 1
        else:
            report.new += 1
        report.passages += len(self.passages)


@dataclass(frozen=True, slots=True)
class SettleDate(PutArticle):
    """Give a stored article the date that its digits mean; it counts as it was counted before."""

    def count(self, report: Report) -> None:
        """Count nothing."""


@dataclass(frozen=True, slots=True)
class KeepArticle(Change):
    """Leave a stored article's text alone; at most its place in the file has changed."""

    found: FoundFile
    """The article's file."""
    number: ArticleRowId
    """The article's row number."""
    record: int | None
    """Record number, from 1, in a file of several articles."""
    url: str | None
    """The article's own source; None if it is named after its file."""
    article: Article
    """The article as it was read now: same text, title and date."""
    is_moved: bool = False
    """Whether it is in a file that was renamed."""

    def apply(self, batch: BatchWriter, vectors: Mapping[str, Vector]) -> None:
        """Write the article's place."""
        file = put_file(batch, self.found, "", is_whole=False)
        batch.move_article(self.number, file, self.record, self.url, self.article)

    def count(self, report: Report) -> None:
        """Count an unchanged or moved article."""
        if self.is_moved:
            report.moved += 1
        else:
            report.unchanged += 1


@dataclass(frozen=True, slots=True)
class RemoveArticle(Change):
    """Remove an article and its passages."""

    number: ArticleRowId
    """The article's row number."""

    def apply(self, batch: BatchWriter, vectors: Mapping[str, Vector]) -> None:
        """Remove the article."""
        batch.remove_article(self.number)

    def count(self, report: Report) -> None:
        """Count a removed article."""
        report.removed += 1


@dataclass(frozen=True, slots=True)
class PutFile(Change):
    """Record a file after its articles; without a digest it is read again by the next run."""

    found: FoundFile
    """The file."""
    digest: str
    """SHA-256 of its bytes; empty if it was not read to its end."""
    is_whole: bool
    """Whether every record in it could be read."""

    def apply(self, batch: BatchWriter, vectors: Mapping[str, Vector]) -> None:
        """Write the file's row."""
        put_file(batch, self.found, self.digest, is_whole=self.is_whole)


@dataclass(frozen=True, slots=True)
class TouchFile(Change):
    """Record a new modification time; the bytes are the same."""

    found: FoundFile
    """The file."""
    digest: str
    """SHA-256 of its bytes."""
    articles: int
    """How many articles it holds."""

    def apply(self, batch: BatchWriter, vectors: Mapping[str, Vector]) -> None:
        """Write the file's row."""
        put_file(batch, self.found, self.digest, is_whole=True)

    def count(self, report: Report) -> None:
        """Count the file's articles as unchanged."""
        report.unchanged += self.articles


@dataclass(frozen=True, slots=True)
class MoveFile(Change):
    """Record that a file has another path; its articles keep their numbers."""

    found: FoundFile
    """The file where it is now."""
    row: FileRow
    """The file as the library knows it."""
    digest: str
    """SHA-256 of its bytes."""
    is_renamed: bool = False
    """Whether its name says something else now. Articles are searched by it, too."""

    def apply(self, batch: BatchWriter, vectors: Mapping[str, Vector]) -> None:
        """Write the new path."""
        batch.move_file(self.row.id, self.found.path, self.found.name)
        if self.is_renamed:
            batch.renew_passages(self.row.id)
        put_file(batch, self.found, self.digest, is_whole=self.row.is_whole)

    def count(self, report: Report) -> None:
        """Count the file's articles as moved."""
        report.moved += self.row.articles


@dataclass(frozen=True, slots=True)
class ForgetEmptyFiles(Change):
    """Forget the files that hold no article any more."""

    def apply(self, batch: BatchWriter, vectors: Mapping[str, Vector]) -> None:
        """Remove the files' rows."""
        batch.remove_empty_files()


@dataclass(frozen=True, slots=True)
class NoteProblem(Change):
    """Report something that could not be read; nothing is written."""

    problem: Problem
    """What could not be read, and why."""

    def count(self, report: Report) -> None:
        """Add the problem to the report."""
        report.note(self.problem)


def put_file(batch: BatchWriter, found: FoundFile, digest: str, *, is_whole: bool) -> int:
    """Add or update a file's row; return its number."""
    return batch.put_file(
        found.path,
        found.name,
        found.size_bytes,
        found.modified_ns,
        digest,
        is_whole=is_whole,
        changed_ns=found.changed_ns,
    )
