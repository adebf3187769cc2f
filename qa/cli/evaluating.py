"""``qa eval``."""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import click

from ..datatypes import Scope
from ..errors import UsageError
from .evaluated import Run, evaluation_lines, evaluation_values, write_wrong
from .options import (
    article_paths,
    json_option,
    library_option,
    model_option,
    open_library,
    quiet_option,
    reader_option,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..evaluation.sets import LabelledQuestion, LabelledSet
    from ..evaluation.targets import Without


class Request(NamedTuple):
    """What was asked for, beside the labelled set."""

    paths: Sequence[str]
    """Files and folders that alone are asked, as ``qa ask`` takes them."""
    library: str | None
    """Library that is asked."""
    model: str | None
    """Encoder."""
    reader: str | None
    """Reader."""
    reading: bool
    """Whether passages are given and only reading is measured."""
    without: "Without | None"
    """What is left out when each question is asked a second time."""
    pool: Sequence[str]
    """Further sets whose paragraphs distract."""
    wrong: str | None
    """File for the questions that went wrong."""
    quiet: bool
    """Whether there is no narration and no progress."""


@click.command("eval", short_help="Measure it on labelled questions.")
@click.argument("file")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@library_option
@click.option("--reading", is_flag=True, help="Give the right passage; measure reading alone.")
@click.option(
    "--without",
    type=click.Choice(["gold", "article"]),
    help="Ask what has an answer twice: as it is, and with the paragraph or article that holds it "
    "left out. Tells whether qa knows what it does not know.",
)
@click.option(
    "--pool", multiple=True, metavar="FILE", help="Search the paragraphs of this set, too."
)
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Ask only N, drawn by --seed.")
@click.option("--seed", type=click.IntRange(0), default=0, metavar="N", help="[default: 0]")
@click.option("--wrong", metavar="FILE", help="Write what went wrong there, as JSON lines.")
@json_option
@model_option
@reader_option
@quiet_option
def evaluate(
    file: str,
    paths: tuple[str, ...],
    library: str | None,
    reading: bool,
    without: str | None,
    pool: tuple[str, ...],
    sample: int | None,
    seed: int,
    wrong: str | None,
    as_json: bool,
    model: str | None,
    reader: str | None,
    quiet: bool,
) -> None:
    """Measure retrieval and answers on the labelled questions of FILE.

    FILE may be your own: one question a line, with every right answer and the articles that hold
    it, named by the end of their path (records as wire.jsonl#3); no answers when your articles have
    none. They are asked of your library or, with PATH, of the articles there.

    \b
    {"question": "Who runs the mill?", "answers": ["Anna Marsh"], "articles": ["mill.txt"]}
    {"question": "Who owns the inn?", "answers": [], "articles": []}

    FILE may also be a SQuAD file (1.1 or 2.0) or a BEIR folder. Their texts are indexed once, into
    the cache, and searched together; --pool adds more to search. Of BEIR, retrieval alone is
    measured.

    \b
    qa eval questions.jsonl ~/articles
    qa eval questions.jsonl --without gold --wrong wrong.jsonl
    qa eval dev-v2.0.json --sample 200 --pool scifact/
    qa eval dev-v2.0.json --reading

    Beside each figure stands the range in which 95 of 100 such sets of questions would put it.
    """
    from .. import render
    from ..evaluation.figures import figures
    from ..evaluation.run import columns
    from ..evaluation.sets import read_set, sampled
    from ..evaluation.targets import Without
    from .printing import print_lines

    left_out = Without(without) if without else None
    request = Request(paths, library, model, reader, reading, left_out, pool, wrong, quiet)
    labelled = read_set(Path(file))
    _check(request, labelled)
    chosen = [question for question in labelled.questions if not left_out or question.answers]
    if not chosen:
        raise UsageError(f"{file} has no question with an answer, which --without needs.")
    run = _run(request, labelled, sampled(chosen, sample, seed))
    found = figures(columns(run.outcomes), seed=seed)
    if as_json:
        asked = {"without": without, "sample": sample, "seed": seed}
        values = evaluation_values(labelled, run, found, reading=reading, asked=asked)
        click.echo(render.to_json(values))
    else:
        print_lines(evaluation_lines(file, run, found, left_out))
    if wrong:
        write_wrong(Path(wrong), run.outcomes)


def _check(request: Request, labelled: "LabelledSet") -> None:
    """Raise UsageError for what does not go together, before anything is indexed."""
    from ..evaluation.sets import Layout
    from ..evaluation.targets import Without

    own, beir = labelled.layout is Layout.LINES, labelled.layout is Layout.BEIR
    refusals = (
        (request.reading and request.without, "--reading leaves nothing out; drop --without."),
        (request.reading and request.pool, "--reading searches nothing; drop --pool."),
        (request.reading and request.paths, "--reading asks no articles; drop PATH."),
        (
            not own and (request.paths or request.library),
            f"{labelled.path} brings its own articles; drop PATH and --library.",
        ),
        (own and request.pool, "--pool adds to SQuAD and BEIR; index the articles instead."),
        (
            own and request.without is Without.ARTICLE,
            "JSON lines name articles, not paragraphs: write --without gold.",
        ),
        (
            beir and (request.reading or request.without or request.wrong),
            "BEIR has no answers: drop --reading, --without and --wrong.",
        ),
    )
    for is_refused, reason in refusals:
        if is_refused:
            raise UsageError(reason)
    if request.wrong and not os.access(Path(request.wrong).absolute().parent, os.W_OK):
        raise UsageError(f"{request.wrong} cannot be written: its folder is not there or closed.")


def _run(request: Request, labelled: "LabelledSet", questions: Sequence["LabelledQuestion"]) -> Run:
    """Put the questions to what they are meant for."""
    from ..evaluation.sets import Layout

    if request.reading:
        return _read(request, questions)
    if labelled.layout is Layout.LINES:
        return _ask_library(request, questions)
    return _ask_pool(request, labelled, questions)


def _read(request: Request, questions: Sequence["LabelledQuestion"]) -> Run:
    """Let the reader that a library would use read the passages."""
    from ..evaluation.run import read_all

    with (
        TemporaryDirectory() as folder,
        open_library(folder, model=request.model, reader=request.reader, create=True) as empty,
        _asking_bar(request.quiet, "reading") as tick,
    ):
        outcomes = read_all(empty.reader, questions, tick=tick)
        return Run(outcomes, None, empty.encoder.name, empty.reader.name)


def _ask_library(request: Request, questions: Sequence["LabelledQuestion"]) -> Run:
    """Ask a library, or the articles under the paths in it."""
    from ..evaluation.run import ask_all
    from ..evaluation.targets import library_targets
    from .asking import bring_up

    places = article_paths(request.paths)
    with open_library(
        request.library, model=request.model, reader=request.reader, create=bool(places)
    ) as opened:
        if places:
            bring_up(opened, places, quiet=request.quiet)
        scope = Scope(paths=tuple(os.path.abspath(path) for path in places))
        targets = library_targets(questions, opened, scope, request.without)
        with _asking_bar(request.quiet, "asking") as tick:
            outcomes = ask_all(opened, targets, scope=scope, tick=tick)
        articles = len(opened.articles(scope))
        return Run(outcomes, articles, opened.encoder.name, opened.reader.name)


def _ask_pool(
    request: Request, labelled: "LabelledSet", questions: Sequence["LabelledQuestion"]
) -> Run:
    """Index the set's paragraphs, once, and ask those."""
    from .. import settings
    from ..evaluation import sets, targets
    from ..evaluation.run import ask_all, search_all
    from .indexing import indexing_bar

    paragraphs = sets.pool(labelled, [sets.read_set(Path(path)) for path in request.pool])
    model = settings.load_settings(model=request.model).model
    folder = targets.pool_folder(paragraphs, model)
    with indexing_bar(request.quiet) as progress:
        pool = targets.open_pool(
            paragraphs, folder, model=model, reader=request.reader, progress=progress
        )
    aims = targets.pool_targets(questions, pool, paragraphs, request.without)
    with pool.library as library, _asking_bar(request.quiet, "asking") as tick:
        if labelled.layout is sets.Layout.BEIR:
            outcomes = search_all(library, aims, tick=tick)
            return Run(outcomes, len(pool.ids), library.encoder.name, None)
        outcomes = ask_all(library, aims, tick=tick)
        return Run(outcomes, len(pool.ids), library.encoder.name, library.reader.name)


@contextmanager
def _asking_bar(quiet: bool, what: str) -> "Iterator[Callable[[int, int], None] | None]":
    """A progress bar on a terminal's stderr, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
