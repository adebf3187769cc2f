"""Server-sent events, wherever the bytes are cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.writing.events import event_data
from qa.writing.replies import joined_surrogates, without_thoughts


@pytest.mark.parametrize(
    ("stream", "wanted"),
    [
        ("data: one\n\ndata: two\n\n", ["one", "two"]),
        ("data: one\r\n\r\ndata: two\r\n\r\n", ["one", "two"]),
        ("data: one\r\rdata: two\r\r", ["one", "two"]),
        ("data:one\ndata: two\n\n", ["one\ntwo"]),
        (": ping\n\nevent: error\nid: 7\nretry: 9\ndata: no\n\n", ["no"]),
        ("data:  two spaces\n\n", [" two spaces"]),
        ("data\n\n", [""]),
        ("\ufeffdata: marked\n\n", ["marked"]),
        ("data: Zürich 東京 🙂\n\n", ["Zürich 東京 🙂"]),
        ("data: cut off", ["cut off"]),
        ("data: cut off\r", ["cut off"]),
        ("\n\n\n", []),
        ("", []),
        ("<html>", []),
    ],
)
def test_the_data_of_each_event(stream: str, wanted: list[str]) -> None:
    data = stream.encode()
    assert list(event_data([data])) == wanted
    assert list(event_data(data[at : at + 1] for at in range(len(data)))) == wanted


def test_bad_bytes_are_replaced() -> None:
    assert list(event_data([b"data: a\xffb\n\n"])) == ["a\ufffdb"]


LINES = st.lists(
    st.sampled_from(["data: é", "data: 🙂", "data:", "", "", ": x", "id: 1", "data: a: b"]),
    max_size=12,
)


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.lists(st.integers(0, 120)))
def test_cuts_make_no_difference(lines: list[str], end: str, cuts: list[int]) -> None:
    data = end.join([*lines, ""]).encode()
    places = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(places)]
    assert list(event_data(pieces)) == list(event_data([data]))


@given(st.text(st.sampled_from("a🙂é𝄞"), max_size=8), st.lists(st.integers(0, 20)))
def test_characters_are_joined_wherever_they_are_cut(text: str, cuts: list[int]) -> None:
    halves = text.encode("utf-16-le")
    units = [
        halves[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(halves), 2)
    ]
    places = [0, *sorted(cuts), len(units)]
    pieces = ["".join(units[a:b]) for a, b in pairwise(places)]
    assert "".join(joined_surrogates(pieces)) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("<think>Hm [1].</think>\n\nYes.", "\n\nYes."),
        ("\n<think>Hm", ""),
        ("<thinking> is a tag", "<thinking> is a tag"),
        ("<", "<"),
        ("No <think>tag</think>.", "No <think>tag</think>."),
        ("", ""),
    ],
)
def test_thoughts_are_left_out(text: str, wanted: str) -> None:
    assert "".join(without_thoughts([text])) == wanted
    assert "".join(without_thoughts(text)) == wanted
