"""Quotations and their speakers; labels and repeated questions in transcripts."""

import pytest

from qa.answering.evidence import Weighed
from qa.answering.speech import answering_spans, quotation_in, speakers, speaking_first
from qa.datatypes import Article, Passage, Span

TALK = """Q: Who won the regatta?
DOYLE: Tom Burke won it.
Q: Who trains you?
Doyle: My brother Liam does.
Doyle: He is strict.
Trainer: Liam
"""
REPORT = (
    "Ann Lee opened the meeting. “We will find them,” said Mary Tobin of the coast guard. "
    "John Reed left."
)


def span(text: str, words: str, at: int = 0) -> Span:
    passage = Passage(Article("1", "", "", None, text, ""), 0, len(text))
    start = text.index(words, at)
    return Span(passage, start, start + len(words), 1.0)


def test_a_question_in_a_transcript_is_no_answer_to_itself() -> None:
    echo, answer = span(TALK, "the regatta"), span(TALK, "Tom Burke")
    assert answering_spans("Who won the regatta?", [echo, answer]) == [answer]
    assert answering_spans("Which boat race did Tom win?", [echo, answer]) == [echo, answer]


@pytest.mark.parametrize(
    ("label", "is_kept"), [("DOYLE", False), ("Doyle", False), ("Q", False), ("Trainer", True)]
)
def test_a_label_in_capitals_or_of_several_lines_is_no_answer(label: str, is_kept: bool) -> None:
    found = span(TALK, f"{label}:")
    named = Span(found.passage, found.start, found.end - 1, 1.0)
    assert bool(answering_spans("Who is strict?", [named])) is is_kept


def test_a_label_may_be_the_speaker_of_a_quotation() -> None:
    label = span(TALK, "DOYLE")
    assert answering_spans("Who said “Tom Burke won it”?", [label]) == [label]
    assert speakers("Tom Burke won it", [label]) == [(label, (24, 48))]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who said “We will find them”?", "We will find them"),
        ('who called it "a dark day?"', "a dark day"),
        ("Who found them?", ""),
        ("What does “a dark day” mean?", ""),
    ],
)
def test_the_words_whose_speaker_is_asked_for(question: str, words: str) -> None:
    assert quotation_in(question) == words


def test_the_speaker_is_near_the_quotation_and_not_in_it() -> None:
    tobin, them = span(REPORT, "Mary Tobin"), span(REPORT, "We")
    guard = span(REPORT, "the coast guard")
    found = speakers("we will find them", [tobin, them, guard])
    assert [each for each, _ in found] == [tobin]
    assert speakers("we will leave them", [tobin]) == []


def test_the_sentences_from_the_speaker_to_the_quotation_are_shown() -> None:
    ((_, (start, end)),) = speakers("We will find them", [span(REPORT, "John Reed")])
    assert REPORT[start:end].startswith("“We will")
    assert REPORT[start:end].endswith("John Reed left.")


def test_what_someone_said_is_first_what_reports_speech() -> None:
    texts = [
        "Reed met the crew.",
        "Reed said that it was over.",
        "Reed left the crew.",
        "Reed says that it rained.",
    ]
    weighed = [
        Weighed(span(text, "Reed"), 5.0 - 0.9 * place, 0.5, (0, len(text)), 0.6 - place / 10)
        for place, text in enumerate(texts)
    ]
    ordered = speaking_first("What did Reed say?", weighed)
    assert [each.sentence for each in ordered] == [
        weighed[place].sentence for place in (1, 0, 2, 3)
    ]
    assert ordered[0].sentence_confidence == weighed[0].sentence_confidence
    assert speaking_first("What did Reed say?", weighed[:1]) == weighed[:1]
    assert speaking_first("What did Reed do?", weighed) == weighed
