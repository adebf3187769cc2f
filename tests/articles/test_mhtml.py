"""Pages in one file, as Chromium saves them."""

import base64
import quopri
from datetime import date

import pytest

from qa.articles.formats import mhtml
from qa.errors import ArticleError

TEXT = "Совет Остбю одобрил новую линию трамвая, девять голосов против четырёх = большинство."
PAGE = (
    "<html><head><title>Трамвай</title><meta charset='utf-8'>"
    "<meta property='article:published_time' content='2020-01-16'></head>"
    f"<body><p>{TEXT}</p></body></html>"
)
PICTURE = base64.b64encode(b"\x89PNG" * 100).decode()


def saved(*parts: tuple[str, str], head: str = "") -> bytes:
    """Return a file with parts, each of its headers and its encoded body."""
    lines = [
        "From: <Saved by Blink>",
        "Snapshot-Content-Location: https://herald.example/tram",
        "MIME-Version: 1.0",
        'Content-Type: multipart/related; type="text/html"; boundary="--B--"',
        "",
    ]
    for headers, body in parts:
        lines += ["----B--", headers, "", body]
    return "\r\n".join([*lines, "----B----", ""]).encode()


def quoted(
    markup: str, location: str, codec: str = "utf-8", kind: str = "text/html"
) -> tuple[str, str]:
    headers = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: quoted-printable"
    body = quopri.encodestring(markup.encode(codec)).decode("ascii")
    return f"{headers}\r\nContent-Location: {location}", body


IMAGE = (
    "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: x.png",
    PICTURE,
)


def test_a_saved_page_gives_text_title_and_date() -> None:
    (one,) = mhtml.read("page.mhtml", saved(quoted(PAGE, "https://herald.example/tram"), IMAGE))
    assert (one.article.text, one.article.title) == (TEXT, "Трамвай")
    assert (one.article.published, one.article.source) == (date(2020, 1, 16), "page.mhtml")


def test_the_page_itself_is_read_and_not_a_frame_before_it() -> None:
    frame = quoted("<p>Buy a bicycle today, only in our shop.</p>", "cid:frame")
    data = saved(frame, quoted(PAGE, "https://herald.example/tram"))
    assert next(mhtml.read("page.mhtml", data)).article.text == TEXT


def test_the_charset_of_a_part_counts() -> None:
    markup = PAGE.replace("<meta charset='utf-8'>", "")
    part = quoted(markup, "https://herald.example/tram", "koi8-r", "text/html; charset=koi8-r")
    assert next(mhtml.read("page.mht", saved(part))).article.text == TEXT


def test_a_file_without_a_page_is_refused() -> None:
    with pytest.raises(ArticleError, match="without HTML"):
        list(mhtml.read("page.mhtml", saved(IMAGE)))
