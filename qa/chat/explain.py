"""How an answer came about, as text for the pane. Knows scores, computes none."""

from collections.abc import Mapping
from dataclasses import fields

from textual.content import Content

from ..articles.clean import one_line
from ..datatypes import Hit, Why
from ..render import confidence_words
from ..terms import question_terms, stem
from .entries import Entry
from .layout import shortened

BAR = 24
"""Cells of the longest bar."""

KNOWN = ("bm25", "bm25_rank", "cosine", "dense_rank")

STEPS = {
    "open": "open the vectors",
    "load": "load the encoder",
    "encode": "embed the question",
    "retrieve": "find passages",
    "read": "read them",
    "total": "all together",
}
"""What the steps are called; those that are not here go by their own names."""


def explained(entry: Entry) -> Content:
    """Return the account of one question."""
    parts: list[tuple[str, str] | str] = [("How this came about", ".title"), "\n"]
    searched = entry.searched or entry.question
    parts += [("searched   ", ".note"), one_line(searched), "\n"]
    terms = " · ".join(question_terms(searched))
    parts += [("words      ", ".note"), one_line(terms) or "none", "\n"]
    answer = entry.answer
    if answer is not None:
        sure = f"{confidence_words(answer)}, {answer.confidence:.2f}"
        parts += [("confidence ", ".note"), sure, "\n"]
        if answer.guess is not None and not answer.citations:
            guess = f"{one_line(answer.guess.text)} ({answer.guess.confidence:.2f})"
            parts += [("best guess ", ".note"), guess, "\n"]
    timings = answer.timings if answer is not None else {}
    if timings:
        parts += ["\n", ("Milliseconds", ".title"), "\n", *_timing_parts(timings)]
    if entry.hits:
        parts += ["\n", ("Passages", ".title"), "\n"]
        best = max(hit.score for hit in entry.hits)
        wanted = {stem(term): term for term in question_terms(searched)}
        for hit in entry.hits:
            parts += _hit_parts(hit, best, wanted)
    elif entry.turn is not None:
        parts += ["\n", ("Of an earlier day; ask again to see its scores.", ".note"), "\n"]
    return Content.assemble(*parts)


def _hit_parts(hit: Hit, best: float, wanted: Mapping[str, str]) -> list[tuple[str, str] | str]:
    """A passage's place, a bar for its score, and the scores behind it.

    ``wanted`` are the question's words by their stems.
    """
    article = hit.passage.article
    length = round(BAR * hit.score / best) if best > 0 else 0
    why = hit.why
    words = "no word" if why.bm25 is None else f"BM25 {why.bm25:.2f} (#{why.bm25_rank})"
    there = {stem(term) for term in question_terms(f"{article.title} {hit.passage.text}")}
    matched = ", ".join(term for root, term in wanted.items() if root in there)
    dense = f"cosine {why.cosine:.2f}" + (f" (#{why.dense_rank})" if why.dense_rank else "")
    # Other rooms may come to give further reasons: each is shown under its own name.
    more = [
        f"{name.replace('_', ' ')} {value:.2f}"
        for name in (field.name for field in fields(Why))
        if name not in KNOWN and isinstance(value := getattr(why, name), int | float)
    ]
    return [
        (f"{hit.rank:>2}  ", ".number"),
        shortened(article.title, 48),
        "\n    ",
        ("█" * max(0, length), ".bar"),
        ("░" * max(0, BAR - length), ".bar-rest"),
        f" {hit.score:.2f}",
        "\n    ",
        (" · ".join([words, dense, *more]), ".note"),
        (f"\n    {matched}" if matched else "", ".note"),
        "\n",
    ]


def _timing_parts(timings: Mapping[str, float]) -> list[tuple[str, str] | str]:
    parts: list[tuple[str, str] | str] = []
    longest = max(timings.values(), default=0)
    for name, value in timings.items():
        length = round(BAR * value / longest) if longest > 0 else 0
        parts += [
            (f"{STEPS.get(name, name):<20}", ".note"),
            f"{value:>7.1f} ",
            ("█" * length, ".bar"),
            "\n",
        ]
    return parts
