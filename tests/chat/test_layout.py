"""Rows and marks as offsets: nothing is lost, nothing is too wide, nothing is slow."""

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from qa.articles.clean import clean
from qa.chat.layout import BLOCK_LENGTH, Layout, inert, shortened, wrap
from qa.chat.marks import Highlight, Mark, MarkIndex, pieces, word_marks

TEXTS = st.text(st.sampled_from("aé b\n.日本👩‍🚀️e\u0301[]/ \u05d0"), max_size=200) | st.text(
    max_size=80
)


@given(TEXTS, st.integers(4, 40))
def test_rows_hold_everything_but_white_space_in_order(text: str, width: int) -> None:
    rows = list(wrap(text, 0, len(text), width))
    assert all(start <= end for start, end in rows)
    assert all(one[1] <= two[0] for one, two in pairwise(rows))
    kept = "".join(text[start:end] for start, end in rows)
    assert "".join(kept.split()) == "".join(text.split())


@given(TEXTS.map(clean), st.integers(4, 40))
def test_no_row_is_wider_than_the_screen(text: str, width: int) -> None:
    for start, end in wrap(text, 0, len(text), width):
        assert cell_len(text[start:end]) <= width


def test_rows_break_at_words() -> None:
    text = "The operation is to end.\n\nSoon 日本 日本 日本"
    rows = [text[start:end] for start, end in wrap(text, 0, len(text), 12)]
    assert rows == ["The", "operation is", "to end.", "", "Soon 日本", "日本 日本"]


@given(st.text("ab \n日", max_size=60), st.integers(1, 400))
def test_blocks_cover_the_text_and_any_offset_can_be_shown(piece: str, times: int) -> None:
    text = piece * times
    layout = Layout(text, 20)
    assert layout.starts[0] == 0
    gaps = [b - a for a, b in zip(layout.starts, [*layout.starts[1:], len(text)], strict=True)]
    assert all(0 <= gap <= BLOCK_LENGTH for gap in gaps)
    for offset in (0, len(text) // 2, max(0, len(text) - 1)):
        layout.show(offset)
        start, end = layout.rows[layout.row_at(offset)]
        assert not text or start <= offset <= end + 1 or text[offset].isspace()


def test_ten_megabytes_on_one_line_are_laid_out_quickly() -> None:
    started = time.process_time()
    text = "word " * 2_000_000
    layout = Layout(text, 80)
    layout.show(5_000_000)
    assert len(layout.rows) < 2_000
    assert layout.is_above
    assert layout.is_below
    assert time.process_time() - started < 0.5


def test_pieces_are_the_range_cut_at_each_mark() -> None:
    marks = [
        Mark(2, 8, Highlight.SENTENCE),
        Mark(4, 6, Highlight.ANSWER),
        Mark(5, 7, Highlight.WORD),
    ]
    assert pieces(0, 10, marks) == [
        (0, 2, ()),
        (2, 4, (Highlight.SENTENCE,)),
        (4, 5, (Highlight.SENTENCE, Highlight.ANSWER)),
        (5, 6, (Highlight.WORD, Highlight.SENTENCE, Highlight.ANSWER)),
        (6, 7, (Highlight.WORD, Highlight.SENTENCE)),
        (7, 8, (Highlight.SENTENCE,)),
        (8, 10, ()),
    ]
    assert pieces(3, 3, marks) == []


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), max_size=8),
    st.integers(0, 60),
    st.integers(1, 40),
)
def test_marks_that_touch_a_row_are_found(
    ranges: list[tuple[int, int]], start: int, length: int
) -> None:
    marks = [Mark(first, first + size, Highlight.WORD) for first, size in ranges]
    touching = MarkIndex(marks).touching(start, start + length)
    wanted = [mark for mark in marks if mark.start < start + length and mark.end > start]
    assert sorted(map(repr, touching)) == sorted(map(repr, wanted))


def test_words_are_highlighted_whatever_their_endings() -> None:
    text = "Miners were lifted; the mine is closed. Lifting took a day."
    words = [text[mark.start : mark.end] for mark in word_marks(text, 0, 60, "Who lifted miners?")]
    assert words == ["Miners", "lifted", "Lifting"]
    assert word_marks(text, 0, 60, "What is the?") == []


@given(TEXTS, st.integers(1, 30))
def test_shortened_text_fits(text: str, cells: int) -> None:
    short = shortened(clean(text), cells)
    assert cell_len(short) <= max(cells, 1)
    assert "\n" not in short


def test_control_characters_become_dots_at_the_same_offsets() -> None:
    text = "a\x1b[31mb\u202ec\x07d\ne\x9b2Jf\rg"
    assert inert(text) == "a·[31mb·c·d\ne·2Jf·g"
    assert len(inert(text)) == len(text)
