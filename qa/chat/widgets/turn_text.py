"""The text of a turn: the answer, or what is known before there is one."""

import re
from collections.abc import Sequence

from textual.content import Content
from textual.style import Style

from ...answering.answer import READ_PASSAGES
from ...articles.clean import one_line
from ...datatypes import Answer, AnswerKind, Citation, Status
from ...render import (
    article_words,
    confidence_words,
    lit_pieces,
    nearest_sentence,
    time_words,
    unread_words,
)
from ..entries import Entry, Stage
from ..layout import inert, shortened
from ..places import LISTED, Kind, Place
from ..wording import counted

LONGEST_ANSWER = 2_000
"""Code points of an answer shown in the conversation; the source pane shows all of it."""

LIT = "bold $lit-answer-text on $lit-answer"
"""Style of the exact words. Not a class: Textual 8.2 drops a class's opaque background."""

Parts = list["tuple[str, str | Style] | str | Content"]


def tone(entry: Entry) -> str:
    """Return the class that colours an entry: its confidence, or what became of it."""
    if entry.is_pending:
        return "pending"
    if entry.answer is not None and not entry.answer.is_answer:
        return "missing"
    if entry.answer is None:
        return "failed" if entry.stage is Stage.FAILED else "missing"
    return "missing" if entry.answer.status is Status.NOT_FOUND else confidence_words(entry.answer)


def answer_text(entry: Entry, width: int) -> Content:
    """Return what is known about a question so far, for lines of ``width`` cells."""
    if entry.stage is Stage.FAILED:
        return Content(inert(entry.error))
    if entry.stage is Stage.STOPPED:
        return Content.styled("Stopped.", ".note")
    if entry.answer is None:
        return _pending(entry, width)
    if entry.answer.remark:
        return _with_notes(_remark(entry, entry.answer, width), entry.answer)
    if entry.answer.status is Status.NOT_FOUND:
        return _with_notes(_not_found(entry, width), entry.answer)
    return _with_notes(_found(entry, entry.answer, width), entry.answer)


def _with_notes(text: Content, answer: Answer) -> Content:
    """Return the text of an answer with a quiet line for each note under it."""
    notes: Parts = [("\n" + inert(note), ".note") for note in answer.notes]
    return Content.assemble(text, *notes)


def _pending(entry: Entry, width: int) -> Content:
    if not entry.hits:
        return Content.styled("looking …", ".note")
    read = min(len(entry.hits), READ_PASSAGES)
    parts: Parts = [(f"reading {counted(read, 'passage')} …", ".note")]
    for place in entry.places[:LISTED]:
        # Without a number, as the answer gives it another one.
        parts += ["\n", ("· ", ".note"), *_title(entry, place, width - 2)]
    return Content.assemble(*parts)


def _not_found(entry: Entry, width: int) -> Content:
    if not entry.has_found and not entry.scope.is_all:
        return Content.styled("No article matches the filter.", ".strong")
    parts: Parts = [("Not in your articles.", ".strong"), _verdict(entry)]
    if entry.answer is not None and entry.answer.unread:
        parts += ["\n", (unread_words(entry.answer), ".note")]
    if entry.places:
        parts += ["\n", ("The nearest passages; none seems to answer it:", ".note")]
        for place in entry.places[:LISTED]:
            parts += _place_line(entry, place, width)
            parts += ["\n", *_nearest(entry.searched or entry.question, place.citation)]
    elif not entry.hits and entry.turn is None:
        parts += ["\n", ("No passage comes near it.", ".note")]
    return Content.assemble(*parts)


def _found(entry: Entry, answer: Answer, width: int) -> Content:
    cited = entry.of_kind(Kind.CITATION)
    confidence = confidence_words(answer)
    parts: Parts = []
    if answer.kind is AnswerKind.SPAN:
        text = one_line(answer.text[:LONGEST_ANSWER])
        cut = " …" if len(answer.text) > LONGEST_ANSWER else ""
        parts += [(f"{inert(text)}{cut}", ".strong"), "\n"]
    several = answer.kind is AnswerKind.SENTENCES
    parts += _sentences(entry, cited if several else cited[:1], numbered=several)
    parts += [(confidence, ".confidence"), (" ·", ".note")]
    for place in cited:
        parts += [" ", _number(entry, place)]
    words = article_words(answer)
    if len({place.article.id for place in cited}) == 1 and not words:
        parts += [" ", *_title(entry, cited[0], width - len(confidence) - 3 - 4 * len(cited))]
    elif words:
        parts.append((f" · {words}", ".note"))
    if time := time_words(answer):
        parts.append((f" · {time}", ".note"))
    parts.append(_verdict(entry))
    if answer.unread:
        parts += ["\n", (unread_words(answer), ".note")]
    if others := entry.of_kind(Kind.OTHER):
        parts += _others(entry, others, width)
    return Content.assemble(*parts)


