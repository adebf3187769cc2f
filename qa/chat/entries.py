"""What the chat knows of each question asked in it. Knows no Textual."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto

from ..conversation.followup import Exchange
from ..datatypes import Answer, Article, Citation, Hit, Scope, Turn
from ..render import written_date
from .places import Kind, Place, places_of_answer, places_of_hits


class Stage(Enum):
    """How far a question has got."""

    WAITING = auto()
    """The models or the passages are not there yet."""
    READING = auto()
    """Its passages are there and are being read."""
    ANSWERED = auto()
    """Done, whatever the answer claims."""
    STOPPED = auto()
    """The person did not wait."""
    FAILED = auto()
    """Something went wrong; ``error`` says what."""


@dataclass(slots=True)
class Entry:
    """One question with what has come of it so far."""

    number: int
    """Number of the question in this run of the chat, from 1."""
    question: str
    """As it was typed, cleaned."""
    asked_at: datetime
    """When, in UTC."""
    scope: Scope = field(default_factory=Scope)
    """The articles it was put to."""
    verbatim: bool = False
    """Whether it is searched as it stands, whatever was said before."""
    searched: str = ""
    """The form that stands alone, once it is known."""
    stage: Stage = Stage.WAITING
    """How far it has got."""
    hits: tuple[Hit, ...] = ()
    """The passages found so far."""
    answer: Answer | None = None
    """The answer, once it is there."""
    error: str = ""
    """What went wrong, in words."""
    turn: Turn | None = None
    """The same as the library remembers it, once it does."""
    unfolded: bool = False
    """Whether the other answers are shown."""
    places: list[Place] = field(default_factory=list)
    """Where its sources are; numbered."""
    shown: int = 0
    """Number of the place that the source pane shows; 0 while none was opened."""

    @property
    def is_pending(self) -> bool:
        """Whether it is still being answered."""
        return self.stage in (Stage.WAITING, Stage.READING)

    @property
    def is_resolved(self) -> bool:
        """Whether something else was searched than what was typed."""
        return bool(self.searched) and self.searched != self.question

    def found(self, hits: Sequence[Hit]) -> None:
        """Take the passages, before they are read."""
        self.stage, self.hits = Stage.READING, tuple(hits)
        self.places = places_of_hits(hits)

    def answered(self, answer: Answer) -> None:
        """Take the answer. An article that the person has opened meanwhile stays open."""
        opened = self.place(self.shown)
        self.stage, self.answer, self.hits = Stage.ANSWERED, answer, answer.hits
        self.searched = answer.question
        self.places = places_of_answer(answer)
        self.shown = 0
        if opened:
            same = [place for place in self.places if place.article.id == opened.article.id]
            self.shown = same[0].number if same else 0

    def place(self, number: int) -> Place | None:
        """Return the place of that number."""
        return next((place for place in self.places if place.number == number), None)

    def of_kind(self, kind: Kind) -> list[Place]:
        """Return its places of one kind."""
        return [place for place in self.places if place.kind is kind]

    @property
    def exchange(self) -> Exchange:
        """What a later question may refer to."""
        cited = self.of_kind(Kind.CITATION)
        return Exchange(
            question=self.searched or self.question,
            answer=cited[0].citation.lit_text if cited else "",
            sentence=cited[0].citation.sentence if cited else "",
            title=cited[0].article.title if cited else "",
        )

    @property
    def reference(self) -> str:
        """The answer with its first source, as it is copied; empty without an answer."""
        if self.answer is None or not self.answer.citations:
            return ""
        first = self.answer.citations[0]
        when = written_date(first.article.published)
        source = ", ".join(
            part
            for part in (first.article.title, when, f"{first.article.source}:{first.line}")
            if part
        )
        return f"{self.answer.text}\n— {source}"


def remembered(number: int, turn: Turn, articles: dict[str, Article]) -> Entry:
    """Return a question of an earlier day as an entry.

    ``articles`` are those that it cites and that are still there, by identifier. Where one has
    changed or gone, the sentence is shown as it was.
    """
    places = []
    for place, ((title, source, line), (identifier, start, end, digest)) in enumerate(
        zip(turn.sources, turn.articles, strict=True), start=1
    ):
        article = articles.get(identifier)
        if article is not None and article.digest == digest:
            cited = Citation(place, article, start, end)
            places.append(Place(place, Kind.CITATION, cited, turn.confidence))
            continue
        cited = _as_it_was(place, turn, title, source, line)
        note = "has changed since" if article else "is gone"
        note = f"The article {note}; this is what it said."
        places.append(Place(place, Kind.CITATION, cited, turn.confidence, note))
    answer = Answer(
        question=turn.searched,
        text=turn.answer,
        status=turn.status,
        confidence=turn.confidence,
        citations=tuple(place.citation for place in places),
        alternatives=(),
        hits=(),
    )
    return Entry(
        number=number,
        question=turn.question,
        asked_at=turn.asked_at,
        searched=turn.searched,
        stage=Stage.ANSWERED,
        answer=answer,
        turn=turn,
        places=places,
    )


def _as_it_was(number: int, turn: Turn, title: str, source: str, line: int) -> Citation:
    """The remembered sentence as an article of its own, the answer in it cited."""
    text = turn.sentence if turn.answer in turn.sentence else turn.answer
    start = text.find(turn.answer)
    article = Article("", title, source, None, text, "", first_line=line)
    return Citation(number, article, start, start + len(turn.answer))


def judged(entry: Entry, verdict: str | None) -> None:
    """Note what the person said of an answer."""
    if entry.turn is not None:
        entry.turn = replace(entry.turn, verdict=verdict)  # type: ignore[arg-type]
