"""A written answer, from the passages to the checked sentences."""

import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qa import render
from qa.datatypes import (
    Answer,
    AnswerKind,
    Article,
    Citation,
    Hit,
    Passage,
    Status,
    Why,
)
from qa.errors import ServerError, UsageError
from qa.writing.checked import CheckedSentence, Support
from qa.writing.server import Ended, Message
from qa.writing.shown import end_lines, heading_lines, sentence_lines, written_values
from qa.writing.write import Ending, Event, Piece, Written, passages_of, write
from tests.doubles import WordChecker

if TYPE_CHECKING:
    from qa.library import Library

TEXT = "The bridge closed on Monday after the flood. It carried 1,200 cars a day."
ARTICLE = Article("7", "The bridge", "bridge.txt", None, TEXT, "")
OTHER = Article("8", "The mill", "mill.txt", None, "The mill burnt down. Nobody was hurt.", "")


class Told:
    """A server that says what it was told to, and then ends or fails."""

    name = "small at test"
    budget_tokens = 3_000

    def __init__(self, *said: str, last: Ended | ServerError | None = None) -> None:
        self.said, self.last = said, last or Ended("done", 70, 9)
        self.asked: list[list[Message]] = []
        self.is_closed = False

    def stream(
        self,
        messages: Sequence[Message],
        *,
        most_tokens: int,
        cancelled: threading.Event | None = None,
    ) -> Generator[str | Ended, None, None]:
        """Yield what it was told."""
        self.asked.append(list(messages))
        try:
            for text in self.said:
                if cancelled is not None and cancelled.is_set():
                    yield Ended("cancelled")
                    return
                yield text
            if isinstance(self.last, ServerError):
                raise self.last
            yield self.last
        finally:
            self.is_closed = True


def hit(article: Article, score: float = 1.0, cosine: float = 0.5, start: int = 0) -> Hit:
    """A hit on an article from an offset."""
    why = Why(None, None, cosine, None)
    return Hit(Passage(article, start, len(article.text)), score, 1, why)


def answer(*hits: Hit, status: Status = Status.ANSWERED) -> Answer:
    """An answer to when the bridge closed, that cites its article unless it was not found."""
    cited = (Citation(1, ARTICLE, 21, 27),) if status is not Status.NOT_FOUND else ()
    return Answer(
        "When did the bridge close?", "Monday", status, 0.9, cited, (), hits or (hit(ARTICLE),)
    )


def events(server: Told, asked: Answer | None = None) -> list[Event]:
    """Everything that comes."""
    return list(write(asked or answer(hit(ARTICLE), hit(OTHER)), server, WordChecker()))


def test_sentences_come_checked_and_then_the_whole() -> None:
    server = Told("It closed on Mon", "day [1]. The mill bur", "nt down [1]. It sank [2].")
    found = events(server)
    kinds = [type(event) for event in found]
    assert kinds == [Piece, *[CheckedSentence, Piece] * 2, CheckedSentence, Written]
    pieces = [event for event in found if isinstance(event, Piece)]
    assert "".join(piece.text for piece in pieces) == "".join(server.said)
    assert [each.unfinished for each in pieces] == ["It closed on Mon", "The mill bur", "It sank."]
    checked = [event for event in found if isinstance(event, CheckedSentence)]
    assert [(each.text, each.support) for each in checked] == [
        ("It closed on Monday.", Support.SUPPORTED),
        ("The mill burnt down.", Support.ELSEWHERE),
        ("It sank.", Support.UNSUPPORTED),
    ]
    written = found[-1]
    assert isinstance(written, Written)
    assert written.sentences == tuple(checked)
    assert [passage.article.id for passage in written.passages] == ["7", "8"]
    assert (written.ending, written.prompt_tokens, written.tokens) == (Ending.DONE, 70, 9)
    assert [written.count(support) for support in Support] == [1, 1, 1, 0]
    assert server.is_closed


def test_nothing_but_the_question_and_the_passages_is_sent() -> None:
    server = Told("Yes.")
    events(server)
    [[_, user]] = server.asked
    lines = [line for line in user.text.splitlines() if line and not line.startswith("<")]
    assert lines == [
        "Question: When did the bridge close?",
        TEXT,
        OTHER.text,
        "Question: When did the bridge close?",
        "Answer in short sentences, each with its [number].",
    ]
    assert "bridge.txt" not in user.text, "where the file is concerns nobody"


def test_without_a_near_passage_nothing_is_sent() -> None:
    server = Told("Yes.")
    far = answer(hit(ARTICLE, cosine=0.1), status=Status.NOT_FOUND)
    [written] = events(server, far)
    assert isinstance(written, Written)
    assert (written.ending, written.passages, server.asked) == (Ending.NOTHING_NEAR, (), [])
    near = answer(hit(ARTICLE, cosine=0.4), status=Status.NOT_FOUND)
    assert len(events(server, near)) == 3
    assert passages_of(replace(answer(), kind=AnswerKind.REMARK)) == []
    assert passages_of(replace(far, hits=())) == []


def test_the_cited_passage_comes_first_and_far_ones_are_left_out() -> None:
    low = hit(ARTICLE, score=0.2, start=45)
    found = passages_of(answer(hit(OTHER, 1.0), low, hit(ARTICLE, 0.6)))
    assert found == [Passage(ARTICLE, 0, len(TEXT)), Passage(OTHER, 0, len(OTHER.text))]


def test_a_summary_is_written_from_its_sentences() -> None:
    summary = replace(answer(), kind=AnswerKind.SUMMARY, hits=())
    assert [passage.text for passage in passages_of(summary)] == [TEXT[:44]]


