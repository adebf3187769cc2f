"""Read → split → embed → write: the stages of an indexing run, on plain values.

`read` needs the files, `split` and `embed` the encoder, `write` the library; each could run in
another process. `Pipeline` runs them in this one, batch by batch.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ..articles.found import Problem
from ..articles.load import file_digest, needs_worker, read_articles, refusal
from ..articles.workers import Workers
from ..errors import ArticleError
from ..models.encoder import Encoder
from ..storage.article_store import ArticleRow, FileRow
from ..storage.protocol import WritableStorage
from .changes import Change, NoteProblem, Vector
from .copies import find_copies
from .match import match_articles
from .plan import FileToRead
from .report import Progress, Report

BATCH_PASSAGES = 256
"""Passages that are embedded and committed together: two to four seconds of work."""

BATCH_CHANGES = 1000
"""Most changes that are committed together, however few passages they bring."""


def read(
    file: FileToRead,
    stored: Sequence[ArticleRow],
    workers: Workers,
    damaged: Collection[int] = frozenset(),
) -> Iterator[Change]:
    """Yield the changes that a new or changed file brings.

    ``stored`` are the articles that the library has from it; ``workers`` read formats that need a
    process; ``damaged`` are row numbers of articles to replace in any case. Errors in the file
    become changes that report them.
    """
    found = file.found
    if file.row is None and (problem := refusal(found)):
        yield NoteProblem(problem)
        return
    try:
        digest = file.digest or file_digest(found)
    except (OSError, ArticleError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        yield NoteProblem(Problem(found.name, reason, quiet=False))
        return
    is_known = file.row is not None
    read_now = workers.read(found) if needs_worker(found) else read_articles(found)
    yield from match_articles(found, digest, read_now, stored, is_known=is_known, damaged=damaged)


def split(changes: Iterable[Change], encoder: Encoder) -> Iterator[Change]:
    """Yield the changes with their articles split into passages that fit the encoder."""
    for change in changes:
        yield change.split(encoder)


def batches(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Yield split changes in lists of about `BATCH_PASSAGES`; the last one may be empty."""
    batch: list[Change] = []
    passages = 0
    for change in changes:
        batch.append(change)
        passages += len(change.texts())
        if passages >= BATCH_PASSAGES or len(batch) >= BATCH_CHANGES:
            yield batch
            batch, passages = [], 0
    yield batch


def embed(texts: Iterable[str], known: Mapping[str, Vector], encoder: Encoder) -> dict[str, Vector]:
    """Return a vector for each text: the known ones, and the others embedded once each."""
    new = [text for text in dict.fromkeys(texts) if text not in known]
    return {**known, **dict(zip(new, encoder.encode(new, "passage"), strict=True))}


def write(changes: Sequence[Change], vectors: Mapping[str, Vector], store: WritableStorage) -> None:
    """Apply the changes in one transaction."""
    with store.batch() as batch:
        for change in changes:
            change.apply(batch, vectors)


class Pipeline:
    """Carries changes out in this process. The caller holds the writer's lock."""

    def __init__(
        self,
        store: WritableStorage,
        encoder: Encoder,
        progress: Progress | None = None,
    ) -> None:
        self.store = store
        """The library."""
        self.report = Report()
        """What has been done so far."""
        self.done = 0
        """Bytes, or articles, that have been read; the source of the changes counts them."""
        self.total = 0
        """Bytes, or articles, to read; 0 if there is nothing to read or their number is unknown."""
        self._encoder = encoder
        self._progress = progress

    def carry_out(self, changes: Iterable[Change]) -> Report:
        """Carry out all changes and return the report; raises what a stage raises.

        Each batch is committed, published and reported before the next change is taken. An
        exception loses the current batch and nothing else.
        """
        for batch in batches(split(changes, self._encoder)):
            self._carry_out(batch)
        self.store.publish(tidy=True)
        if self.store.sketches is not None:
            find_copies(self.store.sketches)
        self.store.optimise()
        return self.report

    def stored(self, row: FileRow | None) -> Sequence[ArticleRow]:
        """Return the articles that the library has from a file."""
        return self.store.article_rows(file=row.id) if row else ()

    def _carry_out(self, batch: Sequence[Change]) -> None:
        """Embed, write, count and publish one batch."""
        known: dict[str, Vector] = {}
        for change in batch:
            known.update(change.known_vectors(self.store))
        texts = (text for change in batch for text in change.texts())
        write(batch, embed(texts, known, self._encoder), self.store)
        for change in batch:
            change.count(self.report)
        self.store.publish()
        if self._progress and self.total:
            self._progress(self.done, self.total, self.report)
