"""Quotations and their speakers, and what in a transcript is never an answer."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ..datatypes import Span
from ..sentences import sentence_around
from ..terms import stemmed_terms
from .evidence import Weighed
from .kinds import WHAT_SAID, WHO_SAID
from .several import CLOSE

ECHO = 0.75
"""Share of a question's content words from which a question in an article repeats it."""

NEAR = 200
"""Code points before and after a quotation in which its speaker is looked for."""

_LABEL = re.compile(r"^[ \t]*(?P<name>[^\W\d_](?:[\w.'’ -]{0,38}\w)?\.?):(?=\s|$)", re.MULTILINE)
_REPORTS = re.compile(
    r"[\"“„«]|\b(?:sa(?:id|ys)|told|tells|argue[ds]|claim(?:ed|s)|announce[ds]|add(?:ed|s)|wrote|"
    r"writes|stat(?:ed|es)|expressed|insist(?:ed|s)|warn(?:ed|s)|according to|call(?:ed|s))\b"
)
_NAME = re.compile(r"\b[^\W\d_a-z]\w")
_LETTERS = re.compile(r"\w+")


def answering_spans(question: str, spans: Sequence[Span]) -> list[Span]:
    """Return the spans without those that only repeat the question, or name who speaks next.

    In a transcript "Q: Who won?" is not an answer, nor is the label in "SMITH: We won." The label
    counts where the question is who said some words.
    """
    asked = set(stemmed_terms(question))
    who_said = WHO_SAID.fits(question)
    return [
        span for span in spans if not _is_echo(asked, span) and (who_said or not _is_label(span))
    ]


def quotation_in(question: str) -> str:
    """Return the words whose speaker a question asks for; empty if it asks for none."""
    found = WHO_SAID.pattern.match(question)
    return found["words"].strip(" .,!?") if found else ""


def speakers(words: str, spans: Sequence[Span]) -> list[tuple[Span, tuple[int, int]]]:
    """Return the spans that may name the speaker of a quotation, each with what is to be shown.

    They are in the sentence of the quotation or close to it, outside of it, and hold a name. Shown
    are the sentences from the speaker to the quotation, by their offsets.
    """
    pattern = re.compile(r"\W+".join(map(re.escape, _LETTERS.findall(words))), re.IGNORECASE)
    near = []
    for span in spans:
        text = span.passage.article.text
        found = pattern.search(text, span.passage.start, span.passage.end)
        if found is None or not _NAME.search(span.text):
            continue
        start, end = sentence_around(text, *found.span())
        is_outside = span.end <= found.start() or found.end() <= span.start
        if is_outside and start - NEAR <= span.end and span.start <= end + NEAR:
            first, last = sentence_around(text, span.start, span.end)
            near.append((span, (min(start, first), max(end, last))))
    return near


def speaking_first(question: str, weighed: Sequence[Weighed]) -> list[Weighed]:
    """Return spans for "what did X say": of those close to the best, first what reports speech.

    Such a sentence has quotation marks or a word like "said". The answer is as sure as it was, for
    the best is shown beside it. Other questions change nothing.
    """
    if not weighed or not WHAT_SAID.fits(question):
        return list(weighed)
    best = weighed[0]
    close = [each for each in weighed if each.evidence >= best.evidence - CLOSE]
    first, *others = sorted(close, key=lambda each: not _reports(each))
    sure = replace(first, confidence=best.confidence, sentence_confidence=best.sentence_confidence)
    return [sure, *others, *weighed[len(close) :]]


def _reports(entry: Weighed) -> bool:
    start, end = entry.sentence
    return bool(_REPORTS.search(entry.span.passage.article.text, start, end))


def _is_echo(asked: set[str], span: Span) -> bool:
    """Whether the span stands in a question that repeats the one asked."""
    text = span.passage.article.text
    start, end = sentence_around(text, span.start, span.end)
    if not text[start:end].rstrip(" \"'”’)").endswith("?"):
        return False
    return len(asked & set(stemmed_terms(text[start:end]))) >= ECHO * len(asked)


def _is_label(span: Span) -> bool:
    """Whether the span is what stands before a colon at the start of a line, as in a transcript.

    A label is in capitals, or begins several lines.
    """
    text = span.passage.article.text
    line = text.rfind("\n", 0, span.start) + 1
    found = _LABEL.match(text, line)
    if found is None or span.end > found.end():
        return False
    label = found["name"]
    return label.isupper() or text.count(f"\n{label}:") + text.startswith(f"{label}:") > 1
