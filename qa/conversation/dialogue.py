"""A conversation with a library: it asks, resolves what a question leaves out, and remembers.

A follow-up is searched in two ways. As it was typed, among the articles that the conversation cited
and those on the same events: there "how many were injured?" needs no name. And in the form that
stands alone, among all articles. What was found decides between the two: see ``evidence``.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..answering.answer import READ_PASSAGES, READ_SECONDS, answer, compose
from ..answering.retriever import Retriever, cleaned_question
from ..answering.session import Session
from ..datatypes import Answer, Hit, Passage, Scope, Status, Turn
from ..errors import UsageError
from ..settings import HITS
from ..storage.conversations import Conversations
from ..terms import stemmed_terms
from .evidence import SENTENCE_WEAK, Reading, weigh_forms
from .followup import Exchange, stand_alone
from .story import near_articles

MOST_CITED = 6
"""Articles cited before that a follow-up is looked for in, the latest first."""

STORY_PASSAGES = 8
"""Passages read among those articles and others on the same events."""

OPEN_PASSAGES = 6
"""Passages read among all articles; 8 and 6 answer as many questions as 10 and 10."""

FoundHits = Callable[[list[Hit]], None]
"""Called with the passages as soon as they are found, before they are read."""


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier turn, as far as the next question needs it."""

    exchange: Exchange
    """Question and answer."""
    cited: tuple[str, ...]
    """Ids of the articles cited."""

    @classmethod
    def of_answer(cls, found: Answer) -> "Past":
        """Return what a later question needs of an answer."""
        if not found.citations:
            return cls(Exchange(found.question, ""), ())
        first = found.citations[0]
        exchange = Exchange(found.question, first.lit_text, first.article.title)
        return cls(exchange, tuple(cited.article.id for cited in found.citations))

    @classmethod
    def of_turn(cls, turn: Turn) -> "Past":
        """Return what a later question needs of a remembered turn."""
        title = turn.sources[0][0] if turn.sources else ""
        exchange = Exchange(turn.searched, turn.answer, title)
        return cls(exchange, tuple(place[0] for place in turn.articles))


class Dialogue:
    """A conversation that goes on. One thread at a time may ask."""

    def __init__(
        self,
        session: Session,
        retriever: Retriever,
        conversations: Conversations,
        number: int | None = None,
    ) -> None:
        """Use ``Library.conversation``."""
        self._session, self._retriever, self._conversations = session, retriever, conversations
        self.number = number
        """The conversation's number in its library; None until a turn is remembered."""
        turns = conversations.turns(number) if number is not None else []
        self._past = [Past.of_turn(turn) for turn in turns]

    def ask(
        self,
        question: str,
        *,
        k: int = HITS,
        scope: Scope | None = None,
        verbatim: bool = False,
        on_resolved: Callable[[str], None] | None = None,
        on_hits: FoundHits | None = None,
    ) -> Answer:
        """Answer a question as the next one of the conversation.

        With ``verbatim`` it is asked as it was typed, whatever was spoken of. ``on_resolved`` is
        called with the form that stands alone, ``on_hits`` with the k best passages before they
        are read. The turn is taken into account by the next question; ``remember`` stores it.
        Raises what ``Library.ask`` raises.
        """
        started = time.perf_counter()
        question = cleaned_question(question)
        if k < 1:
            raise UsageError("The number of hits must be at least 1.")
        self._session.load_reader_early()
        scope = scope or Scope()
        past = [] if verbatim else self._past
        alone = stand_alone(question, [each.exchange for each in past])
        if on_resolved is not None:
            on_resolved(alone)
        cited = _cited(past)
        if cited:
            found = self._ask_in_story(question, alone, cited, k, scope, on_hits, started)
        else:
            retrieved = self._retriever.retrieve(alone, max(k, READ_PASSAGES), scope)
            if on_hits is not None:
                on_hits(list(retrieved.hits[:k]))
            found = answer(
                alone,
                retrieved.hits,
                self._session.reader,
                k=k,
                timings=retrieved.timings,
                started=started,
            )
        found = replace(found, asked=question)
        self._past.append(Past.of_answer(found))
        return found

    def remember(self, found: Answer) -> Turn:
        """Store an answer of this conversation as its next turn; on the disk on return.

        Raises UsageError when the conversation was deleted, LibraryBusyError.
        """
        if self.number is None:
            self.number = self._conversations.start("")
        return self._conversations.add(self.number, found.asked or found.question, found)

    def _ask_in_story(
        self,
        typed: str,
        alone: str,
        cited: Sequence[str],
        k: int,
        scope: Scope,
        on_hits: FoundHits | None,
        started: float,
    ) -> Answer:
        everywhere = self._retriever.retrieve(alone, max(k, OPEN_PASSAGES), scope)
        best = everywhere.best_bm25
        if alone != typed:
            best = self._retriever.retrieve(typed, 1, scope).best_bm25
        near = near_articles(self._session, cited)
        story = replace(scope, only=(*cited, *near))
        inside = self._retriever.retrieve(typed, STORY_PASSAGES, story, best)
        hits = _merged(inside.hits, everywhere.hits)
        if on_hits is not None:
            on_hits(hits[:k])
        reading = time.perf_counter()
        reader, late = self._session.reader, list[Passage]()
        readings = []
        for form, read in ((typed, inside.hits), (alone, everywhere.hits[:OPEN_PASSAGES])):
            passages = [hit.passage for hit in read]
            readings.append(Reading(form, read, reader.read(form, passages, READ_SECONDS, late)))
        candidates = weigh_forms(readings, frozenset(cited), frozenset(near))
        now = time.perf_counter()
        form, at_most = alone, Status.ANSWERED
        if candidates:
            best_one = candidates[0]
            form = best_one.question
            article = best_one.weighed.span.passage.article
            is_inside = article.id in cited or article.id in near
            if not is_inside and not _names_more(typed, article.title + article.text, inside.hits):
                at_most = Status.WEAK
        return compose(
            form,
            hits,
            [each.weighed for each in candidates],
            k=k,
            unread=len(late),
            timings={
                **everywhere.timings,
                "read": (now - reading) * 1000,
                "total": (now - started) * 1000,
            },
            at_most=at_most,
            sentence_weak=SENTENCE_WEAK,
        )


def _cited(past: Sequence[Past]) -> list[str]:
    """The articles cited before, the latest first."""
    found = dict.fromkeys(article for turn in reversed(past) for article in turn.cited)
    return list(found)[:MOST_CITED]


def _merged(first: Sequence[Hit], second: Sequence[Hit]) -> list[Hit]:
    """Hits of both, each passage once, ranked anew."""
    places = {hit.passage.place: hit for hit in (*second, *first)}
    ordered = dict.fromkeys(hit.passage.place for hit in (*first, *second))
    return [replace(places[place], rank=rank) for rank, place in enumerate(ordered, start=1)]


def _names_more(question: str, text: str, story: Sequence[Hit]) -> bool:
    """Whether a text has words of the question that the story has not."""
    told = " ".join(hit.passage.article.title + " " + hit.passage.article.text for hit in story)
    return bool(set(stemmed_terms(question)) & set(stemmed_terms(text)) - set(stemmed_terms(told)))
