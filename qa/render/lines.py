"""Answers, hits and articles → lines of styled text; prints nothing.

A line is a list of pieces, each a text and the name of what it is (``quote``, ``title``, …); the
doors decide what that looks like.
"""

from collections.abc import Sequence
from datetime import date

from ..datatypes import Answer, AnswerKind, Article, Citation, Hit, Status
from ..sentences import after_dateline, sentence_around, sentence_bounds
from ..terms import shared_words, stem

SURE = 0.85
"""Confidence from which an answered question is called sure."""

NEAR = 0.5
"""A further source is shown when its score is at least this share of the best."""

Piece = tuple[str, str]
Line = list[Piece]


def article_lines(article: Article, width: int | None) -> list[Line]:
    """Return a whole article under its title, date and path; ``width`` wraps its paragraphs."""
    when = f"{written_date(article.published)} · " if article.published else ""
    lines: list[Line] = [
        [(article.title, "title")],
        [(when, "date"), (article.source, "source")],
        [],
    ]
    for paragraph in article.text.split("\n"):
        lines += (
            [[(part, "text")] for part in _wrapped(paragraph, width)]
            if width
            else [[(paragraph, "text")]]
        )
    return lines


def confidence_words(answer: Answer) -> str:
    """Return how sure an answer is, in words."""
    if answer.status is Status.NOT_FOUND:
        return "not in your articles"
    if answer.status is Status.WEAK:
        return "weak"
    return "sure" if answer.confidence >= SURE else "likely"


def unread_words(answer: Answer) -> str:
    """Return what to say of passages that there was no time to read; empty when all were."""
    if not answer.unread:
        return ""
    passages = "1 passage was" if answer.unread == 1 else f"{answer.unread} passages were"
    return f"{passages} not read: the machine is busy. Ask again for all of them."


def written_date(day: date | None) -> str:
    """Return a date as people write it; empty for None."""
    return f"{day.day} {day:%B %Y}" if day else ""


def answer_lines(answer: Answer, width: int | None) -> list[Line]:
    """Return an answer with its sources; ``width`` wraps, None leaves each text on one line."""
    lines: list[Line] = []
    late = unread_words(answer)
    if answer.status is Status.NOT_FOUND:
        lines.append([("Not in your articles.", "missing")])
        if late:
            lines.append([(late, "note")])
        if answer.hits:
            lines += [[], [("The nearest passages; none seems to answer it:", "note")]]
            lines += _other_lines(answer.hits[:3], 1, width, question=answer.question)
        return lines
    note = confidence_words(answer)
    if answer.kind is not AnswerKind.SPAN:
        for cited in answer.citations:
            lines += _filled(_words_of(lit_pieces(cited, cited.start, cited.end)), width, indent="")
        count = len(answer.citations)
        what = "a sentence, its" if count == 1 else f"{count} sentences, their"
        note += f" · {what} likeliest words marked"
    else:
        lines += [[(part, "answer")] for part in _wrapped(answer.text, width)]
    count = len({cited.article.id for cited in answer.citations})
    where = f" · {count} articles" if count > 1 else ""
    lines.append([(f"{note}{where}", "note")])
    if late:
        lines.append([(late, "note")])
    for citation in answer.citations:
        lines += [[], *_place_lines(citation.number, citation.article, citation.line, width)]
        if answer.kind is AnswerKind.SPAN:
            lines += _quote_lines(citation, width)
    shown = {citation.article.id for citation in answer.citations}
    near = NEAR * answer.hits[0].score if answer.hits else 0.0
    others = [
        hit for hit in answer.hits if hit.passage.article.id not in shown and hit.score >= near
    ]
    if others:
        lines += [[], [("Also", "note")]]
        lines += _other_lines(_first_of_each(others)[:3], count + 1, width)
    return lines


def hit_lines(hits: Sequence[Hit], width: int | None, *, explain: bool) -> list[Line]:
    """Return passages with their places, and on request with their scores."""
    lines: list[Line] = []
    for hit in hits:
        if lines:
            lines.append([])
        passage = hit.passage
        lines += _place_lines(hit.rank, passage.article, _line_of(hit), width)
        if explain:
            lines.append([(f"    {why_text(hit)}", "note")])
        for part in _wrapped(passage.text, width, indent=4):
            lines.append([(part, "text")])
    return lines


def explain_lines(answer: Answer, width: int | None) -> list[Line]:
    """Return how an answer came about: each passage's scores, each step's time."""
    lines: list[Line] = [[], [("How it came about", "note")]]
    for place, hit in enumerate(answer.hits, 1):
        where = f"{hit.passage.article.source}:{_line_of(hit)}"
        lines.append([(f"{place:>3}. ", "number"), (where, "source")])
        lines.append([(f"     {why_text(hit)}", "note")])
    steps = " · ".join(f"{name} {value:.0f} ms" for name, value in answer.timings.items())
    lines.append([(f"     confidence {answer.confidence:.2f}", "note")])
    lines += [[(part, "note")] for part in _wrapped(steps, width, indent=5)]
    return lines


