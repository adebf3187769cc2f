"""Question → hits: encode, look the words up, search the vectors, fuse."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..articles.clean import clean
from ..datatypes import Hit, Scope
from ..errors import LibraryBusyError, ModelMismatchError, UsageError
from ..settings import CANDIDATES
from ..storage.database import CREATION_SECONDS, no_articles
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
        self._await_articles()
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
        self._await_articles()
        while (found := self._retrieve(question, k, scope, best_bm25)) is None:
            self._session.drop_model()
        return found

    def _retrieve(
        self, question: str, k: int, scope: Scope, best_bm25: float | None
    ) -> Retrieved | None:
        """Retrieve once; None when another process re-embedded the library in the meantime."""
        session = self._session
        session.refresh()
        times = [time.perf_counter()]
        live, text = session.vectors, session.full_text
        times.append(time.perf_counter())
        terms = question_terms(question)
        has_words = not terms or any(map(text.has, terms))
        allowed, notes = self._with_phrases(question, session.store.passage_ids(scope))
        # The full text is searched in its own thread while this one encodes the question.
        searching = text.start_search(terms, CANDIDATES, allowed)
        encoder = session.encoder
        times.append(time.perf_counter())
        (query,) = encoder.encode([question], "question")
        times.append(time.perf_counter())
        try:
            with live.current() as vectors:
                lexical = searching.result()
                if best_bm25 is None:
                    best_bm25 = max((score for _, score in lexical), default=0.0)
                hits = fused_hits(
                    lexical, query, session.store, vectors, allowed, k=k, best_bm25=best_bm25
                )
        except ModelMismatchError:
            return None
        times.append(time.perf_counter())
        timings = {
            step: (last - first) * 1000
            for step, (first, last) in zip(STEPS, pairwise(times), strict=True)
        }
        return Retrieved(tuple(hits), timings, best_bm25, notes, has_words, bool(notes))

    def _with_phrases(
        self, question: str, allowed: NDArray[np.int64] | None
    ) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
        """Restrict passages, sorted, to those that hold each quoted phrase that any of them holds.

        Return them with a note for each other phrase.
        """
        notes = []
        for typed, phrase in phrases(question):
            holding = self._session.full_text.holding(phrase)
            if allowed is not None:
                holding = np.intersect1d(holding, allowed, assume_unique=True)
            if len(holding):
                allowed = holding
            else:
                notes.append(f"no passage has “{typed}” word for word; looked for its words")
        return allowed, tuple(notes)

    def _await_articles(self) -> None:
        """Wait for the first batch of a library that another process is making."""
        store = self._session.store
        if store.has_articles():
            return
        from ..storage.lock import is_locked  # filelock takes 10 ms to import

        until = time.monotonic() + CREATION_SECONDS
        while not store.has_articles():
            if not is_locked(store.folder):
                if store.has_articles():  # the other process has just finished
                    return
                raise no_articles(store.folder)
            if time.monotonic() > until:
                raise LibraryBusyError(
                    f"Another qa is making the library in {store.folder}; ask again in a moment."
                )
            time.sleep(0.2)


def cleaned_question(question: str) -> str:
    """Return a question on one line, cleaned as articles are. Raises UsageError if it is empty."""
    asked = " ".join(clean(question).split())
    if not asked:
        raise UsageError("The question is empty.")
    return asked
