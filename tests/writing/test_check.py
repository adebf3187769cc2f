"""Written sentences are held against the passages that their writer was shown."""

from collections.abc import Sequence
from datetime import date

import pytest

from qa.articles.build import build_article
from qa.articles.dates import Dated
from qa.datatypes import Passage, Span
from qa.models.encoder import Encoder
from qa.models.reader import Reader
from qa.models.verifier import Verifier
from qa.writing.check import WEIGHTS, Checker, probability
from qa.writing.checked import CheckedSentence, Support
from tests.doubles import DoubtingVerifier, WordEncoder

MINE = (
    "The mine lies in the Atacama Desert, about 45 kilometres from Copiapó. It was closed in 2007 "
    "after a death there. The minister, Laurence Golborne, said that the job would be difficult."
)
SHIP = (
    "The ship Albatros was built in Hamburg in 1909. Only the cook, Samuel Pike, survived; he was "
    "picked up by a whaler after two days on a raft. The wreck will not be raised."
)


def _passage(name: str, text: str) -> Passage:
    article = build_article(name, text, title=name.title(), dated=Dated(date(2010, 8, 8), "test"))
    return Passage(article, 0, len(article.text))


PASSAGES = [_passage("mine.txt", MINE), _passage("ship.txt", SHIP)]


class ScriptedReader:
    """Answers each question with words of the passages, as it was told to."""

    name = "scripted"

    def __init__(self, answers: dict[str, tuple[str, float]]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        seconds: float | None = None,
        late: list[Passage] | None = None,
    ) -> list[Span]:
        self.asked.append(question)
        words, score = self._answers.get(question, ("", 0.0))
        for passage in passages:
            start = passage.article.text.find(words, passage.start, passage.end)
            if words and start >= 0:
                return [Span(passage, start, start + len(words), score)]
        return []


def _check(
    sentence: str, cited: Sequence[int], answers: dict[str, tuple[str, float]] | None = None
) -> CheckedSentence:
    checker = Checker(WordEncoder(dimension=512), ScriptedReader(answers or {}), DoubtingVerifier())
    return checker.check(sentence, cited, PASSAGES)


def test_a_sentence_that_repeats_its_passage_is_supported() -> None:
    checked = _check(
        "The mine lies in the Atacama Desert, about 45 kilometres from Copiapó. [1]", [1]
    )
    assert checked.support is Support.SUPPORTED
    assert checked.text == "The mine lies in the Atacama Desert, about 45 kilometres from Copiapó."
    (source,) = checked.sources
    assert source.number == 1
    assert source.quote.startswith("The mine lies in the Atacama Desert")
    assert source.article.text[source.start : source.end] == source.quote


def test_a_number_that_no_cited_passage_has() -> None:
    checked = _check("The mine lies in the Atacama Desert, about 85 kilometres from Copiapó.", [1])
    assert checked.support is Support.UNSUPPORTED
    assert checked.reason == "no cited passage has “85 kilometres”"
    assert checked.sources == ()


def test_a_unit_that_is_another() -> None:
    checked = _check("The mine lies in the Atacama Desert, about 45 miles from Copiapó.", [1])
    assert checked.reason == "no cited passage has “45 miles”"


def test_true_of_a_passage_that_is_not_cited() -> None:
    checked = _check("The ship Albatros was built in Hamburg in 1909.", [1])
    assert checked.support is Support.ELSEWHERE
    assert [source.number for source in checked.sources] == [2]
    assert checked.cited == (1,)


def test_a_sentence_without_a_citation_is_given_one() -> None:
    checked = _check("The ship Albatros was built in Hamburg in 1909.", [])
    assert checked.support is Support.ELSEWHERE
    assert [source.number for source in checked.sources] == [2]


def test_an_altered_quotation() -> None:
    checked = _check("The wreck “will not be sold”.", [2])
    assert checked.support is Support.UNSUPPORTED
    assert checked.reason == "no cited passage has “will not be sold”"


def test_the_reader_names_another() -> None:
    sentence = "The ship Albatros was built in Hamburg in 1909."
    answers = {"The ship Albatros was built in what in 1909?": ("Samuel Pike", 9.0)}
    checked = _check(sentence, [2], answers)
    assert checked.support is Support.UNSUPPORTED
    assert checked.reason == "the source has “Samuel Pike”, not “Hamburg”"


def test_a_denial() -> None:
    checked = _check("The wreck will be raised.", [2])
    assert checked.support is Support.UNSUPPORTED
    assert checked.reason == "it and its source disagree about “raised”"


def test_what_states_nothing_is_not_checkable() -> None:
    assert _check("The articles do not say.", [1]).support is Support.NOT_CHECKABLE
    assert _check("What a wonderful story!", []).support is Support.NOT_CHECKABLE


def test_a_number_without_a_passage_is_left_out() -> None:
    checked = _check("The ship Albatros was built in Hamburg in 1909.", [7, 2, 2])
    assert (checked.cited, checked.support) == ((2,), Support.SUPPORTED)


def test_without_passages_nothing_is_supported() -> None:
    checker = Checker(WordEncoder(), ScriptedReader({}), DoubtingVerifier())
    checked = checker.check("The ship was built in 1909.", [1], [])
    assert (checked.support, checked.reason) == (Support.UNSUPPORTED, "no passage says this")


def test_what_speaks_against_a_sentence_lowers_its_probability() -> None:
    base = dict.fromkeys(WEIGHTS, 0.0) | {"agreed": 1.0, "cosine": 0.8, "weakest": 0.8}
    assert probability(base) > 0.8
    for name in WEIGHTS:
        if name not in ("agreed", "cosine", "weakest", "support"):
            assert probability(base | {name: 1.0}) < probability(base)


WORKED = [
    ("The mine is some 45 km away from Copiapó.", [1], Support.SUPPORTED),
    ("It was in 2007 that the mine was shut after someone had died.", [1], Support.SUPPORTED),
    ("According to Golborne, the job would be difficult.", [1], Support.SUPPORTED),
    ("The Albatros was built in Hamburg.", [1], Support.ELSEWHERE),
    ("A whaler picked up the cook, Samuel Pike, after two days.", [2], Support.SUPPORTED),
    ("The mine was closed in 2004 after a death.", [1], Support.UNSUPPORTED),
    ("The mine lies in the Gobi Desert.", [1], Support.UNSUPPORTED),
    ("Samuel Pike said that the job would be difficult.", [1], Support.UNSUPPORTED),
    ("Only the captain, Samuel Pine, survived.", [2], Support.UNSUPPORTED),
    ("He was picked up after five days on a raft.", [2], Support.UNSUPPORTED),
    ("The company paid each miner a large sum of money.", [1], Support.UNSUPPORTED),
]


@pytest.mark.slow
@pytest.mark.parametrize(("sentence", "cited", "support"), WORKED)
def test_with_the_real_models(
    real_encoder: Encoder,
    real_reader: Reader,
    real_verifier: Verifier,
    sentence: str,
    cited: list[int],
    support: Support,
) -> None:
    checked = Checker(real_encoder, real_reader, real_verifier).check(sentence, cited, PASSAGES)
    assert checked.support is support, checked.reason
