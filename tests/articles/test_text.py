"""Text files: what is taken out of them, where their titles and dates come from, their lines."""

import hashlib
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.articles.clean import clean
from qa.articles.formats.front_matter import front_matter
from qa.articles.formats.text import read, read_text
from qa.articles.found import Problem, ReadArticle
from qa.articles.inline import is_html, without_data, without_entities
from qa.articles.numbered import joined
from qa.datatypes import Article

BASE64 = "aB3dEfGh1JkLmNoPqRsTuVwXyZ+/0987" * 2


def lines_of(article: Article) -> list[tuple[int, str]]:
    """Return each line of an article with text, with its number in the source."""
    found = []
    offset = 0
    for line in article.text.split("\n"):
        if line:
            found.append((article.line_at(offset), line))
        offset += len(line) + 1
    return found


def text_of(text: str, name: str = "a.md") -> str:
    return read_text(name, text).text


def test_plain_text_stays_as_it_is() -> None:
    text = "date 2011-10-24 BRUSSELS NATO is expected to.\n\n\n  a < b, x<y> & *c*; [d](e) > f\n"
    article = read_text("a.txt", text)
    assert article.text == text
    assert (article.published, article.dated) == (date(2011, 10, 24), "first line")
    assert article.digest == hashlib.sha256(text.encode()).hexdigest()
    assert (article.id, article.source, article.first_line) == ("", "a.txt", 1)


def one(read: Iterator[ReadArticle | Problem]) -> Article:
    """The only article that was read."""
    (found,) = read
    assert isinstance(found, ReadArticle)
    return found.article


def test_a_guessed_encoding_is_kept_with_the_article() -> None:
    found = one(read("a.txt", "L’été est là, où l’on a dîné.".encode("cp1252")))
    assert (found.text, found.encoding) == (
        "L’été est là, où l’on a dîné.",
        "cp1252",
    )
    assert one(read("a.txt", "L’été".encode())).encoding == ""


# Front matter


def test_front_matter() -> None:
    text = "---\ntitle: 'A: title'\nDate: 2011-10-24\ntags: [a, b]\n---\n\n# Other\n\nBody.\n"
    article = read_text("a.md", text)
    assert article.title == "A: title"
    assert (article.published, article.dated) == (date(2011, 10, 24), "front matter")
    assert article.text == "Other\n\nBody."
    assert lines_of(article) == [(7, "Other"), (9, "Body.")]


def test_front_matter_in_toml() -> None:
    text = (
        '\n+++\ntitle = "The pier"\ndate = 2019-03-08T10:00:00Z\ndraft = false\n+++\nIt reopened.'
    )
    article = read_text("a.md", text)
    assert (article.title, article.published) == ("The pier", date(2019, 3, 8))
    assert lines_of(article) == [(7, "It reopened.")]


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_header_lines_are_front_matter(name: str) -> None:
    header = "Title: The lighthouse\nDate: 2016-11-02 09:30\nSummary: Sold\n   to a trust.\n"
    text = f"{header}\nIt was sold."
    article = read_text(name, text)
    assert (article.title, article.published) == ("The lighthouse", date(2016, 11, 2))
    assert lines_of(article) == [(6, "It was sold.")]


def test_a_letters_header_is_part_of_its_text() -> None:
    text = "From: Ann\nTo: Ben\nSubject: The pier\nDate: 3 May 2011\n\nIt is open."
    article = read_text("a.txt", text)
    assert (article.text, article.title, article.published) == (text, "The pier", date(2011, 5, 3))


@pytest.mark.parametrize(
    "key", ["date", "published", "publish_date", "publishDate", "pubdate", "Created-At"]
)
def test_date_keys(key: str) -> None:
    article = read_text("a", f"---\n{key}: 24 October 2011\n---\nBody.")
    assert (article.published, article.is_date_guess) == (date(2011, 10, 24), False)


def test_the_day_of_a_change_is_a_guess() -> None:
    article = read_text("a", "---\nlastmod: 2011-10-24\n---\nBody.")
    assert (article.published, article.is_date_guess) == (date(2011, 10, 24), True)


