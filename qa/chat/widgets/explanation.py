"""How an answer was found: words, scores and times, as text for the source pane."""

from collections.abc import Mapping
from dataclasses import fields

from textual.content import Content

from ...articles.clean import one_line
from ...datatypes import Hit, Why
from ...render import confidence_words
from ...terms import found_words, question_terms, stem
from ..entries import Entry
from ..layout import shortened

BAR = 24
"""Cells of the longest bar."""

KNOWN = ("bm25", "bm25_rank", "cosine", "dense_rank")
"""Fields of ``Why`` that are shown in words of their own; others appear under their names."""

STEPS = {
    "open": "open the vectors",
    "load": "load the encoder",
    "encode": "embed the question",
    "retrieve": "find passages",
    "read": "read them",
    "total": "all together",
}
"""Descriptions of the timed steps; other steps appear under their names."""

Parts = list[tuple[str, str] | str]


def explained(entry: Entry) -> Content:
    """Return the explanation for one question."""
    searched = entry.searched or entry.question
    terms = " · ".join(question_terms(searched))
    parts: Parts = [("How this answer was found", ".title"), "\n"]
    parts += [("searched   ", ".note"), one_line(searched), "\n"]
    parts += [("words      ", ".note"), one_line(terms) or "none", "\n"]
    answer = entry.answer
    if answer is not None:
        sure = f"{confidence_words(answer)}, {answer.confidence:.2f}"
        parts += [("confidence ", ".note"), sure, "\n"]
        if answer.guess is not None and not answer.citations:
            guess = f"{one_line(answer.guess.text)} ({answer.guess.confidence:.2f})"
            parts += [("best guess ", ".note"), guess, "\n"]
        if answer.timings:
            parts += ["\n", ("Milliseconds", ".title"), "\n", *_timing_parts(answer.timings)]
    if entry.hits:
        parts += ["\n", ("Passages", ".title"), "\n"]
        best = max(hit.score for hit in entry.hits)
        stems = {stem(term): term for term in question_terms(searched)}
        for hit in entry.hits:
            parts += _hit_parts(hit, best, stems)
    elif entry.turn is not None:
        note = "Scores are not stored with a conversation; ask again to see them."
        parts += ["\n", (note, ".note"), "\n"]
    return Content.assemble(*parts)


def _hit_parts(hit: Hit, best: float, stems: Mapping[str, str]) -> Parts:
    """Return a passage's rank and title, its score as a bar, and the scores behind that.

    ``best`` is the score that the longest bar stands for; ``stems`` maps the stem of each of the
    question's words to the word.
    """
    article = hit.passage.article
    length = round(BAR * hit.score / best) if best > 0 else 0
    why = hit.why
    words = "no word" if why.bm25 is None else f"BM25 {why.bm25:.2f} (#{why.bm25_rank})"
    there = found_words(f"{article.title} {hit.passage.text}")
    matched = ", ".join(term for root, term in stems.items() if root in there)
    dense = f"cosine {why.cosine:.2f}" + (f" (#{why.dense_rank})" if why.dense_rank else "")
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


def _timing_parts(timings: Mapping[str, float]) -> Parts:
    parts: Parts = []
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
