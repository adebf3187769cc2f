"""Which questions to show: of several stories, each tried on the whole library first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..datatypes import Answer, AnswerKind, Article, Citation, Status
from ..folding import words
from .suggest import Draft, drafts
from .words import TITLE, Lexicon

LEAST_CONFIDENCE = 0.85
"""Least confidence of the answer to a question that is shown: qa calls it sure."""

_LESS = frozenset("a an the at least about over nearly almost more than some up to".split())


@dataclass(frozen=True, slots=True)
class SuggestedQuestion:
    """A question that an article suggests and that the library answers from it."""

    question: str
    """The question."""
    article: Article
    """The article."""
    citation: Citation
    """The answer that was given, in that article."""


def suggested(
    stories: Iterable[Iterable[Article]],
    lexicon: Lexicon,
    ask: Callable[[str], Answer],
) -> Iterator[SuggestedQuestion]:
    """Yield at most one question of each story, in their order.

    ``ask`` answers a question from the whole library. A question is yielded if the answer is sure,
    and is the words of the article that the question was made for.
    """
    for articles in stories:
        found = (each for article in articles for each in _tried(article, lexicon, ask))
        first = next(found, None)
        if first is not None:
            yield first


def _tried(
    article: Article, lexicon: Lexicon, ask: Callable[[str], Answer]
) -> Iterator[SuggestedQuestion]:
    """Yield the question closest to the article's headline, if the library answers it rightly."""
    for draft in drafts(article, lexicon)[:1]:
        citation = right_citation(draft, article, ask(draft.question))
        if citation is not None:
            yield SuggestedQuestion(draft.question, article, citation)


def right_citation(draft: Draft, article: Article, answer: Answer) -> Citation | None:
    """Return where an answer cites the article with the words that were meant; None if nowhere.

    None too if the answer is less than sure.
    """
    is_sure = answer.status is Status.ANSWERED and answer.confidence >= LEAST_CONFIDENCE
    if not is_sure or answer.kind is not AnswerKind.SPAN:
        return None
    if _essence(answer.text) != _essence(draft.answer):
        return None
    return next((each for each in answer.citations if each.article.id == article.id), None)


def _essence(text: str) -> tuple[str, ...]:
    """Return the words of an answer without articles, titles and "at least"."""
    return tuple(word for word in words(TITLE.split(text)[-1]) if word not in _LESS)