def _remark(entry: Entry, answer: Answer, width: int) -> Content:
    """Return what qa says itself, with a list of articles or sentences of one article."""
    cited = entry.of_kind(Kind.CITATION)
    if not cited:
        return Content(inert(answer.remark))
    remark = (inert(answer.remark), ".note")
    if answer.is_list:
        lines = [part for place in cited for part in _place_line(entry, place, width)]
        if left := len(answer.citations) - len(cited):
            lines += ["\n", (f"and {left} more; qa mentions lists all", ".note")]
        return Content.assemble(remark, *lines)
    parts = _sentences(entry, cited, numbered=len(cited) > 1)
    remark = (f"{inert(answer.remark).removesuffix(':')}:\n", ".note")
    return Content.assemble(*parts, remark, *_title(entry, cited[0], width))


def _sentences(entry: Entry, places: Sequence[Place], *, numbered: bool) -> Parts:
    """Return the sentence of each place on lines of its own."""
    parts: Parts = []
    for place in places:
        if sentence := _sentence(place.citation, whole=numbered):
            if numbered:
                parts += [_number(entry, place), " "]
            parts += [*sentence, "\n"]
    return parts


def _others(entry: Entry, others: Sequence[Place], width: int) -> Parts:
    """Return the line that unfolds the other answers and, if it is unfolded, those."""
    many = "1 other answer" if len(others) == 1 else f"{len(others)} other answers"
    sign = "▾" if entry.unfolded else "▸"
    fold = Style.from_meta({"@click": f"screen.unfold({entry.number})"})
    parts: Parts = ["\n", Content.styled(f"{sign} {many}", ".note").stylize(fold)]
    for place in others if entry.unfolded else ():
        sure = f" {place.confidence:.0%}" if place.confidence is not None else ""
        quote = shortened(place.citation.quote, max(10, width - 12))
        parts += ["\n  ", _number(entry, place), " ", _link(quote, entry, place), (sure, ".note")]
    return parts


def _sentence(citation: Citation, *, whole: bool) -> Parts:
    """Return the sentence that holds the answer, with the exact words highlighted.

    Returns nothing if it is too long or, unless ``whole``, if the sentence is the answer.
    """
    start, end = citation.sentence_bounds
    is_all = (start, end) == citation.lit_bounds
    if (is_all and not whole) or end - start > LONGEST_ANSWER:
        return []
    if is_all:
        return _flat(citation.quote, "")
    parts: Parts = []
    for text, style in lit_pieces(citation, start, end):
        parts += _flat(text, LIT if style == "quote" else "")
    return parts


def _nearest(question: str, citation: Citation) -> Parts:
    """Return the sentence that shares most words with the question, those words in bold."""
    parts: Parts = []
    for text, style in nearest_sentence(question, citation.quote):
        parts += _flat(text, ".strong" if style == "match" else ".note")
    return parts


def _flat(text: str, style: str) -> Parts:
    """Return text with every run of white space as one space."""
    return [(inert(re.sub(r"\s+", " ", text)), style)] if text else []


def _title(entry: Entry, place: Place, room: int) -> Parts:
    """Return the article's title and date, cut to ``room`` cells."""
    when = f" · {place.short_date}" if place.short_date else ""
    title = shortened(one_line(place.article.title), max(10, room - len(when)))
    return [_link(title, entry, place), (when, ".note")]


def _place_line(entry: Entry, place: Place, width: int) -> Parts:
    """Return a new line with a place's number, title and date."""
    return ["\n", _number(entry, place), " ", *_title(entry, place, width - 4)]


def _number(entry: Entry, place: Place) -> Content:
    return _link(f"[{place.number}]", entry, place).stylize(".number")


def _link(text: str, entry: Entry, place: Place) -> Content:
    """Return text that opens a place when it is clicked."""
    action = f"screen.open_source({entry.number}, {place.number})"
    if entry.is_pending:
        action = f"screen.open_found({entry.number}, {place.article.id!r})"
    return Content(text).stylize(Style.from_meta({"@click": action}))


def _verdict(entry: Entry) -> Content:
    """Return the person's verdict on the answer, if there is one."""
    verdict = entry.turn.verdict if entry.turn else None
    if verdict is None:
        return Content()
    sign, style = ("✓ right", ".right") if verdict == "right" else ("✗ wrong", ".wrong")
    return Content.assemble((" · ", ".note"), (sign, style))
