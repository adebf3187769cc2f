"""Tables: delimiters, quotes, names of columns, lines of the file; Parquet."""

import io
from datetime import date

import pytest

from qa.articles.formats import parquet, table
from qa.articles.found import EmptyFileError, NotAnArticleError, Problem, ReadArticle
from qa.datatypes import Article
from qa.errors import ArticleError


def read(text: str, encoding: str = "utf-8") -> list[Article]:
    found = list(table.read("a.csv", text.encode(encoding)))
    assert all(isinstance(one, ReadArticle) for one in found), found
    return [one.article for one in found if isinstance(one, ReadArticle)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_row_is_an_article(delimiter: str) -> None:
    rows = [
        ["ID", "Title", "Published_At", "Text", "URL"],
        ["1", "Quay, sunk; twice", "2019-09-09", "It sank. Again.", "https://example.org/1"],
        ["2", "Buoy | lost", "10 September 2019", "A buoy\twas lost.", ""],
    ]
    text = "".join(delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)
    first, second = read(text)
    assert (first.title, first.text) == ("Quay, sunk; twice", "It sank. Again.")
    assert (first.published, first.dated) == (date(2019, 9, 9), "table")
    assert first.source == "https://example.org/1"
    assert (second.title, second.text) == ("Buoy | lost", "A buoy was lost.")
    assert (second.published, second.source) == (date(2019, 9, 10), "a.csv#2")


def test_the_line_of_a_text_is_that_of_the_file() -> None:
    text = 'note,text\r\n"one\r\ntwo","Three.\r\nFour."\r\n\r\nx,Seven.\r\n'
    first, second = read(text)
    assert (first.first_line, second.first_line) == (3, 6)
    lines = text.split("\r\n")
    assert first.text.split("\n") == ["Three.", "Four."]
    assert "Four." in lines[first.line_at(first.text.index("Four")) - 1]
    assert "Seven." in lines[second.first_line - 1]


def test_a_quote_is_doubled_or_escaped() -> None:
    assert read('text\n"He said ""no"" today."\n')[0].text == 'He said "no" today.'
    assert read('text\n"He said \\"no\\" today."\n')[0].text == 'He said "no" today.'


def test_a_text_that_is_not_quoted_keeps_its_commas() -> None:
    (only,) = read("title,text\nQuay,It sank, they said, twice.\n")
    assert only.text == "It sank, they said, twice."


def test_what_stands_above_the_names_of_columns_is_left_out() -> None:
    assert read("sep=;\ntitle;text\nQuay;It sank.\n")[0].title == "Quay"
    assert read("Export of 3 May,,\n,,\ntitle,text,\nQuay,It sank.,\n")[0].title == "Quay"


def test_encodings() -> None:
    text = "Titel;Text\nStraße;Die Brücke über die Elbe wurde für Fußgänger geöffnet.\n"
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        assert read(text, encoding)[0].text.startswith("Die Brücke über"), encoding


def test_long_cells() -> None:
    assert len(read(f"text\n{'word ' * 100_000}\n")[0].text) == 500_000


def test_a_cell_without_text_is_named() -> None:
    found = list(table.read("a.csv", b"title,text\nQuay,It sank.\nEmpty,\n\nBuoy,Lost.\n"))
    assert [type(one) for one in found] == [ReadArticle, Problem, ReadArticle]
    problem = found[1]
    assert isinstance(problem, Problem)
    assert (problem.source, problem.quiet) == ("a.csv#2", False)
    assert problem.reason.startswith("line 3: no text")


def test_a_table_without_text() -> None:
    with pytest.raises(NotAnArticleError, match="found number, square"):
        read("number,square\n1,1\ntext,4\n")
    with pytest.raises(ArticleError, match="without a column of text") as named:
        read("title,author\nQuay,Ida\n")
    assert not isinstance(named.value, NotAnArticleError)
    with pytest.raises(EmptyFileError):
        read(" \n")


def packed(columns: dict[str, list[str]]) -> bytes:
    core = pytest.importorskip("arro3.core")
    io_module = pytest.importorskip("arro3.io")
    arrays = {name: core.Array(values, core.DataType.string()) for name, values in columns.items()}
    file = io.BytesIO()
    io_module.write_parquet(core.Table.from_pydict(arrays), file)
    return file.getvalue()


def test_parquet() -> None:
    data = packed(
        {
            "Headline": ["Quay sinks", "Buoy lost", "Empty"],
            "body": ["<p>It sank &amp; sank.</p>", "A buoy was lost.", ""],
            "date": ["2019-09-09", "", ""],
        }
    )
    first, second, problem = parquet.read("a.parquet", data)
    assert isinstance(first, ReadArticle)
    assert isinstance(second, ReadArticle)
    assert isinstance(problem, Problem)
    assert (first.article.title, first.article.text) == ("Quay sinks", "It sank & sank.")
    assert first.article.published == date(2019, 9, 9)
    assert (second.record, second.article.source) == (2, "a.parquet#2")
    assert (problem.source, problem.quiet) == ("a.parquet#3", False)


def test_damaged_parquet() -> None:
    data = packed({"text": ["It sank."]})
    for bad in (data[:-9], b"PAR1" + bytes(40) + b"PAR1", data[:20] + b"\xff" * 9 + data[29:]):
        with pytest.raises(ArticleError):
            list(parquet.read("a.parquet", bad))
    with pytest.raises(NotAnArticleError, match="a table without a column of text"):
        list(parquet.read("a.parquet", packed({"fruit": ["apple"]})))


def test_parquet_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "find_spec", lambda name: None)
    with pytest.raises(ArticleError, match=r"pip install 'article-qa\[parquet\]'"):
        list(parquet.read("a.parquet", b"PAR1 PAR1"))
