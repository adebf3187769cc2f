"""Presentations: slides in their order, each a page."""

import pytest

from qa.articles.formats import pptx
from qa.articles.found import EmptyFileError, ReadArticle
from qa.datatypes import Article

from . import office_files as office
from .office_files import shape


def article(data: bytes) -> Article:
    (one,) = pptx.read("a.pptx", data)
    assert isinstance(one, ReadArticle)
    return one.article


def test_slides_come_in_order_with_notes_and_pages() -> None:
    first = shape("Salt", "title") + shape("Found in 1903.\nBy Agathe Morel.")
    notes = shape("Ask the miners.") + shape("1", "sldNum")
    one = article(office.pptx(first, "", shape("Buyers"), notes=notes))
    assert one.text == "Salt\n\nFound in 1903.\n\nBy Agathe Morel.\n\nAsk the miners.\n\nBuyers"
    assert one.pages == (0, 57, 57)
    assert [one.page_at(one.text.index(word)) for word in ("Salt", "miners", "Buyers")] == [1, 1, 3]


def test_an_empty_last_slide_begins_at_the_end() -> None:
    one = article(office.pptx(shape("Salt"), ""))
    assert one.pages == (0, len(one.text))


def test_what_stands_on_every_slide_is_left_out() -> None:
    slide = shape("7", "sldNum") + shape("Salt works", "ftr") + shape("May 2011", "dt")
    assert article(office.pptx(slide + shape("Salt"))).text == "Salt"


def test_tables_and_breaks() -> None:
    cell = "<a:tc><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
    table = f"<a:tbl><a:tr>{cell.format('Roads')}{cell.format('51,000')}</a:tr></a:tbl>"
    text = "<p:sp><a:p><a:r><a:t>One</a:t></a:r><a:br/><a:r><a:t>two</a:t></a:r></a:p></p:sp>"
    assert article(office.pptx(table + text)).text == "Roads; 51,000\n\nOne\ntwo"


@pytest.mark.parametrize("stated", ["PowerPoint Presentation", "Slide 1", "", "Club template"])
def test_the_title_is_that_of_the_first_slide(stated: str) -> None:
    slides = [shape("Written by hand") + shape("Salt", "ctrTitle"), shape("Buyers", "title")]
    assert article(office.pptx(*slides, core=office.properties(stated))).title == "Salt"


def test_a_presentation_without_text_is_empty() -> None:
    with pytest.raises(EmptyFileError, match="no text"):
        article(office.pptx("", ""))
