"""Plain text with many articles, as LexisNexis, Factiva and ProQuest export it.

An export is known by what stands between its articles: a line such as ``Document 1 of 3``, ``End of
Document`` or ``Document NYTF000020110312e73c00001``, or a rule between labelled titles and dates.
Each article is a record, numbered from 1, with its title, its date and its lines in the file. What
is said about it above and below, such as newspaper, page and copyright, is no part of its text.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ...datatypes import Article
from ..build import build_article
from ..clean import clean
from ..dates import Dated, dated_value, parse_date
from ..found import NotAnArticleError, ReadArticle

HEADING_CHARACTERS = 200
"""Longest line above a text that is about it."""

_OPENING = re.compile(
    r"\s*(?:do[ck]ument\w?\s+(\d+)\s+(?:of|von|de|di|sur)\s+\d+"
    r"|(\d+)\s+(?:of|von|de|di|sur)\s+\d+\s+do[ck]ument\w*)\s*",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"\s*(?:AN\s+)?(?:End of Document|Document [A-Z]{2}[A-Z0-9]{2,}\d{6}\w*)\s*")
_RULE = re.compile(r"\s*([_=*-])\1{9,}\s*")
_HINT = re.compile(r"^.{0,60}\bdo[ck]ument|^\s*[_=*-]{10}", re.IGNORECASE | re.MULTILINE)
"""What every export has; most texts do not, and are not looked at line by line."""
_LABEL = re.compile(r"\s*([A-Z][A-Za-z]*(?:[ -][A-Za-z]+){0,3}):(?:\s+(\S.*)|\s*)")
_CODES = "SE|HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|CT|RF|CO|IN|NS|RE|IPC|PUB|AN"
"""Labels of Factiva, without a colon."""
_CODE = re.compile(rf"({_CODES})(?:\s+(\S.*)|\s*)")
_CODE_LABELS = frozenset(_CODES.lower().split("|"))
_COPYRIGHT = re.compile(r"\s*(?:copyright\s*(?:©|\(c\)|\d{4})|©|\(c\) )", re.IGNORECASE)
_NOTE = re.compile(
    r"\s*(?:all rights reserved\.?|page [\dA-Z-]+|pg\.? ?\w+|[\d,.]+ words)\s*", re.IGNORECASE
)
_NO_TITLE = re.compile(r"\s*by\s|.*\bedition\b", re.IGNORECASE)
_ENDED = re.compile(r"[.!?…:][\"'”’»)\]]*\s*$")
_DAY = re.compile(r"\d{1,2} [A-Z][a-z]+\.? \d{4}|[A-Z][a-z]+\.? \d{1,2}, \d{4}|\d{4}-\d\d-\d\d")

_TEXT_LABELS = frozenset({"full text", "body", "text", "lp", "td"})
_TITLE_LABELS = ("title", "headline", "hd")
_DATE_LABELS = ("date", "publication date", "pd", "publication info")
_LATER_LABEL = "load-date"
"""Label of the day on which an article was added to the collection, a guess at its own."""
_PROSE_LABELS = frozenset(
    {"abstract", "highlight", "summary", "publication info", "correction", "graphic", "links"}
    | {"author", "byline", "credit", "subject", "section", "copyright"}
)
"""Labels of whole sentences that are about the text."""


@dataclass(slots=True)
class _Part:
    """The lines of the file from one border to the next, and which of them are a text."""

    first: int
    """Line of the file of the first of them, from 1."""
    lines: list[str]
    """The lines, cleaned."""
    start: int = 0
    """Index of the first line of the text."""
    end: int = 0
    """Index after the last line of the text; not after ``start`` if there is none."""

    @property
    def head(self) -> Sequence[str]:
        """The lines above the text."""
        return self.lines[: self.start]

    @property
    def about(self) -> Sequence[str]:
        """The lines above and below the text."""
        return [*self.head, *self.lines[self.end :]]


def is_export(text: str) -> bool:
    """Whether a text is an export of articles."""
    return bool(_HINT.search(text)) and bool(_borders(_file_lines(text)))


def read_text(name: str, text: str, *, encoding: str = "") -> Iterator[ReadArticle]:
    """Yield the articles of an export; ``encoding`` is its encoding if that was a guess.

    Raises NotAnArticleError for any other text.
    """
    lines = _file_lines(text)
    borders = _borders(lines)
    if not borders:
        raise NotAnArticleError("not an export of articles")
    parts = [part for part in _parts(lines, borders) if part.start < part.end]
    repeated = Counter(line.strip() for part in parts for line in set(part.about))
    for number, part in enumerate(parts, 1):
        article = _article(f"{name}#{number}", part, repeated)
        yield ReadArticle(number, replace(article, encoding=encoding))


def _file_lines(text: str) -> list[str]:
    """Return the lines of a file, each cleaned, so that their numbers are those of the file."""
    return [clean(line).replace("\n", " ") for line in re.split(r"\r\n?|\n", text)]


def _borders(lines: Sequence[str]) -> list[int]:
    """Return the indexes of the lines between articles; none if this is no export."""
    openings = [at for at, line in enumerate(lines) if _OPENING.fullmatch(line)]
    top = next((at for at, line in enumerate(lines) if line.strip() and not _RULE.match(line)), -1)
    if len(openings) > 1 or openings == [top]:
        return openings
    closings = [at for at, line in enumerate(lines) if _CLOSING.fullmatch(line)]
    if len(closings) > 1:
        return closings
    rules = [at for at, line in enumerate(lines) if _RULE.fullmatch(line)]
    return rules if sum(map(_is_labelled, _cut(lines, rules))) > 1 else []


def _cut(lines: Sequence[str], borders: Sequence[int]) -> list[_Part]:
    """Return the parts of a file between the lines at these indexes."""
    edges = zip([-1, *borders], [*borders, len(lines)], strict=True)
    return [_Part(before + 2, list(lines[before + 1 : after])) for before, after in edges]


def _is_labelled(part: _Part) -> bool:
    """Whether a part names the day of an article, and its title or the day it was added."""
    labels = _labels(part.lines)
    has_title = any(label in labels for label in _TITLE_LABELS)
    return _LATER_LABEL in labels or (has_title and any(label in labels for label in _DATE_LABELS))


def _parts(lines: Sequence[str], borders: Sequence[int]) -> Iterator[_Part]:
    """Yield the parts with the bounds of their texts."""
    for part in _cut(lines, borders):
        if any(re.match(r"HD(?:\s|$)", line) for line in part.lines):
            part.lines = [_CODE.sub(r"\1: \2", line) for line in part.lines]
        part.end = _text_end(part.lines)
        part.start = _text_start(part.lines[: part.end])
        for at in range(part.start, part.end):  # Factiva has one more after the first paragraph
            label = _label(part.lines[at])
            if label and (
                label[0] in {"lp", "td"} or (at == part.start and label[0] in _TEXT_LABELS)
            ):
                part.lines[at] = label[1]
        while part.start < part.end and not part.lines[part.start].strip():
            part.start += 1
        yield part


def _text_end(lines: Sequence[str]) -> int:
    """Return the index after the last line that is not about the text."""
    blocks = _blocks(lines)
    rule = max((start for start, _ in blocks[1:] if _RULE.fullmatch(lines[start])), default=None)
    if rule and all(_is_head(lines[start:end]) for start, end in blocks if start > rule):
        blocks = [block for block in blocks if block[0] < rule]
    return next((end for start, end in reversed(blocks) if not _is_about(lines[start:end])), 0)


def _text_start(lines: Sequence[str]) -> int:
    """Return the index of the first line of the text, in lines that end with it.

    If all of it is like a heading, the text is what follows the first paragraph.
    """
    blocks = _blocks(lines)
    for number, (start, end) in enumerate(blocks):
        label = _label(lines[start])
        if label and label[0] in _TEXT_LABELS:
            return start
        # A title may end as a sentence does, but then more is said about the article below it.
        below = blocks[number + 1 : number + 2]
        is_title = end - start == 1 and len(lines[start]) <= HEADING_CHARACTERS and below
        if is_title and (number == 0 or _is_about(lines[slice(*below[0])])):
            continue
        if not _is_head(lines[start:end]):
            return start
    return blocks[1][0] if len(blocks) > 1 else 0


def _blocks(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return the bounds of the paragraphs: lines without a blank one among them."""
    blocks: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        label = _label(line)
        if blocks and blocks[-1][1] == at and not (label and label[0] in _CODE_LABELS):
            blocks[-1] = (blocks[-1][0], at + 1)
        else:
            blocks.append((at, at + 1))
    return blocks


