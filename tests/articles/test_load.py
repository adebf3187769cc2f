"""Reading: any bytes give articles or a problem, never an exception."""

import gzip
import json
import os
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.articles import load, registry, stream
from qa.articles.formats import table
from qa.articles.load import (
    FoundFile,
    Problem,
    ReadArticle,
    file_digest,
    read_articles,
    refusal,
    walk,
)
from qa.datatypes import Article
from qa.errors import ArticleError

ReadBytes = Callable[..., list[ReadArticle | Problem]]
RECORDS = b'{"text": "One."}\n{"text": "Two."}\n'


def article(found: list[ReadArticle | Problem]) -> Article:
    (read,) = found
    assert isinstance(read, ReadArticle), read
    assert read.record is None
    return read.article


def problem(found: list[ReadArticle | Problem]) -> Problem:
    (read,) = found
    assert isinstance(read, Problem), read
    return read


@pytest.mark.parametrize("name", ["a.txt", "a.text", "a", "a.TXT", "St. John", "2011.10", "a.md"])
def test_text_is_text(read_bytes: ReadBytes, name: str) -> None:
    assert article(read_bytes(name, b"Plain text.\r\nMore.")).text == "Plain text.\nMore."


FRENCH = "Le café était fermé, « déjà vu » – l’été à Nîmes."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-32"),
        (FRENCH, "cp1252"),
        ("Die Straße führt über die Brücke nach München.", "latin-1"),
        ("Caf\xe9", "latin-1"),
        ("Zażółć gęślą jaźń. W Polsce jest wiele pięknych miast i wsi.", "cp1250"),
        ("Президент сказал, что рынок закрылся выше в понедельник.", "cp1251"),
        ("大統領は月曜日に市場が閉まったと述べた。これは日本語の文章です。", "shift_jis"),
    ],
)
def test_encodings(read_bytes: ReadBytes, text: str, encoding: str) -> None:
    assert article(read_bytes("a.txt", text.encode(encoding))).text == text


def test_utf16_without_byte_order(read_bytes: ReadBytes) -> None:
    for order, mark in (("le", b"\xff\xfe"), ("be", b"\xfe\xff")):
        data = mark + "\n".join(['{"text": "Ünö."}'] * 2).encode(f"utf-16-{order}")
        reads = read_bytes("a.jsonl", data)
        assert [read.article.text for read in reads if isinstance(read, ReadArticle)] == [
            "Ünö."
        ] * 2


def test_a_broken_character_is_replaced(read_bytes: ReadBytes) -> None:
    text = article(read_bytes("a.txt", (FRENCH * 20).encode() + b"\xe9 cut \xc3")).text
    assert text.startswith(FRENCH)
    assert text.count("\ufffd") == 2


def test_a_byte_of_another_encoding_late_in_a_file(read_bytes: ReadBytes) -> None:
    data = b"Plain words. " * 10_000 + b"caf\xe9."
    assert article(read_bytes("a.txt", data)).text.endswith("café.")


def test_hostile_text_is_clean(read_bytes: ReadBytes) -> None:
    data = "[/foo] \x1b[31mred\x1b[0m \u202eabc 😀 漢 [b".encode()
    assert article(read_bytes("a.txt", data)).text == "[/foo] red abc 😀 漢 [b"


@pytest.mark.parametrize(
    ("name", "data", "quiet"),
    [
        ("a.txt", b"", True),
        ("a.txt", b" \n\t\r\n", True),
        ("a.txt", b"\xef\xbb\xbf\n", True),
        ("a.md", b"---\ntitle: only\n---\n", True),
        ("a.jsonl", b"\n\n", True),
        ("a", b"\x7fELF\x01\x01\0\0\0", True),
        ("a", b"abc\0def", True),
        ("a.txt", b"abc\0def", False),
        ("a.txt", b"x" * 20_000 + b"\0", False),
        ("a.txt", b"%PDF-1.7 text", False),
        ("a.jpg", b"\xff\xd8\xff\xe0 jpeg", True),
        ("a.py", b"print('text')", True),
        ("a.css", b"p { color: red }", True),
        ("a.xml", b"<settings/>", True),
        ("a.gz", gzip.compress(gzip.compress(b"x")), True),
        ("a.gz", gzip.compress(b""), True),
        ("package.json", b'{"name": "x"}', True),
        ("a.json", b'{"name": ', False),
        ("a.json", b"[" * 100_000, False),
        ("a.json", b"9" * 10_000, False),
        ("a.txt", bytes(range(1, 32)) * 100, False),
        ("a.txt", bytes(range(128, 256)) * 100, False),
        ("a.txt.gz", gzip.compress(b"Text. " * 1000)[:-20], False),
        ("a.txt.gz", gzip.compress(os.urandom(3000).hex().encode())[:2000], False),
        ("a.txt.gz", gzip.compress(b"Text. " * 1000)[:20] + b"\xff" * 40, False),
        ("a.txt.gz", b"\x1f\x8b\x08", False),
    ],
)
def test_files_that_are_not_articles(
    read_bytes: ReadBytes, name: str, data: bytes, quiet: bool
) -> None:
    found = problem(read_bytes(name, data))
    assert found.quiet is quiet, found
    assert found.source.endswith(name)
    assert found.reason.isprintable()


