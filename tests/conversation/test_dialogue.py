"""A conversation with a library: the story is kept, left, remembered, summarised."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qa.answering.answer import compose
from qa.conversation.evidence import STORY_WEIGHTS, Reading, Story, weigh_forms
from qa.conversation.past import Past
from qa.datatypes import Answer, AnswerKind, Article, Hit, Passage, Scope, Span, Status, Why
from qa.errors import UsageError

if TYPE_CHECKING:
    from qa.library import Library

QUAKE = """The harbour of Westport shook for a minute in the earthquake on Sunday.

Rescue crews said that twelve people were injured in the old town.
"""
TRAIN = """A train left the rails near Estby on Friday in heavy snow.

Officials said that forty people were injured in the train and taken away.
"""
TOWER = """The broadcasting tower of Sorrel Hill will be taken down next spring.

Engineers found rust in the tower of Sorrel Hill.
"""


@pytest.fixture
def told(library: "Library", tmp_path: Path) -> "Library":
    """A library with three stories."""
    folder = tmp_path / "news"
    folder.mkdir()
    for name, text in (("quake", QUAKE), ("train", TRAIN), ("tower", TOWER)):
        (folder / f"{name}.txt").write_text(text)
    library.add(folder)
    return library


def test_a_follow_up_keeps_to_the_story(told: "Library") -> None:
    conversation = told.conversation()
    first = conversation.ask("What shook the harbour of Westport?")
    assert "Westport" in first.citations[0].sentence
    assert not first.in_story
    found = conversation.ask("how many were injured?")
    assert "twelve" in found.citations[0].sentence
    assert found.in_story
    assert (found.asked, found.question) == ("how many were injured?", "how many were injured?")


def test_a_question_with_words_of_another_story_leaves_this_one(told: "Library") -> None:
    conversation = told.conversation()
    conversation.ask("What shook the harbour of Westport?")
    found = conversation.ask("What did engineers find in the tower of Sorrel Hill?")
    assert "rust" in found.citations[0].sentence
    assert not found.in_story


def test_a_question_without_capitals_leaves_it_too(told: "Library") -> None:
    conversation = told.conversation()
    conversation.ask("What shook the harbour of Westport?")
    found = conversation.ask("and what did engineers find in the tower")
    assert "rust" in found.citations[0].sentence
    assert not found.in_story
    assert found.status is Status.WEAK
    assert conversation.ask("and the spring?").in_story


def test_verbatim_forgets_the_story_for_one_question(told: "Library") -> None:
    conversation = told.conversation()
    conversation.ask("What shook the harbour of Westport?")
    found = conversation.ask("how many were injured in the train?", verbatim=True)
    assert not found.in_story
    assert "forty" in found.citations[0].sentence
    assert conversation.ask("officials?").in_story


def test_a_remembered_conversation_goes_on(
    told: "Library", open_library: "Callable[[], Library]"
) -> None:
    conversation = told.conversation()
    conversation.remember(conversation.ask("What shook the harbour of Westport?"))
    again = open_library()
    (stored,) = again.conversations()
    resumed = again.conversation(stored.id)
    found = resumed.ask("how many were injured?")
    assert "twelve" in found.citations[0].sentence
    resumed.remember(found)
    turns = again.turns(stored.id)
    assert [turn.question for turn in turns] == [
        "What shook the harbour of Westport?",
        "how many were injured?",
    ]
    with pytest.raises(UsageError):
        again.conversation(99)


def test_thanks_and_help_are_no_answers_and_change_no_story(told: "Library") -> None:
    conversation = told.conversation()
    conversation.ask("What shook the harbour of Westport?")
    for said in ("thanks", "help"):
        found = conversation.ask(said)
        assert (found.kind, found.status, found.text) == (
            AnswerKind.REMARK,
            Status.NOT_FOUND,
            "",
        )
        assert found.remark
    assert conversation.ask("how many were injured?").in_story


def test_more_tells_what_was_not_told_and_then_says_so(told: "Library") -> None:
    conversation = told.conversation()
    assert conversation.ask("tell me more").kind is AnswerKind.REMARK
    first = conversation.ask("What shook the harbour of Westport?")
    more = conversation.ask("tell me more")
    assert more.kind is AnswerKind.SUMMARY
    quotes = [cited.quote for cited in more.citations]
    assert first.citations[0].sentence not in quotes
    assert any("twelve" in quote for quote in quotes)
    assert conversation.ask("tell me more").remark.startswith("There is nothing more")


def test_a_summary_has_sentences_of_the_article_in_its_order(told: "Library") -> None:
    conversation = told.conversation()
    cited = conversation.ask("What shook the harbour of Westport?").citations[0]
    summary = conversation.ask("summarise the article")
    assert {each.article.id for each in summary.citations} == {cited.article.id}
    starts = [each.start for each in summary.citations]
    assert starts == sorted(starts)
    assert summary.text == " ".join(each.quote for each in summary.citations)


def test_an_overview_names_each_story_once(told: "Library") -> None:
    found = told.conversation().ask("what are these articles about?")
    assert found.remark.startswith("3 articles, each on a story of its own")
    assert found.is_list
    assert len({cited.article.id for cited in found.citations}) == 3


def test_standing_in_the_story_weighs_what_it_is_said_to() -> None:
    article = Article("7", "", "a.txt", None, "One sentence here. Another one there.", "")
    passage = Passage(article, 0, len(article.text))
    hit = Hit(passage, 0.5, 1, Why(1.0, 1, 0.5, 1))
    reading = Reading("Which sentence?", [hit], [Span(passage, 0, 3, 4.0)])

    def evidence(story: Story) -> float:
        return weigh_forms([reading], story)[0].weighed.evidence

    cited, near, new = STORY_WEIGHTS
    known = evidence(Story(frozenset(), words={"sentence"}))
    assert evidence(Story(frozenset())) == pytest.approx(known + new)
    assert evidence(Story({article.id})) == pytest.approx(known + cited)
    assert evidence(Story(frozenset(), {article.id})) == pytest.approx(known + near)


def test_what_may_at_most_be_claimed_is_kept() -> None:
    article = Article("7", "", "a.txt", None, "One sentence here. Another one there.", "")
    passage = Passage(article, 0, len(article.text))
    hit = Hit(passage, 0.9, 1, Why(1.0, 1, 0.9, 1))
    reading = Reading("Which?", [hit], [Span(passage, 0, 3, 30.0)])
    weighed = [each.weighed for each in weigh_forms([reading], Story({article.id}))]
    for most in (Status.ANSWERED, Status.WEAK):
        found = compose("Which?", [hit], weighed, k=1, unread=0, timings={}, at_most=most)
        assert found.status is most


def test_tell_me_about_takes_sentences_with_the_subject(told: "Library") -> None:
    found = told.conversation().ask("tell me about the tower of Sorrel Hill")
    assert found.kind is AnswerKind.SUMMARY
    assert {cited.article.title for cited in found.citations} == {
        "The broadcasting tower of Sorrel Hill will be taken down next spring."
    }


@pytest.mark.parametrize(
    "question", ["what happened on Sunday", "what happened in 2011?", "tell me about ?"]
)
def test_a_time_is_no_subject(told: "Library", question: str) -> None:
    assert told.conversation().ask(question).kind is not AnswerKind.SUMMARY


def test_the_filter_holds_for_what_is_told(told: "Library") -> None:
    conversation = told.conversation()
    conversation.ask("What shook the harbour of Westport?")
    for said in ("tell me more", "summarise the article"):
        found = conversation.ask(said, scope=Scope(source="*train*"))
        assert found.kind is AnswerKind.REMARK
    overview = conversation.ask("overview", scope=Scope(source="*train*"))
    assert overview.remark.startswith("1 article,")
    assert conversation.ask("overview", scope=Scope(source="*none*")).kind is AnswerKind.REMARK


def test_a_filter_on_articles_holds_for_a_follow_up(told: "Library") -> None:
    train = next(row for row in told.articles() if "train" in row.source)
    conversation = told.conversation()
    conversation.ask("What shook the harbour of Westport?")
    found = conversation.ask("how many were injured?", scope=Scope(only=(str(train.id),)))
    assert {hit.passage.article.id for hit in found.hits} <= {str(train.id)}


def test_an_article_that_changed_or_went_between_turns(told: "Library", tmp_path: Path) -> None:
    conversation = told.conversation()
    conversation.ask("What shook the harbour of Westport?")
    quake = tmp_path / "news" / "quake.txt"
    quake.write_text(QUAKE.replace("twelve", "thirty").replace("Sunday", "Monday"))
    told.add(tmp_path / "news")
    more = conversation.ask("tell me more")
    assert any("Monday" in cited.quote for cited in more.citations), "it was not told like this"
    told.remove(str(quake))
    assert conversation.ask("tell me more").kind is AnswerKind.REMARK
    conversation.ask("how many were injured?")


def test_no_one_s_thanks_make_a_story() -> None:
    thanks = Answer("thanks", "", Status.NOT_FOUND, 0.0, (), (), (), kind=AnswerKind.REMARK)
    assert Past.of_answer(thanks) is None
    assert not thanks.is_answer
