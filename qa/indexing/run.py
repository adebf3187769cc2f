"""The indexing runs: files and folders, and re-embedding what is stored."""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from ..articles.found import FoundFile, Problem
from ..articles.gone import folder_is_bare, is_gone, is_out_of_reach, is_under
from ..articles.heading import split_under_heading
from ..articles.load import file_digest
from ..articles.walk import walk
from ..errors import ArticleError
from ..models.encoder import Encoder
from ..storage.store import FileRow, Store
from .changes import Change, ForgetEmptyFiles, RemoveArticle
from .match import NOTHING_DAMAGED
from .pipeline import Pipeline, read
from .plan import Plan, make_plan, plan_pruning
from .report import Progress, Report

REEMBED_ARTICLES = 50
"""Articles that are held in memory together while all are re-embedded."""


def index_files(
    pipeline: Pipeline,
    paths: Sequence[str],
    *,
    prune: float | None = None,
    reread: bool = False,
) -> Report:
    """Add and update everything under the paths, or every known file if there are none.

    ``prune`` is the largest share of the known files to drop with their articles; None drops none.
    ``reread`` also reads files that have not changed, and stores again what is damaged. Raises
    UsageError for a path that does not exist.
    """
    report, store = pipeline.report, pipeline.store
    damaged = frozenset(store.changed_articles()) if reread else NOTHING_DAMAGED
    known = store.files()
    found: list[FoundFile] = []
    for one in walk(paths or [path for path in known if os.path.isfile(path)]):
        if isinstance(one, Problem):
            report.note(one)
        else:
            found.append(one)
    seen = {file.path for file in found}
    under = [os.path.abspath(path) for path in paths] or ["/"]
    beneath = [row for path, row in known.items() if is_under(path, under)]
    vanished = [row for row in beneath if row.path not in seen and is_gone(row.path)]
    plan = make_plan(found, known, vanished, _digest_if_readable, reread=reread)
    out_of_reach = _out_of_reach(plan.vanished, seen & known.keys(), all_known=not paths)
    pruning = plan_pruning(plan.vanished, out_of_reach, len(beneath), prune)
    report.unchanged = plan.unchanged
    report.vanished = [row.name for row in plan.vanished]
    report.unpruned = [row.path for row in pruning.kept]
    report.is_too_much = pruning.is_too_much
    pipeline.done.total = plan.total_bytes
    changes: Iterable[Change] = _file_changes(pipeline, plan, damaged)
    if prune is not None:
        changes = chain(changes, _pruned(pipeline, pruning.dropped))
    return pipeline.carry_out(changes)


def _file_changes(pipeline: Pipeline, plan: Plan, damaged: Collection[int]) -> Iterator[Change]:
    """Yield what the files of a plan bring; the bytes of a file count once it is finished."""
    for moved in plan.moved:
        yield moved
        pipeline.done.done += moved.found.size_bytes
    for touched in plan.touched:
        yield touched
        pipeline.done.done += touched.found.size_bytes
    for file in plan.to_read:
        yield from read(file, pipeline.stored(file.row), damaged)
        pipeline.done.done += file.found.size_bytes


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


def reembed(store: Store, encoder: Encoder, progress: Progress | None = None) -> Report:
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
                batch.replace_passages(int(article.id), article, places, vectors)
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
