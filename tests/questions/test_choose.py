"""Which drafts are shown: those that the library answers for sure, rightly, on several stories."""

from collections.abc import Callable

import pytest

from qa.datatypes import Answer, AnswerKind, Article, Citation, Passage, Span, Status
from qa.questions.choose import SuggestedQuestion, suggested
from qa.questions.words import collect_lexicon

OPENED = "Who opened the Tring canal tunnel?"
ROWED = "Who rowed across the Atlantic in a bathtub?"
TUNNEL = Article(
    "1",
    "Anna Marsh opens Tring tunnel",
    "tunnel.txt",
    None,
    "Mayor Anna Marsh opened the Tring canal tunnel on Friday, nine years after the flood.",
    "",
)
AGAIN = Article(
    "2",
    "Tring canal tunnel opens",
    "again.txt",
    None,
    "Mayor Anna Marsh opened the Tring canal tunnel on Friday morning.",
    "",
)
BATHTUB = Article(
    "3",
    "Owen Pryce rows across Atlantic",
    "bathtub.txt",
    None,
    "Captain Owen Pryce, 61, rowed across the Atlantic in a bathtub.",
    "",
)


def read(question: str, passage: Passage) -> list[Span]:
    """Find the right words, whatever is asked; those of the bathtub with the higher score."""
    article = passage.article
    words = "Owen Pryce" if article is BATHTUB else "Anna Marsh"
    start = article.text.index(words)
    return [Span(passage, start, start + len(words), 9.0 if article is BATHTUB else 5.0)]


def answered(
    question: str,
    article: Article,
    words: str,
    *,
    status: Status = Status.ANSWERED,
    confidence: float = 0.9,
) -> Answer:
    """An answer that quotes words of an article."""
    start = article.text.index(words)
    cited = Citation(1, article, start, start + len(words))
    return Answer(question, words, status, confidence, (cited,), (), (), kind=AnswerKind.SPAN)


def right(question: str) -> Answer:
    """The right answer, for sure."""
    if question == ROWED:
        return answered(question, BATHTUB, "Owen Pryce")
    return answered(question, TUNNEL, "Anna Marsh")


def shown(
    *articles: Article, ask: Callable[[str], Answer] = right, most: int = 9
) -> list[SuggestedQuestion]:
    """What is shown of the articles."""
    lexicon = collect_lexicon(["They want to open it, to open a shop."])
    return list(suggested(articles, lexicon, read, ask, most_asked=most))


def test_a_question_is_shown_with_its_article_and_answer() -> None:
    (found,) = shown(TUNNEL)
    assert (found.question, found.article) == (OPENED, TUNNEL)
    assert found.citation.quote == "Anna Marsh"


def test_the_likeliest_come_first_and_only_so_many_are_asked() -> None:
    assert [each.question for each in shown(TUNNEL, BATHTUB)] == [ROWED, OPENED]
    assert [each.question for each in shown(TUNNEL, BATHTUB, most=1)] == [ROWED]


def test_a_story_is_asked_about_once() -> None:
    assert [each.article for each in shown(TUNNEL, AGAIN, BATHTUB)] == [BATHTUB, TUNNEL]


@pytest.mark.parametrize(
    "answer",
    [
        answered(OPENED, TUNNEL, "Anna Marsh", confidence=0.84),  # likely only
        answered(OPENED, TUNNEL, "Anna Marsh", status=Status.WEAK),
        answered(OPENED, TUNNEL, "flood"),  # other words
        answered(OPENED, AGAIN, "Anna Marsh"),  # the right words of another article
    ],
)
def test_what_is_not_sure_right_and_from_the_article_is_not_shown(answer: Answer) -> None:
    assert shown(TUNNEL, ask=lambda _: answer) == []


def test_titles_and_articles_make_no_difference_to_an_answer() -> None:
    assert shown(TUNNEL, ask=lambda asked: answered(asked, TUNNEL, "Mayor Anna Marsh"))


def test_a_draft_that_the_reader_does_not_answer_is_not_asked() -> None:
    def nothing(question: str, passage: Passage) -> list[Span]:
        return [Span(passage, 0, 5, 1.0)]

    def refuse(question: str) -> Answer:
        raise AssertionError(question)

    lexicon = collect_lexicon([""])
    assert list(suggested([TUNNEL], lexicon, nothing, refuse)) == []
