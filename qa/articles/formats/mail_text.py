"""The text of a mail → paragraphs: quotes without their marks, no signatures, no PGP armour."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ..clean import clean

SIGNATURE_LINES = 20
"""Most lines after ``--`` that are a signature; more are text under a ruler."""
ENCRYPTED = "-----BEGIN PGP MESSAGE-----"
"""First line of a text that cannot be read without a key."""

_QUOTE = re.compile(r"(?:> ?)+")
_DELIMITERS = ("-- ", "--", "- -- ")  # the last as PGP escapes it
_RULER = re.compile(r"\s*[-_]{3,} ?[^-_\s][^\n]{1,60}[^-_\s] ?[-_]{3,}\s*")
"""A line such as ``-----Original Message-----``, in any language."""
_BEGIN, _SIGNED, _END = "-----BEGIN PGP ", "-----BEGIN PGP SIGNED MESSAGE-----", "-----END PGP "


def paragraphs(text: str) -> Iterator[str]:
    """Yield the cleaned paragraphs of a mail's text, quoted ones apart from the sender's own."""
    runs = list(_runs(clean(text).split("\n")))
    following = [depth for depth, _ in runs[1:]]
    for (depth, lines), next_depth in zip(runs, [*following, 0], strict=True):
        for is_blank, block in groupby(_unsigned(lines, next_depth > depth), key=_is_blank):
            if not is_blank:
                yield "\n".join(map(str.rstrip, block)).strip()


def _runs(lines: Iterable[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the runs of lines that are quoted to the same depth, without the marks of quotes.

    A ruler, which stands above a quoted message without marks, begins a run of its own.
    """
    depth = 0
    run: list[str] = []
    for line in _without_armour(lines):
        mark = _QUOTE.match(line)
        next_depth = mark[0].count(">") if mark else 0
        if run and (next_depth != depth or _RULER.fullmatch(line)):
            yield depth, run
            run = []
        depth = next_depth
        run.append(line[mark.end() :] if mark else line)
    if run:
        yield depth, run


def _without_armour(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines without PGP signatures, keys and encrypted text; signed text stays."""
    is_inside = is_head = False
    for line in lines:
        if line.startswith(_BEGIN):
            is_inside, is_head = True, line.startswith(_SIGNED)
        elif line.startswith(_END):
            is_inside = False
        elif not is_inside:
            yield line
        elif is_head and _is_blank(line):  # the text follows the head of a signed message
            is_inside = False


def _unsigned(lines: Sequence[str], is_before_quote: bool) -> Sequence[str]:
    """Return the lines without the signature at their end.

    Before a quote the last lines stay if they introduce it, as ``Anna wrote:`` does.
    """
    start = max(0, len(lines) - SIGNATURE_LINES - 1)
    delimiter = next((at for at in range(start, len(lines)) if lines[at] in _DELIMITERS), None)
    if delimiter is None:
        return lines
    tail = "\n".join(lines[delimiter + 1 :]).strip().rpartition("\n\n")[2]
    introduces = is_before_quote and tail.endswith(":")
    return [*lines[:delimiter], "", tail] if introduces else lines[:delimiter]


def _is_blank(line: str) -> bool:
    return not line.strip()
