"""Claims with evidence: from questions, from a collection of news, and written ones."""

import gzip
import json
import random
from collections import Counter
from pathlib import Path

import pytest

from qa.questions.words import Lexicon
from qa.sentences import sentence_bounds
from qa.training import claims as module
from qa.training.claim_rules import (
    APART,
    MOST_CHARACTERS,
    denied,
    elsewhere,
    exchanged,
    varied,
    window,
)
from qa.training.claims import ClaimEpochs
from qa.training.examples import TrainingSet
from qa.training.tokens import load_tokenizer

TEXT = (
    "The council of Aldbury bought the mill from Anna Marsh in May. It was not cheap. "
    "The mayor, Peter Holt, praised Anna Marsh for her patience. "
    + "Rain fell on the lower lock for many days, and nobody in the town could cross it. " * 8
    + "The inn was sold to Peter Holt."
)
LEXICON = Lexicon(frozenset(), frozenset(), Counter({"buy": 9, "praise": 9}))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A collection of one article, with two claims about it."""
    (tmp_path / "scale").mkdir()
    with gzip.open(tmp_path / "scale" / "wikinews_en.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.write(json.dumps({"id": "a", "title": "Town buys mill", "text": TEXT}))
    rows = [
        {"id": "a", "label": True, "kind": "passive", "at": "bought the mill", "claim": "Sold."},
        {"id": "a", "label": False, "kind": "role", "at": "was sold to", "claim": "Holt sold it."},
    ]
    file = tmp_path / "claims.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    monkeypatch.setattr(module, "CLAIMS_FILE", file)
    return tmp_path


def test_written_claims_stand_beside_their_evidence(
    folder: Path, training_set: TrainingSet, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BESIDE", 1.0)
    epochs = ClaimEpochs(training_set, folder, load_tokenizer(model_folder), 512, seed=1)
    held, apart, false = epochs.written(random.Random(3))
    assert (held.text, held.headline, held.is_held) == ("Sold.", "Town buys mill", True)
    assert "bought the mill" in held.evidence
    assert (apart.text, apart.is_held) == ("Sold.", False)
    assert "bought the mill" not in apart.evidence
    assert not false.is_held
    assert "was sold to" in false.evidence


def test_an_epoch_can_be_built_again(
    folder: Path, training_set: TrainingSet, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEADLINES", 1)
    monkeypatch.setattr(module, "SENTENCES", 1)
    monkeypatch.setitem(module.SHARES, "made_up", 1.0)
    tokenizer = load_tokenizer(model_folder)
    epochs = ClaimEpochs(training_set, folder, tokenizer, 512, seed=1)
    first = epochs.batches(0)
    assert first == ClaimEpochs(training_set, folder, tokenizer, 512, seed=1).batches(0)
    found = [example for batch in first for example in batch]
    assert {example.answerable for example in found} == {True, False}
    assert all(not example.spans for example in found)
    alone = ClaimEpochs(training_set, folder, tokenizer, 512, seed=1, written_alone=True)
    assert 2 <= sum(map(len, alone.batches(0))) < len(found)


def test_an_answer_of_the_same_kind_makes_a_false_claim(
    folder: Path, training_set: TrainingSet, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEADLINES", 0)
    monkeypatch.setattr(module, "SENTENCES", 0)
    monkeypatch.setitem(module.SHARES, "made_up", 1.0)
    epochs = ClaimEpochs(training_set, folder, load_tokenizer(model_folder), 512, seed=1)
    found = {
        (claim.text, claim.is_held)
        for seed in range(20)
        for claim in epochs.claims(random.Random(seed))
    }
    assert ("Anna Marsh built the mill at Aldbury.", True) in found
    assert ("Anna Marsh built the mill at Aldbury.", False) not in found
    assert ("Aldbury built the mill at Aldbury.", False) in found


def test_a_window_holds_the_sentences_between_two_offsets() -> None:
    bounds = sentence_bounds(TEXT)
    first, last = TEXT.index("not cheap"), TEXT.index("praised")
    for seed in range(10):
        found = window(TEXT, bounds, first, last, random.Random(seed))
        assert found in TEXT
        assert "It was not cheap. The mayor, Peter Holt, praised" in found
    alone = window(TEXT, bounds, 0, len(TEXT) - 5, random.Random(1))
    assert alone.startswith("The council")
    assert len(alone) <= MOST_CHARACTERS


def test_elsewhere_is_well_away() -> None:
    bounds = sentence_bounds(TEXT)
    found = elsewhere(bounds, 10, 20, random.Random(1))
    assert found is not None
    assert found > 20 + APART
    assert elsewhere(bounds[:2], 10, 20, random.Random(1)) is None


def test_two_names_change_places() -> None:
    found = exchanged("Peter Holt praised Anna Marsh.", TEXT, random.Random(1))
    assert found == "Anna Marsh praised Peter Holt."
    assert exchanged("Peter Holt and Anna Marsh met.", TEXT, random.Random(1)) is None
    assert exchanged("Rain fell on Peter Holt.", TEXT, random.Random(1)) is None


def test_a_verb_is_denied() -> None:
    found = {denied("The council bought it.", LEXICON, random.Random(seed)) for seed in range(20)}
    assert "The council did not buy it." in found
    assert "The council never bought it." in found
    assert denied("It was not cheap.", LEXICON, random.Random(1)) == "It was cheap."
    assert denied("It was cheap.", LEXICON, random.Random(1)) in (
        "It was not cheap.",
        "It was never cheap.",
    )
    assert denied("A mill by the lock", LEXICON, random.Random(1)) is None


def test_sums_and_days_are_written_in_other_ways() -> None:
    found = {
        varied("It cost $1.1 billion, 5% more than on October 9.", random.Random(seed))
        for seed in range(60)
    }
    assert "It cost 1.1 billion dollars, 5 percent more than on 9 October." in found
    assert "It cost $1.1 billion, 5% more than on October 9." in found