def test_a_file_that_is_given_itself_is_never_skipped_quietly(read_bytes: ReadBytes) -> None:
    found = problem(read_bytes("a.css", b"p { color: red }", named=True))
    assert (found.reason, found.quiet) == (".css files are not supported", False)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", RECORDS),
        ("a.ndjson", b"\xef\xbb\xbf" + RECORDS),
        ("a.json", RECORDS),
        ("a.txt", RECORDS),
        ("a", b"\n \n" + RECORDS),
        ("a.jsonl.gz", gzip.compress(RECORDS)),
        ("a.gz", gzip.compress(RECORDS)),
        ("a.jsonl", gzip.compress(RECORDS[:17]) + gzip.compress(RECORDS[17:])),
        ("a.json", b'[{"text": "One."},\n {"text": "Two."}]'),
        ("a.txt", b'[{"text": "One."}, {"text": "Two."}]\n'),
        ("a.jsonl", b'[\n{"text": "One."},\n{"text": "Two."}\n]\n'),
        ("a.json.gz", gzip.compress(b'[{"text": "One."}, {"text": "Two."}]')),
        ("a.jsonl", RECORDS.replace(b"\n", b"\r\n")),
    ],
)
def test_json_is_recognised_by_its_content(read_bytes: ReadBytes, name: str, data: bytes) -> None:
    reads = read_bytes(name, data)
    assert [read.record for read in reads if isinstance(read, ReadArticle)] == [1, 2]
    assert [read.article.text for read in reads if isinstance(read, ReadArticle)] == [
        "One.",
        "Two.",
    ]
    for read in reads:
        assert isinstance(read, ReadArticle)
        assert read.article.source.endswith(f"{name}#{read.record}")


@pytest.mark.parametrize(
    "data", [b"[Reuters] The pact holds [1]", b"{curly} start\nmore }", b"[1]", b"{not json}"]
)
def test_text_with_brackets_is_text(read_bytes: ReadBytes, data: bytes) -> None:
    assert article(read_bytes("a.txt", data)).text == data.decode()


def test_front_matter_is_recognised_by_its_content(read_bytes: ReadBytes) -> None:
    read = article(read_bytes("a.txt", b"\xef\xbb\xbf---\r\ntitle: T\r\n---\r\nBody.\r\n"))
    assert (read.title, read.text, read.first_line) == ("T", "Body.", 4)


def test_lines_are_numbered_as_in_the_file(read_bytes: ReadBytes) -> None:
    reads = read_bytes("a.jsonl", b"\n\n" + RECORDS + b"\nbad\n" + RECORDS)
    (bad,) = [read for read in reads if isinstance(read, Problem)]
    assert bad.source.endswith("a.jsonl#3")
    assert bad.reason.startswith("line 6: not valid JSON")
    assert [r.record for r in reads if isinstance(r, ReadArticle)] == [1, 2, 4, 5]


def test_a_first_line_that_is_bad(read_bytes: ReadBytes) -> None:
    reads = read_bytes("a.jsonl", b'{"text": "cut\n' + RECORDS)
    assert [type(read) for read in reads] == [Problem, ReadArticle, ReadArticle]


def test_articles_before_the_cut_are_read(read_bytes: ReadBytes) -> None:
    lines = b"".join(
        json.dumps({"text": os.urandom(2000).hex()}).encode() + b"\n" for _ in range(200)
    )
    *reads, last = read_bytes("a.jsonl.gz", gzip.compress(lines)[:-1000])
    assert 50 < len(reads) < 200
    assert isinstance(last, Problem)
    assert last.reason == "its compressed data is cut short"
    assert not last.quiet


