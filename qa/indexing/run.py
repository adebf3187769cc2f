"""The indexing runs: files and folders, articles from memory, and re-embedding."""

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain, islice
from operator import length_hint
from typing import TYPE_CHECKING

from ..articles.dateline import date_in_name
from ..articles.found import FoundFile, Problem, ReadArticle
from ..articles.gone import folder_is_bare, is_gone, is_out_of_reach, is_under
from ..articles.heading import split_under_heading
from ..articles.load import file_digest
from ..articles.memory import read_records
from ..articles.naming import title_by_name
from ..articles.refuse import suffix_of
from ..articles.registry import WORKER_SUFFIXES
from ..articles.walk import walk
from ..articles.workers import Workers
from ..datatypes import Article, ArticleRowId, is_from_memory
from ..errors import ArticleError
from ..models.encoder import Encoder
from ..storage.article_store import FileRow
from ..storage.protocol import WritableStorage
from ..storage.scope import real_path
from .changes import (
    Change,
    ForgetEmptyFiles,
    KeepArticle,
    MoveFile,
    NoteProblem,
    RemoveArticle,
)
from .habits import settle_dates
from .match import match_articles
from .pipeline import Pipeline, read
from .plan import FileToRead, Plan, make_plan, plan_pruning
from .report import Progress, Report

if TYPE_CHECKING:
    from .cluster import Cluster

MEMORY_ARTICLES = 100
"""Articles from memory that are looked up in the library together."""

REEMBED_ARTICLES = 50
"""Articles that are held in memory together while all are re-embedded."""


def index_files(
    pipeline: Pipeline,
    paths: Sequence[str],
    *,
    prune: float | None = None,
    reread: bool = False,
    cluster: "Cluster | None" = None,
) -> Report:
    """Add and update everything under the paths, or every known file if there are none.

    ``prune`` is the largest share of the known files to drop with their articles; None drops none.
    ``reread`` also reads files that have not changed, and stores again what is damaged. A
    ``cluster`` reads and embeds in place of this machine. Raises UsageError for a path that does
    not exist, and what the cluster raises.
    """
    report, store = pipeline.report, pipeline.store
    damaged = frozenset(store.damaged_articles()) if reread else frozenset()
    known, twice = _by_real_path(store.files())
    found: list[FoundFile] = []
    for one in walk(paths or [path for path in known if os.path.isfile(path)]):
        if isinstance(one, Problem):
            report.note(one)
        else:
            found.append(one)
    seen = {file.path for file in found}
    under = [os.path.realpath(path) for path in paths] or ["/"]
    beneath = {path: row for path, row in known.items() if is_under(path, under)}
    # A new file may have been moved from anywhere.
    candidates = beneath if seen <= known.keys() else known
    gone = [row for path, row in candidates.items() if path not in seen and is_gone(path)]
    plan = make_plan(found, known, gone, _digest_if_readable, reread=reread)
    plan.vanished = [row for row in plan.vanished if real_path(row.path) in beneath]
    out_of_reach = _out_of_reach(plan.vanished, seen & known.keys(), all_known=not paths)
    pruning = plan_pruning(plan.vanished, out_of_reach, len(beneath), prune)
    report.unchanged = plan.unchanged
    report.vanished = [row.name for row in plan.vanished]
    report.unpruned = [row.path for row in pruning.kept]
    report.is_too_much = pruning.is_too_much
    pipeline.total = plan.total_bytes
    changes: Iterable[Change] = chain(
        _pruned(pipeline, twice), _file_changes(pipeline, plan, damaged, cluster)
    )
    if prune is not None:
        changes = chain(changes, _pruned(pipeline, pruning.dropped))
    report = pipeline.carry_out(changes)
    if dated := list(settle_dates(store)):
        pipeline.carry_out(dated)
    return report


def _by_real_path(
    files: Mapping[str, FileRow],
) -> tuple[dict[str, FileRow], list[FileRow]]:
    """Return the known files by real path, and the rows of files that are known twice.

    Libraries of older versions may know a file by the path of a link to it.
    """
    known: dict[str, FileRow] = {}
    twice: list[FileRow] = []
    for path, row in files.items():
        if is_from_memory(path):
            continue
        real = real_path(path)
        if real in known or (real != path and real in files):
            twice.append(row)
        else:
            known[real] = row
    return known, twice


def index_articles(pipeline: Pipeline, records: Iterable[Article | Mapping[str, object]]) -> Report:
    """Add and update articles from memory, which their source identifies.

    Raises UsageError for a record that is neither an article nor a mapping; the batches that are
    finished by then stay.
    """
    pipeline.total = length_hint(records)
    return pipeline.carry_out(_memory_changes(pipeline, records))


