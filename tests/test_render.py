"""Answers, articles and hits as lines: what they show, and that they fit the terminal."""

from dataclasses import replace
from datetime import date

import pytest
from rich.cells import cell_len

from qa.datatypes import (
    Alternative,
    Answer,
    AnswerKind,
    Article,
    Citation,
    Hit,
    Passage,
    Status,
    Why,
)
from qa.render import (
    Line,
    answer_lines,
    article_lines,
    article_words,
    explain_lines,
    hit_lines,
    nearest_sentence,
    padded,
    shortened,
    wrapped,
)

TEXT = (
    "date 2024-03-04 HARWICK The council closed the pier.\n\n"
    "Eleven piles had rotted, divers said. Fish was sold."
)

CHINESE = (
    "港口指挥官英格丽德·索尔海姆周一宣布，由于风暴，"
    "韦斯特波特港口已经关闭，十一艘船在防波堤外等候。"
)
COMBINING = "Le\u0301a a cre\u0301e\u0301 la fe\u0302te a\u0300 Orle\u0301ans. " * 3
EMOJI = "The rocket 🚀 of 👩‍👩‍👧‍👦 Falkenberg 🇸🇪 flew ❤️ again. " * 3
SCRIPTS = {"Chinese": CHINESE * 3, "combining marks": COMBINING, "emoji": EMOJI}


def article(text: str = TEXT, title: str = "Pier closed") -> Article:
    return Article("1", title, "pier.txt", date(2024, 3, 4), text, "")


def text_of(line: Line) -> str:
    return "".join(text for text, _ in line)


def shown(answer: Answer, width: int | None = None) -> list[str]:
    return [text_of(line) for line in answer_lines(answer, width)]


