"""Files → passages → embeddings → the library, batch by batch; stopping it loses no batch."""

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .articles.gone import folder_is_bare, is_gone, is_out_of_reach, is_under
from .articles.heading import split_under_heading
from .articles.load import (
    FoundFile,
    Problem,
    ReadArticle,
    file_digest,
    read_articles,
    refusal,
    walk,
)
from .datatypes import Article, ArticleRowId
from .errors import ArticleError
from .models.encoder import Encoder
from .storage.article_store import ArticleRow, FileRow
from .storage.batch import Batch
from .storage.live_text import LiveText
from .storage.live_vectors import LiveVectors
from .storage.store import Store

BATCH_PASSAGES = 256
"""Passages that are embedded and committed together: two to four seconds of work."""

BATCH_CHANGES = 1000
"""Changes committed together at most, however few passages they bring."""

PRUNE_FEW = 10
"""Vanished files that may be pruned whatever their share."""

REEMBED_ARTICLES = 50
"""Articles held in memory together while all are embedded anew."""


@dataclass(slots=True)
class Report:
    """What an indexing run found and did; numbers count articles unless they say otherwise."""

    new: int = 0
    """Added."""
    changed: int = 0
    """Replaced, their words or title being others now."""
    unchanged: int = 0
    """Left as they were."""
    moved: int = 0
    """Found under another path, otherwise unchanged."""
    removed: int = 0
    """Dropped: gone from a file that is still there, or pruned with theirs."""
    vanished: list[str] = field(default_factory=list)
    """Known files that are gone; their articles are kept unless pruned."""
    unpruned: list[str] = field(default_factory=list)
    """Those of them that pruning spares: where they stood may be a disk that is not mounted."""
    is_too_much: bool = False
    """Whether pruning spares all of them, as they are more than the share that it may drop."""
    failed: list[Problem] = field(default_factory=list)
    """Files and records that could not be read, each with its reason."""
    skipped: int = 0
    """Files that are no articles by nature."""
    passages: int = 0
    """Passages of what was added or replaced."""


class Progress(Protocol):
    """Hears how an indexing run gets on."""

    def __call__(self, done: int, total: int, report: Report, /) -> None:
        """Take note of how much is in: bytes of changed files, or articles embedded anew."""


@dataclass(slots=True)
class _Put:
    """An article to be embedded and stored; one with an id replaces the stored one."""

    found: FoundFile
    record: int | None
    url: str | None
    article: Article
    places: list[tuple[int, int]]
    texts: list[str]
    known: dict[str, NDArray[np.float16]]


