"""``qa eval``."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import click

from ..datatypes import Scope
from ..errors import UsageError
from ..settings import Settings, load_settings
from .evaluation_report import Run, evaluation_lines, evaluation_values, write_wrong
from .options import (
    article_paths,
    json_option,
    library_option,
    model_option,
    open_library,
    paths_scope,
    quiet_option,
    reader_option,
)
from .printing import say
from .progress import question_bar

if TYPE_CHECKING:
    from ..evaluation.sets import LabelledQuestion, LabelledSet
    from ..evaluation.targets import Without


class Request(NamedTuple):
    """The options of a run, without the labelled set."""

    settings: Settings
    """Library, encoder and reader."""
    paths: Sequence[str]
    """Files and folders; only articles in or under them are asked."""
    has_library: bool
    """Whether ``--library`` was given."""
    reading: bool
    """Whether passages are given and only reading is measured."""
    without: "Without | None"
    """What to leave out when each question is asked a second time."""
    pool: Sequence[str]
    """Further sets whose paragraphs are distractors."""
    wrong: str | None
    """File for the questions with a wrong answer."""
    quiet: bool
    """Whether to print no progress."""


@click.command("eval", short_help="Measure qa on labelled questions.")
@click.argument("file", required=False)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@library_option
@click.option("--rated", is_flag=True, help="Ask what you rated in qa chat, instead of FILE.")
@click.option("--reading", is_flag=True, help="Give the right passage; measure only reading.")
@click.option(
    "--without",
    type=click.Choice(["gold", "article"]),
    help="Ask each question that has an answer twice: the second time without the paragraph or "
    "article that contains it. Tells whether qa knows what it does not know.",
)
@click.option("--pool", multiple=True, metavar="FILE", help="Also search the paragraphs of FILE.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Ask only N, drawn by --seed.")
@click.option("--seed", type=click.IntRange(0), default=0, metavar="N", help="[default: 0]")
@click.option("--wrong", metavar="FILE", help="Write the wrong answers to FILE, as JSON lines.")
@json_option
@model_option
@reader_option
@quiet_option
def evaluate(
    file: str | None,
    paths: tuple[str, ...],
    library: str | None,
    rated: bool,
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
    """Measure retrieval and answers on the labelled questions in FILE.

    FILE can be your own. Write one question a line, with all right answers and the articles that
    contain them, named by the end of their path (a record as wire.jsonl#3). Give no answers if your
    articles have none. With PATH, only the articles in or under PATH are asked.

    \b
    {"question": "Who runs the mill?", "answers": ["Anna Marsh"], "articles": ["mill.txt"]}
    {"question": "Who owns the inn?", "answers": [], "articles": []}

    FILE can also be a SQuAD file (1.1 or 2.0) or a BEIR folder. Its texts are indexed once, in the
    cache, and searched together; --pool adds more. For BEIR, only retrieval is measured.

    With --rated there is no FILE: qa asks the questions that you rated in qa chat again, and takes
    what you marked as right for the right answer. If you marked only wrong answers of a question,
    nothing tells which would be right, so it is left out.

    \b
    qa eval questions.jsonl ~/articles
    qa eval questions.jsonl --without gold --wrong wrong.jsonl
    qa eval --rated
    qa eval dev-v2.0.json --sample 200 --pool scifact/
    qa eval dev-v2.0.json --reading

    Each value has its 95 % interval: the range in which 95 of 100 such sets of questions would put
    it.
    """
    from .. import render
    from ..evaluation.metrics import estimate_all
    from ..evaluation.run import columns
    from ..evaluation.sets import read_set, sampled
    from ..evaluation.targets import Without
    from .printing import print_lines

    left_out = Without(without) if without else None
    settings = load_settings(library, model, reader=reader)
    request = Request(settings, paths, library is not None, reading, left_out, pool, wrong, quiet)
    if rated and file:
        raise UsageError(f"--rated asks what you rated in qa chat; drop {file}.")
    if not rated and not file:
        raise click.UsageError(
            "Name a FILE of questions, or add --rated.", click.get_current_context()
        )
    labelled = read_set(Path(file)) if file else _rated(settings, quiet=quiet)
    title = file or f"rated questions of {settings.library}"
    _check(request, labelled)
    chosen = [question for question in labelled.questions if not left_out or question.answers]
    if not chosen:
        raise UsageError(f"{title}: no question with an answer, which --without needs.")
    run = _run(request, labelled, sampled(chosen, sample, seed))
    metrics = estimate_all(columns(run.outcomes), seed=seed)
    if as_json:
        options = {"without": without, "sample": sample, "seed": seed}
        values = evaluation_values(labelled, run, metrics, reading=reading, options=options)
        click.echo(render.to_json(values))
    else:
        print_lines(evaluation_lines(title, run, metrics, left_out))
    if wrong:
        write_wrong(Path(wrong), run.outcomes)


def _rated(settings: Settings, *, quiet: bool) -> "LabelledSet":
    """Return the rated turns of the library's conversations. Raises UsageError without any."""
    from ..evaluation.sets import rated_set

    with open_library(settings) as opened:
        cases = opened.cases()
        sources = {row.source for row in opened.articles()}
    labelled = rated_set(settings.library, cases, sources)
    missing = len(cases) - len(labelled.questions)
    if missing and not quiet:
        say(f"{missing:,} rated questions are left out: their articles are gone.", err=True)
    if not labelled.questions:
        raise UsageError(
            "There is no question to ask again. In qa chat, ^G marks an answer as right, ^B as "
            "wrong; qa eval --rated asks those with a right answer again."
        )
    return labelled


def _check(request: Request, labelled: "LabelledSet") -> None:
    """Raise UsageError for options that exclude each other, before anything is indexed."""
    from ..evaluation.sets import Layout
    from ..evaluation.targets import Without

    own, beir = labelled.layout is Layout.LINES, labelled.layout is Layout.BEIR
    refusals = (
        (request.reading and request.without, "--reading leaves nothing out; drop --without."),
        (request.reading and request.pool, "--reading searches nothing; drop --pool."),
        (request.reading and request.paths, "--reading asks no articles; drop PATH."),
        (
            not own and (request.paths or request.has_library),
            f"{labelled.path} brings its own articles; drop PATH and --library.",
        ),
        (own and request.pool, "--pool needs SQuAD or BEIR; index the articles instead."),
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
        raise UsageError(
            f"{request.wrong} cannot be written: its folder does not exist or is read-only."
        )


def _run(request: Request, labelled: "LabelledSet", questions: Sequence["LabelledQuestion"]) -> Run:
    """Ask the questions of a reader, of a library, or of the set's own paragraphs."""
    from ..evaluation.sets import Layout

    if request.reading:
        return _read_passages(request, questions)
    if labelled.layout is Layout.LINES:
        return _ask_library(request, questions)
    return _ask_pool(request, labelled, questions)


def _read_passages(request: Request, questions: Sequence["LabelledQuestion"]) -> Run:
    """Let the reader read the passage of each question."""
    from ..evaluation.run import read_all

    with (
        TemporaryDirectory() as folder,
        open_library(replace(request.settings, library=Path(folder)), create=True) as empty,
        question_bar(request.quiet, "reading") as progress,
    ):
        outcomes = read_all(empty.reader, questions, progress=progress)
        return Run(outcomes, None, empty.encoder.name, empty.reader.name)


def _ask_library(request: Request, questions: Sequence["LabelledQuestion"]) -> Run:
    """Ask the library, or the articles under the paths in it."""
    from ..evaluation.run import ask_all
    from ..evaluation.targets import library_targets
    from .ask import update_index

    places = article_paths(request.paths)
    with open_library(request.settings, create=bool(places)) as opened:
        if places:
            update_index(opened, places, quiet=request.quiet)
        scope = paths_scope(Scope(), places)
        targets = library_targets(questions, opened, scope, request.without)
        with question_bar(request.quiet, "asking") as progress:
            outcomes = ask_all(opened, targets, scope=scope, progress=progress)
        articles = len(opened.articles(scope))
        return Run(outcomes, articles, opened.encoder.name, opened.reader.name)


def _ask_pool(
    request: Request, labelled: "LabelledSet", questions: Sequence["LabelledQuestion"]
) -> Run:
    """Index the set's paragraphs, unless they are in the cache, and ask them."""
    from ..evaluation import sets, targets
    from ..evaluation.run import ask_all, search_all
    from .progress import indexing_bar

    paragraphs = sets.pool(labelled, [sets.read_set(Path(path)) for path in request.pool])
    model, reader = request.settings.model, request.settings.reader
    folder = targets.pool_folder(paragraphs, model)
    with indexing_bar(request.quiet) as bar:
        pool = targets.open_pool(paragraphs, folder, model=model, reader=reader, progress=bar)
    aims = targets.pool_targets(questions, pool, paragraphs, request.without)
    with pool.library as library, question_bar(request.quiet, "asking") as progress:
        if labelled.layout is sets.Layout.BEIR:
            outcomes = search_all(library, aims, progress=progress)
            return Run(outcomes, len(pool.ids), library.encoder.name, None)
        outcomes = ask_all(library, aims, progress=progress)
        return Run(outcomes, len(pool.ids), library.encoder.name, library.reader.name)
