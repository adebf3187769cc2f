"""Turns of a conversation as rows, and back.

A turn's row holds the answer; each place that it shows has a row in ``turn_citations``. Both have a
column ``details`` with JSON, which is NULL in rows of layouts before 6.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ..datatypes import Answer, AnswerKind, Scope, Status
from ..places import NumberedPlace, places_of_answer
from ..turns import Ending, PlaceKind, Support, Turn, TurnPlace, TurnSentence, TurnWriting
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


def with_writing(details: str | None, writing: TurnWriting) -> str:
    """Return the details of a turn with what a language model wrote; None are those of a row
    without any."""
    values = {
        "server": writing.server,
        "ending": writing.ending.value,
        "error": writing.error,
        "sentences": [
            {
                "text": sentence.text,
                "support": sentence.support.value,
                "reason": sentence.reason,
                "places": [_place_row(place) for place in sentence.places],
            }
            for sentence in writing.sentences
        ],
    }
    return json.dumps({**json.loads(details or "{}"), "writing": values})


def place_rows(answer: Answer) -> list[tuple[object, ...]]:
    """Return the columns of each place of an answer, and its details."""
    return [_place_row(turn_place(place)) for place in places_of_answer(answer)]


def turn_place(place: NumberedPlace) -> TurnPlace:
    """Return a place as a turn keeps it."""
    cited = place.citation
    article = cited.article
    is_passage = place.kind is PlaceKind.PASSAGE
    return TurnPlace(
        number=place.number,
        kind=place.kind,
        article=article.id,
        title=article.title,
        source=article.source,
        line=cited.line,
        start=cited.start,
        end=cited.end,
        digest=article.digest,
        sentence=(cited.start, cited.end) if is_passage else cited.sentence_bounds,
        said="" if is_passage else cited.sentence,
        lit=cited.lit,
        confidence=place.confidence if place.kind is PlaceKind.OTHER else None,
        page=cited.page,
        copies=cited.copies,
    )


def _place_row(place: TurnPlace) -> tuple[object, ...]:
    values = {
        "kind": place.kind.value,
        "sentence": place.sentence,
        "said": place.said,
        "lit": place.lit,
        "page": place.page,
        "copies": place.copies,
        "confidence": place.confidence,
    }
    return (
        place.number,
        place.title,
        place.source,
        place.line,
        place.article,
        place.start,
        place.end,
        place.digest,
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
        writing=_writing(values["writing"]) if "writing" in values else None,
    )


def _writing(values: dict[str, Any]) -> TurnWriting:
    """Return what a language model wrote, from a turn's details."""
    sentences = tuple(
        TurnSentence(
            str(each["text"]),
            Support(each["support"]),
            tuple(_place(row, "", "") for row in each["places"]),
            str(each["reason"]),
        )
        for each in values["sentences"]
    )
    error = str(values["error"])
    return TurnWriting(str(values["server"]), sentences, Ending(values["ending"]), error)


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
