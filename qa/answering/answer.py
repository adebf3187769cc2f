"""Hits → answer: read the passages, weigh the spans, say how sure, or say that there is none."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from ..datatypes import Alternative, Answer, AnswerKind, Citation, Hit, Passage, Scope, Span, Status
from ..models.reader import Reader
from .evidence import Weighed, folded, tells, weigh
from .kinds import LATEST, OPEN, YES_OR_NO
from .later import Told, as_of, later_first
from .several import in_sentences, sentence_citation
from .speech import answering_spans, quotation_in, speakers, speaking_first
from .times import WIDE, may_be_of, of_time, time_asked

if TYPE_CHECKING:
    from .retriever import Retriever
    from .session import Session

READ_PASSAGES = 10
"""Passages that are read for an answer."""

READ_SECONDS = 8.0
"""Time after which no further passage is started. A busy machine answers from fewer and says so."""

ANSWERED = 0.77
"""Least confidence of words that are claimed as the answer: four in five of them are right.

Chosen on the fitted half of six sets of questions; on the other half 85 % are
(tests/benchmarks/fit_reader.py).
"""

WEAK = 0.5
"""Least confidence of words that are shown as a weak answer: they are likelier right than not.

Below it their sentence is shown, which holds the answer more often than the words are it.
"""

SENTENCE_ANSWERED = 0.8
"""Least confidence of a sentence that is claimed to hold the answer.

On the other half of the fit 88 % of all claimed answers, words and sentences, are right.
"""

SENTENCE_WEAK = 0.21
"""Least confidence of a sentence that is shown as a weak answer.

The lowest value at which two in five of these sentences hold the answer on the fitted half; on the
other half 43 % do. What is shown then holds the answer to 75 % of the questions that have one; from
0.35 on it would be 67 %. It costs refusals: of the questions asked before the article was seen,
which it does not answer, 65 % are refused and not 83 %; words are shown for 4 %.
"""

FoundHits = Callable[[list[Hit]], None]
"""Called with the passages as soon as they are found, before they are read."""

MOST_CITATIONS = 3
"""Most citations of one answer."""

MOST_ALTERNATIVES = 3
"""Most other answers that are offered."""

CLOSE_THEN = 3.0
"""How far below the best one's evidence an answer of the time asked for may be and go first.

