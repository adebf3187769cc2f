"""Exports a conversation as Markdown or JSON. Knows no Textual."""

import os
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..atomic import atomic_write
from ..datatypes import Status
from ..references import reference_to
from ..render import answer_values, article_date, citation_values, confidence_words, to_json
from ..storage.scope import scope_values
from ..turns import Support
from ..writing.shown import ENDINGS, MARKS
from .entries import Entry, Stage
from .places import Kind, Place
from .wording import counted, scope_words
from .written import HELD, WrittenAnswer

VERSION = 1
"""Version of the JSON: raised for a change that could break programs that read it."""

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


def export_name(title: str) -> str:
    """Return a file name for a conversation, not taken in the current folder."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")
    today = datetime.now(UTC).date().isoformat()
    name = "-".join(part for part in ("qa", today, words) if part)
    number, free = 2, f"{name}.md"
    while os.path.exists(free):
        free, number = f"{name}-{number}.md", number + 1
    return free


def written(path: str, entries: Sequence[Entry], *, replace: bool) -> tuple[str, Path]:
    """Write a conversation to a file: JSON if its name ends in ``.json``, else Markdown.

    Returns what went wrong, empty on success, and the file.
    """
    file = Path(path).expanduser()
    if not path.strip():
        return "Type a file name.", file
    if file.is_dir():
        return f"{file} is a folder; type a file in it.", file
    if file.exists() and not replace:
        return f"{file} exists already; Enter again replaces it.", file
    text = as_json(entries) if file.suffix.lower() == ".json" else as_markdown(entries)
    try:
        with atomic_write(file) as draft:
            draft.write_text(text, encoding="utf-8")
    except OSError as error:
        return f"{file} cannot be written: {(error.strerror or str(error)).lower()}.", file
    return "", file


def as_json(entries: Sequence[Entry]) -> str:
    """Return a conversation as one JSON object."""
    values = {"version": VERSION, "turns": [_values(entry) for entry in _answered(entries)]}
    return to_json(values) + "\n"


def as_markdown(entries: Sequence[Entry]) -> str:
    """Return a conversation as Markdown. Text from articles is escaped."""
    lines = ["# Questions to my articles", ""]
    for entry in _answered(entries):
        lines += [f"## {_escaped(entry.question)}", ""]
        if not entry.scope.is_all:
            lines += [f"*searched: {_escaped(scope_words(entry.scope))}*", ""]
        if entry.asked_as:
            lines += [f"*asked as: {_escaped(entry.asked_as)}*", ""]
        answer = entry.answer
        if answer is not None and answer.remark:
            lines += [_escaped(answer.remark), ""]
        elif answer is None or answer.status is Status.NOT_FOUND:
            lines += ["Not in the articles.", ""]
        else:
            verdict = f", judged {entry.turn.verdict}" if entry.turn and entry.turn.verdict else ""
            sure = f"{confidence_words(answer)}{verdict}"
            lines += [f"**{_escaped(answer.text)}**", "", sure, ""]
        if answer is not None:
            lines += [line for note in answer.notes for line in (f"*{_escaped(note)}*", "")]
        lines += _source_lines(entry.of_kind(Kind.CITATION))
        if entry.written is not None and entry.written.sentences:
            lines += _written_lines(entry.written)
            lines += _source_lines(entry.of_kind(Kind.WRITTEN))
    return "\n".join(lines)


def _source_lines(places: Sequence[Place]) -> Iterator[str]:
    """Yield the numbered places, each with its sentence and reference."""
    for place in places:
        when = article_date(place.article)
        title = f"{_escaped(place.article.title)}{f', {when}' if when else ''}"
        yield from (f"{place.number}. {title}, {_escaped(place.path)}", "")
        yield from (f"   > {_escaped(place.citation.sentence)}", "")
        yield from (f"   `{reference_to(place.citation)}`", "")


def _written_lines(written: WrittenAnswer) -> Iterator[str]:
    """Yield what a language model wrote, each sentence with its mark; what fails is struck."""
    supported = f"{written.supported} of {counted(len(written.sentences), 'sentence')} supported"
    yield from (f"*Written by a language model, {_escaped(written.server)}; {supported}:*", "")
    for sentence in written.sentences:
        said, mark = _escaped(sentence.text), MARKS[sentence.support]
        if sentence.support is Support.UNSUPPORTED:
            reason = f" ({_escaped(sentence.reason)})" if sentence.reason else ""
            yield f"- {mark} ~~{said}~~{reason}"
        elif sentence.support in HELD:
            cited = "".join(f" \\[{number}\\]" for number in sentence.numbers)
            yield f"- {mark} {said}{cited}"
        else:
            yield f"- {mark} {said}"
    yield ""
    if written.ending is not None and (ending := ENDINGS.get(written.ending)):
        yield from (f"*{ending}*", "")


def _written_values(entry: Entry) -> dict[str, Any] | None:
    """Return what a language model wrote as JSON values; None if it wrote nothing."""
    written = entry.written
    if written is None or not written.sentences:
        return None
    cited = {place.number: citation_values(place.citation) for place in entry.places}
    return {
        "server": written.server,
        "ending": written.ending.value if written.ending else None,
        "sentences": [
            {
                "text": sentence.text,
                "support": sentence.support.value,
                "reason": sentence.reason,
                "sources": [cited[number] for number in sentence.numbers],
            }
            for sentence in written.sentences
        ],
    }


def _answered(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.stage is Stage.ANSWERED]


def _values(entry: Entry) -> dict[str, Any]:
    answer = entry.answer
    assert answer is not None  # noqa: S101 - _answered() sees to that
    values = {
        "question": entry.question,
        "searched": entry.searched,
        "asked_at": entry.asked_at.isoformat(),
        "filter": scope_values(entry.scope),
        "verdict": entry.turn.verdict if entry.turn else None,
    }
    # Without passages and timings: those explain the search, not the conversation.
    kept = ("status", "kind", "answer", "remark", "notes", "confidence", "alternatives")
    values |= {name: value for name, value in answer_values(answer).items() if name in kept}
    cited = [place.citation for place in entry.of_kind(Kind.CITATION)]
    citations = [citation_values(citation) for citation in cited]
    return {**values, "citations": citations, "written": _written_values(entry)}


def _escaped(text: str) -> str:
    """Return text on one line, with every character escaped that Markdown would interpret."""
    line = _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
    line = re.sub(r"^([-+=])", r"\\\1", line)  # a list or a heading
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", line)  # a numbered list