def why_text(hit: Hit) -> str:
    """Return a hit's scores on one line."""
    why = hit.why
    bm25 = "no word matched" if why.bm25 is None else f"BM25 {why.bm25:.2f} (#{why.bm25_rank})"
    dense = f"cosine {why.cosine:.2f}" + (f" (#{why.dense_rank})" if why.dense_rank else "")
    reader = "" if why.reader is None else f" · reader {why.reader:+.1f}"
    return f"score {hit.score:.2f} (#{hit.rank}) · {bm25} · {dense}{reader}"


def _place_lines(number: int, article: Article, line: int, width: int | None) -> list[Line]:
    """Number, title and date; below them the path, never cut, so that it can be opened."""
    when = f" · {written_date(article.published)}" if article.published else ""
    label = f"[{number}] "
    title = article.title
    if width and len(label) + len(title) + len(when) > width:
        title = title[: max(10, width - len(label) - len(when) - 1)].rstrip(" …") + "…"
    return [
        [(label, "number"), (title, "title"), (when, "date")],
        [("    ", "text"), (f"{article.source}:{line}", "source")],
    ]


def _other_lines(
    hits: Sequence[Hit], first: int, width: int | None, question: str = ""
) -> list[Line]:
    """Places of further passages.

    Each with its first words or, given the question, the sentence nearest to it.
    """
    lines: list[Line] = []
    for number, hit in enumerate(hits, start=first):
        lines += _place_lines(number, hit.passage.article, _line_of(hit), width)
        if question:
            lines += _filled(_words_of(nearest_sentence(question, hit.passage.text)), width)
            continue
        words = " ".join(hit.passage.text.split())
        room = (width or 160) - 4
        shown = words if len(words) <= room else words[: room - 1].rsplit(" ", 1)[0] + "…"
        lines.append([(f"    {shown}", "text")])
    return lines


def nearest_sentence(question: str, text: str) -> list[Piece]:
    """Return the sentence of a text, not its dateline, that shares most words with a question.

    It comes in pieces; those that the question has too are of the style ``match``.
    """

    def shared(bounds: tuple[int, int]) -> int:
        words = shared_words(question, text, *bounds)
        return len({stem(text[first:last].lower()) for first, last in words})

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


def _quote_lines(citation: Citation, width: int | None) -> list[Line]:
    """The sentence around a quote, the quote marked; its neighbours too when it is all of it."""
    text = citation.article.text
    start, end = citation.sentence_bounds
    if (start, end) == (citation.start, citation.end):
        before = len(text[:start].rstrip()) - 1
        after = end + len(text[end:]) - len(text[end:].lstrip())
        if before >= after_dateline(text):
            start = sentence_around(text, before, before + 1)[0]
        if after < len(text):
            end = sentence_around(text, after, after + 1)[1]
    return _filled(_words_of(lit_pieces(citation, start, end)), width)


def _words_of(parts: Sequence[Piece]) -> list[tuple[str, str, bool]]:
    """Return the words of styled parts, each with its style and whether a space precedes it."""
    words: list[tuple[str, str, bool]] = []
    spaced = False
    for part, style in parts:
        for position, word in enumerate(part.split()):
            words.append((word, style, position > 0 or part[:1].isspace() or spaced))
            spaced = False
        spaced = part[-1:].isspace() if part else spaced
    return words


def _filled(
    words: Sequence[tuple[str, str, bool]], width: int | None, indent: str = "    "
) -> list[Line]:
    """Words → indented lines, neighbours of one style joined."""
    lines: list[Line] = [[(indent, "text")]]
    used = len(indent)
    for word, style, spaced in words:
        if width and spaced and used > len(indent) and used + 1 + len(word) > width:
            lines.append([(indent, "text")])
            used = len(indent)
        elif spaced and used > len(indent):
            # The space belongs to the mark only inside it.
            inside = lines[-1][-1][1] == style
            lines[-1].append((" ", style if inside else "text"))
            used += 1
        lines[-1].append((word, style))
        used += len(word)
    return [_joined(line) for line in lines]


def _joined(line: Line) -> Line:
    joined: Line = []
    for text, style in line:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    return joined


def _wrapped(text: str, width: int | None, indent: int = 0) -> list[str]:
    words = [(word, "", True) for word in text.split()]
    pieces = _filled(words, width and width + 4 - indent)
    return [" " * indent + "".join(part for part, _ in line)[4:] for line in pieces]


def _first_of_each(hits: Sequence[Hit]) -> list[Hit]:
    """The best hit of each article."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.passage.article.id, hit)
    return list(first.values())


def _line_of(hit: Hit) -> int:
    return Citation(0, hit.passage.article, hit.passage.start, hit.passage.end).line