It is more than for a further sentence, because the best one is of another time, and the other is
shown only if it is sure enough by itself.
"""

SEE_FOR_YOURSELF = "see for yourself whether the sentence says yes or no"
"""Note on the answer to a question for yes or no."""


def ask_once(
    question: str,
    session: "Session",
    retriever: "Retriever",
    *,
    k: int,
    scope: Scope,
    on_hits: FoundHits | None,
    started: float,
) -> Answer:
    """Answer a question on its own. Raises what ``Library.ask`` raises."""
    wording = retriever.reworded(question)
    # As many are read whatever k is: k changes what is returned, not the answer.
    times = time_asked(question, date.today())
    most = max(k, WIDE if times else READ_PASSAGES)
    found = retriever.retrieve(wording.text, most, scope)
    hits = of_time(found.hits, times) if times else found.hits
    if on_hits is not None:
        on_hits(list(hits[:k]))
    reader = session.reader
    made = answer(wording.text, hits, reader, k=k, timings=found.timings, started=started)
    asked = question if wording.notes else ""
    if wording.notes and made.status is Status.ANSWERED:
        made = replace(made, status=Status.WEAK)  # the other word may be another name
    return replace(made, asked=asked, notes=(*wording.notes, *found.notes, *made.notes))


def answer(
    question: str,
    hits: Sequence[Hit],
    reader: Reader,
    *,
    k: int,
    timings: Mapping[str, float],
    started: float,
) -> Answer:
    """Read the best hits and return the answer.

    The answer lists the k best hits in the reader's order. ``timings`` are the milliseconds of each
    retrieval step; the time for reading and the total since ``started`` (a ``time.perf_counter``
    value) are added.
    """
    reading = time.perf_counter()
    late: list[Passage] = []
    weighed = read(question, hits[:READ_PASSAGES], reader, late)
    now = time.perf_counter()
    timings = {**timings, "read": (now - reading) * 1000, "total": (now - started) * 1000}
    return compose(question, hits, weighed, k=k, unread=len(late), timings=timings)


def read(question: str, hits: Sequence[Hit], reader: Reader, late: list[Passage]) -> list[Weighed]:
    """Return the spans that answer a question in the hits, best first.

    Passages that there was no time to read are appended to ``late``.
    """
    spans = reader.read(question, [hit.passage for hit in hits], READ_SECONDS, late)
    spans = answering_spans(question, spans)
    words = quotation_in(question)
    named = speakers(words, spans) if words else []
    if named:
        shown = [sentence for _, sentence in named]
        return weigh(question, hits, [span for span, _ in named], shown)
    return _of_then_first(question, hits, spans)


def _of_then_first(question: str, hits: Sequence[Hit], spans: Sequence[Span]) -> list[Weighed]:
    """Return spans with their confidence, best first; those of the time asked for go first.

    That is if the best of them comes close to the best of all. It is judged beside its like alone.
    """
    weighed = weigh(question, hits, spans)
    time_meant = time_asked(question, date.today())
    if time_meant is None or not weighed or may_be_of(weighed[0].span.passage, time_meant):
        return weighed
    then = [span for span in spans if may_be_of(span.passage, time_meant)]
    first = weigh(question, hits, then)
    if not first or first[0].evidence < weighed[0].evidence - CLOSE_THEN:
        return weighed
    return [*first, *(each for each in weighed if each.span not in then)]


def compose(
    question: str,
    hits: Sequence[Hit],
    weighed: Sequence[Weighed],
    *,
    k: int,
    unread: int,
    timings: Mapping[str, float],
    at_most: Status = Status.ANSWERED,
    sentence_weak: float = SENTENCE_WEAK,
    needs_match: bool = True,
) -> Answer:
    """Make an answer of weighed spans, best first.

    ``at_most`` limits what may be claimed: with ``WEAK`` nothing is claimed as likely or sure.
    ``sentence_weak`` is the confidence from which a sentence is offered. With ``needs_match``
    nothing is claimed if no passage contains a word of the question.
    """
    found = Answer(
        question,
        text="",
        status=Status.NOT_FOUND,
        confidence=0.0,
        citations=(),
        alternatives=(),
        hits=reorder(hits, weighed)[:k],
        timings=timings,
        unread=unread,
    )
    if not weighed:
        return found
    weighed = speaking_first(question, weighed)
    best = weighed[0]
    kind, status = AnswerKind.SPAN, Status.NOT_FOUND
    if not needs_match or any(hit.why.bm25 is not None for hit in hits):
        kind, status = claim(best.confidence, best.sentence_confidence, sentence_weak)
    is_claim = (kind, status) == (AnswerKind.SPAN, Status.ANSWERED)
    is_open = OPEN.fits(question) and not (is_claim and at_most is Status.ANSWERED)
    told = Told(list(weighed))
    if not is_open or LATEST.fits(question):
        told = later_first(question, weighed, time_asked(question, date.today()))
    best = told.weighed[0]
    guess = Alternative(best.span.text, best.confidence, _citation(1, best.span))
    found = replace(found, confidence=best.confidence, guess=guess)
    if status is Status.NOT_FOUND:
        return found
    if status is Status.ANSWERED:
        status = at_most
    if is_open:
        found = in_sentences(found, told.weighed, status)
    elif YES_OR_NO.fits(question):
        found = replace(_sentence_answer(found, told, status), notes=(SEE_FOR_YOURSELF,))
    elif kind is AnswerKind.SENTENCE or quotation_in(question):
        found = _sentence_answer(found, told, status)
    else:
        found = _span_answer(found, told, status)
    notes = (as_of(question, told), *found.notes, told.note)
    return replace(found, notes=tuple(note for note in notes if note))


def claim(
    words: float, sentence: float, sentence_weak: float = SENTENCE_WEAK
) -> tuple[AnswerKind, Status]:
    """Return whether to show the words or their sentence, and how sure to be.

    ``words`` is the probability that the words are right, ``sentence`` the probability that their
    sentence holds the answer.
    """
    if words >= ANSWERED:
        return AnswerKind.SPAN, Status.ANSWERED
    if sentence >= SENTENCE_ANSWERED:
        return AnswerKind.SENTENCE, Status.ANSWERED
    if words >= WEAK:
        return AnswerKind.SPAN, Status.WEAK
    if sentence >= sentence_weak:
        return AnswerKind.SENTENCE, Status.WEAK
    return AnswerKind.SPAN, Status.NOT_FOUND


def _span_answer(found: Answer, told: Told, status: Status) -> Answer:
    """Answer with the first span's words; cite articles that say the same, offer other words."""
    best = told.weighed[0]
    words = {folded(entry.span.text) for entry in (best, *told.agreeing)}
    same = [entry for entry in told.weighed if folded(entry.span.text) in words]
    citations = _citations([entry.span for entry in same])
    others = [entry for entry in told.weighed if folded(entry.span.text) not in words]
    asked = found.question
    whole = [each for each in others if each in told.differing or tells(each.span.text, asked)]
    most = 1 - best.confidence
    alternatives = tuple(
        Alternative(
            entry.span.text,
            min(entry.confidence, most),
            _citation(number, entry.span),
            differs=entry in told.differing,
        )
        for number, entry in enumerate(_distinct(whole), start=len(citations) + 1)
    )
    return replace(
        found,
        text=best.span.text,
        status=status,
        citations=citations,
        alternatives=alternatives,
    )


