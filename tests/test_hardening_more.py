"""Short runs of the other harnesses: concurrency, fuzzing, terminal and browser.

Each is also shown to notice what it is there for.
"""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from qa.articles.build import build_article
from qa.datatypes import Article, Citation, Hit, Passage, Why
from tests.hardening import concurrency, fuzz, terminal, web
from tests.hardening.tally import Tally, told

SEED = 1


def holds(tally: Tally) -> None:
    """Assert that something was tried and nothing failed."""
    assert not tally.failures, "\n".join(told(tally))
    assert tally.tried == tally.held > 0


# Short runs


@pytest.mark.slow
def test_readers_see_one_version_while_another_process_writes(tmp_path: Path) -> None:
    tally = concurrency.run(tmp_path, concurrency.SHORT, SEED)
    holds(tally)
    assert set(tally.kinds) > set(concurrency.KINDS)


@pytest.mark.slow
def test_every_file_gives_articles_or_a_problem(tmp_path: Path) -> None:
    tally = fuzz.run(tmp_path, fuzz.SHORT, SEED)
    holds(tally)
    assert tally.tried == fuzz.SHORT
    assert {note.partition(":")[0] for note in tally.notes} > {"slowest", "largest"}


@pytest.mark.slow
def test_no_input_controls_the_terminal(
    session_home: Path, real_encoder: object, real_reader: object, tmp_path: Path
) -> None:
    holds(terminal.run(tmp_path, terminal.SHORT, SEED))


@pytest.mark.slow
def test_the_page_opens_only_with_the_token(tmp_path: Path) -> None:
    pytest.importorskip("textual_serve")
    holds(web.run(tmp_path, web.SHORT, SEED))


# Failures that the harnesses must notice


def written(version: concurrency.Version) -> Article:
    """Return a version as it must be stored."""
    text = concurrency.text_of(version)
    digest = hashlib.sha256(text.encode()).hexdigest()
    title, day = concurrency.title_of(version), concurrency.day_of(version)
    return Article("1", title, "a.txt", day, text, digest)


def test_a_hit_that_mixes_versions_is_noticed() -> None:
    old, new = written((30, 1)), written((30, 2))
    start, end = min(concurrency.places_of((30, 2)))
    why = Why(None, None, 0.5, 1)
    hit = Hit(Passage(new, start, end), 0.5, 1, why)
    assert concurrency.version_of_hit(hit) == (30, 2)
    for passage in (
        Passage(replace(new, text=old.text), start, end),
        Passage(replace(new, digest=old.digest), start, end),
        Passage(replace(new, title=old.title), start, end),
        Passage(replace(new, published=old.published), start, end),
        Passage(new, start, end + 1),
    ):
        with pytest.raises(concurrency.Inconsistent):
            concurrency.version_of_hit(replace(hit, passage=passage))


def test_a_quote_of_another_version_is_noticed() -> None:
    article = written((30, 2))
    start, end = min(concurrency.places_of((30, 2)))
    sentence = article.text[start:end].partition(".")[0]
    cited = Citation(1, article, start, start + len(sentence))
    assert concurrency.version_of_citation(cited) == (30, 2)
    with pytest.raises(concurrency.Inconsistent):
        concurrency.version_of_citation(replace(cited, end=start + 3))


def test_an_outdated_version_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "begun.json").write_text(json.dumps({"0": 0, "1": 0}))
    changed = [(10.0, 11.0, {"0": 1, "1": 0}), (20.0, 21.0, {"0": 1})]
    history = concurrency.History(tmp_path, changed)

    def read(began: float, ended: float, *seen: concurrency.Version) -> str:
        return history.fault(concurrency.Read(began, ended, list(seen), "searches", ""))

    def listed(began: float, ended: float, *seen: concurrency.Version) -> str:
        return history.fault(concurrency.Read(began, ended, list(seen), "listings", ""))

    assert not read(10.5, 12.0, (0, 0), (0, 1))
    assert "after it was replaced" in read(12.0, 13.0, (0, 0))
    assert "before it was written" in read(8.0, 9.0, (0, 1))
    assert not listed(5.0, 6.0, (0, 0), (1, 0))
    assert not listed(10.5, 10.6, (0, 1), (1, 0))
    assert "no state" in listed(5.0, 6.0, (0, 0))
    assert "no state" in listed(10.5, 10.6, (0, 1), (0, 1), (1, 0))
    assert "no state" in listed(19.0, 19.5, (0, 1))