def answer_of(text: str, *, kind: AnswerKind = AnswerKind.SPAN) -> Answer:
    """An answer in the middle of a text, with the text as its passage and as its title."""
    cited = Citation(1, article(text, text), len(text) // 3, len(text) // 2)
    if kind is AnswerKind.SENTENCE:
        cited = Citation(1, article(text, text), 0, len(text), lit=(cited.start, cited.end))
    hits = tuple(
        Hit(
            Passage(Article(name, text, f"{name}.txt", None, text, ""), 0, len(text)),
            0.5,
            1,
            Why(12.5, 1, 0.5, 1, 3.2),
        )
        for name in "23"
    )
    return Answer(text, cited.quote, Status.WEAK, 0.5, (cited,), (), hits, kind=kind, unread=2)


def test_the_nearest_sentence_is_never_the_dateline() -> None:
    pieces = nearest_sentence("Who is the mayor of Harwick?", TEXT)
    assert text_of(pieces) == "The council closed the pier."


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


def test_a_refusal_without_a_passage_blames_the_filter() -> None:
    refused = Answer("Which divers dived?", "", Status.NOT_FOUND, 0.0, (), (), ())
    assert shown(refused) == ["No article matches the filter."]


def test_a_sentence_as_the_answer_is_shown_once_with_its_words_marked() -> None:
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


def test_several_sentences_are_shown_one_below_the_other() -> None:
    one = answer_of(TEXT, kind=AnswerKind.SENTENCE)
    two = replace(one.citations[0], number=2)
    several = replace(one, kind=AnswerKind.SENTENCES, citations=(one.citations[0], two))
    lines = shown(several)
    text = " ".join(TEXT.split())
    assert lines[:2] == [f"[1] {text}", f"[2] {text}"]
    assert lines[2] == "weak · 2 sentences; their likeliest words are marked"
    assert [line[:4] for line in lines[2:] if line.startswith("[")] == [
        "[1] ",
        "[2] ",
        "[3] ",
        "[4] ",
    ]


# Widths


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("script", SCRIPTS)
def test_no_line_is_wider_than_the_terminal(script: str, width: int) -> None:
    text = SCRIPTS[script]
    span, sentence = answer_of(text), answer_of(text, kind=AnswerKind.SENTENCE)
    refused = Answer(text, "", Status.NOT_FOUND, 0.1, (), (), span.hits, unread=1)
    lines = [
        *answer_lines(span, width),
        *answer_lines(sentence, width),
        *answer_lines(refused, width),
        *explain_lines(span, width),
        *hit_lines(span.hits, width, explain=True),
        *article_lines(article(text, text), width),
    ]
    too_wide = [line for line in map(text_of, lines) if cell_len(line) > width]
    assert too_wide == []


@pytest.mark.parametrize("width", [40, 80, None])
@pytest.mark.parametrize("script", SCRIPTS)
def test_wrapping_keeps_the_text_and_the_marked_words(script: str, width: int | None) -> None:
    text = SCRIPTS[script]
    start, end = len(text) // 3, len(text) // 2
    pieces = [(text[:start], "text"), (text[start:end], "quote"), (text[end:], "text")]
    lines = wrapped(pieces, width, "    ")

    def squeezed(style: str) -> str:
        parts = ["".join(part for part, found in line if found == style) for line in lines]
        return "".join("".join(parts).split())

    assert squeezed("quote") == "".join(text[start:end].split())
    assert squeezed("text") == "".join((text[:start] + text[end:]).split())


def test_wrapping_breaks_lines_at_spaces() -> None:
    lines = wrapped([("Eleven  piles\nhad ", "text"), ("rotted, divers", "quote")], 16, "  ")
    assert [text_of(line) for line in lines] == ["  Eleven piles", "  had rotted,", "  divers"]
    assert lines[1:] == [
        [("  ", "text"), ("had ", "text"), ("rotted,", "quote")],
        [("  ", "text"), ("divers", "quote")],
    ]
    assert wrapped([(" \n", "text")], 16, "  ") == [[]]


def test_a_long_chinese_text_fills_its_lines() -> None:
    lines = [text_of(line) for line in wrapped([(CHINESE, "text")], 40)]
    assert "".join(lines) == CHINESE
    assert all(cell_len(line) >= 39 for line in lines[:-1])


def test_a_combining_mark_stays_with_its_letter() -> None:
    lines = [text_of(line) for line in wrapped([("e\u0301" * 50, "text")], 40)]
    assert [len(line) for line in lines] == [80, 20]


@pytest.mark.parametrize("cells", [10, 11, 30])
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_shortened_title_fits_its_cells(script: str, cells: int) -> None:
    short = shortened(SCRIPTS[script], cells)
    assert cells // 2 <= cell_len(short) <= cells
    assert short.endswith("…")
    assert SCRIPTS[script].startswith(short[:-1])
    assert cell_len(padded(SCRIPTS[script], cells)) == cell_len(padded("short", cells)) == cells
    assert shortened("short", cells) == "short"


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ("on Thursday", "Thursday, 11 April 2013"),
        ("Thursday", "Thursday, 11 April 2013"),
        ("4 April", "Thursday, 4 April 2013"),
        ("yesterday", "Thursday, 11 April 2013"),
        ("in December", "December 2012"),
        ("last week", "1 to 7 April 2013"),
        ("in 2009", ""),
        ("on 4 April 2012", ""),
        ("between Monday and Wednesday", ""),
        ("at noon", ""),
    ],
)
def test_the_time_of_an_answer_stands_beside_it(words: str, note: str) -> None:
    text = f"The pier closed {words}."
    told = Article("1", "Pier", "pier.txt", date(2013, 4, 12), text, "")
    cited = Citation(1, told, 16, len(text) - 1)
    found = Answer("When?", cited.quote, Status.ANSWERED, 0.9, (cited,), (), ())
    assert shown(found)[:2] == [words, f"sure · {note}" if note else "sure"]


@pytest.mark.parametrize(
    ("copies", "words"),
    [
        ((0,), ""),
        ((0, 0), "2 articles"),
        ((4,), "5 articles, 1 independent"),
        ((3, 0), "5 articles, 2 independent"),
    ],
)
def test_copies_are_counted_apart_from_independent_articles(
    copies: tuple[int, ...], words: str
) -> None:
    cited = tuple(
        Citation(number, Article(str(number), "", "", None, TEXT, ""), 0, 4, copies=count)
        for number, count in enumerate(copies, start=1)
    )
    assert article_words(Answer("Who?", "date", Status.WEAK, 0.5, cited, (), ())) == words


def test_an_answer_that_differs_is_shown_with_its_source_and_copies_are_not() -> None:
    found = answer_of(TEXT)
    other = Article("2", "Pier open", "herald.txt", date(2024, 3, 5), "It is open again.", "")
    differing = Alternative("open", 0.2, Citation(2, other, 6, 10), differs=True)
    note = "Articles differ: closed (pier.txt, 4 March 2024) · open (herald.txt, 5 March 2024)"
    hits = (found.hits[0], replace(found.hits[1], is_copy=True))
    lines = shown(replace(found, alternatives=(differing,), hits=hits, notes=(note,)))
    assert note in lines
    start = lines.index("[2] Pier open · 5 March 2024")
    assert lines[start + 1 : start + 3] == ["    herald.txt:1", "    It is open again."]
    assert "Also" not in lines
    assert "Also" in shown(found)
