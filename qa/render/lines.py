"""Answers, hits and articles → lines of styled text.

A line is a list of pieces, each a text and the name of its style (``quote``, ``title``, …). The
command line and the chat decide what a style looks like. ``width`` is in terminal cells. Only a
path may be wider: it is never broken, so that it can be clicked and copied.
"""

from collections.abc import Sequence
from datetime import date

from ..datatypes import Answer, AnswerKind, Article, Citation, Hit, Status
from ..folding import fold
from ..sentences import after_dateline, sentence_around, sentence_bounds
from ..terms import shared_words, stem
from ..timex import time_spans
from .links import article_address
from .wrap import Line, Piece, shortened, wrapped

SURE = 0.85
"""Confidence from which an answer is called sure."""

NEAR = 0.5
"""A further source is shown if its score is at least this share of the best score."""

UNWRAPPED_CELLS = 160
"""Cells of a passage that are shown as its beginning where lines are not wrapped."""

TIME_CONTEXT = 400
"""Characters around an answer that are read to understand the times that it names."""

INDENT = " " * 4
"""Stands before the text under a title."""


def article_lines(article: Article, width: int | None) -> list[Line]:
    """Return a whole article under its title, date and path; None for ``width`` wraps nothing."""
    when = f"{article_date(article)} · " if article.published else ""
    pages = len(article.pages)
    length = f", {pages} pages" if pages > 1 else ", 1 page" if pages else ""
    lines: list[Line] = [
        *wrapped([(article.title, "title")], width),
        [
            (when, "date"),
            (article.source, _source_style(article)),
            (length, "note"),
        ],
        [],
    ]
    for paragraph in article.text.split("\n"):
        lines += wrapped([(paragraph, "text")], width) if width else [[(paragraph, "text")]]
    return lines


def confidence_words(answer: Answer) -> str:
    """Return how sure an answer is, in words."""
    if answer.status is Status.NOT_FOUND:
        return "not in your articles"
    if answer.status is Status.WEAK:
        return "weak"
    return "sure" if answer.confidence >= SURE else "likely"


def article_words(answer: Answer) -> str:
    """Return how many articles say so, and how many of them on their own; empty for one."""
    cited = {citation.article.id: citation.copies for citation in answer.citations}
    count = len(cited) + sum(cited.values())
    if count <= 1 or answer.remark:
        return ""
    independent = f", {len(cited)} independent" if any(cited.values()) else ""
    return f"{count} articles{independent}"


def unread_words(answer: Answer) -> str:
    """Return a note on the passages that there was no time to read; empty if all were read."""
    if not answer.unread:
        return ""
    passages = "1 passage was" if answer.unread == 1 else f"{answer.unread} passages were"
    return f"{passages} not read: the machine is busy. Ask again to read all of them."


def time_words(answer: Answer) -> str:
    """Return the time that an answer's words mean, such as ``Wednesday, 17 April 2013``.

    Empty if they name no time or several, or one that needs nothing else to be understood.
    """
    if not answer.citations or answer.kind is AnswerKind.SUMMARY:
        return ""
    cited = answer.citations[0]
    start, end = cited.lit_bounds
    before = max(0, start - TIME_CONTEXT)
    around = cited.article.text[before : end + TIME_CONTEXT]
    named = [
        span
        for span in time_spans(around, cited.article.published)
        if span.start < end - before and span.end > start - before
    ]
    if len(named) != 1 or not named[0].is_relative:
        return ""
    return named[0].worded(is_guess=cited.article.is_date_guess)


def written_date(day: date | None) -> str:
    """Return a date as ``24 October 2011``; empty for None."""
    return f"{day.day} {day:%B %Y}" if day else ""


def place_piece(article: Article, offset: int) -> Piece:
    """Return where an offset of an article is, as a link to its file or page."""
    return article.where(offset), _source_style(article)


def article_date(article: Article) -> str:
    """Return the publication date in words, marked if it is a guess; empty if there is none."""
    guess = "about " if article.published and article.is_date_guess else ""
    return f"{guess}{written_date(article.published)}"


def library_pieces(name: str) -> Line:
    """Return the note that names an article's library; nothing if only one is asked."""
    return [(f" · library {name}", "note")] if name else []


