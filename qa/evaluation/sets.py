"""Labelled questions from files of three layouts, recognised by their content.

- SQuAD 1.1 and 2.0 (Rajpurkar et al. 2016 and 2018): one JSON document of articles, each with
  paragraphs, each with questions.
- BEIR (Thakur et al. 2021): a folder with ``corpus.jsonl``, ``queries.jsonl`` and
  ``qrels/test.tsv``.
- JSON lines, our own: a question on each line, with its answers and the articles that contain them.

Texts are cleaned in the same way as articles, so that answers match them.
"""

import json
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..articles.clean import clean, one_line
from ..errors import UsageError
from .fields import (
    KNOWN_LAYOUTS,
    identifier,
    is_json,
    is_number,
    json_lines,
    read_text,
    records,
    text_of,
)

CORPUS, QUERIES, JUDGEMENTS = "corpus.jsonl", "queries.jsonl", "qrels/test.tsv"
"""Files of a BEIR folder."""


class Layout(StrEnum):
    """The layout of a labelled set."""

    SQUAD = "squad"
    BEIR = "beir"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text that comes with the set and is searched."""

    name: str
    """Its name in the set, unique there."""
    title: str
    """Its title; empty for the paragraphs of SQuAD."""
    text: str
    """The cleaned text, never blank."""
    article: str
    """Name of the article that it belongs to."""


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question and what is known about its answer."""

    id: str
    """Its identifier, or its number in the set."""
    text: str
    """The question, on one line."""
    answers: tuple[str, ...]
    """Right answers, without repeats; empty if it has none, or if the layout has no answers."""
    gold: Mapping[str, int]
    """Grades, from 1, of the paragraphs or articles that answer it, by name; may be empty."""
    passage: str
    """Text to answer it from when only reading is measured; may be empty."""
    place: str
    """File and line, for messages."""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """The questions of a file, and its paragraphs."""

    path: Path
    """The file or folder, as given."""
    layout: Layout
    """Its layout."""
    questions: tuple[LabelledQuestion, ...]
    """Its questions, in order."""
    paragraphs: tuple[Paragraph, ...] = ()
    """Its texts; empty for JSON lines, whose articles are elsewhere."""


def read_set(path: Path) -> LabelledSet:
    """Return the labelled set in a file or folder.

    Raises UsageError, with file and line, for anything else.
    """
    if path.is_dir():
        return _read_beir(path)
    text = read_text(path)
    if not text.strip():
        raise UsageError(f"{path} is empty. {KNOWN_LAYOUTS}")
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if is_json(next(line for line in text.split("\n") if line.strip())):
            return _read_lines(path, text)
        reason = f"not valid JSON: {error.msg.lower()}"
        raise UsageError(f"{path}:{error.lineno}: {reason}. {KNOWN_LAYOUTS}") from error
    except (RecursionError, ValueError) as error:
        raise UsageError(f"{path}: JSON nested too deeply, or a number too long.") from error
    if isinstance(value, dict) and "data" in value:
        return _read_squad(path, value["data"])
    return _read_lines(path, text)


def pool(labelled: LabelledSet, others: Sequence[LabelledSet] = ()) -> list[Paragraph]:
    """Return the paragraphs of a set and, as distractors, new ones of other sets.

    Raises UsageError if one of the others has no paragraphs.
    """
    paragraphs = list(labelled.paragraphs)
    known = {paragraph.text for paragraph in paragraphs}
    for number, other in enumerate(others, 1):
        if not other.paragraphs:
            raise UsageError(f"{other.path} has no paragraphs of its own to add.")
        for paragraph in other.paragraphs:
            if paragraph.text not in known:
                known.add(paragraph.text)
                name, article = f"{number}/{paragraph.name}", f"{number}/{paragraph.article}"
                paragraphs.append(Paragraph(name, paragraph.title, paragraph.text, article))
    return paragraphs


def sampled(
    questions: Sequence[LabelledQuestion], count: int | None, seed: int
) -> list[LabelledQuestion]:
    """Return a random sample of ``count`` questions, in order; all of them for None."""
    if count is None or count >= len(questions):
        return list(questions)
    drawn = random.Random(seed).sample(range(len(questions)), count)  # noqa: S311
    return [questions[number] for number in sorted(drawn)]


# SQuAD


def _read_squad(path: Path, data: object) -> LabelledSet:
    paragraphs: dict[str, Paragraph] = {}  # by text, so that a repeated one counts once
    questions: list[LabelledQuestion] = []
    for article, article_place in records(data, f"{path}: data"):
        for given, place in records(article.get("paragraphs"), f"{article_place}.paragraphs"):
            text = text_of(given, "context", place)
            number = len(paragraphs) + 1
            found = paragraphs.setdefault(
                text, Paragraph(str(number), "", text, article_place.rpartition(": ")[2])
            )
            for entry, entry_place in records(given.get("qas"), f"{place}.qas"):
                answers = _squad_answers(entry, entry_place)
                questions.append(
                    LabelledQuestion(
                        identifier(entry.get("id"), len(questions) + 1),
                        one_line(text_of(entry, "question", entry_place)),
                        answers,
                        {found.name: 1} if answers else {},
                        text,
                        entry_place,
                    )
                )
    if not questions:
        raise UsageError(f"{path} is a SQuAD file without a question.")
    return LabelledSet(path, Layout.SQUAD, tuple(questions), tuple(paragraphs.values()))


