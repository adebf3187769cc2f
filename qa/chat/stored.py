"""Turns stored in the library, as questions of the chat. Knows no Textual."""

from collections.abc import Mapping

from ..datatypes import Alternative, Answer, Article, Citation
from ..turns import PlaceKind, Turn, TurnPlace, TurnWriting
from .entries import Entry, Stage
from .places import Place
from .written import SaidSentence, WrittenAnswer


def stored_entry(turn: Turn, articles: Mapping[str, Article]) -> Entry:
    """Return the question of a stored turn, as it was shown.

    ``articles`` maps the ids of its articles to those that still exist. Where an article was
    changed or removed, the stored sentence is shown instead; a near passage is left out.
    """
    found = [_place(place, articles.get(place.article), turn.confidence) for place in turn.places]
    places = [place for place in found if place is not None]
    answer = Answer(
        question=turn.searched,
        text=turn.answer,
        status=turn.status,
        confidence=turn.confidence,
        citations=tuple(each.citation for each in places if each.kind is PlaceKind.CITATION),
        alternatives=tuple(
            Alternative(each.citation.quote, each.confidence or 0.0, each.citation)
            for each in places
            if each.kind is PlaceKind.OTHER
        ),
        hits=(),
        kind=turn.kind,
        unread=turn.unread,
        asked=turn.question,
        in_story=turn.in_story,
        remark=turn.remark,
        notes=turn.notes,
    )
    written = _written(turn.writing, places, articles) if turn.writing else None
    return Entry(
        question=turn.question,
        asked_at=turn.asked_at,
        scope=turn.scope,
        searched=turn.searched,
        stage=Stage.ANSWERED,
        answer=answer,
        turn=turn,
        places=written.shown_places(None) if written else places,
        written=written,
    )


def _written(
    writing: TurnWriting, before: list[Place], articles: Mapping[str, Article]
) -> WrittenAnswer:
    """Return what a language model wrote, as it was shown; ``before`` are the answer's places."""
    stored = {
        place.number: place
        for sentence in writing.sentences
        for place in sentence.places
        if place.kind is PlaceKind.WRITTEN
    }
    found = [
        _place(stored[number], articles.get(stored[number].article), 0) for number in sorted(stored)
    ]
    return WrittenAnswer(
        before,
        server=writing.server,
        sentences=[
            SaidSentence(
                each.text, each.support, tuple(place.number for place in each.places), each.reason
            )
            for each in writing.sentences
        ],
        places=[place for place in found if place is not None],
        ending=writing.ending,
        error=writing.error,
    )


def _place(place: TurnPlace, article: Article | None, confidence: float) -> Place | None:
    """Return a place that can be opened; None for a passage of an article that has changed."""
    sure = confidence if place.kind is PlaceKind.CITATION else place.confidence
    if article is not None and article.digest == place.digest and place.end <= len(article.text):
        cited = Citation(place.number, article, place.start, place.end, place.lit, place.copies)
        return Place(place.number, place.kind, cited, sure)
    if not place.said:
        return None
    note = "has changed since" if article else "is gone"
    note = f"The article {note}; this is what it said."
    return Place(place.number, place.kind, _stored_citation(place), sure, note)


def _stored_citation(place: TurnPlace) -> Citation:
    """Return a citation of the stored sentence, as if the sentence were a whole article."""
    first = place.sentence[0]
    lit = (place.lit[0] - first, place.lit[1] - first) if place.lit else None
    article = Article(
        "",
        place.title,
        place.source,
        None,
        place.said,
        "",
        first_line=place.line,
        pages=(0,) * (place.page or 0),  # so that the text is on that page
    )
    return Citation(place.number, article, place.start - first, place.end - first, lit)