def answer_lines(answer: Answer, width: int | None) -> list[Line]:
    """Return an answer with its sources; None for ``width`` wraps nothing."""
    if answer.kind is AnswerKind.REMARK:
        return wrapped([(answer.remark, "text")], width)
    if answer.status is Status.NOT_FOUND:
        return _refusal_lines(answer, width)
    note = answer.remark or confidence_words(answer)
    lines: list[Line] = []
    if answer.kind is AnswerKind.SPAN:
        lines += wrapped([(answer.text, "answer")], width)
    elif not answer.is_list:
        for cited in answer.citations:
            label: Line = [(f"[{cited.number}] ", "number")] if len(answer.citations) > 1 else []
            lines += wrapped([*label, *lit_pieces(cited, cited.start, cited.end)], width)
    if answer.kind in (AnswerKind.SENTENCE, AnswerKind.SENTENCES):
        sentences = len(answer.citations)
        what = "a sentence; its" if sentences == 1 else f"{sentences} sentences; their"
        note += f" · {what} likeliest words are marked"
    if time := time_words(answer):
        note += f" · {time}"
    where = article_words(answer)
    lines += _note_lines(f"{note} · {where}" if where else note, width)
    lines += _unread_lines(answer, width)
    lines += note_lines(answer.notes, width)
    for citation in answer.citations:
        lines += [[], *source_lines(citation.number, citation.article, citation.start, width)]
        if answer.kind is AnswerKind.SPAN:
            lines += _quote_lines(citation, width)
    differing = [other.citation for other in answer.alternatives if other.differs]
    shown = len(answer.citations) + len(differing)
    for number, citation in enumerate(differing, len(answer.citations) + 1):
        lines += [[], *source_lines(number, citation.article, citation.start, width)]
        lines += _quote_lines(citation, width)
    others = _further_hits(answer)
    if others:
        lines += [[], *_note_lines("Also", width)]
    for number, hit in enumerate(others, shown + 1):
        lines += source_lines(number, hit.passage.article, hit.passage.start, width)
        start = shortened(" ".join(hit.passage.text.split()), (width or UNWRAPPED_CELLS) - 4)
        lines.append([(INDENT, "text"), (start, "text")])
    return lines


def hit_lines(hits: Sequence[Hit], width: int | None, *, explain: bool) -> list[Line]:
    """Return passages under their sources, with their scores if ``explain``."""
    lines: list[Line] = []
    for hit in hits:
        if lines:
            lines.append([])
        passage = hit.passage
        lines += source_lines(hit.rank, passage.article, passage.start, width)
        if explain:
            lines += _note_lines(why_text(hit), width, INDENT)
        lines += wrapped([(passage.text, "text")], width, INDENT)
    return lines


def explain_lines(answer: Answer, width: int | None) -> list[Line]:
    """Return how an answer came about: the scores of each passage, the time of each step."""
    lines: list[Line] = [[], *_note_lines("How it came about", width)]
    for place, hit in enumerate(answer.hits, 1):
        article = hit.passage.article
        where = place_piece(article, hit.passage.start)
        lines.append([(f"{place:>3}. ", "number"), where, *library_pieces(article.library)])
        lines += _note_lines(why_text(hit), width, " " * 5)
    steps = " · ".join(f"{name} {value:.0f} ms" for name, value in answer.timings.items())
    lines += _note_lines(f"confidence {answer.confidence:.2f}", width, " " * 5)
    lines += _note_lines(steps, width, " " * 5)
    return lines


def why_text(hit: Hit) -> str:
    """Return a hit's scores on one line."""
    why = hit.why
    bm25 = "no word matched" if why.bm25 is None else f"BM25 {why.bm25:.2f} (#{why.bm25_rank})"
    dense = f"cosine {why.cosine:.2f}" + (f" (#{why.dense_rank})" if why.dense_rank else "")
    reader = "" if why.reader is None else f" · reader {why.reader:+.1f}"
    return f"score {hit.score:.2f} (#{hit.rank}) · {bm25} · {dense}{reader}"


