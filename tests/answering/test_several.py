"""Answers of several sentences, with evidence that is written down."""

from qa.answering.answer import SEE_FOR_YOURSELF, compose
from qa.answering.evidence import Weighed
from qa.answering.several import in_sentences
from qa.datatypes import Answer, AnswerKind, Article, Hit, Passage, Span, Status, Why

NOTHING = Answer("Why?", "", Status.NOT_FOUND, 0.0, (), (), ())


def weighed(place: int, text: str, evidence: float) -> Weighed:
    """The first word of a sentence in an article of its own."""
    passage = Passage(Article(str(place), "", "", None, text, ""), 0, len(text))
    span = Span(passage, 0, text.index(" "), 1.0)
    return Weighed(span, evidence, 0.1, (0, len(text)), 0.6 - place / 10)


def sentences(*rows: tuple[str, float]) -> list[str]:
    """The sentences of an answer, given all that there are with their evidence, best first."""
    entries = [weighed(place, text, evidence) for place, (text, evidence) in enumerate(rows)]
    return [each.quote for each in in_sentences(NOTHING, entries, Status.WEAK).citations]


def test_the_answer_is_its_sentences_each_cited() -> None:
    entries = [weighed(0, "Fog closed Westport.", 5.0), weighed(1, "Pilots struck.", 4.0)]
    found = in_sentences(NOTHING, entries, Status.WEAK)
    assert (found.kind, found.status) == (AnswerKind.SENTENCES, Status.WEAK)
    assert found.text == "Fog closed Westport. Pilots struck."
    assert found.confidence == 0.6
    assert [(cited.number, cited.lit_text) for cited in found.citations] == [
        (1, "Fog"),
        (2, "Pilots"),
    ]
    alone = in_sentences(NOTHING, entries[:1], Status.ANSWERED)
    assert (alone.kind, alone.text) == (AnswerKind.SENTENCE, "Fog closed Westport.")


def test_a_further_sentence_is_at_most_two_below_the_best() -> None:
    rows = [("Fog came.", 5.0), ("Ice melted.", 3.0), ("Rain fell.", 2.9)]
    assert sentences(*rows) == ["Fog came.", "Ice melted."]


def test_there_are_three_sentences_at_most() -> None:
    rows = [("Fog came.", 5.0), ("Ice melted.", 5.0), ("Rain fell.", 5.0), ("Hail hit.", 5.0)]
    assert sentences(*rows) == ["Fog came.", "Ice melted.", "Rain fell."]


def test_a_sentence_that_shares_more_than_half_its_words_is_left_out() -> None:
    first = ("Alpha bravo charlie delta echo.", 5.0)
    assert sentences(first, ("Alpha bravo charlie golf hotel.", 5.0)) == [first[0]]
    half = ("Alpha bravo golf hotel.", 5.0)
    assert sentences(first, half) == [first[0], half[0]]
    assert sentences(first, ("Alpha bravo golf.", 5.0)) == [first[0]], "half of the shorter one"


def test_no_fragment_answers_yes_or_no() -> None:
    text = "She denied that she had known."
    passage = Passage(Article("1", "", "", None, text, ""), 0, len(text))
    hit = Hit(passage, 0.9, 1, Why(1.0, 1, 0.9, 1))
    entry = Weighed(Span(passage, 16, 29, 9.0), 9.0, 0.9, (0, len(text)), 0.95)
    for question, shown in (("Had she known?", text), ("What had she done?", "she had known")):
        found = compose(question, [hit], [entry], k=1, unread=0, timings={})
        assert found.text == shown
        assert (SEE_FOR_YOURSELF in found.notes) is (shown == text)
