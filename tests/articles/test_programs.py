"""Files that programs have saved: mail clients, a feed reader, a browser."""

from datetime import date
from pathlib import Path

import pytest

from qa.articles.found import FoundFile, ReadArticle
from qa.articles.load import read_articles
from qa.articles.walk import walk

SAVED = Path(__file__).parent / "programs"
SENT = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("file", "name", "wanted"),
    [
        (
            "s-nail.mbox",
            "sent.mbox",
            [
                ("#1", "The old slipway – notice", SENT, "Engineer Ragna Dahl writes the notice."),
                ("/1/fare.txt", "Fares for the summer", SENT, "to Skarholm costs 48 crowns"),
                ("#2", "The crane", SENT, "\n\nFrom there it is not far."),
            ],
        ),
        (
            "mutt.eml",
            "1795735683.10991_1.example.org:2,S",  # as it is called in a Maildir
            [
                ("", "Bøye ved Røst", SENT, "Pilot Jens Ødegård lit it."),
                ("/fare.txt", "Fares for the summer", SENT, "The season ticket is sold by Maren"),
            ],
        ),
        (
            "newsboat.txt",
            "keeper.txt",
            [("", "Lighthouse keeper retires", date(2015, 2, 9), "costs 210,000 crowns.")],
        ),
        (
            "ferry.mhtml",
            "ferry.mhtml",
            [
                (
                    "",
                    "Ferry Albatross leaves dry dock – Westport Courier",
                    date(2016, 4, 12),
                    "“less than we had feared”, said harbour master Pål Ekdahl.",
                )
            ],
        ),
        (
            "orchard.mhtml",
            "wiese.mht",
            [("", "Streuobstwiese am Gänsberg gerettet", None, "Käthe Röttger sagte, der Most")],
        ),
    ],
)
def test_files_of_programs(
    tmp_path: Path, file: str, name: str, wanted: list[tuple[str, str, date | None, str]]
) -> None:
    (tmp_path / name).write_bytes((SAVED / file).read_bytes())
    (found,) = walk([str(tmp_path)])
    assert isinstance(found, FoundFile)
    read = list(read_articles(found))
    articles = [one.article for one in read if isinstance(one, ReadArticle)]
    assert len(articles) == len(read)
    assert [
        (one.source.removeprefix(found.name), one.title, one.published) for one in articles
    ] == [expected[:3] for expected in wanted]
    for article, (*_, words) in zip(articles, wanted, strict=True):
        assert words in article.text


def test_what_stands_below_a_script_is_in_the_page(tmp_path: Path) -> None:
    """Chromium saves the page as it is shown, with what a script wrote into it."""
    (tmp_path / "a.mhtml").write_bytes((SAVED / "ferry.mhtml").read_bytes())
    (found,) = walk([str(tmp_path)])
    assert isinstance(found, FoundFile)
    (read,) = read_articles(found)
    assert isinstance(read, ReadArticle)
    assert "The crew of nineteen is led by Captain Ilse Maron." in read.article.text