@pytest.mark.parametrize(
    ("block", "title"),
    [
        ("title: Yes", "Yes"),
        ("title: 2012", "2012"),
        ("title: 2011-10-24", "2011-10-24"),
        ("title: null", "Heading"),
        ("title:", "Heading"),
        ("title: [a, b]", "Heading"),
        ("title: !!python/object/apply:os.system [ls]", "Heading"),
        ("title: NATO: the end", "NATO: the end"),
        ('title: "a\x1b[31mb"', "ab"),
        ("title: one\ndate: 2011-99-99", "one"),
        ("a: &a [x, x]\nb: *a\ntitle: aliased", "aliased"),
        ("? [a]: b\n: c\ntitle: odd", "odd"),
        ("title: '*The* [end](http://a.b/c)'", "The end"),
        ("title: " + "[" * 5_000, "[" * 199 + "…"),
        ("n: " + "9" * 10_000 + "\ntitle: long number", "long number"),
    ],
)
def test_odd_front_matter(block: str, title: str) -> None:
    article = read_text("a.md", clean(f"---\n{block}\n---\n# Heading\n\nBody."))
    assert article.title == title
    assert article.text == "Heading\n\nBody."
    assert article.published is None


def test_a_yaml_bomb_is_refused() -> None:
    block = "a0: &a0 {k: v}\n" + "".join(
        f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 30)
    )
    assert read_text("a.md", f"---\n{block}title: Bomb\n---\nBody.").title == "Bomb"


@pytest.mark.parametrize(
    "text",
    [
        "---\n- a\n- b\n---\nBody.",
        "---\nJust text between rulers.\n---\nBody.",
        "---\ntitle: never closed\n\nBody.",
        "---\n---\nBody.",
        "--- title: no\n---\nBody.",
        "---\ntitle: far\n" + "# x\n" * 20_000 + "---\nBody.",
        "+++\nnot = toml = at all\n+++\nBody.",
        "Anna: Hello.\nBen: Good day.\n\nThey left.",
        "Title: alone\n\nBody.",
        "Title: no blank line\nDate: 2011-10-24\nBody.",
    ],
)
def test_anything_else_than_front_matter_is_text(text: str) -> None:
    assert front_matter(text) == ({}, 0)
    assert read_text("a.txt", text).text == text


# Titles


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "Intro.\n\n# The *head* #\n\n# Second", "The head"),
        ("a.md", "# [The pier](http://a.b/c) opens\nText.", "The pier opens"),
        ("a.md", "The pier\n========\nText.", "The pier"),
        ("a.md", "```\n# comment\n```\n\n# Head", "Head"),
        ("a.md", "## Second level\n\nBody one. Body two.", "Second level"),
        ("a.md", "First sentence. #hashtag", "First sentence."),
        ("notes/Karl Brenner.md", "- Lives in Kiel\n", "Karl Brenner"),
        ("Karl Brenner.txt", "He lives in Kiel.", "Karl Brenner"),
        ("Kiel.md", "A town.", "Kiel"),
        ("Kiel.txt", "A town.", "Kiel"),
        ("kiel.md", "A town.", "A town."),
        ("New note 12.md", "A town.", "A town."),
        ("Karl Brenner.md", "# Herr Brenner\nHe lives in Kiel.", "Herr Brenner"),
        ("Karl Brenner.txt", "Herr Brenner\n\nHe lives in Kiel.", "Herr Brenner"),
    ],
)
def test_titles(name: str, text: str, title: str) -> None:
    assert read_text(name, text).title == title


# Dates


