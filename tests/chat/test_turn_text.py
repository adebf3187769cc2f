"""The text of a turn without a screen."""

from dataclasses import replace
from datetime import UTC, datetime

from qa.articles.build import build_article
from qa.chat.entries import Entry
from qa.chat.widgets.turn_text import answer_text
from qa.datatypes import Answer, AnswerKind, ArticleId, Citation, Status


def test_notes_stand_under_the_answer() -> None:
    entry = Entry("Who left?", datetime(2024, 3, 4, tzinfo=UTC))
    notes = ("no article has “Hollm”; looked for “Holm”", "a [b] c")
    entry.answered(Answer("Who left?", "", Status.NOT_FOUND, 0.0, (), (), (), notes=notes))
    lines = answer_text(entry, 60).plain.splitlines()
    assert lines[0] == "Not in your articles."
    assert lines[-2:] == list(notes)


def test_a_list_that_is_longer_than_the_digits_says_how_much_longer() -> None:
    entry = Entry("List all articles about ships", datetime(2024, 3, 4, tzinfo=UTC))
    articles = [
        replace(build_article(f"{n}.txt", f"Ship {n} left."), id=ArticleId(str(n)))
        for n in range(1, 13)
    ]
    cited = tuple(Citation(n, one, 0, 4) for n, one in enumerate(articles, start=1))
    remark = "12 articles mention “ships”, 12 times (once in each):"
    entry.answered(
        Answer("", "", Status.WEAK, 0.0, cited, (), (), kind=AnswerKind.SUMMARY, remark=remark)
    )
    lines = answer_text(entry, 60).plain.splitlines()
    assert lines[-2].startswith("[9] ")
    assert lines[-1] == "and 3 more; qa mentions lists all"
