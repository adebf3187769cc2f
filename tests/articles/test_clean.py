"""Cleaning removes terminal controls and invisible characters, and nothing else."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.articles.clean import clean, harmless, is_safe_name, one_line

ODD = "\x00\x07\x08\t\n\v\f\r\x1b\x1c\x7f\x85\x9b\x9c\x9d\xa0\xad[]m;\\( aé\u0301\u0316"
ODD += (
    "\u061c\u200b\u200d\u200e\u2028\u202e\u2066\u3000\ud800\udfff\ufeff\uffff\U000e0041\U0001f600"
)
HOSTILE = st.text(st.sampled_from(ODD)) | st.text()


@settings(max_examples=500)
@given(HOSTILE)
@example("\x1b\x1b[31m[31m")
@example("\r\x00\n")
@example("e\u200b\u0301")
@example("\x1b\x00]0;x\x07")
@example("a" + "\u0301\u0316" * 100)
def test_cleaning_again_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(HOSTILE)
def test_no_terminal_control_is_left(text: str) -> None:
    for character in clean(text):
        assert character == "\n" or unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
        assert unicodedata.bidirectional(character) not in {
            *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        }
    clean(text).encode("utf-8")


@given(st.text(st.sampled_from("abc é😀\n.,[]{}«»漢字\u200d\u0645")))
def test_ordinary_text_is_unchanged(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[1;38;5;9mred", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://a.b\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP$q\x1b\\text", "text"),
        ("\x1b(Btext", "text"),
        ("\x1b]unfinished\nnext line", "unfinished\nnext line"),
        ("end\x1b", "end"),
        ("a\r\nb\rc\x85d\u2028e\u2029f\x0bg\x0ch", "a\nb c d e f g h"),
        ("a\rb\rc", "a\nb\nc"),
        ("a\r\r\nb", "a\nb"),
        ("a\tb\u00a0c\u3000d", "a b c d"),
        ("\ufeffa\u202eb\u2066c\u200fd\x00e\ud800f", "abcdef"),
        ("cafe\u0301", "café"),
        ("[/foo] [b", "[/foo] [b"),
        ("👩\u200d🚀 می\u200cخواهم ❤\ufe0f", "👩\u200d🚀 می\u200cخواهم ❤\ufe0f"),
        ("", ""),
    ],
)
def test_examples(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@given(st.lists(st.text(st.sampled_from("ab\x1b[]m\x9d\x07 é"))), st.sampled_from(["\n", "\r\n"]))
def test_lines_stay_lines(lines: list[str], end: str) -> None:
    assert len(clean(end.join(lines)).split("\n")) == max(1, len(lines))


def test_many_marks_and_escapes_take_linear_time() -> None:
    # Quadratic handling of any of these would take minutes.
    assert len(clean("a" + "\u0301\u0316" * 500_000)) < 100
    assert clean("\x1b]" * 200_000) == ""
    assert clean("\x1b[" * 500_000 + "m") == ""
    assert clean("\r" * 500_000 + "a\n") == " " * 500_000 + "a\n"


def test_names() -> None:
    assert is_safe_name("Zürich 2011 – 漢字.txt")
    assert not is_safe_name("a\x1b[31m.txt")
    assert not is_safe_name("a\nb")
    assert not is_safe_name("a\udcff")
    assert one_line("  a \r\n\x1b[1m b\t c ") == "a b c"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]52;c;aGVsbG8=\x07copied", "copied"),
        ("a\rb\x85c\u2028d", "a b c d"),
        ("up\u202edown\u2069 \x9b31m!", "updown !"),
        ("Köln 🚀", "Köln 🚀"),
        ("half \udcff", "half "),
    ],
)
def test_harmless_removes_terminal_controls(text: str, shown: str) -> None:
    assert harmless(text) == shown
    assert harmless(shown) == shown


def test_ligatures_and_hyphens_are_those_that_people_type() -> None:
    assert clean("O’Connor‐Reﬀ, ﬁred for ﬂooding an oﬃce, baﬄed; non‑proﬁt") == (
        "O’Connor-Reff, fired for flooding an office, baffled; non-profit"
    )