@pytest.mark.parametrize(
    ("name", "text", "day", "dated", "is_guess"),
    [
        ("a.txt", "Pier\nDate: 14 May 2015\n\nIt is open.", "2015-05-14", "header line", False),
        ("a.txt", "Pier\n\n*Published:* May 14, 2015 by Al\n", "2015-05-14", "header line", False),
        ("a.txt", "Pier\n\nLast updated: 14 May 2015 10:30", "2015-05-14", "header line", True),
        ("a.txt", "Pier\nBy Ann Lee, 14 May 2015\n\nText.", "2015-05-14", "date line", False),
        ("a.txt", "Pier\n\nThursday, 14 May 2015\nText.", "2015-05-14", "date line", False),
        ("a.txt", "PARIS, May 14, 2015 (Reuters) - It is.", "2015-05-14", "dateline", False),
        ("a.txt", "Pier\n\nTARN, 14 May 2015. It is open.", "2015-05-14", "dateline", False),
        ("2018-07-21-pier.md", "It is open.", "2018-07-21", "file name", False),
        ("20180721_pier.txt", "It is open.", "2018-07-21", "file name", True),
        ("Talk 2016-05-03.md", "It is open.", "2016-05-03", "file name", True),
        ("b/2018/07/21/pier.txt", "It is open.", "2018-07-21", "path", True),
        ("b/2018/07/2016.05.03.txt", "It is open.", "2016-05-03", "file name", True),
    ],
)
def test_dates(name: str, text: str, day: str, dated: str, is_guess: bool) -> None:
    article = read_text(name, text)
    assert str(article.published) == day
    assert (article.dated, article.is_date_guess) == (dated, is_guess)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "On 14 May 2015 the pier opened."),
        ("a.txt", "The pier opened. Date: 14 May 2015"),
        ("a.txt", "Date of birth: 14 May 2015"),
        ("a.txt", "Line.\n" * 20 + "Date: 14 May 2015"),
        ("report-123456.txt", "It is open."),
        ("20459999.txt", "It is open."),
        ("IMG_29990101.txt", "It is open."),
        ("2018/07/pier.txt", "It is open."),
    ],
)
def test_no_dates(name: str, text: str) -> None:
    assert read_text(name, text).published is None


def test_a_date_that_can_be_read_in_two_ways_is_kept_as_written() -> None:
    article = read_text("a.txt", "Pier\nDate: 03/04/2011\n\nIt is open.")
    assert (article.published, article.dated) == (None, "header line")
    assert article.date_digits == "03/04/2011"


# Markdown


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("See [the *pier*](http://a.b/c_(d) 'Title'), open.", "See the pier, open."),
        ("See [the pier][1] and [2].\n\n[1]: http://a.b/c", "See the pier and [2]."),
        ("See [Pier][] or [pier].\n\n[pier]: http://a.b", "See Pier or pier."),
        ("![A dredger](img/d.jpg) at work", "A dredger at work"),
        ("[![A dredger](d.jpg)](http://a.b)", "A dredger"),
        (
            "At [[Firms/Nordic AS|Nordic]], [[Firms/Vik#Board]] and ![[d.png]].",
            "At Nordic, Vik and .",
        ),
        ("<http://a.b/c> or <ann@b.org>", "http://a.b/c or ann@b.org"),
        ("**Bold _and_ slanted** or ***both***, ==marked==", "Bold and slanted or both, marked"),
        ("**Over\ntwo lines**", "Over\ntwo lines"),
        ("For ~~€9m~~ €11.5m", "For €11.5m"),
        ("2 * 3 * 4, snake_case_name, 5*6*7 and a_b", "2 * 3 * 4, snake_case_name, 5*6*7 and a_b"),
        ("Run `a *b* [c](d)` now", "Run a *b* [c](d) now"),
        ("Not \\*slanted\\* and \\[not a link\\](x)", "Not *slanted* and [not a link](x)"),
        ("Since 2009.[^1]\n\n[^1]: Or later.", "Since 2009.\n\nOr later."),
        ("Open<!-- check\nthis --> now", "Open\n now"),
        ("It&nbsp;is <b>open</b>, a &amp; b<br>now", "It is open, a & b\n\nnow"),
        ("a < b and List<String> > c", "a < b and List<String> > c"),
        ("> Quoted\n> text\n\nMine", "Quoted\ntext\n\nMine"),
        ("> Quoted\nmine", "Quoted\n\nmine"),
        ("> [!note] Beware\n> of dogs", "Beware\nof dogs"),
        ("One\n\n* * *\n\nTwo", "One\n\nTwo"),
        ("- [x] Done\n- [ ] Not", "- Done\n- Not"),
        ("Head\n---\nText", "Head\n\nText"),
        ("# Head\nText\n## Next #\nMore", "Head\n\nText\n\nNext\n\nMore"),
        ("```py\n# a *b*\n```\nText", "# a *b*\n\nText"),
        ("Text\n~~~\nnever closed *a*", "Text\n\nnever closed *a*"),
    ],
)
def test_markdown_reads_as_it_is_rendered(markdown: str, plain: str) -> None:
    assert text_of(markdown) == plain


