"""ZIP packages: whatever is in them, a reason or a text, and never more memory than allowed."""

import struct
from collections.abc import Iterator

import pytest

from qa.articles.formats import docx, epub, odt, package, pptx
from qa.articles.formats.package import Package, resolve
from qa.errors import ArticleError

from . import office_files as office

SOUND = office.docx(office.paragraph("The harbour froze on Tuesday."))


@pytest.mark.parametrize("module", [docx, odt, pptx, epub])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "old or password-protected Office file; .*without a password",
        ),
        (b"Just some words.", "no ZIP package"),
        (b"PK\x03\x04 and no more", "damaged or cut short"),
        (SOUND[: len(SOUND) // 2], "damaged or cut short"),
        (office.package({"a.txt": "Nothing of use."}), "inside"),
    ],
)
def test_what_is_no_document_has_a_reason(module: object, data: bytes, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        list(module.read("report", data))  # type: ignore[attr-defined]


def test_damage_in_the_middle_of_a_part_is_named() -> None:
    at = SOUND.index(b"word/document.xml") + len("word/document.xml")
    broken = SOUND[: at + 5] + b"\xff" * 20 + SOUND[at + 25 :]
    with pytest.raises(ArticleError, match="damaged"):
        list(docx.read("a.docx", broken))


def test_a_part_with_a_password_is_named() -> None:
    flags = bytearray(SOUND)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = flags.index(mark)
        while at >= 0:
            flags[at + offset] |= 1
            at = flags.find(mark, at + 1)
    with pytest.raises(ArticleError, match="password"):
        list(docx.read("a.docx", bytes(flags)))


def test_the_bytes_unpacked_count_and_not_the_size_stated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(package, "UNPACKED_BYTES", 1_000_000)
    data = bytearray(office.package({"a.xml": b" " * 5_000_000}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 2**31)
    opened = Package(bytes(data), ".docx")

    def read() -> Iterator[int]:
        for block in opened.blocks("a.xml"):
            yield len(block)

    held = 0
    with pytest.raises(ArticleError, match="unpacks to more than 1 MB"):
        for size in read():
            held += size
    assert held <= 1_000_000


def test_too_many_tags_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_TAGS", 1_000)
    assert list(docx.read("a.docx", office.docx(office.paragraph("Short.") * 10)))
    with pytest.raises(ArticleError, match="XML tags"):
        list(docx.read("a.docx", office.docx(office.paragraph("Long.") * 1_000)))


def test_deep_nesting_is_refused_or_read() -> None:
    def nested(levels: int) -> bytes:
        return office.docx(
            "<w:tbl><w:tr><w:tc>" * levels
            + office.paragraph("Deep down.")
            + "</w:tc></w:tr></w:tbl>" * levels
        )

    (one,) = docx.read("a.docx", nested(80))
    assert one.article.text == "Deep down."  # type: ignore[union-attr]
    with pytest.raises(ArticleError, match="XML"):
        list(docx.read("a.docx", nested(5_000)))


def test_entities_load_nothing(tmp_path: object) -> None:
    secret = tmp_path / "secret.txt"  # type: ignore[operator]
    secret.write_text("The secret of the house.")
    head = f'<!DOCTYPE d [<!ENTITY a "spam"><!ENTITY x SYSTEM "file://{secret}">]>'
    body = f'<w:document xmlns:w="{office.WORD}"><w:body><w:p><w:r><w:t>Open. &x;&a;</w:t></w:r>'
    parts = {"word/document.xml": f"{head}{body}</w:p></w:body></w:document>"}
    (one,) = docx.read("a.docx", office.package(parts))
    assert one.article.text == "Open."  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("part", "target", "name"),
    [
        ("", "word/document.xml", "word/document.xml"),
        ("word/document.xml", "notes.xml", "word/notes.xml"),
        ("word/document.xml", "/docs/notes.xml", "docs/notes.xml"),
        ("ppt/slides/1.xml", "../notes/1.xml", "ppt/notes/1.xml"),
        ("OPS/b.opf", "text/a%20b.xhtml#top", "OPS/text/a b.xhtml"),
        ("a.xml", "../../../etc/passwd", "etc/passwd"),
    ],
)
def test_links_lead_to_parts(part: str, target: str, name: str) -> None:
    assert resolve(part, target) == name