class Indexer:
    """One indexing run. The caller holds the writer's lock."""

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        live: LiveVectors,
        full_text: LiveText,
        progress: Progress | None = None,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._live = live
        self._full_text = full_text
        self._progress = progress
        self._report = Report()
        self._changes: list[_Put | Callable[[Batch], object]] = []
        self._waiting_passages = 0
        self._done_bytes = 0
        self._total_bytes = 0
        self._reread = False
        self._damaged: set[ArticleRowId] = set()

    def run(
        self, paths: Sequence[str], *, prune: float | None = None, reread: bool = False
    ) -> Report:
        """Add and update everything under the paths, or without any, every known file.

        ``prune`` is the greatest share of known files to drop with their articles; None keeps all.
        ``reread`` reads files again that have not changed, and stores anew what the library no
        longer holds as it was written. Raises UsageError for a path that does not exist.
        """
        self._reread = reread
        if reread:
            self._damaged = set(self._store.damaged_articles())
        known = self._store.files()
        pending: list[FoundFile] = []
        seen: set[str] = set()
        under = [os.path.abspath(path) for path in paths] or ["/"]
        for found in walk(paths or [path for path in known if os.path.isfile(path)]):
            if isinstance(found, Problem):
                self._note(found)
                continue
            seen.add(found.path)
            row = known.get(found.path)
            if row and row.is_whole and not reread and _has_facts(row, found):
                self._report.unchanged += row.articles
            else:
                pending.append(found)
        vanished = _vanished(under, known, seen)
        self._total_bytes = sum(found.size_bytes for found in pending)
        by_digest: dict[tuple[str, str], list[FileRow]] = {}
        for row in vanished:
            if row.digest:
                by_digest.setdefault((row.digest, _suffix(row.path)), []).append(row)
        for found in pending:
            moved = self._file(found, known.get(found.path), by_digest)
            if moved:
                vanished.remove(moved)
            self._done_bytes += found.size_bytes
        self._report.vanished = [row.name for row in vanished]
        present = seen & known.keys()
        spared = {row.path for row in vanished if is_out_of_reach(row.path, present)}
        if not paths:
            spared |= {row.path for row in vanished if folder_is_bare(row.path)}
        most = max(PRUNE_FEW, (prune or 0) * sum(is_under(path, under) for path in known))
        if prune is not None and len(vanished) - len(spared) > most:
            self._report.is_too_much = True
            spared = {row.path for row in vanished}
        self._report.unpruned = [row.path for row in vanished if row.path in spared]
        if prune is not None:
            self._prune([row for row in vanished if row.path not in spared])
        self._flush()
        self._live.publish()
        self._full_text.publish(tidy=True)
        self._store.optimise()
        return self._report

    def _file(
        self, found: FoundFile, row: FileRow | None, gone: dict[tuple[str, str], list[FileRow]]
    ) -> FileRow | None:
        """Index a file that is new or may have changed; return the known file it was, if moved.

        ``gone`` are the vanished files by digest and suffix.
        """
        if row is None and (problem := refusal(found)):
            self._note(problem)
            return None
        try:
            digest = file_digest(found)
        except (OSError, ArticleError) as error:
            reason = (getattr(error, "strerror", None) or str(error)).lower()
            self._note(Problem(found.name, reason, quiet=False))
            return None
        if row and row.is_whole and row.digest == digest and not self._reread:
            self._report.unchanged += row.articles
            self._change(lambda batch: _put_file(batch, found, digest, is_whole=True))
        elif row is None and (alike := gone.get((digest, _suffix(found.path)))):
            moved = alike.pop()
            self._report.moved += moved.articles
            self._change(lambda batch: batch.move_file(moved.id, found.path, found.name))
            self._change(lambda batch: _put_file(batch, found, digest, is_whole=moved.is_whole))
            return moved
        else:
            self._changed_file(found, row, digest)
        return None

    def _changed_file(self, found: FoundFile, row: FileRow | None, digest: str) -> None:
        """Index the articles of a file, leaving alone those that it held before."""
        stored = self._stored(row)
        left = {old.id: old for old in stored}
        by_words: dict[object, list[ArticleRow]] = {}
        for old in stored:
            if old.id in self._damaged:
                continue
            by_words.setdefault((old.digest, old.title, old.published), []).append(old)
        by_url = {old.url: old for old in stored if old.url}
        only = next((old for old in stored if old.record is None), None)
        is_whole, is_cut_short = True, False
        for read in read_articles(found):
            if isinstance(read, Problem):
                is_whole, is_cut_short = False, read.cut_short
                self._note(read, keeping=is_cut_short and bool(left))
                continue
            article = read.article
            same = _take(by_words.get((article.digest, article.title, article.published)), read)
            # A record number does not tell which article it was: it shifts with every edit.
            before = same or (only if read.record is None else by_url.get(article.source))
            if before and before.id in left:
                del left[before.id]
            else:
                same = before = None
            if same:
                self._report.unchanged += 1
                self._change(_keeping(found, read, same))
            else:
                number = str(before.id) if before else ""
                self._put(found, read, replace(article, id=number))
        if is_cut_short:  # its end was not seen: nothing may be called gone
            if row:
                self._change(lambda batch: _put_file(batch, found, "", is_whole=False))
            return
        self._remove(left)
        self._change(lambda batch: _put_file(batch, found, digest, is_whole=is_whole))

    def _stored(self, row: FileRow | None) -> list[ArticleRow]:
        """The articles that a file held when it was last read."""
        return self._store.article_rows(file=row.id) if row else []

    def _put(self, found: FoundFile, read: ReadArticle, article: Article) -> None:
        """Let an article be embedded and stored with the next batch."""
        places, texts = self._split(article)
        self._waiting_passages += len(places)
        self._report.passages += len(places)
        if article.id:
            self._report.changed += 1
        else:
            self._report.new += 1
        known = self._known(article, texts)
        self._change(_Put(found, read.record, _url(found, read), article, places, texts, known))

    def _known(self, article: Article, texts: Sequence[str]) -> dict[str, NDArray[np.float16]]:
        """Vectors of what an article said before it changed, by text as it was embedded."""
        if not article.id or not texts or int(article.id) in self._damaged:
            return {}
        old = self._store.articles([ArticleRowId(int(article.id))])
        for number, before in old.items():
            if (before.title, before.published) == (article.title, article.published):
                heading = texts[0].partition("\n")[0]
                return {
                    f"{heading}\n{before.text[start:end]}": vector
                    for (start, end), vector in self._store.article_vectors(number)
                }
        return {}

    def _remove(self, numbers: Collection[ArticleRowId]) -> None:
        """Let articles be dropped with the next batch."""
        self._report.removed += len(numbers)
        for number in sorted(numbers):
            self._change(_removing(number))

    def _prune(self, vanished: Sequence[FileRow]) -> None:
        """Drop the articles of files that are gone."""
        for row in vanished:
            self._remove([article.id for article in self._stored(row)])
        self._change(Batch.remove_empty_files)

    def _change(self, change: "_Put | Callable[[Batch], object]") -> None:
        """Let something happen in order, with the next batch; start that when it is full."""
        self._changes.append(change)
        if self._waiting_passages >= BATCH_PASSAGES or len(self._changes) >= BATCH_CHANGES:
            self._flush()

    def _flush(self) -> None:
        """Embed what waits, each text once, and commit it all in one transaction."""
        puts = [change for change in self._changes if isinstance(change, _Put)]
        known: dict[str, NDArray[Any]] = {}
        for put in puts:
            known |= put.known
        new = [t for t in dict.fromkeys(t for put in puts for t in put.texts) if t not in known]
        known |= zip(new, self._encoder.encode(new, "passage"), strict=True)
        with self._store.batch() as batch:
            for change in self._changes:
                if isinstance(change, _Put):
                    file = _put_file(batch, change.found, "", is_whole=False)
                    vectors = [known[text] for text in change.texts]
                    batch.put_article(
                        file,
                        change.record,
                        change.url,
                        change.article,
                        change.places,
                        np.array(vectors, np.float32),
                    )
                else:
                    change(batch)
        self._changes.clear()
        self._waiting_passages = 0
        self._live.publish()
        self._full_text.publish()
        if self._progress and self._total_bytes:
            self._progress(self._done_bytes, self._total_bytes, self._report)

    def _split(self, article: Article) -> tuple[list[tuple[int, int]], list[str]]:
        return split_under_heading(article, self._encoder.count_tokens, self._encoder.room_tokens)

    def _note(self, problem: Problem, *, keeping: bool = False) -> None:
        """Count or list a problem; ``keeping`` says that older articles of the file stay."""
        if keeping:
            reason = f"{problem.reason}; its articles are kept as they were read before"
            self._report.failed.append(replace(problem, reason=reason))
        elif problem.quiet:
            self._report.skipped += 1
        else:
            self._report.failed.append(problem)


