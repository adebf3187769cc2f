"""Question → hits: encode, look the words up, search the vectors, fuse."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from ..articles.clean import clean
from ..datatypes import Hit, Scope
from ..errors import ModelMismatchError, UsageError
from ..settings import CANDIDATES
from ..storage.protocol import Selection
from ..terms import question_terms
from .fusion import fused_hits
from .session import Session
from .wording import Wording, phrases, reworded

STEPS = ("open", "load", "encode", "retrieve")
"""Names of the steps that are timed."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The hits for one question."""

    hits: tuple[Hit, ...]
    """Best first."""
    timings: Mapping[str, float]
    """Milliseconds of each of ``STEPS``."""
    best_bm25: float
    """Best BM25 score of any passage, which counts as 1 in the fused scores."""
    notes: tuple[str, ...] = ()
    """What the person should know about the search, a line each."""
    has_words: bool = True
    """Whether an article of the library has any of the question's content words."""
    lacks_phrase: bool = False
    """Whether no passage in the scope holds a quoted phrase of the question."""


class Retriever:
    """Finds the passages of a library that fit a question best."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def reworded(self, question: str) -> Wording:
        """Return the question with words that articles have in place of misspelt ones.

        Raises what `retrieve` raises.
        """
        self._session.store.await_articles()
        self._session.refresh()
        return reworded(question, self._session)

    def retrieve(
        self, question: str, k: int, scope: Scope, best_bm25: float | None = None
    ) -> Retrieved:
        """Return the k best passages in the scope, which hold its quoted phrases if any do.

        With ``best_bm25``, that of a wider scope, the scores are comparable with those of its hits.
        Raises UsageError when k is below 1, LibraryError when the library has no article and
        nobody is adding any, LibraryBusyError when its first batch takes half a minute, ModelError
        and ModelMismatchError.
        """
        if k < 1:
            raise UsageError("The number of hits must be at least 1.")
        self._session.store.await_articles()
        while (found := self._retrieve(question, k, scope, best_bm25)) is None:
            self._session.drop_model()
        return found

    def best_bm25(self, question: str, scope: Scope) -> float:
        """Return the best BM25 score of any passage in the scope, as `retrieve` finds it."""
        selected, _ = _with_phrases(question, self._session.store.within(scope))
        searched = selected.start_words(question_terms(question), CANDIDATES)
        return max((score for _, score in searched()), default=0.0)

    def _retrieve(
        self, question: str, k: int, scope: Scope, best_bm25: float | None
    ) -> Retrieved | None:
        """Retrieve once; None when another process re-embedded the library in the meantime."""
        session = self._session
        session.refresh()
        times = [time.perf_counter()]
        selected = session.store.within(scope)
        times.append(time.perf_counter())
        terms = question_terms(question)
        has_words = not terms or any(map(session.store.has_term, terms))
        selected, notes = _with_phrases(question, selected)
        # The full text is searched in its own thread while this one encodes the question.
        searched = selected.start_words(terms, CANDIDATES)
        encoder = session.encoder
        times.append(time.perf_counter())
        (query,) = encoder.encode([question], "question")
        times.append(time.perf_counter())
        try:
            lexical = searched()
            if best_bm25 is None:
                best_bm25 = max((score for _, score in lexical), default=0.0)
            hits = fused_hits(lexical, query, session.store, selected, k=k, best_bm25=best_bm25)
        except ModelMismatchError:
            return None
        times.append(time.perf_counter())
        timings = {
            step: (last - first) * 1000
            for step, (first, last) in zip(STEPS, pairwise(times), strict=True)
        }
        return Retrieved(tuple(hits), timings, best_bm25, notes, has_words, bool(notes))


def _with_phrases(question: str, selected: Selection) -> tuple[Selection, tuple[str, ...]]:
    """Restrict passages to those that hold each quoted phrase that any of them holds.

    Return them with a note for each other phrase.
    """
    notes = []
    for typed, phrase in phrases(question):
        holding = selected.holding(phrase)
        if holding is None:
            notes.append(f"no passage has “{typed}” word for word; looked for its words")
        else:
            selected = holding
    return selected, tuple(notes)


def cleaned_question(question: str) -> str:
    """Return a question on one line, cleaned as articles are. Raises UsageError if it is empty."""
    asked = " ".join(clean(question).split())
    if not asked:
        raise UsageError("The question is empty.")
    return asked
