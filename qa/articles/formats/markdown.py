"""Markdown: what it looks like when it is rendered, as plain text that keeps its lines.

Links and images leave their words, and emphasis its text. A row of a table names the column of
each cell. What is struck out is left out, and code stays as it is.
"""

import re
from collections.abc import Iterator

from ..inline import PARAGRAPH, without_data, without_entities, without_tags
from ..numbered import Numbered
from ..tables import sentence

_FENCE = re.compile(
    r"^[ >]{0,9}(`{3,}|~{3,})[^\n]*\n(.*?)(^[ >]{0,9}\1[`~]*[ ]*$|\Z)", re.DOTALL | re.M
)
_CODE = re.compile(r"(?<![`\\])(`+)(?!`)([^\n]+?)(?<!`)\1(?!`)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_KEPT = re.compile("\0(\\d+)\0")

_TARGET = (
    r"""\(\s*(?:<[^<>\n]*>|(?:[^()\s]|\([^()\s]*\))*)(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)"""
)
_WORDS = r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]"
_WIKI = re.compile(r"(!?)\[\[([^\[\]\n|]+)(?:\|([^\[\]\n]*))?\]\]")
_FILE = re.compile(r"\.\w{2,4}$")
_IMAGE = re.compile(rf"!{_WORDS}(?:{_TARGET}|\[[^\[\]\n]*\])")
_LINK = re.compile(rf"{_WORDS}{_TARGET}")
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)([^\[\]\n]+)\]:[ ]+\S[^\n]*$", re.M)
_FOOTNOTE = re.compile(r"^( {0,3})\[\^[^\[\]\s]+\]:[ ]*", re.M)
_FOOTNOTE_MARK = re.compile(r"\[\^[^\[\]\s]+\]")
_REFERENCE = re.compile(rf"{_WORDS}(?:[ ]?\[([^\[\]\n]*)\])?")
_ADDRESS = re.compile(r"<((?:https?|ftp|mailto):[^<>\s]+|[^<>\s@]+@[^<>\s@]+\.[^<>\s@]+)>", re.I)

_STRUCK = re.compile(r"~~(?=\S)[^~\n]*[^~\s]~~ ?")
_MARKED = re.compile(r"==(?=[^\s=])([^=\n]*[^=\s])==")
_STARS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])((?:[^*\n]|\n(?!\s*\n))*?[^\s*])\1(?![\w*])")
_BARS = re.compile(r"(?<![\w_])(_{1,3})(?=[^\s_])((?:[^\n]|\n(?!\s*\n))*?[^\s_])\1(?![\w_])")

_QUOTED = re.compile(r"(?: {0,3}> ?)+")
_CALLOUT = re.compile(r"\[![\w-]+\][+-]? ?")
_HEADING = re.compile(r" {0,3}(#{1,6})[ ]+(.*?)(?:[ ]+#+)?[ ]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ ]*")
_RULE = re.compile(r" {0,3}([-*_])(?:[ ]*\1){2,}[ ]*")
_TASK = re.compile(r"(\s*(?:[-*+]|\d+[.)]) )\[[ xX]\] ")
_TABLE_RULE = re.compile(r"[ |]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*")
_BLOCK_START = re.compile(r"\s*(?:[-*+] |\d+[.)] |\||$)")


