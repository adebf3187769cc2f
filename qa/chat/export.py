"""A conversation → Markdown or JSON, and into a file. Knows no Textual."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..atomic import atomic_write
from ..datatypes import Status
from ..render import answer_values, citation_values, confidence_words, to_json, written_date
from .desk import now
from .entries import Entry, Stage
from .places import Kind

VERSION = 1
"""Raised when the JSON changes in a way that could break a reader of it."""

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


def export_name(title: str) -> str:
    """Return a file name for a conversation that is not taken here."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")
    name = "-".join(part for part in ("qa", now().date().isoformat(), words) if part)
    number, free = 2, f"{name}.md"
    while os.path.exists(free):
        free, number = f"{name}-{number}.md", number + 1
    return free


def written(path: str, entries: Sequence[Entry], *, replace: bool) -> tuple[str, Path]:
    """Write a conversation to a file; ``.json`` asks for JSON, all else for Markdown.

    Returns what went wrong, empty when nothing did, and the file.
    """
    place = Path(path).expanduser()
    if not path.strip():
        return "Name a file.", place
    if place.is_dir():
        return f"{place} is a folder; name a file in it.", place
    if place.exists() and not replace:
        return f"{place} is there already; Enter again replaces it.", place
    text = as_json(entries) if place.suffix.lower() == ".json" else as_markdown(entries)
    try:
        with atomic_write(place) as draft:
            draft.write_text(text, encoding="utf-8")
    except OSError as error:
        return f"{place} cannot be written: {(error.strerror or str(error)).lower()}.", place
    return "", place


def as_json(entries: Sequence[Entry]) -> str:
    """Return a conversation as one JSON object."""
    values = {"version": VERSION, "turns": [_values(entry) for entry in _told(entries)]}
    return to_json(values) + "\n"


def as_markdown(entries: Sequence[Entry]) -> str:
    """Return a conversation as Markdown, in which nothing from an article is markup."""
    lines = ["# Questions to my articles", ""]
    for entry in _told(entries):
        lines += [f"## {_plain(entry.question)}", ""]
        if entry.is_resolved:
            lines += [f"*asked as: {_plain(entry.searched)}*", ""]
        answer = entry.answer
        if answer is None or answer.status is Status.NOT_FOUND:
            lines += ["Not in the articles.", ""]
            continue
        verdict = f", judged {entry.turn.verdict}" if entry.turn and entry.turn.verdict else ""
        lines += [f"**{_plain(answer.text)}**", "", f"{confidence_words(answer)}{verdict}", ""]
        for place in entry.of_kind(Kind.CITATION):
            when = written_date(place.article.published)
            named = f"{_plain(place.article.title)}{f', {when}' if when else ''}"
            lines += [f"{place.number}. {named}, {_plain(place.path)}", ""]
            lines += [f"   > {_plain(place.citation.sentence)}", ""]
    return "\n".join(lines)


def _told(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.stage is Stage.ANSWERED]


def _values(entry: Entry) -> dict[str, Any]:
    answer = entry.answer
    assert answer is not None  # noqa: S101 - only what was answered is told
    values = {
        "question": entry.question,
        "searched": entry.searched,
        "asked_at": entry.asked_at.isoformat(),
        "verdict": entry.turn.verdict if entry.turn else None,
    }
    # Passages and timings say how it was found, which a record of what was said does not need.
    kept = ("status", "answer", "confidence", "alternatives")
    values |= {name: value for name, value in answer_values(answer).items() if name in kept}
    cited = [place.citation for place in entry.of_kind(Kind.CITATION)]
    return values | {"citations": [citation_values(citation) for citation in cited]}


def _plain(text: str) -> str:
    """Text on one line in which no character is markup."""
    line = _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
    line = re.sub(r"^([-+=])", r"\\\1", line)  # a list, a heading
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", line)  # a numbered list
