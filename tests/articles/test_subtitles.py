"""Subtitles: what is said, in sentences, with the lines of the file."""

import pytest

from qa.articles.formats import subtitles
from qa.articles.found import EmptyFileError, ReadArticle
from qa.datatypes import Article
from qa.errors import ArticleError
from qa.sentences import sentence_bounds


def read(text: str, encoding: str = "utf-8") -> Article:
    (one,) = subtitles.read("talk.srt", text.encode(encoding))
    assert isinstance(one, ReadArticle)
    assert one.record is None
    return one.article


def cues(*texts: str, seconds: int = 2) -> str:
    """Return subtitles without silence between them."""
    times = [f"00:00:{n * seconds:02},000 --> 00:00:{(n + 1) * seconds:02},000" for n in range(30)]
    return "\n\n".join(f"{n}\n{times[n]}\n{text}" for n, text in enumerate(texts, 1)) + "\n"


def test_sentences_run_over_cues_and_know_their_lines() -> None:
    text = cues(
        "The ferry was taken out", "of service, pilot\nAsta Lund said.", "It will be <i>sold</i>."
    )
    article = read(text.replace("\n", "\r\n"))
    assert article.text == (
        "The ferry was taken out of service, pilot Asta Lund said. It will be sold."
    )
    assert [article.text[start:end] for start, end in sentence_bounds(article.text)] == [
        "The ferry was taken out of service, pilot Asta Lund said.",
        "It will be sold.",
    ]
    lines = text.split("\n")
    for word in ("ferry", "pilot", "Asta", "sold"):
        assert word in lines[article.line_at(article.text.index(word)) - 1]
    assert article.first_line == 3


def test_webvtt() -> None:
    article = read(
        """WEBVTT - The harbour

STYLE
::cue { color: red }

NOTE made by --> nobody

intro-1
00:01.000 --> 00:03.500 position:10%,line-left align:left size:35%
<v.loud Mary>The quay &amp; the buoy</v>

2
00:03.500 --> 00:05.000
<v Mary>sank <00:04.000><c>twice</c>.

01:00:05.000 --> 01:00:06.000
<v Esme>No, <lang en>never</lang>!
"""
    )
    assert article.title == "The harbour"
    assert article.text == "The quay & the buoy sank twice.\n\nNo, never!"
    assert article.first_line == 10


def test_speakers_are_left_out() -> None:
    article = read(
        cues(
            "MAYOR HOLM: The bridge opens.",
            "Jan Aas: When? At 10:30?",
            "- In May.\n- Jan Aas (laughs): Good.",
            ">> It costs this: 4 million.",
        )
    )
    assert article.text == (
        "The bridge opens.\n\nWhen? At 10:30?\n\nIn May.\n\nGood.\n\nIt costs this: 4 million."
    )


def test_sounds_and_positions_are_left_out() -> None:
    article = read(cues("[Music]", "{\\an8}The quay sank.", "♪ ♪", "<font color=red>Twice.</font>"))
    assert article.text == "The quay sank. Twice."


def test_captions_that_roll_up_are_read_once() -> None:
    article = read(cues("the quay sank", "the quay sank\non monday", "on monday", "at noon"))
    assert article.text == "the quay sank on monday at noon"


def test_a_pause_ends_a_paragraph() -> None:
    text = cues("One.", "Two.") + "\n3\n00:00:10,000 --> 00:00:11,000\nThree.\n"
    assert read(text).text == "One. Two.\n\nThree."


def test_subtitles_without_full_stops_are_cut_into_paragraphs() -> None:
    article = read(cues(*[f"the quay sank {n} and the buoy was lost " * 4 for n in range(9)]))
    paragraphs = article.text.split("\n\n")
    assert len(paragraphs) == 3
    assert max(map(len, paragraphs)) < 2 * subtitles.SENTENCE_CHARACTERS


def test_a_blank_line_inside_a_cue_and_no_number() -> None:
    text = "00:00:01,000 --> 00:00:02,000\nOne\n\nmore.\n\n7\n00:00:02,000 --> 00:00:03,000\nTwo.\n"
    assert read(text).text == "One more. Two."
    close = "1\n00:00:01,000 --> 00:00:02,000\nOne.\n2\n00:00:02,000 --> 00:00:03,000\n1984.\n"
    assert read(close).text == "One. 1984."


def test_encodings() -> None:
    assert read(cues("保护我们远离邪恶，拦住疾速的火车"), "gb18030").text.startswith("保护我们")


def test_files_without_subtitles() -> None:
    for text in ("WEBVTT\n\n", "Just text.", cues("[Music]")):
        with pytest.raises(ArticleError, match="no subtitles"):
            read(text)
    with pytest.raises(EmptyFileError):
        read(" \n")