def _memory_changes(
    pipeline: Pipeline, records: Iterable[Article | Mapping[str, object]]
) -> Iterator[Change]:
    """Yield what the records bring; those that are unchanged bring nothing."""
    articles = read_records(records)
    while part := list(islice(articles, MEMORY_ARTICLES)):
        paths = [one[0].path for one in part if not isinstance(one, Problem)]
        known = pipeline.store.files(paths)
        for one in part:
            if isinstance(one, Problem):
                yield NoteProblem(one)
            else:
                found, article = one
                yield from _memory_article(pipeline, found, article, known.get(found.path))
            pipeline.done += 1


def _memory_article(
    pipeline: Pipeline, found: FoundFile, read: ReadArticle, row: FileRow | None
) -> Iterator[Change]:
    """Yield what one article from memory brings; ``row`` is what the library has of it."""
    article = read.article
    content = f"{article.title}\n{article.published}\n{article.digest}"
    digest = hashlib.sha256(content.encode()).hexdigest()
    if row and row.is_whole and row.digest == digest:
        pipeline.report.unchanged += row.articles
        return
    stored = pipeline.stored(row)
    yield from match_articles(found, digest, [read], stored, is_known=row is not None)


def _file_changes(
    pipeline: Pipeline, plan: Plan, damaged: Collection[int], cluster: "Cluster | None"
) -> Iterator[Change]:
    """Yield what the files of a plan bring; the bytes of a file count once it is finished."""
    read_here = [] if cluster else plan.to_read
    ahead = [file.found for file in read_here if suffix_of(file.found.name) in WORKER_SUFFIXES]
    with closing(Workers(ahead)) as workers:
        for moved in plan.moved:
            yield from _moved(pipeline, moved, workers)
            pipeline.done += moved.found.size_bytes
        for touched in plan.touched:
            yield touched
            pipeline.done += touched.found.size_bytes
        for file in read_here:
            yield from read(file, pipeline.stored(file.row), workers, damaged)
            pipeline.done += file.found.size_bytes
    if cluster:
        files = [(file, pipeline.stored(file.row)) for file in plan.to_read]
        for change, size_bytes in cluster.changes(files, damaged):
            yield change
            pipeline.done += size_bytes


def _moved(pipeline: Pipeline, move: MoveFile, workers: Workers) -> Iterator[Change]:
    """Yield a move; read the file again if its name may give a title or a date."""
    before, now = move.row.path, move.found.path
    inside = f"{move.row.name}/"  # the files of an archive have its path in theirs
    is_archive = any((row.url or "").startswith(inside) for row in pipeline.stored(move.row))
    told = [(title_by_name(path), date_in_name(path)) for path in (before, now)]
    if told[0] == told[1] and not is_archive:
        yield move
        return
    # Until it has been read again the file counts as incomplete. Its articles are counted below.
    yield replace(move, row=replace(move.row, articles=0, is_whole=False))
    file = FileToRead(move.found, move.row, move.digest)
    for change in read(file, pipeline.stored(move.row), workers):
        yield replace(change, is_moved=True) if isinstance(change, KeepArticle) else change


def _pruned(pipeline: Pipeline, files: Sequence[FileRow]) -> Iterator[Change]:
    """Yield the removal of files with their articles."""
    for row in files:
        for article in sorted(stored.id for stored in pipeline.stored(row)):
            yield RemoveArticle(article)
    yield ForgetEmptyFiles()


def _out_of_reach(
    vanished: Sequence[FileRow], present: Collection[str], *, all_known: bool
) -> set[str]:
    """Return the paths of vanished files that may be on a disk that is not mounted.

    ``present`` are the known files that were found. ``all_known`` says that no folder was named:
    then a folder that is empty or gone is suspicious, too.
    """
    return {
        row.path
        for row in vanished
        if is_out_of_reach(row.path, present) or (all_known and folder_is_bare(row.path))
    }


def _digest_if_readable(found: FoundFile) -> str:
    """Return the SHA-256 of a file; empty if it cannot be read, which reading it will report."""
    try:
        return file_digest(found)
    except (OSError, ArticleError):
        return ""


def reembed(store: WritableStorage, encoder: Encoder, progress: Progress | None = None) -> Report:
    """Split and embed every article again, in one transaction: stopped, it changes nothing."""
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
    """Return what a library stores about the model that made its embeddings."""
    return {
        "model": encoder.name,
        "fingerprint": encoder.fingerprint,
        "dimension": str(encoder.dimension),
    }