def reembed(store: Store, encoder: Encoder, progress: Progress | None = None) -> Report:
    """Split and embed every article anew, in one transaction: stopped, nothing has changed."""
    report = Report()
    rows = store.article_rows()
    done = 0
    with store.batch() as batch:
        batch.set_facts(**facts_of(encoder))
        for first in range(0, len(rows), REEMBED_ARTICLES):
            part = rows[first : first + REEMBED_ARTICLES]
            for article in store.articles(row.id for row in part).values():
                places, texts = split_under_heading(
                    article, encoder.count_tokens, encoder.room_tokens
                )
                vectors = encoder.encode(texts, "passage")
                batch.replace_passages(ArticleRowId(int(article.id)), places, vectors)
                report.changed += 1
                report.passages += len(places)
            done += len(part)
            if progress:
                progress(done, len(rows), report)
    return report


def facts_of(encoder: Encoder) -> dict[str, str]:
    """Return what a library remembers of the model that made it."""
    return {
        "model": encoder.name,
        "fingerprint": encoder.fingerprint,
        "dimension": str(encoder.dimension),
    }


def _put_file(batch: Batch, found: FoundFile, digest: str, *, is_whole: bool) -> int:
    return batch.put_file(
        found.path,
        found.name,
        found.size_bytes,
        found.modified_ns,
        digest,
        is_whole=is_whole,
    )


def _url(found: FoundFile, read: ReadArticle) -> str | None:
    """The article's own URL; None when it goes by its file's name."""
    by_name = (found.name, f"{found.name}#{read.record}")
    return None if read.article.source in by_name else read.article.source


def _take(alike: list[ArticleRow] | None, read: ReadArticle) -> ArticleRow | None:
    """Take one of the stored articles with the same words, that of the same record if there is."""
    if not alike:
        return None
    best = next((old for old in alike if old.record == read.record), alike[0])
    alike.remove(best)
    return best


def _keeping(found: FoundFile, read: ReadArticle, same: ArticleRow) -> Callable[[Batch], object]:
    """An article whose words are as before: at most its place in the file has changed."""

    def keep(batch: Batch) -> None:
        file = _put_file(batch, found, "", is_whole=False)
        url, first_line = _url(found, read), read.article.first_line
        batch.move_article(same.id, file, read.record, url, first_line)

    return keep


def _removing(number: ArticleRowId) -> Callable[[Batch], object]:
    return lambda batch: batch.remove_article(number)


def _has_facts(row: FileRow, found: FoundFile) -> bool:
    return (row.size_bytes, row.modified_ns) == (found.size_bytes, found.modified_ns)


def _vanished(under: Sequence[str], known: dict[str, FileRow], seen: set[str]) -> list[FileRow]:
    """Known files under the absolute paths that are no longer there."""
    return [
        row
        for path, row in known.items()
        if path not in seen and is_under(path, under) and is_gone(path)
    ]


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()