def test_a_row_of_a_table_names_its_columns() -> None:
    rows = "| 2012 | Jan Ost |\n| 2013 | **Eva** |\n"
    text = f"Foremen:\n\n| Year | Foreman |\n|-----:|---------|\n{rows}\nEnd"
    assert lines_of(read_text("a.md", text)) == [
        (1, "Foremen:"),
        (5, "Year 2012, Foreman Jan Ost."),
        (6, "Year 2013, Foreman Eva."),
        (8, "End"),
    ]


def test_lines_keep_their_numbers() -> None:
    text = (
        "---\ntitle: T\n---\n\n\n# Head\nOne [link](http://a.b).\n<!--\nnot\nthis\n-->\n\n\n\nTwo\n"
        "```\ncode\n\nmore\n```\n> three\n- four\n"
    )
    source = text.split("\n")
    found = lines_of(read_text("a.md", text))
    assert [number for number, _ in found] == [6, 7, 15, 17, 19, 21, 22]
    for number, line in found:
        assert line.split(" ")[0] in source[number - 1]


# HTML, files and quotations in plain text


def test_html_in_plain_text_is_markup() -> None:
    text = (
        "<div class='a'>\n<h1>Council &amp; tram</h1>\n<p>It <em>voted</em> 31&nbsp;to&nbsp;12.</p>"
        "<p>Ann&shy;a O&#8217;Shea won.</p>\n<script>\nvar a = 1;\n</script></div>\nEnd"
    )
    assert lines_of(read_text("a.txt", text)) == [
        (2, "Council & tram"),
        (3, "It voted 31 to 12."),
        (3, "Anna O’Shea won."),
        (7, "End"),
    ]


@pytest.mark.parametrize(
    "text",
    ["If a < b and c > d.", "Write </p> behind it.", "x <- y <b> z", "<foo>a</foo><bar></bar>"],
)
def test_signs_of_less_and_more_are_text(text: str) -> None:
    assert not is_html(text)
    assert text_of(text, "a.txt") == text


def test_entities_in_plain_text_are_decoded() -> None:
    assert text_of("Fish &amp; chips &#8211; &pound;9", "a.txt") == "Fish & chips – £9"
    assert lines_of(read_text("a.txt", "One&#10;line\nTwo")) == [(1, "One line"), (2, "Two")]
    assert without_entities("AT&T; R&D &nosuch; &") == "AT&T; R&D &nosuch; &"


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_picture_in_a_text_is_no_text(name: str) -> None:
    picture = f"![photo](data:image/png;base64,{BASE64 * 300}==)"
    text = (
        f"One.\n\n{picture if name == 'a.md' else picture[9:-1]}\n\n{(BASE64 + chr(10)) * 9}\nTwo."
    )
    found = lines_of(read_text(name, text))
    assert [line for _, line in found if len(line) > 20] == []
    assert found[0] == (1, "One.")
    assert found[-1] == (15, "Two.")


@pytest.mark.parametrize(
    "text", ["GATTACA" * 40, "http://a.b/" + "c/d" * 90, "0123456789" * 30, "word" * 60, BASE64]
)
def test_long_words_that_are_no_files_stay(text: str) -> None:
    assert without_data(text) == text


def test_marks_of_quotation_are_left_out() -> None:
    text = "He wrote:\n> The pier\n>> is open.\n\nTrue."
    assert text_of(text, "a.txt") == "He wrote:\nThe pier\nis open.\n\nTrue."


# Anything


@given(st.text(st.sampled_from("ab*_[]()`<>|-=#!~\\&;:/ \n\f1^"), max_size=120))
def test_any_markdown_is_read(text: str) -> None:
    for name in ("a.md", "a.txt"):
        article = read_text(name, text)
        assert clean(article.text) == article.text
        count = text.count("\n") + 1
        assert all(1 <= number <= count for number, _ in lines_of(article))


def test_joined_lines() -> None:
    assert joined([]) == ("", 1, [])
    lines = [(1, ""), (2, "a"), (3, ""), (4, " "), (5, "b"), (5, "c"), (6, "d"), (9, "e")]
    text, first_line, jumps = joined(lines)
    assert (text, first_line) == ("a\n\nb\nc\nd\ne", 2)
    assert jumps == [(3, 5), (5, 5), (9, 9)]
