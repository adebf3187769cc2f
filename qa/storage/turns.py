"""Turns of a conversation as rows, and back.

A turn's row holds the answer; each place that it shows has a row in ``turn_citations``. Both have a
column ``details`` with JSON, which is NULL in rows of layouts before 6.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ..datatypes import Answer, AnswerKind, PlaceKind, Scope, Status, Turn, TurnPlace
from ..places import NumberedPlace, places_of_answer
from .scope import read_scope, scope_values

TURN_COLUMNS = "id, question, searched, answer, status, confidence, sentence, asked_at, verdict"
"""Columns of a turn in every layout; ``details`` follows."""

PLACE_COLUMNS = 'number, title, source, line, article, start, "end", digest'
"""Columns of a place in every layout; ``details`` follows."""


def turn_details(answer: Answer, scope: Scope) -> str:
    """Return what is stored of an answer besides its columns."""
    values = {
        "kind": answer.kind.value,
        "remark": answer.remark,
        "notes": answer.notes,
        "unread": answer.unread,
        "in_story": answer.in_story,
        "scope": scope_values(scope),
    }
    return json.dumps(values)


def place_rows(answer: Answer) -> list[tuple[object, ...]]:
    """Return the columns of each place of an answer, and its details."""
    return [_place_row(place) for place in places_of_answer(answer)]


def _place_row(place: NumberedPlace) -> tuple[object, ...]:
    cited = place.citation
    article = cited.article
    is_passage = place.kind is PlaceKind.PASSAGE
    values = {
        "kind": place.kind.value,
        "sentence": (cited.start, cited.end) if is_passage else cited.sentence_bounds,
        "said": "" if is_passage else cited.sentence,
        "lit": cited.lit,
        "page": cited.page,
        "copies": cited.copies,
        "confidence": place.confidence if place.kind is PlaceKind.OTHER else None,
    }
    return (
        place.number,
        article.title,
        article.source,
        cited.line,
        article.id,
        cited.start,
        cited.end,
        article.digest,
        json.dumps(values),
    )


def read_turn(row: Sequence[Any], places: Sequence[Sequence[Any]]) -> Turn:
    """Return a turn from its row and those of its places.

    Raises TypeError, ValueError, KeyError or AttributeError if one is damaged.
    """
    number, question, searched, answer, status, confidence, sentence, asked, verdict, text = row
    stored = tuple(_place(each, answer, sentence) for each in places)
    values = json.loads(text) if text is not None else {}
    return Turn(
        id=number,
        question=question,
        searched=searched,
        answer=answer,
        status=Status(status),
        confidence=float(confidence),
        asked_at=datetime.fromisoformat(asked),
        verdict=verdict,
        places=stored,
        kind=AnswerKind(values.get("kind", AnswerKind.SPAN)),
        remark=str(values.get("remark", "")),
        notes=tuple(str(note) for note in values.get("notes", ())),
        unread=int(values.get("unread", 0)),
        in_story=bool(values.get("in_story", True)),
        scope=read_scope(values.get("scope", {})),
    )


def _place(row: Sequence[Any], answer: str, sentence: str) -> TurnPlace:
    """Return a place; ``answer`` and ``sentence`` are those of its turn."""
    number, title, source, line, article, *bounds, digest, text = row
    start, end = _range(bounds)
    if text is not None:
        values = json.loads(text)
        kind, around, said = PlaceKind(values["kind"]), _range(values["sentence"]), values["said"]
        lit, confidence, page = values["lit"], values["confidence"], values["page"]
        copies = int(values["copies"])
    else:  # layouts before 6 kept the sentence of the first citation only
        first = start - max(0, sentence.find(answer))
        kind, around, said = PlaceKind.CITATION, (first, first + len(sentence)), sentence
        lit = confidence = page = None
        copies = 0
    return TurnPlace(
        number=int(number),
        kind=kind,
        article=str(article),
        title=str(title),
        source=str(source),
        line=int(line),
        start=start,
        end=end,
        digest=str(digest),
        sentence=around,
        said=str(said),
        lit=_range(lit) if lit is not None else None,
        confidence=float(confidence) if confidence is not None else None,
        page=int(page) if page is not None else None,
        copies=copies,
    )


def _range(bounds: Sequence[Any]) -> tuple[int, int]:
    """Return offsets. Raises ValueError if no text can have them."""
    start, end = (int(offset) for offset in bounds)
    if not 0 <= start <= end:
        raise ValueError(f"the offsets {start} to {end}")
    return start, end