@pytest.mark.parametrize("unit", [b"a", b"a\n", b"[", b'{"text": "'])
def test_a_gzip_bomb_is_refused(
    read_bytes: ReadBytes, monkeypatch: pytest.MonkeyPatch, unit: bytes
) -> None:
    monkeypatch.setattr(stream, "UNPACKED_BYTES", 1_000_000)
    found = problem(read_bytes("a.txt.gz", gzip.compress(unit * (20_000_000 // len(unit)), 1)))
    assert found.reason == "unpacks to more than 100 times its size"


def test_limits(read_bytes: ReadBytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "RECORD_BYTES", 100)
    long_line = json.dumps({"text": "x" * 200}).encode() + b"\n"
    for data in (RECORDS + long_line + RECORDS, RECORDS + long_line[:-1]):
        reads = read_bytes("a.txt", data)
        (bad,) = [read for read in reads if isinstance(read, Problem)]
        assert bad.reason == "line 3: too long to read"
        assert len(reads) == data.count(b"text")
    monkeypatch.setattr(load, "FILE_BYTES", 1_000)
    for name, data in (("a.txt", b"x " * 600), ("a.txt", gzip.compress(b"x " * 600))):
        found = problem(read_bytes(name, data))
        assert (found.reason, found.quiet) == ("larger than 0 MB; split it", False)


def test_a_file_that_changes(tmp_path: Path) -> None:
    for name, data in (("a.txt", b"Text."), ("a.jsonl", RECORDS), ("a.json", b'[{"text": "a"}]')):
        path = tmp_path / name
        path.write_bytes(data)
        (found,) = walk([str(path)])
        path.write_bytes(data + b" ")
        assert isinstance(found, FoundFile)
        *reads, last = read_articles(found)
        assert last == Problem(
            str(path), "changed while it was read; run again", False, cut_short=True
        )
        assert len(reads) == (2 if name == "a.jsonl" else 0)


def test_a_file_that_vanishes(tmp_path: Path) -> None:
    found = FoundFile(str(tmp_path / "a.txt"), "a.txt", 5, 0)
    assert problem(list(read_articles(found))).reason == "vanished before it was read"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Text.")
    path.chmod(0)
    (found,) = walk([str(path)])
    assert isinstance(found, FoundFile)
    assert problem(list(read_articles(found))).reason == "permission denied"


def test_records_are_streamed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(RECORDS * 100_000)
    (found,) = walk([str(path)])
    assert isinstance(found, FoundFile)
    reads = read_articles(found)
    next(reads)
    path.write_bytes(b"")  # the rest has not been read yet, so it is lost
    assert sum(1 for _ in reads) < 20_000


def test_ten_megabytes_in_one_line(read_bytes: ReadBytes) -> None:
    read = article(read_bytes("a.txt", b"word " * 2_000_000))
    assert len(read.text) == 10_000_000
    assert len(read.title) <= 80


PIECES = st.sampled_from(
    [
        *(b"\0", b"\x1b[", b"---\n", b"title: ", b"{", b'{"text": "a"}', b"\n", b"[", b"]", b'"'),
        *(b"\x1f\x8b\x08\0", b"\xff\xfe", b"word ", b"\xe9", b"\xf0\x9f", b"# ", b"*a"),
        b"date 2011-10-24 ",
    ]
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(PIECES, max_size=12).map(b"".join) | st.binary(max_size=80),
    st.sampled_from(["a.txt", "a.md", "a.jsonl", "a.json", "a"]),
    st.booleans(),
)
def test_any_bytes(tmp_path: Path, data: bytes, name: str, packed: bool) -> None:
    path = tmp_path / name
    path.write_bytes(zlib.compress(data, wbits=31) if packed else data)
    (found,) = walk([str(path)])
    assert isinstance(found, FoundFile)
    reads = list(read_articles(found))
    assert reads
    for read in reads:
        if isinstance(read, ReadArticle):
            assert read.article.text.strip()
            assert read.article.title
        else:
            assert read.reason.isprintable()


def test_file_digest(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    found = FoundFile(str(tmp_path / "a"), "a", 3, 0)
    assert file_digest(found).startswith("ba7816bf8f01cfea414140de5dae2223")
    with pytest.raises(OSError, match="No such file"):
        file_digest(replace(found, path=str(tmp_path / "b")))


def test_any_error_of_a_format_is_a_problem_of_that_file(
    read_bytes: ReadBytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: str, text: str, encoding: str) -> Article:
        raise OverflowError(f"{source[:0]}too \x1b[31mlarge")

    monkeypatch.setattr("qa.articles.formats.text.read_text", fail)
    (problem,) = read_bytes("a.txt", b"It rained.")
    assert isinstance(problem, Problem)
    assert problem.reason == "reading it failed (OverflowError: too large)"
    assert problem.cut_short


def test_front_matter_with_an_impossible_character_is_still_read(read_bytes: ReadBytes) -> None:
    read = article(
        read_bytes("a.md", b'---\ntitle: "\\UFFFFFFFF"\ndate: 2012-03-05\n---\nIt rained.')
    )
    assert (read.text, str(read.published)) == ("It rained.", "2012-03-05")


def test_the_number_of_problems_is_limited(
    read_bytes: ReadBytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "MOST_PROBLEMS", 5)
    found = read_bytes("a.jsonl", b'{"text": "One."}\n' + b"{}\n" * 100)
    problems = [one for one in found if isinstance(one, Problem)]
    assert len(problems) == 5
    assert "the rest is skipped" in problems[-1].reason
    assert problems[-1].cut_short
    packed = gzip.compress(b"[" + b"{}," * 1_000_000 + b'{"text": "One."}]')
    assert len(read_bytes("b.json.gz", packed, named=True)) == 5


def test_an_article_that_is_too_long_is_reported(
    read_bytes: ReadBytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "ARTICLE_CHARACTERS", 100)
    (problem,) = read_bytes("a.txt", b"word " * 50)
    assert isinstance(problem, Problem)
    assert "split it" in problem.reason


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_reading_does_not_wait_for_a_file_that_became_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(ArticleError, match="regular"):
        file_digest(FoundFile(str(tmp_path / "a.txt"), "a.txt", 3, 0))


def test_the_digest_of_a_file_that_keeps_growing_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"abcdef")
    with pytest.raises(ArticleError, match="grew"):
        file_digest(FoundFile(str(tmp_path / "a.txt"), "a.txt", 3, 0))


@pytest.mark.parametrize("name", ["Interview with Dr.Holm", "notes.final", "a.rst"])
def test_prose_under_an_unknown_suffix_is_read(read_bytes: ReadBytes, name: str) -> None:
    (read,) = read_bytes(name, b"The harbour master, Dr. Holm, closed the port on Sunday.\n")
    assert isinstance(read, ReadArticle)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.vim", b"if has('x') | let g:a = [1, 2] | endif\n" * 9),
        ("a.png", b"The mine opened in 1920.\n"),
        ("a.final", b"The mine opened.\0\n"),
    ],
)
def test_other_files_are_skipped(read_bytes: ReadBytes, name: str, data: bytes) -> None:
    assert problem(read_bytes(name, data)).quiet


# Files that are too large to be read whole

MAILS = b"".join(
    b"From a@example.org Tue Mar  3 10:00:00 2015\nFrom: Anna\nSubject: Mail %d\n\nIt rained.\n\n"
    % n
    for n in range(20)
)
TABLE = "title,text\n" + "".join(f"Row {n},Café {n} opened.\n" for n in range(20))


@pytest.mark.parametrize(
    ("name", "data", "titles"),
    [
        ("a.mbox", MAILS, [f"Mail {n}" for n in range(20)]),
        ("a.mbox.gz", gzip.compress(MAILS), [f"Mail {n}" for n in range(20)]),
        ("a.csv", TABLE.encode(), [f"Row {n}" for n in range(20)]),
        ("a.csv", TABLE.encode("cp1252"), [f"Row {n}" for n in range(20)]),
        ("a.csv", TABLE.encode("utf-16"), [f"Row {n}" for n in range(20)]),
    ],
)
def test_mailboxes_and_tables_of_any_size_are_streamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, titles: list[str]
) -> None:
    (tmp_path / name).write_bytes(data)
    (found,) = walk([str(tmp_path)])
    assert isinstance(found, FoundFile)
    whole = list(read_articles(found))
    monkeypatch.setattr(load, "FILE_BYTES", 100)
    monkeypatch.setattr(registry, "FILE_BYTES", 100)
    monkeypatch.setattr(registry, "LARGE_BYTES", 100)
    assert refusal(found) is None
    streamed = list(read_articles(found))
    assert streamed == whole
    assert [one.article.title for one in streamed if isinstance(one, ReadArticle)] == titles


def test_a_line_of_a_large_table_is_not_held_however_long_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("title,text\nQuay,It sank.\n" + "x," * 1_000)
    (found,) = walk([str(tmp_path)])
    assert isinstance(found, FoundFile)
    monkeypatch.setattr(load, "FILE_BYTES", 100)
    monkeypatch.setattr(table, "RECORD_BYTES", 500)
    monkeypatch.setattr(table, "_SAMPLE_BYTES", 26)
    first, last = read_articles(found)
    assert isinstance(first, ReadArticle)
    assert isinstance(last, Problem)
    assert (last.reason, last.cut_short) == ("a table with a line too long to read", True)


def test_a_large_json_document_says_what_to_do(
    read_bytes: ReadBytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "FILE_BYTES", 1_000)
    found = problem(read_bytes("a.json", json.dumps([{"text": "x" * 50}] * 50, indent=1).encode()))
    assert found.reason == "larger than 0 MB; write it as JSON lines, one article a line"
