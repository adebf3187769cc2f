"""The registry agrees with the modules that it names."""

from importlib import import_module

import pytest

from qa.articles.registry import FORMATS, Format, format_of


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.module)
def test_a_format_has_the_suffixes_of_its_module(one: Format) -> None:
    module = import_module(f"qa.articles.formats.{one.module}")
    assert one.suffixes == module.SUFFIXES
    assert hasattr(module, "members" if one.holds_files else "read")


def test_no_suffix_has_two_formats() -> None:
    suffixes = [suffix for one in FORMATS for suffix in one.suffixes]
    assert len(suffixes) == len(set(suffixes))


@pytest.mark.parametrize(
    ("suffix", "head", "module"),
    [
        (".docx", b"PK\x03\x04...", "docx"),
        ("", b"PK\x03\x04...", "archive"),
        (".txt", b"%PDF-1.7\n", "pdf"),
        ("", b'<?xml version="1.0"?>\n<!DOCTYPE html>', "html"),
        (".txt", b"{\\rtf1 Text.}", "rtf"),
        ("", b"Received: from a\n\tby b\nSubject: Pier\n", "mail"),
        ("", b"From anna Mon Jan 3 10:11:12 2011\nSubject: Pier\n", "mail"),
        ("", b"From: <Saved by Blink>\nMIME-Version: 1.0\n", "mhtml"),
        ("", b"WARC/1.0\n", "warc"),
        ("", b"\0" * 257 + b"ustar", "archive"),
        (".csv", b"text\n", "table"),
    ],
)
def test_beginning_and_suffix_show_the_format(suffix: str, head: bytes, module: str) -> None:
    found = format_of(suffix, head)
    assert found is not None
    assert found.module == module


@pytest.mark.parametrize(
    "head",
    [b"Date: 3 May 2011\n\nThe pier opened.", b"<b>Bold</b> words", b"From Harwick. At 9:30\n"],
)
def test_prose_is_of_no_format(head: bytes) -> None:
    assert format_of(".txt", head) is None