def _sentence_answer(found: Answer, told: Told, status: Status) -> Answer:
    """Answer with the first span's sentence, the span highlighted; offer other sentences."""
    first: dict[tuple[str, int], Weighed] = {}
    for entry in told.weighed:
        first.setdefault((entry.span.passage.article.id, entry.sentence[0]), entry)
    best, *others = list(first.values())[: 1 + MOST_ALTERNATIVES]
    cited = sentence_citation(1, best)
    most = 1 - best.sentence_confidence
    alternatives = []
    for number, entry in enumerate(others, start=2):
        other = sentence_citation(number, entry)
        confidence = min(entry.sentence_confidence, most)
        differs = entry in told.differing
        alternatives.append(Alternative(other.quote, confidence, other, differs=differs))
    return replace(
        found,
        text=cited.quote,
        status=status,
        kind=AnswerKind.SENTENCE,
        confidence=best.sentence_confidence,
        citations=(cited,),
        alternatives=tuple(alternatives),
    )


def reorder(hits: Sequence[Hit], weighed: Sequence[Weighed]) -> tuple[Hit, ...]:
    """Return the hits ordered by their best span, with its score; hits without a span come last."""
    best: dict[tuple[str, int], Weighed] = {}
    for entry in weighed:
        best.setdefault(entry.span.passage.place, entry)
    known = {hit.passage.place: hit for hit in hits}
    read = [
        replace(known[place], why=replace(known[place].why, reader=entry.span.score))
        for place, entry in best.items()
    ]
    return (*read, *(hit for place, hit in known.items() if place not in best))


def _citations(spans: Sequence[Span]) -> tuple[Citation, ...]:
    """Return the best place in each article, in order."""
    first = {span.passage.article.id: span for span in reversed(spans)}
    ordered = [span for span in spans if first[span.passage.article.id] is span]
    return tuple(
        _citation(number, span) for number, span in enumerate(ordered[:MOST_CITATIONS], start=1)
    )


def _citation(number: int, span: Span) -> Citation:
    return Citation(number, span.passage.article, span.start, span.end)


def _distinct(weighed: Sequence[Weighed]) -> list[Weighed]:
    """Return the best few with different words."""
    first: dict[str, Weighed] = {}
    for entry in weighed:
        first.setdefault(folded(entry.span.text), entry)
    return list(first.values())[:MOST_ALTERNATIVES]
