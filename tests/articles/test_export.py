"""Plain text with many articles: borders, titles, days, lines."""

from datetime import date

import pytest

from qa.articles.formats import export
from qa.articles.found import NotAnArticleError, ReadArticle
from qa.datatypes import Article


def read(text: str) -> list[Article]:
    """Read an export and check that each line of an article is that of the file."""
    assert export.is_export(text)
    found = list(export.read_text("a.txt", text.replace("\n", "\r\n")))
    articles = [one.article for one in found if isinstance(one, ReadArticle)]
    assert [one.source for one in articles] == [f"a.txt#{n + 1}" for n in range(len(articles))]
    lines = text.split("\n")
    for one in articles:
        for number, line in enumerate(one.text.split("\n"), one.first_line):
            assert line.strip() in lines[number - 1]
    return articles


NUMBERED = """Document 1 of 2

Ferry crew strike ends

The Coast Courier
12 March 2011
Page 4

The crews at Moss returned to work. Union leader
Berit Haug called the offer fair.

The ferries sail again on Monday.

Copyright 2011 The Coast Courier

Document 2 of 2

Will the cod quota be cut again?

The Coast Courier
19 March 2012
Page 1

The quota was cut by 15 percent.

Copyright 2012 The Coast Courier
"""

LEXIS = """
                               1 of 2 DOCUMENTS

                              The Coast Courier

                           March 12, 2011 Saturday
                            Late Edition - Final

Ferry Strike Ends as Crews
Accept Offer

BYLINE: By ANN BERG

SECTION: Section A; Column 0; Foreign Desk; Pg. 1

LENGTH: 1023 words

BODY:

   The crews at Moss returned to work. Note: the offer is
not final.

URL: https://example.org/1

LOAD-DATE: March 13, 2011

                   Copyright 2011 The Coast Courier Company
                              All Rights Reserved
\f
                               2 of 2 DOCUMENTS

                              The Coast Courier

Cod Quota Cut. Again?

LENGTH: 10 words

The quota was cut.

LOAD-DATE: March 15, 2012
"""

NEXIS = """Ferry crew strike ends
The Coast Courier
March 12, 2011 Saturday

Copyright 2011 Coast Media All Rights Reserved
Section: NEWS; Pg. 4
Length: 400 words
Body

The crews at Moss returned to work.

Load-Date: March 12, 2011

End of Document

Cod quota cut again
The Coast Courier
March 19, 2012 Monday

Section: NEWS; Pg. 1
Body

The quota was cut.

End of Document
"""

FACTIVA = """Ferry crew strike ends

By Ann Berg
400 words
12 March 2011
The Coast Courier
COAST
Page 4
English
(c) 2011 The Coast Courier

The crews at Moss returned to work.

Document COAST00020110312e73c0001

Cod quota cut again

200 words
19 March 2012
The Coast Courier
COAST
English
(c) 2012 The Coast Courier

The quota was cut.

Document COAST00020120319e73c0002
"""

CODED = """HD  Ferry crew strike ends
WC  400 words
PD  12 March 2011
SN  The Coast Courier
LP
The crews at Moss returned to work.
TD
They had been out nine days.
CO
ferry : Ferry Ltd
AN  Document COAST00020110312e73c0001

HD
Cod quota cut again
PD
19 March 2012
LP
The quota was cut.
AN
Document COAST00020120319e73c0002
"""

PROQUEST = """____________________________________________________________

Document 1 of 2

Ferry crew strike ends

Author: Berg, Ann

Publication info: The Coast Courier ; Moss [Moss] 12 Mar 2011: A4.

Abstract: The crews returned. It was
fair.

Full text: The crews at Moss returned to work.
They had been out.

Subject: Strikes; Ferries

Publication title: The Coast Courier

____________________________________________________________

Document 2 of 2

Cod quota cut again

Full text: The quota was cut.

Publication date: Mar 19, 2012

____________________________________________________________

Contact ProQuest

Copyright (c) 2012 ProQuest LLC
"""

RULED = """==============================
Title: Ferry crew strike ends
Date: 12 March 2011

The crews at Moss returned to work.
==============================
Title: Cod quota cut again
Date: 19 March 2012

The quota was cut.
"""


@pytest.mark.parametrize(
    ("text", "first_line"),
    [(NEXIS, 10), (FACTIVA, 12), (CODED, 6), (PROQUEST, 14), (RULED, 5)],
    ids=["nexis", "factiva", "factiva with codes", "proquest", "ruled"],
)
def test_articles_have_titles_days_and_texts(text: str, first_line: int) -> None:
    first, second = read(text)
    assert first.title == "Ferry crew strike ends"
    assert second.title == "Cod quota cut again"
    assert (first.published, second.published) == (date(2011, 3, 12), date(2012, 3, 19))
    assert first.dated == second.dated == "header"
    assert not first.is_date_guess
    assert first.text.startswith("The crews at Moss returned to work.")
    assert first.text.split(".")[1].strip() in {
        "",
        "They had been out",
        "They had been out nine days",
    }
    assert second.text == "The quota was cut."
    assert first.first_line == first_line


def test_numbered_documents() -> None:
    first, second = read(NUMBERED)
    assert first.title == "Ferry crew strike ends"
    assert second.title == "Will the cod quota be cut again?"
    assert first.published == date(2011, 3, 12)
    assert first.text.endswith("The ferries sail again on Monday.")
    assert first.line_at(first.text.index("Monday")) == 12
    assert second.text == "The quota was cut by 15 percent."


def test_lexis_nexis() -> None:
    first, second = read(LEXIS)
    assert first.title == "Ferry Strike Ends as Crews Accept Offer"
    assert (first.published, first.is_date_guess) == (date(2011, 3, 12), False)
    assert (
        first.text.split()
        == "The crews at Moss returned to work. Note: the offer is not final.".split()
    )
    assert second.title == "Cod Quota Cut. Again?"
    assert (second.published, second.is_date_guess) == (date(2012, 3, 15), True)
    assert second.text == "The quota was cut."


def test_an_export_of_one_article() -> None:
    (only,) = read(NUMBERED[: NUMBERED.index("Document 2")].replace("1 of 2", "1 of 1"))
    assert only.title == "Ferry crew strike ends"


def test_a_cover_without_text_is_no_article() -> None:
    cover = "Results for: ferry\n\nSources: all newspapers\n\n"
    assert read(cover + NUMBERED)[0].title == "Ferry crew strike ends"


def test_an_article_without_a_sentence_keeps_its_words() -> None:
    text = NUMBERED.replace("The quota was cut by 15 percent.", "Nothing but words")
    assert "Nothing but words" in read(text)[1].text


@pytest.mark.parametrize(
    "text",
    [
        "The quay sank. This is the end of document 7.",
        "Page 1 of 3\n\nThe quay sank.\n\nPage 2 of 3\n\nA buoy was lost.\n",
        "# Head\n\n----------\n\nThe quay sank.\n\n----------\n\nMore.\n",
        "Title: Quay\nDate: 3 May 2011\n\n----------\nThe quay sank.\n",
        "The minutes.\n\nDocument 1 of 3 is missing.\n",
        "The end.\n\nEnd of Document\n",
        "",
    ],
)
def test_other_texts_are_no_exports(text: str) -> None:
    assert not export.is_export(text)
    with pytest.raises(NotAnArticleError):
        list(export.read_text("a.txt", text))