class Markdown:
    """A Markdown text taken apart; the markup is gone from its title and lines."""

    def __init__(self, text: str, first_line: int = 1) -> None:
        """Take a cleaned text apart; its first line has this number in the source."""
        self.title = ""
        """The first heading of the first level; empty without one."""
        self._code: list[str] = []
        rows = self._plain(text).split("\n")
        numbered = ((number, row) for number, row in enumerate(rows, first_line))
        self.lines = [(number, self._restored(line)) for number, line in self._lines(numbered)]
        """The lines of plain text; there may be several with one number, or none."""

    def _plain(self, text: str) -> str:
        """Return the text without the markup that stands within lines; code is put aside."""
        text = _FENCE.sub(self._fenced, without_data(text))
        text = _CODE.sub(lambda code: self._aside(code[2].strip()), text)
        text = _ESCAPED.sub(lambda escaped: self._aside(escaped[1]), text)
        text = _links(without_tags(_ADDRESS.sub(r"\1", text)))
        text = _MARKED.sub(r"\1", _STRUCK.sub("", text))
        for emphasis in (_STARS, _BARS) * 2:  # one may stand inside another
            text = emphasis.sub(r"\2", text)
        return without_entities(text)

    def _aside(self, code: str) -> str:
        """Put text aside that must stay as it is; return what stands for it."""
        self._code.append(code)
        return f"\0{len(self._code) - 1}\0"

    def _fenced(self, block: re.Match[str]) -> str:
        lines = block[2].removesuffix("\n").split("\n")
        ending = [PARAGRAPH] if block[3] else []
        return "\n".join([PARAGRAPH, *map(self._aside, lines), *ending])

    def _restored(self, line: str) -> str:
        return _KEPT.sub(lambda kept: self._code[int(kept[1])], line)

    def _lines(self, numbered: Iterator[Numbered]) -> Iterator[Numbered]:
        """Yield the lines without headings' marks, rules and quote marks, and with rows named."""
        lines = [(number, *_unquoted(line)) for number, line in numbered]
        lines.append((0, "", 0))
        depth = 0
        rest = iter(range(len(lines) - 1))
        for at in rest:
            number, line, quotes = lines[at]
            below = lines[at + 1][1]
            if quotes != depth:
                yield number, ""
                depth = quotes
            if "|" in line and "|" in below and _TABLE_RULE.fullmatch(below):
                rows = [(number, line)]
                for row, cells, _ in lines[at + 2 :]:
                    if "|" not in cells:
                        break
                    rows.append((row, cells))
                for _ in range(len(rows)):
                    next(rest, None)
                yield from _table(rows)
            elif found := _HEADING.fullmatch(line):
                yield from self._heading(number, found[2], len(found[1]))
            elif (found := _UNDERLINE.fullmatch(below)) and not _BLOCK_START.match(line):
                next(rest, None)
                yield from self._heading(number, line.strip(), 1 if found[1][0] == "=" else 2)
            elif _RULE.fullmatch(line):
                yield number, ""
            else:
                yield from _paragraphs(number, _TASK.sub(r"\1", line))

    def _heading(self, number: int, words: str, level: int) -> Iterator[Numbered]:
        words = words.replace(PARAGRAPH, " ").strip()
        if level == 1 and not self.title:
            self.title = self._restored(words)
        yield from ((number, ""), (number, words), (number, ""))


def plain_words(text: str) -> str:
    """Return one line of Markdown, such as a title, without its markup."""
    return " ".join(line for _, line in Markdown(text).lines if line).strip()


def _links(text: str) -> str:
    """Return the text with the words of its links and images in their place."""
    if "[" not in text:
        return text
    text = _WIKI.sub(_wiki_words, text)
    defined = {name.lower() for name in _DEFINITION.findall(text)}
    text = _FOOTNOTE_MARK.sub("", _FOOTNOTE.sub(r"\1", _DEFINITION.sub("", text)))
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    if not defined:
        return text

    def words(found: re.Match[str]) -> str:
        return found[1] if (found[2] or found[1]).lower() in defined else found.group()

    return _REFERENCE.sub(words, text)


def _wiki_words(link: re.Match[str]) -> str:
    """Return the words of ``[[Page|words]]``; a file that is shown has none."""
    is_shown, page, words = link.groups()
    if is_shown and _FILE.search(page.strip()):
        return ""
    return words or page.partition("#")[0].rpartition("/")[2].strip() or page.strip("# ")


def _unquoted(line: str) -> tuple[str, int]:
    """Return a line without the marks of a quotation, and how often it is quoted."""
    found = _QUOTED.match(line)
    if not found:
        return line, 0
    return _CALLOUT.sub("", line[found.end() :], count=1), found.group().count(">")


def _paragraphs(number: int, line: str) -> Iterator[Numbered]:
    """Yield the parts of a line between blocks of HTML, with blank lines between them."""
    for count, part in enumerate(line.split(PARAGRAPH)):
        if count:
            yield number, ""
        yield number, part.rstrip() if count == 0 else part.strip()


def _table(rows: list[Numbered]) -> Iterator[Numbered]:
    """Yield the rows of a table as ``Column cell, Column cell.``, each a paragraph."""
    names = _cells(rows[0][1])
    yield rows[0][0], ""
    for number, row in rows[1:]:
        yield from ((number, sentence(names, _cells(row))), (number, ""))


def _cells(row: str) -> list[str]:
    row = row.replace(PARAGRAPH, " ").strip()
    return [cell.strip() for cell in row.removeprefix("|").removesuffix("|").split("|")]
