"""What was uncertain when articles were read."""

from collections.abc import Callable
from datetime import date

from qa.datatypes import ArticleRowId
from qa.storage.store import Store

Put = Callable[..., ArticleRowId]


def test_articles_read_with_a_doubt_are_named(store: Store, put: Put) -> None:
    put("It rained.", path="one.txt")
    put("Été.", path="two.txt", encoding="cp1252")
    put("Hiver à Köln.", path="three.txt", encoding="cp850")
    put("Où ?", path="four.txt", encoding="cp1252")
    put("Lost: \ufffd.", path="five.txt")
    put("It snowed.", path="six.txt", dated="header line", date_digits="03/04/2011")
    put("It hailed.", path="seven.txt", published=date(2011, 4, 13), date_digits="13/04/2011")
    found = store.doubts()
    assert found.encodings == {"cp1252": ["two.txt", "four.txt"], "cp850": ["three.txt"]}
    assert found.replaced == ["five.txt"]
    assert found.undated == ["six.txt"]


def test_a_library_without_doubts(store: Store, put: Put) -> None:
    put("It rained.", path="one.txt")
    found = store.doubts()
    assert (found.encodings, found.replaced, found.undated) == ({}, [], [])
