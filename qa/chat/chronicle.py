"""The timeline of a question: what it is about, and its dated sentences. Knows no Textual."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..answering.timeline import Event
from ..conversation.past import Past
from ..datatypes import Scope
from ..render import Piece
from ..turns import PlaceKind
from .entries import Entry
from .places import Place
from .wording import counted

LONGEST_SENTENCE = 400
"""Most code points of a sentence in the timeline; a longer one is cut around its time."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a timeline is about. Safe to hand to another thread."""

    number: int
    """Number of the timeline in this run of the chat."""
    question: str
    """The question or subject as it was typed; empty if there is none."""
    scope: Scope
    """The articles to search."""
    earlier: tuple[Past, ...] = ()
    """Earlier turns that the question may refer to, oldest first."""
    in_story: bool = False
    """Whether the question was answered in the story of the conversation."""

    def alone(self) -> str:
        """Return the question in a form that stands alone.

        A question on the story that no rule completes follows the question that began the story.
        """
        from ..conversation.followup import stand_alone

        alone = stand_alone(self.question, [past.exchange for past in self.earlier])
        if alone == self.question and self.in_story:
            begun = [past.exchange.question for past in self.earlier if past.begins_story]
            return " ".join([*begun[-1:], self.question])
        return alone


@dataclass(slots=True)
class Timeline:
    """The dated sentences on a subject."""

    subject: Subject
    """What it is about."""
    searched: str = ""
    """The question as it was searched; empty until it is known."""
    events: Sequence[Event] | None = None
    """The sentences in the order of what they tell; None while they are looked for."""
    note: str = ""
    """Why there are no sentences, in words."""

    @property
    def heading(self) -> str:
        """What it is about, in words."""
        return self.searched or self.subject.question


def subject_in_hand(
    number: int, typed: str, chosen: Entry | None, entries: Sequence[Entry], scope: Scope
) -> Subject:
    """Return what a timeline is about: what is typed, else the chosen question."""
    if typed or chosen is None:
        return Subject(number, typed, scope, _past(entries))
    if chosen.asked_as:
        return Subject(number, chosen.searched, scope)
    at = entries.index(chosen) if chosen in entries else 0
    told = chosen.answer or chosen.turn
    return Subject(
        number,
        chosen.question,
        scope,
        _past(entries[:at]),
        in_story=told is not None and told.in_story,
    )


def why_empty(articles: int, undated: int, scope: Scope) -> str:
    """Return why no sentence was found in so many articles, of which some have no date."""
    if not articles:
        return "The library has no articles yet." if scope.is_all else "No article fits the filter."
    where = counted(articles, "article") + ("" if scope.is_all else " that fit the filter")
    words = f"No sentence on this tells a time, in {where}."
    if undated:
        without = "None of them has a" if undated == articles else f"{undated:,} of them have no"
        words += f" {without} date: there, times such as “on Monday” name no day."
    return words


def event_place(event: Event) -> Place:
    """Return the place of a sentence, its time being what is highlighted most."""
    return Place(0, PlaceKind.CITATION, event.citation)


def event_pieces(event: Event) -> list[Piece]:
    """Return a sentence in pieces; its time has the style ``quote``."""
    cited = event.citation
    text = cited.article.text
    first, last = cited.lit_bounds
    start, end = cited.start, cited.end
    if end - start > LONGEST_SENTENCE:
        start = max(start, first - LONGEST_SENTENCE // 2)
        end = min(end, last + LONGEST_SENTENCE // 2)
    before = "" if start == cited.start else "… "
    after = "" if end == cited.end else " …"
    return [
        (before + text[start:first], "text"),
        (text[first:last], "quote"),
        (text[last:end] + after, "text"),
    ]


def _past(entries: Sequence[Entry]) -> tuple[Past, ...]:
    return tuple(entry.past for entry in entries if entry.past is not None)