def _is_head(block: Sequence[str]) -> bool:
    """Whether a paragraph is about a text, or like a heading."""
    return _is_about(block) or all(map(_is_heading, block))


def _is_about(block: Sequence[str]) -> bool:
    """Whether a paragraph is about a text, as its labels, notes and rules show."""
    label = _label(block[0])
    if label and label[0] in _TEXT_LABELS:
        return False
    has_prose = label is not None and label[0] in _PROSE_LABELS | _CODE_LABELS
    return has_prose or all(map(_is_note, block))


def _is_note(line: str) -> bool:
    """Whether a line has a label, or says what is said of any article."""
    if _RULE.fullmatch(line) or _CLOSING.fullmatch(line) or _COPYRIGHT.match(line):
        return True
    return bool(_NOTE.fullmatch(line) or (_label(line) and not _ENDED.search(line)))


def _is_heading(line: str) -> bool:
    """Whether a line is short and no sentence."""
    return len(line) <= HEADING_CHARACTERS and (not _ENDED.search(line) or _is_note(line))


def _label(line: str) -> tuple[str, str] | None:
    """Return the label of a line, in lower case, and what follows it; None if there is none."""
    found = _LABEL.fullmatch(line)
    return (found.group(1).lower(), found.group(2) or "") if found else None


