"""Archives and web archives: what is in them, damage, and what must not be unpacked."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from random import Random

import brotli
import pytest

from qa.articles.formats import archive, warc
from qa.articles.found import Member, NotAnArticleError, Problem
from qa.errors import ArticleError

FILES = {"notes/a.txt": b"The quay sank.", "b.txt": b"A buoy was lost."}


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return file.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as packed:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(link)
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return file.getvalue()


def contents(found: Iterator[Member | Problem]) -> dict[str, bytes | str]:
    """Return the content of each file by its name, or the reason why it cannot be read."""
    return {
        one.name if isinstance(one, Member) else one.source: (
            one.data if isinstance(one, Member) else one.reason
        )
        for one in found
    }


def until_damage(found: Iterator[Member | Problem]) -> list[Member | Problem]:
    """Return what comes before an error, which must come."""
    read: list[Member | Problem] = []
    try:
        for one in found:
            read += [one]
    except ArticleError as error:
        assert "damaged or cut short" in str(error)
        return read
    raise AssertionError("nothing says that it is damaged")


@pytest.mark.parametrize(
    "pack",
    [
        zipped,
        tarred,
        lambda files: gzip.compress(tarred(files)),
        lambda files: bz2.compress(tarred(files)),
        lambda files: lzma.compress(tarred(files)),
    ],
)
def test_the_files_in_an_archive(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    assert contents(archive.members(pack(FILES))) == FILES


def test_one_packed_file() -> None:
    assert contents(archive.members(bz2.compress(b"The quay sank."))) == {"text": b"The quay sank."}


def test_archives_inside_archives() -> None:
    inner = zipped({"deep/a.txt": b"Deep.", "b.csv.gz": gzip.compress(b"text\nSank.\n")})
    found = contents(archive.members(tarred({"x/inner.zip": inner})))
    assert found == {
        "x/inner.zip/deep/a.txt": b"Deep.",
        "x/inner.zip/b.csv.gz/b.csv": b"text\nSank.\n",
    }
    nested = zipped({"a.txt": b"Text."})
    for _ in range(archive.DEPTH):
        nested = zipped({"in.zip": nested})
    assert contents(archive.members(nested)) == {
        "in.zip/in.zip/in.zip": "more than 3 archives inside each other"
    }


def test_names_cannot_climb_out_or_hide() -> None:
    names = [
        "../../up.txt",
        "/etc/top.txt",
        "C:\\Users\\me\\win.txt",
        "a/./b/../c.txt",
        "\x1b[1me.txt",
    ]
    hidden = [".git/config.txt", "__MACOSX/._a.txt", "x/.hidden.txt"]
    found = contents(archive.members(zipped(dict.fromkeys(names + hidden, b"Text."))))
    assert set(found) == {"up.txt", "etc/top.txt", "Users/me/win.txt", "a/b/c.txt", "e.txt"}


def test_names_in_utf8_that_do_not_say_so() -> None:
    data = bytearray(zipped({"café.txt": b"Text."}))
    for start in (data.index(b"PK\x03\x04") + 7, data.index(b"PK\x01\x02") + 9):
        data[start] &= ~0x08
    assert contents(archive.members(bytes(data))) == {"café.txt": b"Text."}


def test_a_password() -> None:
    data = bytearray(zipped({"a.txt": b"Text."}))
    for start in (data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8):
        data[start] |= 1
    assert contents(archive.members(bytes(data))) == {"a.txt": "protected by a password"}


def test_a_damaged_file_in_a_zip_is_named_and_the_rest_is_read() -> None:
    data = bytearray(zipped({"a.txt": b"The quay sank. " * 50, "b.txt": b"Lost."}))
    data[45] ^= 0xFF
    found = contents(archive.members(bytes(data)))
    assert str(found["a.txt"]).startswith("damaged")
    assert found["b.txt"] == b"Lost."


def test_what_comes_before_damage_is_read() -> None:
    noise = Random(1)
    files = {f"{n}.txt": noise.randbytes(1_500) for n in range(30)}
    whole = gzip.compress(tarred(files))
    for data in (whole[: len(whole) * 2 // 3], tarred(files)[:-30_000]):
        read = until_damage(archive.members(data))
        assert 10 < sum(isinstance(one, Member) for one in read) < 30
    bad = bytearray(tarred(files))
    at = bad.index(b"20.txt")
    bad[at : at + 200] = b"x" * 200  # a header that is no header
    assert len(until_damage(archive.members(bytes(bad)))) == 20
    assert until_damage(archive.members(zipped(files)[:-1000])) == []


def test_bombs_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "UNPACKED_BYTES", 100_000)
    zeros = bytes(30_000)
    many = {f"{n}.txt": zeros for n in range(200)}
    for bomb in (zipped(many), gzip.compress(tarred(many)), zipped({"in.zip": zipped(many)})):
        with pytest.raises(ArticleError, match="unpacks to more than 100 times its size"):
            list(archive.members(bomb))


def test_too_many_and_too_large_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FILE_BYTES", 1_000)
    large = contents(archive.members(zipped({"a.txt": bytes(1_001), "b.txt": b"Lost."})))
    assert large == {"a.txt": "larger than 0 MB; split it", "b.txt": b"Lost."}
    budget = archive._Budget(10**9, members_left=2)
    files = io.BytesIO(zipped({f"{n}.txt": b"Text." for n in range(3)}))
    with pytest.raises(ArticleError, match="files; the rest is not read"):
        list(archive._members("", files, budget, 1, ""))


def test_other_files_are_no_archives() -> None:
    for data in (b"", b"Just text.", bytes(2_000)):
        with pytest.raises(NotAnArticleError, match="not an archive"):
            list(archive.members(data))


def record(
    body: bytes, headers: str = "Content-Type: text/html", kind: str = "response", status: int = 200
) -> bytes:
    """Return a record of a web archive with this answer of a server."""
    content = body
    content_type = headers.removeprefix("Content-Type: ")
    if kind == "response":
        content = f"HTTP/1.1 {status} OK\r\n{headers}\r\n\r\n".encode() + body
        content_type = "application/http; msgtype=response"
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://example.org/{len(body)}\r\n"
        f"WARC-Date: 2017-03-06T04:02:06Z\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


PAGE = b"<html><p>The quay sank.</p></html>"


def test_pages_of_a_web_archive() -> None:
    data = (
        record(b"software: crawler", "Content-Type: application/warc-fields", "warcinfo")
        + record(PAGE)
        + record(b"GET / HTTP/1.1\r\n\r\n", "Content-Type: application/http", "request")
        + record(PAGE, status=404)
        + record(b"\x89PNG", "Content-Type: image/png")
        + record(PAGE, "Content-Type: text/html; charset=utf-8", "resource")
        + record(b"The quay sank.", "Content-Type: text/plain", "conversion")
    )
    for packed in (data, gzip.compress(data)):
        page, resource, text = warc.members(packed)
        assert isinstance(page, Member)
        assert (page.name, page.data) == ("2.html", PAGE)
        assert (page.url, page.published) == ("https://example.org/34", date(2017, 3, 6))
        assert isinstance(resource, Member)
        assert resource.name == "6.html"
        assert isinstance(text, Member)
        assert (text.name, text.data) == ("7.txt", b"The quay sank.")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Encoding: gzip", gzip.compress(PAGE)),
        ("Content-Encoding: deflate", zlib.compress(PAGE)),
        ("Content-Encoding: deflate", zlib.compress(PAGE)[2:-4]),
        ("Content-Encoding: br", brotli.compress(PAGE)),
        ("Content-Encoding: gzip", PAGE),
        (
            "Transfer-Encoding: chunked",
            b"a\r\n" + PAGE[:10] + b"\r\n18\r\n" + PAGE[10:] + b"\r\n0\r\n\r\n",
        ),
    ],
)
def test_pages_as_the_server_sent_them(headers: str, body: bytes) -> None:
    data = record(body, f"Content-Type: text/html\r\n{headers}")
    assert contents(warc.members(data)) == {"1.html": PAGE}


def test_an_encoding_that_only_the_server_names() -> None:
    (page,) = warc.members(
        record("<p>Привет</p>".encode("cp1251"), "Content-Type: text/html; charset=windows-1251")
    )
    assert isinstance(page, Member)
    assert page.data.decode("utf-8-sig") == "<p>Привет</p>"
    own = b'<meta charset="koi8-r"><p>' + "Привет".encode("koi8-r")
    (named,) = warc.members(record(own, "Content-Type: text/html; charset=windows-1251"))
    assert isinstance(named, Member)
    assert named.data == own


def test_a_page_with_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "FILE_BYTES", 50_000)
    for coding, packed in (
        ("gzip", gzip.compress(bytes(10**6))),
        ("br", brotli.compress(bytes(10**6))),
    ):
        data = record(packed, f"Content-Type: text/html\r\nContent-Encoding: {coding}")
        found = contents(warc.members(data + record(PAGE)))
        assert str(found["1.html"]).startswith("larger than")
        assert found["2.html"] == PAGE


def test_what_comes_before_damage_in_a_web_archive_is_read() -> None:
    data = record(PAGE) + record(PAGE * 50)
    cut = until_damage(warc.members(data[:-900]))
    assert [len(one.data) < 1_000 for one in cut if isinstance(one, Member)] == [True, True]
    packed = b"".join(gzip.compress(record(PAGE + bytes(n))) for n in range(5))
    for bad in (packed[:-30], packed[:-40] + b"\xff" * 20 + packed[-20:]):
        first = [one.data for one in until_damage(warc.members(bad)) if isinstance(one, Member)]
        assert first[:4] == [PAGE + bytes(n) for n in range(4)]
    assert len(until_damage(warc.members(record(PAGE) + b"WARC/1.0\r\nnonsense\r\n\r\n"))) == 1


def test_other_files_are_no_web_archives() -> None:
    for data in (b"", b"WARC", b"Just text.", gzip.compress(b"Just text.")):
        with pytest.raises(NotAnArticleError, match="not a web archive"):
            list(warc.members(data))
