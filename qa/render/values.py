"""Answers, hits and articles → JSON values."""

import json
import re
from typing import Any

from ..datatypes import Answer, Article, Citation, Hit, own_id
from ..references import CheckedReference, reference_to

JSON_VERSION = 1
"""Version of what ``--json`` prints; raised by a change that can break a program that reads it."""

_CONTROLS = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Characters that JSON allows but that control a terminal or end a line for some programs."""

_SURROGATES = re.compile("[\ud800-\udfff]")
"""Surrogates, which file names that are not UTF-8 contain and which cannot be written."""


def to_json(value: object) -> str:
    """Return a value as valid JSON on one line, whatever the articles contain."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", _SURROGATES.sub("\ufffd", text))


def answer_values(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON values."""
    return {
        "version": JSON_VERSION,
        "question": answer.asked or answer.question,
        "searched": answer.question,
        "in_story": answer.in_story,
        "remark": answer.remark,
        "notes": list(answer.notes),
        "status": answer.status.value,
        "answer": answer.text,
        "kind": answer.kind.value,
        "confidence": round(answer.confidence, 4),
        "citations": [citation_values(citation) for citation in answer.citations],
        "alternatives": [
            {
                "answer": other.text,
                "confidence": round(other.confidence, 4),
                "differs": other.differs,
                "citation": citation_values(other.citation),
            }
            for other in answer.alternatives
        ],
        "hits": [hit_values(hit, place) for place, hit in enumerate(answer.hits, 1)],
        "unread": answer.unread,
        "timings_ms": {name: round(value, 2) for name, value in answer.timings.items()},
    }


def citation_values(citation: Citation) -> dict[str, Any]:
    """Return a citation as JSON values."""
    return {
        "number": citation.number,
        "quote": citation.quote,
        "sentence": citation.sentence,
        "start": citation.start,
        "end": citation.end,
        "lit": {"start": citation.lit_bounds[0], "end": citation.lit_bounds[1]},
        "reference": str(reference_to(citation)),
        "line": citation.line,
        "page": citation.page,
        "copies": citation.copies,
        "article": article_values(citation.article),
    }


def hit_values(hit: Hit, place: int) -> dict[str, Any]:
    """Return a hit as JSON values; ``place`` is its place among the hits shown, from 1."""
    return {
        "rank": place,
        "score": round(hit.score, 4),
        "start": hit.passage.start,
        "end": hit.passage.end,
        "text": hit.passage.text,
        "is_copy": hit.is_copy,
        "article": article_values(hit.passage.article),
        "why": {
            "bm25": None if hit.why.bm25 is None else round(hit.why.bm25, 4),
            "bm25_rank": hit.why.bm25_rank,
            "cosine": round(hit.why.cosine, 4),
            "dense_rank": hit.why.dense_rank,
            "retrieval_rank": hit.rank,
            "reader": None if hit.why.reader is None else round(hit.why.reader, 4),
        },
    }


def checked_values(checked: CheckedReference) -> dict[str, Any]:
    """Return a checked reference as JSON values; the place is where the words stand now."""
    article, start = checked.article, checked.reference.start
    stands = article is not None and bool(checked.quote)
    return {
        "reference": str(checked.reference),
        "standing": checked.standing.value,
        "source": article.source if article else None,
        "line": article.line_at(start) if article and stands else None,
        "page": article.page_at(start) if article and stands else None,
        "quote": checked.quote or None,
    }


def article_values(article: Article) -> dict[str, Any]:
    """Return an article as JSON values, without its text."""
    return {
        "id": own_id(article.id),
        "library": article.library or None,
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "dated": article.dated or None,
        "date_is_guess": article.is_date_guess,
        "source": article.source,
        "digest": article.digest,
    }