def test_a_broken_article_is_noticed() -> None:
    article = build_article("a.txt", "One tower. Two towers.\n", title="Towers")
    assert fuzz.fault_of_article(article) == ""
    assert fuzz.fault_of_splitting(article) == ""
    for spoiled in (
        replace(article, text="One tower.\x1b\n"),
        replace(article, text=" \n"),
        replace(article, digest="0" * 64),
        replace(article, title=""),
        replace(article, title="x" * 300),
        replace(article, source="a\u202e.txt"),
        replace(article, first_line=0),
    ):
        assert fuzz.fault_of_article(spoiled) != ""


def test_an_unexpected_error_is_noticed() -> None:
    from qa.articles.found import Problem

    assert fuzz.fault_of_problem(Problem("a.txt", "empty file", quiet=True)) == ""
    for source, reason in (("a.txt", "reading it failed (X: y)"), ("a\x9b", "x"), ("a", "\n")):
        assert fuzz.fault_of_problem(Problem(source, reason, quiet=False)) != ""


def test_an_input_is_read_in_its_own_process(tmp_path: Path) -> None:
    case = fuzz.Case("plain", "a.txt", b"One tower. " * 50, is_named=True)
    with fuzz.reading(tmp_path) as readers:
        outcome = readers.outcome(case)
    assert (outcome.fault, outcome.articles) == ("", 1)


def test_a_failing_input_is_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    def outcome(readers: fuzz.Readers, case: fuzz.Case) -> fuzz.Outcome:
        return fuzz.Outcome("it failed" * (b"\xff" in case.data), 0.0, 0, 0)

    monkeypatch.setattr(fuzz.Readers, "outcome", outcome)
    case = fuzz.Case("plain", "a.txt", b"One " * 500 + b"\xff" + b"Two" * 300, is_named=True)
    readers = fuzz.Readers.__new__(fuzz.Readers)
    assert fuzz.smaller(case, "it failed", readers).data == b"\xff"


@pytest.mark.parametrize("name", terminal.PIECES)
def test_each_hostile_string_is_noticed_on_a_terminal(name: str) -> None:
    for own in (terminal._OWN, terminal._OF_CHAT):
        assert terminal.obeyed(b"\x1b[1mplain\x1b[0m\n", own) == ""
        if name != "colour" or own is terminal._OWN:
            assert terminal.obeyed(terminal.PIECES[name].encode(), own) != ""


def test_invalid_utf8_is_noticed_on_a_terminal() -> None:
    for raw in terminal.NOT_UTF8:
        assert terminal.obeyed(raw) != ""


@pytest.mark.parametrize(
    "out",
    [
        b"",
        b"{}",
        b"{}\n{}\n",
        b"[]\n",
        b'{"a": NaN}\n',
        b'{"a": 1, "a": 2}\n',
        b'{"a": "\\ud800"}\n',
        b'{"a": "\xff"}\n',
        '{"a": "\u202e"}\n'.encode(),
        b'{"a":\n 1}\n',
    ],
)
def test_json_that_is_not_strict_is_noticed(out: bytes) -> None:
    assert terminal.strict_json(b'{"a": "\\u202e"}\n') == ""
    assert terminal.strict_json(out) != ""


def test_a_url_that_the_policy_allows_is_noticed() -> None:
    own = "127.0.0.1:8222"
    page = (
        '<link rel="stylesheet" href="https://fonts.example/css">'
        '<script src="/static/a.js"></script><img src="data:image/png;base64,AA">'
        "<style>div { background: url('//evil.example/a.png') }</style>"
    )
    strict = "default-src 'self' data:"
    assert web.loaded_from_elsewhere(page, strict, own) == []
    assert len(web.loaded_from_elsewhere(page, "", own)) == 2
    assert len(web.loaded_from_elsewhere(page, f"{strict}; img-src *", own)) == 1
    assert len(web.loaded_from_elsewhere(page, f"{strict}; style-src https:", own)) == 1
    assert web.is_allowed("connect-src", f"ws://{own}/ws", f"connect-src ws://{own}", own)
    assert not web.is_allowed("connect-src", "ws://evil.example/ws", f"connect-src ws://{own}", own)
