"""What a library on Milvus needs no server for: addresses, words, filters."""

import sys
from datetime import date
from pathlib import Path

import pytest

from qa import MilvusLibrary, Scope, UsageError
from qa.addresses import parse_address
from qa.storage.milvus.scope import scope_filter
from qa.storage.milvus.words import question_tokens, terms_of


def test_an_address_names_a_collection_or_a_file(tmp_path: Path) -> None:
    server = parse_address("milvus://db.example.org:19531/news")
    assert (server.uri, server.collection) == ("http://db.example.org:19531", "news")
    assert not server.is_file
    short = parse_address("milvus://localhost")
    assert (short.uri, short.collection) == ("http://localhost:19530", "articles")
    file = parse_address(f"milvus:{tmp_path}/a.db")
    assert (file.uri, file.is_file) == (f"{tmp_path}/a.db", True)
    assert file.slug != server.slug
    for wrong in ("milvus:folder", "milvus://host/two words", "milvus://", "milvus://host/1a"):
        with pytest.raises(UsageError, match="milvus://HOST:PORT/COLLECTION"):
            parse_address(wrong)


def test_words_are_tokens_that_no_analyser_takes_apart() -> None:
    assert terms_of("Ferries sank.") == "ferri sank"
    assert question_tokens(["ferry", "ferries"]) == ["ferri"]
    accented = terms_of("東京")
    assert accented.isascii()
    assert accented.isalnum()
    assert question_tokens(["東京"]) == [accented]
    assert question_tokens(["WHO"])[0] in terms_of("The WHO said so.").split()
    assert question_tokens(["WHO"])[0] not in terms_of("Those who said so.").split()


def test_a_scope_is_a_filter_with_days_as_numbers() -> None:
    assert scope_filter(Scope()) == ""
    both = scope_filter(Scope(since=date(2011, 1, 1), until=date(2011, 1, 2)))
    assert both == "published >= 734138 and published > 0 and published <= 734139"
    one = r'(source like "a\\_%" or path like "a\\_%")'
    assert scope_filter(Scope(source="a_*")) == one
    assert scope_filter(Scope(paths=("/a",))) == r'(path == "/a" or path like "/a/%")'
    assert (
        scope_filter(Scope(only=("7",), without=("8",))) == "article not in [8] and article in [7]"
    )
    with pytest.raises(UsageError, match=r"but not \["):
        scope_filter(Scope(source="[ab]"))


def test_without_the_extra_it_says_what_to_install(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with (
        MilvusLibrary.open("milvus://localhost/news") as library,
        pytest.raises(UsageError, match=r"pip install 'article-qa\[milvus\]'"),
    ):
        library.articles()
