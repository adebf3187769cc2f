"""Dated sentences on a subject, from all articles, in the order of what they tell."""

import re
from dataclasses import dataclass
from datetime import date

from ..datatypes import Citation, Hit, Scope
from ..sentences import after_dateline, sentence_bounds
from ..terms import found_words, stemmed_terms
from ..timex import TimeSpan, time_spans
from .evidence import rarity, share
from .retriever import Retriever, cleaned_question

PASSAGES = 40
"""Passages in which sentences are looked for."""

NEAR = 0.6
"""Least score and cosine of a passage, as a share of those of the passage with the best score."""


ABOUT = 0.5
"""Least share of the question's words, by their weight, in an article that is on the subject."""

MOST_NAMES = 6
"""Words in capitals up to which a sentence without others is a line with a date, no headline."""

LEAD = 400
"""Characters at the beginning of an article that say what it is about."""

_LETTERS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Event:
    """A sentence that tells when something was, or will be."""

    first: date
    """The first day that its words mean."""
    last: date
    """The last day; the words say no more exactly when it was."""
    when: str
    """The time in words, such as ``Wednesday, 17 April 2013`` or ``since about March 2009``: with
    ``about`` if it is counted from an article's date that is a guess."""
    citation: Citation
    """The sentence, its time lit."""


def timeline(question: str, retriever: Retriever, scope: Scope) -> list[Event]:
    """Return the dated sentences on the subject of a question, the earliest first.

    They hold a word of the question, or their article's headline and lead hold half of them by
    weight; and their passage is nearly as close to the question as the one with the best fused
    score, by that score and by the cosine. Sentences with the same words come once. Raises what
    `Retriever.retrieve` raises.
    """
    question = cleaned_question(question)
    hits = retriever.retrieve(question, PASSAGES, scope).hits
    texts = [found_words(f"{hit.passage.article.title}\n{hit.passage.text}") for hit in hits]
    known = set(stemmed_terms(question)) & set().union(*texts)
    weights = rarity(known, texts)
    least = NEAR * max((hit.score for hit in hits), default=0.0)
    # Not the closest by the cosine: a name may be in one article, and be like none to the encoder.
    least_cosine = NEAR * max(hits, key=lambda hit: hit.score).why.cosine if hits else 0.0
    found: dict[str, tuple[TimeSpan, Hit, int, int]] = {}
    for hit in hits:
        if hit.score < least or hit.why.cosine < least_cosine:
            continue
        for span, start, end in _dated_sentences(hit, weights):
            text = " ".join(hit.passage.article.text[start:end].split())
            found.setdefault(text, (span, hit, start, end))
    ordered = sorted(found.values(), key=lambda each: (each[0].first, each[0].last))
    return [
        Event(span.first, span.last, _words(span, hit), _citation(number, span, hit, start, end))
        for number, (span, hit, start, end) in enumerate(ordered, start=1)
    ]


def _dated_sentences(hit: Hit, weights: dict[str, float]) -> list[tuple[TimeSpan, int, int]]:
    """Return the sentences of a passage on the subject, with their first time and offsets."""
    passage, article = hit.passage, hit.passage.article
    told = after_dateline(article.text) - passage.start
    spans = [span for span in time_spans(passage.text, article.published) if span.start >= told]
    lead = found_words(f"{article.title}\n{article.text[:LEAD]}")
    is_about = share(weights, lead) >= ABOUT
    dated = []
    for start, end in sentence_bounds(passage.text):
        inside = [span for span in spans if start <= span.start and span.end <= end]
        if not inside or not _tells(passage.text, inside[0], start, end):
            continue
        if is_about or weights.keys() & found_words(passage.text[start:end]):
            dated.append((inside[0], passage.start + start, passage.start + end))
    return dated


def _tells(text: str, span: TimeSpan, start: int, end: int) -> bool:
    """Whether a sentence says more than a time, a place or an author: has a word besides names.

    "By Tove Lind, 12 April 2016" and "TARN, 4 March 2019." do not.
    """
    rest = _LETTERS.findall(text[start : span.start] + text[span.end : end])
    return len(rest) > MOST_NAMES or any(word.islower() and word != "by" for word in rest)


def _words(span: TimeSpan, hit: Hit) -> str:
    return span.worded(is_guess=hit.passage.article.is_date_guess)


def _citation(number: int, span: TimeSpan, hit: Hit, start: int, end: int) -> Citation:
    offset = hit.passage.start
    lit = (offset + span.start, offset + span.end)
    return Citation(number, hit.passage.article, start, end, lit=lit)
