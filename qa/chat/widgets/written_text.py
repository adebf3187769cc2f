"""The text of a written answer: its sentences with their marks, and the one in the making."""

from collections.abc import Iterator

from textual.content import Content
from textual.style import Style

from ...articles.clean import one_line
from ...turns import Ending, Support
from ...writing.shown import ENDINGS, MARKS, NOTHING_NEAR
from ..actions import BY_NAME
from ..entries import Entry
from ..layout import inert
from ..wording import counted
from ..written import HELD, SaidSentence, WrittenAnswer

STYLES = {
    Support.SUPPORTED: (".right", ""),
    Support.ELSEWHERE: (".note-strong", ""),
    Support.UNSUPPORTED: (".wrong", ".struck"),
    Support.NOT_CHECKABLE: (".note", ""),
}
"""Styles of the mark and of the sentence."""

STOPPED = "Stopped before a sentence was written."
AGAIN = f"{BY_NAME['write'].shown_key} tries again."


def written_text(entry: Entry, width: int) -> Content:
    """Return what a language model wrote so far, for lines of ``width`` cells."""
    written = entry.written
    if written is None:
        return Content()
    lines = [Content.styled(head, ".note") for head in _head(written)]
    for sentence in written.sentences:
        lines += _sentence_lines(entry, sentence, width)
    if written.unfinished:
        tail = Content.styled(inert(one_line(written.unfinished)), ".note")
        lines += _hanging(Content("  "), tail, width)
    lines += [Content.styled(end, style) for end, style in _end(written)]
    return Content("\n").join(lines)


def _head(written: WrittenAnswer) -> Iterator[str]:
    """Yield the line that names who writes, and how many sentences are supported."""
    server = inert(one_line(written.server))
    many = len(written.sentences)
    supported = f"{written.supported} of {counted(many, 'sentence')} supported"
    if not written.is_pending:
        if many:
            yield f"written by {server}, {supported}"
    elif many:
        yield f"{server} is writing, {supported}"
    elif server:
        doing = "is writing" if written.unfinished else "reads the passages"
        yield f"{server} {doing} …"
    else:
        yield "asking for a written answer …"


def _sentence_lines(entry: Entry, sentence: SaidSentence, width: int) -> list[Content]:
    """Return a sentence behind its mark, with the numbers that it rests on, or why it does not."""
    mark_style, style = STYLES[sentence.support]
    said = Content.styled(inert(one_line(sentence.text)), style)
    for number in sentence.numbers if sentence.support in HELD else ():
        opens = Style.from_meta({"@click": f"screen.open_source({entry.number}, {number})"})
        said = Content.assemble(said, " ", Content.styled(f"[{number}]", ".number").stylize(opens))
    if sentence.support is Support.ELSEWHERE:
        said = Content.assemble(said, (" found by qa", ".note"))
    lines = _hanging(Content.styled(f"{MARKS[sentence.support]} ", mark_style), said, width)
    if sentence.support is Support.UNSUPPORTED and sentence.reason:
        reason = Content.styled(inert(one_line(sentence.reason)), ".note")
        lines += _hanging(Content("  "), reason, width)
    return lines


def _hanging(mark: Content, text: Content, width: int) -> list[Content]:
    """Return lines of at most ``width`` cells: the mark, and the text beside it."""
    first, *others = text.wrap(max(width - mark.cell_length, 2))
    space = Content(" " * mark.cell_length)
    return [mark + first, *(space + line for line in others)]


def _end(written: WrittenAnswer) -> Iterator[tuple[str, str]]:
    """Yield how it ended, unless at its own end, each line with its style."""
    how = ENDINGS.get(written.ending) if written.ending is not None else None
    if written.ending is Ending.CANCELLED and not written.sentences:
        how = STOPPED
    if written.ending is Ending.NOTHING_NEAR:
        yield NOTHING_NEAR, ".note"
    elif how and (written.sentences or not written.error):
        again = f" {AGAIN}" if written.ending is Ending.CANCELLED else ""
        yield f"{how}{again}", ".note"
    if written.error:
        again = f" {AGAIN}" if written.server else ""
        yield f"{inert(one_line(written.error))}{again}", ".note-strong"
