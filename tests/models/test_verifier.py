"""The verifier says whether a passage holds a claim."""

from datetime import date

import pytest

from qa.articles.build import build_article
from qa.articles.dates import Dated
from qa.datatypes import Passage
from qa.errors import ModelError
from qa.models import opening
from qa.models.verifier import Verifier

TEXT = "The council of Aldbury bought the mill from Anna Marsh in May. Nobody was hurt."


def _passage(title: str) -> Passage:
    article = build_article("mill.txt", TEXT, title=title, dated=Dated(date(2010, 8, 8), "test"))
    return Passage(article, 0, len(article.text))


@pytest.mark.slow
def test_what_is_held_and_what_is_not(real_verifier: Verifier) -> None:
    passage = _passage("Town buys mill")
    claims = ("Anna Marsh sold the mill.", "Rain fell on Tring.", "The bridge was painted green.")
    held, *other = (real_verifier.support(claim, [passage])[0] for claim in claims)
    assert held > 0
    assert max(other) < 0


@pytest.mark.slow
def test_the_headline_is_read(real_verifier: Verifier) -> None:
    with_headline, without = real_verifier.support(
        "The mill was bought by the town.", [_passage("Town buys mill"), _passage(TEXT)]
    )
    assert with_headline != without
    assert real_verifier.support("It was bought.", []) == []


@pytest.mark.slow
def test_a_claim_and_a_passage_without_end(real_verifier: Verifier) -> None:
    article = build_article("long.txt", TEXT * 200, title="Town buys mill")
    whole = Passage(article, 0, len(article.text))
    (support,) = real_verifier.support("The council bought the mill and " * 300, [whole])
    assert -20 < support < 20


def test_a_verifier_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("no graph")

    monkeypatch.setattr(opening, "_prepare", lambda entry: (None, None))
    monkeypatch.setattr(opening, "OnnxVerifier", broken)
    with pytest.raises(ModelError, match="verifier cannot be loaded: no graph"):
        opening.open_verifier()