def _labels(lines: Sequence[str]) -> Mapping[str, str]:
    """Return what follows each label, on its line or on the next that is not blank."""
    values: dict[str, str] = {}
    waiting = ""
    for line in filter(str.strip, lines):
        label = _label(line)
        if waiting and not label:
            values.setdefault(waiting, line.strip())
        waiting = label[0] if label and not label[1] else ""
        if label and label[1]:
            values.setdefault(*label)
    return values


def _article(source: str, part: _Part, repeated: Mapping[str, int]) -> Article:
    """Return the article of a part; ``repeated`` counts the parts that each line is about."""
    labels = _labels(part.about)
    titles = (labels[label] for label in _TITLE_LABELS if label in labels)
    return build_article(
        source,
        "\n".join(part.lines[part.start : part.end]),
        title=next(titles, "") or _title(part, repeated),
        dated=_dated(part, labels),
        first_line=part.first + part.start,
    )


def _title(part: _Part, repeated: Mapping[str, int]) -> str:
    """Return the first paragraph of the head that is a title, and not a newspaper or a day."""
    copyrights = " ".join(line for line in part.about if _COPYRIGHT.match(line))

    def is_title(line: str) -> bool:
        return not (
            _is_note(line)
            or _NO_TITLE.match(line)
            or parse_date(line)
            or repeated[line.strip()] > 1
            or line.strip() in copyrights
        )

    title: list[str] = []
    for line in part.head:
        if line.strip() and is_title(line):
            title.append(line.strip())
        elif title:
            break
    return " ".join(title)


def _dated(part: _Part, labels: Mapping[str, str]) -> Dated | None:
    """Return the day of publication, None if there is none."""
    labelled = [labels[label] for label in _DATE_LABELS if label in labels]
    for value in (*labelled, *(line.strip() for line in part.head)):
        if dated := dated_value(value, "header"):
            return dated
        if value in labelled and (day := _day_in(value)):
            return Dated(day, "header")
    return dated_value(labels.get(_LATER_LABEL, ""), "header", is_guess=True)


def _day_in(value: str) -> date | None:
    """Return the first day that is named in a value."""
    days = (parse_date(found.group()) for found in _DAY.finditer(value))
    return next((day for day in days if day), None)
