"""Links to articles in the terminal: their addresses, and the terminals that take them."""

import os
from dataclasses import replace

import pytest

from qa.datatypes import Article, ArticleId
from qa.render import article_address, linked, place_piece, takes_links

HOST = os.uname().nodename
ARTICLE = Article(ArticleId("1"), "Title", "news/a.txt", None, "One.\nTwo.", "", file="/n/a.txt")


def test_a_files_address_names_the_machine_and_is_percent_encoded() -> None:
    assert article_address(ARTICLE) == f"file://{HOST}/n/a.txt"
    odd = replace(ARTICLE, file="/n/É 50%?#;.txt")
    assert article_address(odd) == f"file://{HOST}/n/%C3%89%2050%25%3F%23%3B.txt"


@pytest.mark.parametrize("name", ["\x1b]8;;\x1b\\", "\x07\n", "\x9c\u202e", "\udcff"], ids=ascii)
def test_no_control_character_gets_into_an_address(name: str) -> None:
    for article in (
        replace(ARTICLE, file=f"/n/{name}"),
        replace(ARTICLE, source=f"https://news.example/{name}"),
    ):
        address = article_address(article)
        assert address.isascii()
        assert address.isprintable()
        assert " " not in address
        assert "%" in address or "?" in address


def test_a_page_links_to_itself_and_an_article_from_memory_to_nothing() -> None:
    page = "https://news.example/a?b=c%20d&e=f#g"
    assert article_address(replace(ARTICLE, source=page)) == page
    assert article_address(replace(ARTICLE, source="a note", file="")) == ""


def test_the_place_of_a_quote_carries_the_address_in_its_style() -> None:
    assert place_piece(ARTICLE, 5) == ("news/a.txt:2", f"source file://{HOST}/n/a.txt")
    assert place_piece(replace(ARTICLE, file=""), 0) == ("news/a.txt:1", "source")


@pytest.mark.parametrize(
    "environment",
    [
        {"TERM_PROGRAM": "iTerm.app"},
        {"TERM_PROGRAM": "vscode"},
        {"VTE_VERSION": "7006"},
        {"WT_SESSION": "00000000-0000"},
        {"TERM": "xterm-kitty"},
        {"KONSOLE_VERSION": "220401"},
        {"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4"},
    ],
    ids=str,
)
def test_known_terminals_take_links(environment: dict[str, str]) -> None:
    known = {"TERM": "xterm-256color", **environment}
    assert takes_links("auto", known, is_terminal=True)
    assert not takes_links("auto", known, is_terminal=False)
    assert not takes_links("auto", {**known, "NO_COLOR": "1"}, is_terminal=True)
    assert not takes_links("never", known, is_terminal=True)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"TERM": "xterm"},
        {"TERM": "dumb", "VTE_VERSION": "7006"},
        {"TERM": "xterm", "VTE_VERSION": "5000"},
        {"TERM": "xterm", "TERM_PROGRAM": "Apple_Terminal"},
        {"TERM": "screen-256color", "KITTY_WINDOW_ID": "1"},
        {"TERM": "screen", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a"},
    ],
    ids=str,
)
def test_other_terminals_get_links_only_if_they_are_forced(environment: dict[str, str]) -> None:
    assert not takes_links("auto", environment, is_terminal=True)
    assert takes_links("always", environment, is_terminal=False)


def test_a_link_is_closed_after_its_text() -> None:
    assert linked("here", "file:///a") == "\x1b]8;;file:///a\x1b\\here\x1b]8;;\x1b\\"
