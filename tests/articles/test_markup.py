"""HTML fragments as plain text."""

import pytest

from qa.articles.markup import markup_text, tamed


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
        ("<ul><li>One<ul><li>Two</ul></ul>", "One\nTwo"),
        ("<ol><li>One<li>Two</ol>", "One\nTwo"),
        ("<table><tr><td>Oslo<td>4<tr><td>Bergen<td>7</table>", "Oslo 4\nBergen 7"),
        ("<p>A <b>bo</b>ld <a href='/x'>word</a>.", "A bold word."),
    ],
)
def test_blocks_stand_on_their_own_lines(markup: str, text: str) -> None:
    assert markup_text(markup) == text


def test_entities_are_decoded() -> None:
    assert markup_text("<p>Greta&nbsp;B&ouml;hm, &euro;14&#8239;million") == (
        "Greta Böhm, €14 million"
    )


def test_entities_are_decoded_where_there_is_no_tag() -> None:
    assert markup_text("Museum reopens &amp; adds wing") == "Museum reopens & adds wing"


def test_what_was_escaped_twice_is_decoded_twice() -> None:
    assert markup_text("<p>AT&amp;amp;T paid &amp;euro;14") == "AT&T paid €14"
    assert markup_text("&lt;p&gt;AT&amp;amp;T&lt;/p&gt;&lt;p&gt;paid&lt;/p&gt;") == "AT&T\n\npaid"


def test_an_address_is_no_entity() -> None:
    assert markup_text("example.org/?a=1&copy=2") == "example.org/?a=1&copy=2"


def test_code_that_shows_an_entity_keeps_it() -> None:
    assert markup_text("<p>Write <code>&amp;lt;</code> for it.") == "Write &lt; for it."


def test_scripts_styles_and_comments_are_no_text() -> None:
    markup = "<style>p {}</style><script>var a</script><!-- b --><p>Text</p>"
    assert markup_text(markup) == "Text"


def test_text_without_a_tag_keeps_its_lines() -> None:
    assert markup_text("2 < 3\n\nand  4 > 3") == "2 < 3\n\nand  4 > 3"


def test_blank_lines_separate_paragraphs_among_inline_tags() -> None:
    assert markup_text("One <b>bold</b>\nline.\n\nTwo.") == "One bold line.\n\nTwo."


def test_a_paragraph_below_a_hundred_thousand_levels_is_found() -> None:
    assert markup_text("<div>" * 100_000 + "Deep.") == "Deep."


def test_half_a_million_attributes_do_no_harm() -> None:
    attributes = " ".join(f"a{number}=1" for number in range(500_000))
    assert markup_text(f"<p {attributes}>Wide.") == "Wide."


def test_ten_thousand_open_fonts_do_no_harm() -> None:
    fonts = "".join(f"<p><font size={number}>" for number in range(10_000))
    assert markup_text(f"{fonts}Odd &amp; true.") == "Odd & true."


def test_fonts_that_are_closed_stay() -> None:
    markup = "<b>A</b> <i>B</i>" * 1_000
    assert tamed(markup) == markup


def test_an_embedded_image_is_dropped_and_its_neighbours_stay() -> None:
    image = f'<img alt="" src="data:image/png;base64,{"A" * 5_000}">'
    assert tamed(f'<p class="x">A{image}B') == '<p class="x">A<img alt="" src="">B'
    assert markup_text(f"<p>A{image}B") == "AB"


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert markup_text("<p>A\ud800B") == "A?B"
