"""Letters that models do not know, and where they stand in the text."""

from typing import TYPE_CHECKING

import pytest

from qa.articles.build import build_article
from qa.datatypes import Passage
from qa.models.letters import plain_letters, plain_letters_at

if TYPE_CHECKING:
    from qa.models.encoder import OnnxEncoder
    from qa.models.reader import OnnxReader


@pytest.mark.parametrize(
    ("text", "plain", "places"),
    [
        ("o\ufb03ce", "office", [0, 1, 1, 1, 2, 3, 4]),
        ("ＡＢ‐c", "AB-c", [0, 1, 2, 3, 4]),
        ("Łódź 海", "Łódź 海", [0, 1, 2, 3, 4, 5, 6]),
        ("", "", [0]),
    ],
)
def test_places_lead_back_to_the_text(text: str, plain: str, places: list[int]) -> None:
    found, origins = plain_letters_at(text)
    assert found == plain_letters(text) == plain
    assert origins.tolist() == places


def test_ligatures_read_like_their_letters(
    real_reader: "OnnxReader", real_encoder: "OnnxEncoder"
) -> None:
    plain = "The o\ufb03cer of the \ufb01rst \ufb02eet was Gri\ufb03th A\ufb02eck, who \ufb01shed."
    spans = []
    for text in (plain, plain_letters(plain)):
        article = build_article("a.txt", text)
        (best, *_) = real_reader.read(
            "Who was the officer of the first fleet?", [Passage(article, 0, len(text))]
        )
        spans.append((best.text, round(best.score, 3)))
    assert spans[0][0] == "Gri\ufb03th A\ufb02eck"
    assert plain_letters(spans[0][0]) == spans[1][0]
    assert spans[0][1] == spans[1][1]
    one, other = real_encoder.encode([plain, plain_letters(plain)], "passage")
    assert (one == other).all()