def _squad_answers(entry: Mapping[str, Any], place: str) -> tuple[str, ...]:
    answers = [
        text_of(answer, "text", answer_place)
        for answer, answer_place in records(entry.get("answers"), f"{place}.answers")
    ]
    return () if entry.get("is_impossible") is True else tuple(dict.fromkeys(answers))


# BEIR


def _read_beir(folder: Path) -> LabelledSet:
    for name in (CORPUS, QUERIES, JUDGEMENTS):
        if not (folder / name).is_file():
            raise UsageError(f"{folder} is not a BEIR folder: it has no {name}.")
    paragraphs = []
    for row, place in json_lines(folder / CORPUS, read_text(folder / CORPUS)):
        name, title = _name(row, place), row.get("title")
        title = one_line(title) if isinstance(title, str) else ""
        text = row.get("text")
        text = clean(text) if isinstance(text, str) else ""
        text = text if text.strip() else title
        if text:
            paragraphs.append(Paragraph(name, title, text, name))
    texts = {
        _name(row, place): (one_line(text_of(row, "text", place)), place)
        for row, place in json_lines(folder / QUERIES, read_text(folder / QUERIES))
    }
    gold: dict[str, dict[str, int]] = {}
    for query, name, grade, place in _judgements(folder / JUDGEMENTS):
        if query not in texts:
            raise UsageError(f"{place}: {QUERIES} has no query {query!r}.")
        if grade > 0:
            gold.setdefault(query, {})[name] = grade
    if not gold or not paragraphs:
        raise UsageError(f"{folder} contains no document, or no query that one answers.")
    questions = tuple(
        LabelledQuestion(query, texts[query][0], (), grades, "", texts[query][1])
        for query, grades in gold.items()
    )
    return LabelledSet(folder, Layout.BEIR, questions, tuple(paragraphs))


def _judgements(path: Path) -> Iterator[tuple[str, str, int, str]]:
    """Query, document and grade of each line, with the line's place."""
    for number, line in enumerate(read_text(path).split("\n"), 1):
        fields = line.split("\t")
        if not line.strip() or (number == 1 and not is_number(fields[-1])):
            continue  # a blank line, or the header
        if len(fields) != 3 or not is_number(fields[2]):
            raise UsageError(f"{path}:{number}: not query, document and grade, separated by tabs.")
        yield fields[0], fields[1], int(fields[2]), f"{path}:{number}"


def _name(row: Mapping[str, Any], place: str) -> str:
    name = row.get("_id")
    if not isinstance(name, str | int) or not str(name).strip():
        raise UsageError(f'{place}: no "_id".')
    return str(name)


# JSON lines


def _read_lines(path: Path, text: str) -> LabelledSet:
    questions = [
        _question(row, number, place)
        for number, (row, place) in enumerate(json_lines(path, text), 1)
    ]
    return LabelledSet(path, Layout.LINES, tuple(questions))


def rated_set(
    folder: Path, cases: Sequence[Mapping[str, Any]], sources: Collection[str]
) -> LabelledSet:
    """Return the rated turns of a library's conversations as a labelled set.

    ``folder`` is the library's, ``cases`` are from ``Library.cases``. Cases whose articles are not
    among ``sources`` are left out: those articles have been removed since.
    """
    questions = [
        _question(case, number, f"{folder}, rated question {number}")
        for number, case in enumerate(cases, 1)
        if all(source in sources for source in case["articles"])
    ]
    return LabelledSet(folder, Layout.LINES, tuple(questions))


def _question(row: Mapping[str, Any], number: int, place: str) -> LabelledQuestion:
    """The question of a JSON line. Raises UsageError."""
    if "question" not in row:
        raise UsageError(f'{place}: no "question". {KNOWN_LAYOUTS}')
    answers = _strings(row, "answers", place)
    articles = _strings(row, "articles", place) if "articles" in row else ()
    return LabelledQuestion(
        identifier(row.get("id"), number),
        one_line(text_of(row, "question", place)),
        answers,
        dict.fromkeys(articles, 1),
        text_of(row, "passage", place) if "passage" in row else "",
        place,
    )


def _strings(row: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    values = row.get(key)
    if not isinstance(values, list):
        raise UsageError(f'{place}: "{key}" must be a list of texts; [] for none.')
    return tuple(dict.fromkeys(text_of({key: value}, key, place) for value in values))
