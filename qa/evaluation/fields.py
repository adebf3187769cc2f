"""Reads values from JSON; a UsageError names the place of what is wrong."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..articles.clean import clean, one_line
from ..errors import UsageError

KNOWN_LAYOUTS = (
    'qa eval reads JSON lines, each {"question": …, "answers": […], "articles": […]}; a SQuAD '
    "file; or a BEIR folder."
)
"""The layouts of a labelled set; the end of a message about a file that has none of them."""


def read_text(path: Path) -> str:
    """Return a file's text, without a byte order mark. Raises UsageError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}:{line}: not UTF-8. {KNOWN_LAYOUTS}") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{path} cannot be read: {reason}.") from error


def json_lines(path: Path, text: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield the object on each line that is not blank, with its place. Raises UsageError."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            place = f"{path}:{number}"
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                reason = f"{error.msg.lower()}, column {error.colno}"
                raise UsageError(f"{place}: not valid JSON: {reason}.") from error
            except (RecursionError, ValueError) as error:
                raise UsageError(f"{place}: not JSON that can be read.") from error
            if not isinstance(row, dict):
                raise UsageError(f"{place}: not a JSON object. {KNOWN_LAYOUTS}")
            yield row, place


def is_json(line: str) -> bool:
    """Whether a line alone is valid JSON."""
    try:
        json.loads(line)
    except (RecursionError, ValueError):
        return False
    return True


def records(values: object, place: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield the objects of a list, each with its place. Raises UsageError."""
    if not isinstance(values, list):
        raise UsageError(f"{place} is not a list, as SQuAD has it.")
    for number, value in enumerate(values):
        if not isinstance(value, dict):
            raise UsageError(f"{place}[{number}] is not an object, as SQuAD has it.")
        yield value, f"{place}[{number}]"


def text_of(record: Mapping[str, Any], key: str, place: str) -> str:
    """Return the text under a key, cleaned. Raises UsageError if it is missing or blank."""
    value = record.get(key)
    cleaned = clean(value) if isinstance(value, str) else ""
    if not cleaned.strip():
        raise UsageError(f'{place}: "{key}" must be a text that is not blank.')
    return cleaned


def identifier(given: object, number: int) -> str:
    """Return the given identifier, or the number as text if there is none."""
    return (one_line(given) if isinstance(given, str) else "") or str(number)


def is_number(text: str) -> bool:
    """Whether a text is a whole number of at most eight digits."""
    digits = text.strip().removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) < 9
