"""A conversation with a library: asks, resolves what a question leaves out, and remembers.

A follow-up is searched in two ways. As typed, it is searched in the articles that the conversation
cited and in those on the same events: there "how many were injured?" needs no name. In the form
that stands alone, it is searched in all articles. The evidence decides between the two (see
``evidence``).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..answering.answer import FoundHits, ask_once
from ..answering.copies import with_copies
from ..answering.retriever import Retriever, cleaned_question
from ..answering.session import Session
from ..datatypes import Answer, AnswerKind, Citation, Scope, Status
from ..errors import UsageError
from ..settings import HITS
from ..turns import Turn
from .counting import counted, term_counted
from .manners import manner_of, subject_of
from .past import Past
from .two import joined, two_questions

if TYPE_CHECKING:
    from ..storage.conversations import Conversations


class Dialogue:
    """A conversation that goes on. One thread at a time may ask."""

    def __init__(
        self,
        session: Session,
        retriever: Retriever,
        conversations: "Callable[[], Conversations]",
        number: int | None = None,
        earlier: Sequence[Past] = (),
    ) -> None:
        """Use ``Library.conversation``."""
        self._session, self._retriever, self._conversations = session, retriever, conversations
        self.number = number
        """The conversation's number in its library; None until a turn is remembered."""
        turns = conversations().turns(number) if number is not None else []
        stored = [Past.of_turn(turn) for turn in turns]
        self._past = [*earlier, *(past for past in stored if past is not None)]

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
        past = [] if verbatim else self._past
        found = None if verbatim else self._told(question, past, scope, k, started)
        if found is None:
            two = None if verbatim else two_questions(question)
            if two is None:
                found = self._answer(question, past, k, scope, on_hits, started)
            else:
                found = self._both(two, past, k, scope, on_hits)
            found = with_copies(found, self._session.store)
            found = replace(found, asked=question)
        if (turn := Past.of_answer(found)) is not None:
            self._past.append(turn)
        return found

    def _both(
        self,
        asked: tuple[str, str],
        past: Sequence[Past],
        k: int,
        scope: Scope,
        on_hits: FoundHits | None,
    ) -> Answer:
        """Answer two questions, the second as a follow-up to the first."""
        found: list[Answer] = []
        for question in asked:
            before = [turn for turn in map(Past.of_answer, found) if turn is not None]
            started = time.perf_counter()
            found.append(self._answer(question, [*past, *before], k, scope, on_hits, started))
            on_hits = None
        return joined(asked, found, k)

    def _told(
        self, question: str, past: Sequence[Past], scope: Scope, k: int, started: float
    ) -> Answer | None:
        """Reply to what is no question: thanks, "tell me more", "tell me about"; else None."""
        manner = manner_of(question)
        if manner is not None:
            from .telling import reply

            remark, citations = reply(self._session, manner, past, scope)
            return _summary(question, remark, citations, started, in_story=True)
        term = term_counted(question)
        if term is not None:
            from .followup import stand_alone

            meant = stand_alone(term, [turn.exchange for turn in past])
            remark, citations = counted(self._session, meant, scope)
            return _summary(question, remark, citations, started, in_story=True)
        subject = subject_of(question)
        if not subject:
            return None
        from .telling import LOOKED_AT, about

        wording = self._retriever.reworded(subject)
        subject = wording.text
        hits = self._retriever.retrieve(subject, max(k, LOOKED_AT), scope).hits
        told = [place for turn in past for place in turn.quoted]
        remark, citations = about(self._session, subject, hits, told)
        if not citations:
            return None
        known = {article for turn in past for article in turn.cited}
        in_story = citations[0].article.id in known
        summary = _summary(question, remark, citations, started, in_story=in_story)
        return replace(summary, notes=wording.notes)

    def _answer(
        self,
        question: str,
        past: Sequence[Past],
        k: int,
        scope: Scope,
        on_hits: FoundHits | None,
        started: float,
    ) -> Answer:
        alone = question
        notes: tuple[str, ...] = ()
        if past:
            # Imported for follow-ups only: the first question is answered in half a second.
            from .followup import stand_alone
            from .searching import answer_in_story, follow_up

            wording = self._retriever.reworded(question)
            notes = wording.notes
            alone = stand_alone(wording.text, [each.exchange for each in past])
            asked = follow_up(wording.text, alone, past)
            if asked is not None:
                found = answer_in_story(
                    self._session,
                    self._retriever,
                    asked,
                    k=k,
                    scope=scope,
                    on_hits=on_hits,
                    started=started,
                )
                return replace(found, notes=(*notes, *found.notes))
        found = ask_once(
            alone,
            self._session,
            self._retriever,
            k=k,
            scope=scope,
            on_hits=on_hits,
            started=started,
        )
        return replace(found, notes=(*notes, *found.notes))

    def remember(self, found: Answer, scope: Scope | None = None) -> Turn:
        """Store an answer of this conversation as its next turn; on the disk on return.

        ``scope`` is the filter that was in force. Summaries and remarks are stored as well, as what
        they are. Raises UsageError if the conversation was deleted, LibraryBusyError.
        """
        if self.number is None:
            self.number = self._conversations().start("")
        question = found.asked or found.question
        return self._conversations().add(self.number, question, found, scope)


def _summary(
    question: str, remark: str, citations: Sequence[Citation], started: float, *, in_story: bool
) -> Answer:
    """Return what was asked for but is no answer: sentences of articles, or only a remark."""
    return Answer(
        question,
        text=" ".join(cited.quote for cited in citations),
        status=Status.WEAK if citations else Status.NOT_FOUND,
        confidence=0.0,
        citations=tuple(citations),
        alternatives=(),
        hits=(),
        timings={"total": (time.perf_counter() - started) * 1000},
        kind=AnswerKind.SUMMARY if citations else AnswerKind.REMARK,
        asked=question,
        in_story=in_story,
        remark=remark,
    )