@pytest.mark.parametrize(
    ("last", "ending", "error"),
    [
        (Ended("length", 1, 2), Ending.LENGTH, ""),
        (Ended("cancelled"), Ending.CANCELLED, ""),
        (ServerError("It broke off."), Ending.FAILED, "It broke off."),
    ],
)
def test_what_was_written_before_the_end_stands(
    last: Ended | ServerError, ending: Ending, error: str
) -> None:
    *_, written = events(Told("It closed on Monday [1]. It never", last=last))
    assert isinstance(written, Written)
    assert [each.text for each in written.sentences] == ["It closed on Monday."]
    assert (written.ending, written.error) == (ending, error)


def test_a_model_that_goes_round_in_circles_is_stopped() -> None:
    server = Told(*["It closed. ", "It opened. "] * 50)
    *_, written = events(server)
    assert isinstance(written, Written)
    assert written.ending is Ending.REPEATED
    assert [each.text for each in written.sentences] == ["It closed.", "It opened."] * 2 + [
        "It closed."
    ]
    assert server.is_closed


@pytest.mark.parametrize("pieces", [1, 4_000])
def test_an_answer_that_does_not_end_is_ended(pieces: int) -> None:
    """A server may ignore the most tokens that were asked for."""
    said = [f"It closed on day {day} of the flood. " for day in range(4_000)]
    server = Told(*(said if pieces > 1 else ["".join(said)]))
    *_, written = events(server)
    assert isinstance(written, Written)
    assert written.ending is Ending.LENGTH
    assert 250 < len(written.sentences) < 320
    assert written.sentences[-1].text.endswith(" of the flood.")
    assert server.is_closed


def test_leaving_early_closes_the_connection() -> None:
    server = Told("It closed. ", "It opened. ")
    writing = write(answer(), server, WordChecker())
    assert next(writing) == Piece("It closed. ", "It closed.")
    writing.close()
    assert server.is_closed


def test_setting_the_event_ends_it() -> None:
    cancelled = threading.Event()
    found: list[Event] = []
    for event in write(answer(), Told(*["It closed. "] * 9), WordChecker(), cancelled=cancelled):
        found.append(event)
        cancelled.set()
    assert [type(event) for event in found] == [Piece, CheckedSentence, Written]
    assert isinstance(found[-1], Written)
    assert found[-1].ending is Ending.CANCELLED


def test_a_library_writes_with_the_server_that_the_settings_name(
    home: Path, open_library: "Callable[[], Library]", articles: Path
) -> None:
    library = open_library()
    library.add(articles)
    found = library.ask("Where did a volcano erupt?")
    with pytest.raises(UsageError, match=r"Name one with --llm, such as http://127\.0\.0\.1:11434"):
        library.write(found)
    (home / "config").mkdir()
    (home / "config" / "config.toml").write_text('[llm]\naddress = "http://127.0.0.1:9"\n')
    assert open_library().chat_server().name == "127.0.0.1:9"
    *_, written = library.write(found, server=Told("In Iceland [1]."), checker=WordChecker())
    assert isinstance(written, Written)
    assert [each.support for each in written.sentences] == [Support.SUPPORTED]


# How it is shown


def shown(written: Written) -> list[str]:
    """The lines, without their styles."""
    lines = [*heading_lines(written.server, None)]
    for sentence in written.sentences:
        lines += sentence_lines(sentence, None)
    lines += end_lines(written, None)
    return ["".join(text for text, _ in line) for line in lines]


def written_by(server: Told, asked: Answer | None = None) -> Written:
    """The last event."""
    *_, written = events(server, asked)
    assert isinstance(written, Written)
    return replace(written, seconds=2.0)


def test_each_sentence_has_its_mark_and_its_place() -> None:
    server = Told("It closed on Monday [1]. The mill burnt down [1]. It sank [2].")
    assert shown(written_by(server)) == [
        "",
        "Written by small at test; each sentence is checked against the passages:",
        "✓ It closed on Monday. [1]",
        "    [1] bridge.txt:1",
        "↷ The mill burnt down. [1]",
        "    [2] mill.txt:1",
        "✗ It sank. [2]",
        "    no passage has “sank”",
        "3 sentences: 1 supported, 1 elsewhere, 1 unsupported · 2 s",
        "",
        "The passages that were sent, with the question:",
        "[1] The bridge",
        "    bridge.txt:1",
        "[2] The mill",
        "    mill.txt:1",
    ]


def test_an_unsupported_sentence_is_struck_through() -> None:
    [sentence] = written_by(Told("It sank.")).sentences
    [first, *_] = sentence_lines(sentence, 40)
    assert first == [("✗ ", "refused"), ("It sank.", "struck")]


def test_the_end_says_how_it_ended() -> None:
    cut = shown(written_by(Told("It closed. On", last=Ended("length"))))
    assert "It was cut off here: it had become too long." in cut
    failed = written_by(Told(last=ServerError("Nothing listens.")))
    assert end_lines(failed, None) == []
    far = answer(hit(ARTICLE, cosine=0.1), status=Status.NOT_FOUND)
    [line] = end_lines(written_by(Told(), far), None)
    assert line[0][0].startswith("Nothing was written: no passage is near")


def test_json_has_the_sentences_and_all_that_was_sent() -> None:
    values = written_values(written_by(Told("It closed on Monday [1].")))
    assert [passage["text"] for passage in values["passages"]] == [TEXT, OTHER.text]
    [sentence] = values["sentences"]
    assert (sentence["support"], sentence["cited"]) == ("supported", [1])
    assert sentence["sources"][0]["quote"] == "Monday"
    render.to_json(values)
