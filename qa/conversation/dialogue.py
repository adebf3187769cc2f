"""A conversation with a library: asks, resolves what a question leaves out, and remembers.

A follow-up is searched in two ways. As typed, it is searched in the articles that the conversation
cited and in those on the same events: there "how many were injured?" needs no name. In the form
that stands alone, it is searched in all articles. The evidence decides between the two (see
``evidence``).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..answering import answer as answering
from ..answering.answer import READ_PASSAGES, READ_SECONDS, answer, compose
from ..answering.evidence import weigh
from ..answering.retriever import Retriever, cleaned_question
from ..answering.session import Session
from ..datatypes import (
    Answer,
    AnswerKind,
    ArticleRowId,
    Citation,
    Hit,
    Passage,
    Scope,
    Status,
    Turn,
)
from ..errors import UsageError
from ..settings import HITS
from ..storage.conversations import Conversations
from ..terms import stemmed_terms
from .evidence import SENTENCE_WEAK, Reading, Story, article_words, weigh_forms
from .followup import stand_alone
from .manners import NOTHING_CITED, NOTHING_MORE, REPLIES, Manner, manner_of
from .past import Past
from .story import near_articles
from .telling import NEWEST, cite, stories, telling_sentences

MOST_CITED = 6
"""Articles cited before that a follow-up is looked for in, the latest first."""

STORY_PASSAGES = 8
"""Passages read among those articles and others on the same events."""

MOST_TOLD = 3
"""Sentences of a summary."""

MOST_STORIES = 6
"""Stories that an overview names."""

OPEN_PASSAGES = 6
"""Passages read among all articles; 8 and 6 answer as many questions as 10 and 10."""

FoundHits = Callable[[list[Hit]], None]
"""Called with the passages as soon as they are found, before they are read."""


class Dialogue:
    """A conversation that goes on. One thread at a time may ask."""

    def __init__(
        self,
        session: Session,
        retriever: Retriever,
        conversations: Conversations,
        number: int | None = None,
        earlier: Sequence[Past] = (),
    ) -> None:
        """Use ``Library.conversation``."""
        self._session, self._retriever, self._conversations = session, retriever, conversations
        self.number = number
        """The conversation's number in its library; None until a turn is remembered."""
        turns = conversations.turns(number) if number is not None else []
        self._past = [*earlier, *(Past.of_turn(turn) for turn in turns)]

    def ask(
        self,
        question: str,
        *,
        k: int = HITS,
        scope: Scope | None = None,
        verbatim: bool = False,
        on_hits: FoundHits | None = None,
    ) -> Answer:
        """Answer a question as the next one of the conversation.

        With ``verbatim`` it is asked as it was typed, whatever was spoken of. ``on_hits`` is called
        with the k best passages before they are read. The next question takes the turn into
        account; ``remember`` stores it. Raises what ``Library.ask`` raises.
        """
        started = time.perf_counter()
        question = cleaned_question(question)
        if k < 1:
            raise UsageError("The number of hits must be at least 1.")
        self._session.load_reader_early()
        scope = scope or Scope()
        manner = None if verbatim else manner_of(question)
        if manner is not None:
            return self._respond(manner, question, scope, started)
        past = [] if verbatim else self._past
        alone = stand_alone(question, [each.exchange for each in past])
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

    def _respond(self, manner: Manner, question: str, scope: Scope, started: float) -> Answer:
        """Reply to what is no question to the articles."""
        remark, citations = REPLIES.get(manner, ""), list[Citation]()
        if manner is Manner.OVERVIEW:
            remark, citations = self._overview(scope)
        elif manner in (Manner.MORE, Manner.SUMMARY):
            remark, citations = self._tell(from_start=manner is Manner.SUMMARY)
        found = Answer(
            question,
            text=" ".join(cited.quote for cited in citations),
            status=Status.ANSWERED if citations else Status.NOT_FOUND,
            confidence=1.0 if citations else 0.0,
            citations=tuple(citations),
            alternatives=(),
            hits=(),
            timings={"total": (time.perf_counter() - started) * 1000},
            kind=AnswerKind.SUMMARY if citations else AnswerKind.REMARK,
            asked=question,
            remark=remark,
        )
        if citations and manner is not Manner.OVERVIEW:
            self._past.append(Past.of_answer(found))
        return found

    def _tell(self, *, from_start: bool) -> tuple[str, list[Citation]]:
        """Return telling sentences of the last cited article; new ones unless ``from_start``."""
        told = [place for turn in self._past for place in turn.places]
        if not told:
            return NOTHING_CITED, []
        last = told[-1][0] if len(self._past[-1].places) == 0 else self._past[-1].places[0][0]
        row = ArticleRowId(int(last))
        article = self._session.store.articles([row]).get(row)
        if article is None:
            return NOTHING_CITED, []
        known = [] if from_start else [(start, end) for name, start, end in told if name == last]
        bounds = telling_sentences(self._session, article, MOST_TOLD, known)
        if not bounds:
            return NOTHING_MORE, []
        return "In the article's own sentences" if from_start else "More from this article", cite(
            article, bounds
        )

    def _overview(self, scope: Scope) -> tuple[str, list[Citation]]:
        """Return the largest stories in a scope, each as a sentence of its newest article."""
        rows = self._session.store.article_rows(scope)
        if not rows:
            return "There are no articles here.", []
        found = stories(self._session, rows)
        articles = self._session.store.articles(
            [story.articles[0].id for story in found[:MOST_STORIES]]
        )
        citations: list[Citation] = []
        for story in found[:MOST_STORIES]:
            article = articles[story.articles[0].id]
            bounds = telling_sentences(self._session, article, 1)
            citations += cite(article, bounds, len(citations) + 1)
        looked = f"the {NEWEST} newest of {len(rows):,}" if len(rows) > NEWEST else f"{len(rows):,}"
        largest = ", ".join(str(len(story.articles)) for story in found[:MOST_STORIES])
        return (
            f"{len(found):,} stories in {looked} articles; the largest, by their newest article "
            f"(number of articles: {largest})",
            citations,
        )

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
        articles = self._session.store.articles([ArticleRowId(int(name)) for name in cited])
        words = frozenset(word for each in articles.values() for word in article_words(each))
        candidates = weigh_forms(readings, Story(frozenset(cited), frozenset(near), words))
        now = time.perf_counter()
        weighed = [each.weighed for each in candidates]
        form, at_most, is_inside, weak = alone, Status.ANSWERED, False, SENTENCE_WEAK
        if candidates:
            form, article = candidates[0].question, weighed[0].span.passage.article
            is_inside = article.id in cited or article.id in near
            new = set(stemmed_terms(typed)) - words
            if not is_inside and new & article_words(article):
                # The question has left the story, so it is judged like a first question.
                weighed = weigh(alone, readings[1].hits, readings[1].spans)
                weak = answering.SENTENCE_WEAK
            elif not is_inside:
                at_most = Status.WEAK
        answered = compose(
            form,
            hits,
            weighed,
            k=k,
            unread=len(late),
            timings={
                **everywhere.timings,
                "read": (now - reading) * 1000,
                "total": (now - started) * 1000,
            },
            at_most=at_most,
            sentence_weak=weak,
        )
        return replace(answered, in_story=is_inside and answered.status is not Status.NOT_FOUND)


def _cited(past: Sequence[Past]) -> list[str]:
    """Return the articles cited before, the latest first."""
    found = dict.fromkeys(article for turn in reversed(past) for article in turn.cited)
    return list(found)[:MOST_CITED]


def _merged(first: Sequence[Hit], second: Sequence[Hit]) -> list[Hit]:
    """Return the hits of both, each passage once, with new ranks."""
    places = {hit.passage.place: hit for hit in (*second, *first)}
    ordered = dict.fromkeys(hit.passage.place for hit in (*first, *second))
    return [replace(places[place], rank=rank) for rank, place in enumerate(ordered, start=1)]
