"""Which questions to show: on different stories, each tried by the reader twice.

First the reader reads the sentence that the question was made from, which is cheap and tells which
questions it is likely to be sure of. The best of these are then asked of the whole library.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..datatypes import Answer, Article, Citation, Passage, Span, Status
from ..folding import words
from ..render import SURE
from ..terms import stemmed_terms
from .suggest import Draft, drafts
from .words import TITLE, Lexicon

MOST_READ = 40
"""Most drafts that the reader tries on their own sentence; that takes 10 ms each."""

LEAST_SCORE = 4.0
"""Least score of the answer in its own sentence, above "no answer", for a question to be asked.

Of 57 drafts of Wikinews 29 had it, and all 11 that the library of 19,339 articles was sure of.
"""

MOST_ASKED = 12
"""Most questions that are asked of the whole library; that takes 0.2 s each."""

ONE_STORY = 3
"""Content words that two articles share in headline and question if they are on one story."""

_LESS = frozenset("a an the at least about around over nearly almost more than some".split())

Read = Callable[[str, Passage], Sequence[Span]]
"""Reads one passage; returns spans that may answer the question, best first."""

Ask = Callable[[str], Answer]
"""Asks the whole library."""


@dataclass(frozen=True, slots=True)
class SuggestedQuestion:
    """A question that an article suggests, and that the library answers from it for sure."""

    question: str
    """The question."""
    article: Article
    """The article."""
    citation: Citation
    """The answer that the library gave, in that article."""


def suggested(
    articles: Iterable[Article],
    lexicon: Lexicon,
    read: Read,
    ask: Ask,
    *,
    most_read: int = MOST_READ,
    most_asked: int = MOST_ASKED,
) -> Iterator[SuggestedQuestion]:
    """Yield the questions that articles suggest, at most one on each story.

    Each is answered by ``ask`` for sure, with the words of the article that it was made for. At
    most ``most_read`` drafts are read, and ``most_asked`` of them are asked.
    """
    shown: list[set[str]] = []
    for article, draft in islice(_likely(articles, lexicon, read, most_read), most_asked):
        story = set(stemmed_terms(f"{article.title} {draft.question}"))
        if any(len(story & other) >= ONE_STORY for other in shown):
            continue
        citation = right_citation(draft, article, ask(draft.question))
        if citation is not None:
            shown.append(story)
            yield SuggestedQuestion(draft.question, article, citation)


def _likely(
    articles: Iterable[Article], lexicon: Lexicon, read: Read, most_read: int
) -> Iterator[tuple[Article, Draft]]:
    """Yield the drafts that the reader answers from their own sentence, the surest first."""
    made = ((article, draft) for article in articles for draft in drafts(article, lexicon)[:2])
    scored: list[tuple[float, int, Article, Draft]] = []
    for article, draft in islice(made, most_read):
        spans = read(draft.question, Passage(article, *draft.sentence))
        if spans and spans[0].score >= LEAST_SCORE and is_meant(spans[0].text, draft):
            scored.append((-spans[0].score, len(scored), article, draft))
    for _, _, article, draft in sorted(scored, key=lambda each: each[:2]):
        yield article, draft


def right_citation(draft: Draft, article: Article, answer: Answer) -> Citation | None:
    """Return where an answer cites the article for the words that were meant.

    None if it does not, or if the answer is less than sure.
    """
    if answer.status is not Status.ANSWERED or answer.confidence < SURE or not answer.citations:
        return None
    if not is_meant(answer.citations[0].lit_text, draft):
        return None
    return next((each for each in answer.citations if each.article.id == article.id), None)


def is_meant(text: str, draft: Draft) -> bool:
    """Return whether an answer says what a draft was made to be answered with."""
    return _essence(text) == _essence(draft.answer)


def _essence(text: str) -> tuple[str, ...]:
    """Return the words of an answer without articles, titles and "at least"."""
    return tuple(word for word in words(TITLE.split(text)[-1]) if word not in _LESS)