def nearest_sentence(question: str, text: str) -> list[Piece]:
    """Return the sentence of a text that shares the most words with a question, in pieces.

    The shared words have the style ``match``. The dateline is not considered.
    """

    def shared(bounds: tuple[int, int]) -> int:
        words = shared_words(question, text, *bounds)
        return len({stem(fold(text[first:last])) for first, last in words})

    dateline = after_dateline(text)
    bounds = [(start, end) for start, end in sentence_bounds(text) if end > dateline]
    if not bounds:
        return [(text, "text")]
    start, end = max(bounds, key=shared)
    pieces: list[Piece] = []
    done = start
    for first, last in shared_words(question, text, start, end):
        pieces += [(text[done:first], "text"), (text[first:last], "match")]
        done = last
    return [piece for piece in (*pieces, (text[done:end], "text")) if piece[0]]


def lit_pieces(citation: Citation, start: int, end: int) -> list[Piece]:
    """Return ``text[start:end]`` of the cited article; the words to highlight are a ``quote``."""
    text = citation.article.text
    first, last = citation.lit_bounds
    return [(text[start:first], "text"), (text[first:last], "quote"), (text[last:end], "text")]


def source_lines(number: int, article: Article, start: int, width: int | None) -> list[Line]:
    """Return number, title and date on one line; path and page, or line, on the next."""
    when = f" · {article_date(article)}" if article.published else ""
    label = f"[{number}] "
    title = article.title
    if width:
        title = shortened(title, max(10, width - len(label) - len(when)))
    return [
        [(label, "number"), (title, "title"), (when, "date")],
        [(INDENT, "text"), place_piece(article, start), *library_pieces(article.library)],
    ]


def _refusal_lines(answer: Answer, width: int | None) -> list[Line]:
    """Say that there is no answer; under it the sentences nearest to the question."""
    if not answer.hits:  # every library with articles has a nearest passage
        return wrapped([("No article matches the filter.", "missing")], width)
    lines = wrapped([("Not in your articles.", "missing")], width)
    lines += _unread_lines(answer, width)
    lines += note_lines(answer.notes, width)
    lines += [[], *_note_lines("The nearest passages; none seems to answer it:", width)]
    nearest = [hit for hit in answer.hits if not hit.is_copy][:3]
    for number, hit in enumerate(nearest, 1):
        lines += source_lines(number, hit.passage.article, hit.passage.start, width)
        lines += wrapped(nearest_sentence(answer.question, hit.passage.text), width, INDENT)
    return lines


def note_lines(notes: Sequence[str], width: int | None) -> list[Line]:
    """Return what a person should know about an answer or a search, a line each."""
    return [line for note in notes for line in _note_lines(note, width)]


def _note_lines(text: str, width: int | None, indent: str = "") -> list[Line]:
    return wrapped([(text, "note")], width, indent)


def _unread_lines(answer: Answer, width: int | None) -> list[Line]:
    note = unread_words(answer)
    return _note_lines(note, width) if note else []


def _source_style(article: Article) -> str:
    """Return the style of a source, with the address that it links to."""
    return f"source {article_address(article)}".rstrip()


def _further_hits(answer: Answer) -> list[Hit]:
    """Up to three hits with a good score, of articles not shown and no copies, one of each."""
    differing = [other.citation for other in answer.alternatives if other.differs]
    shown = {citation.article.id for citation in (*answer.citations, *differing)}
    near = NEAR * answer.hits[0].score if answer.hits else 0.0
    best: dict[str, Hit] = {}
    for hit in answer.hits:
        if hit.passage.article.id not in shown and hit.score >= near and not hit.is_copy:
            best.setdefault(hit.passage.article.id, hit)
    return list(best.values())[:3]


def _quote_lines(citation: Citation, width: int | None) -> list[Line]:
    """The sentence around a quote; if it is all quote, the sentences before and after as well."""
    text = citation.article.text
    start, end = citation.sentence_bounds
    if (start, end) == (citation.start, citation.end):
        before = len(text[:start].rstrip()) - 1
        after = end + len(text[end:]) - len(text[end:].lstrip())
        if before >= after_dateline(text):
            start = sentence_around(text, before, before + 1)[0]
        if after < len(text):
            end = sentence_around(text, after, after + 1)[1]
    return wrapped(lit_pieces(citation, start, end), width, INDENT)
