"""Answers as lines: a sentence as the answer, and the nearest sentences where there is none."""

from qa.datatypes import Answer, AnswerKind, Article, Citation, Hit, Passage, Status, Why
from qa.render import answer_lines, nearest_sentence

TEXT = (
    "date 2024-03-04 HARWICK The council closed the pier.\n\n"
    "Eleven piles had rotted, divers said. Fish was sold."
)


def article(text: str = TEXT) -> Article:
    return Article("1", "Pier closed", "pier.txt", None, text, "")


def shown(answer: Answer, width: int | None = None) -> list[str]:
    return ["".join(text for text, _ in line) for line in answer_lines(answer, width)]


def test_the_nearest_sentence_is_never_the_dateline() -> None:
    pieces = nearest_sentence("Who is the mayor of Harwick?", TEXT)
    assert "".join(text for text, _ in pieces) == "The council closed the pier."


def test_the_words_that_question_and_sentence_share_are_marked() -> None:
    pieces = nearest_sentence("Why did the pile rot, divers?", TEXT)
    assert pieces == [
        ("Eleven ", "text"),
        ("piles", "match"),
        (" had rotted, ", "text"),
        ("divers", "match"),
        (" said.", "text"),
    ]


def test_a_refusal_shows_the_nearest_sentence_of_each_passage() -> None:
    hit = Hit(Passage(article(), 0, len(TEXT)), 0.5, 1, Why(1.0, 1, 0.5, 1))
    refused = Answer("Which divers dived?", "", Status.NOT_FOUND, 0.1, (), (), (hit,))
    lines = shown(refused)
    assert lines[0] == "Not in your articles."
    assert lines[-1] == "    Eleven piles had rotted, divers said."


def test_a_sentence_as_the_answer_is_shown_once_its_words_marked() -> None:
    start = TEXT.index("Eleven")
    end = TEXT.index(" Fish")
    cited = Citation(1, article(), start, end, lit=(start, start + len("Eleven piles")))
    sentence = Answer(
        "Why?", cited.quote, Status.WEAK, 0.5, (cited,), (), (), kind=AnswerKind.SENTENCE
    )
    lines = answer_lines(sentence, None)
    assert [piece for piece in lines[0] if piece[0]] == [
        ("Eleven piles", "quote"),
        (" had rotted, divers said.", "text"),
    ]
    assert sum("Eleven" in line for line in shown(sentence)) == 1
    assert shown(sentence)[1].startswith("weak · a sentence")
    narrow = shown(sentence, 20)
    assert " ".join(narrow[:2]) == cited.quote
