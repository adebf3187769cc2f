"""Readers exported from folders: their spans, windows, time limit and errors."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from qa.datatypes import Article, Passage
from qa.errors import ModelError
from qa.models import catalog
from qa.models.catalog import WEIGHTS, ModelEntry
from qa.models.opening import open_reader
from qa.models.reader import MOST_QUESTION_TOKENS, SPANS_EACH, OnnxReader
from qa.models.spans import MOST_SPAN_TOKENS
from qa.models.trace import PROBES, READER_TOKENS
from qa.sentences import sentence_bounds

pytestmark = pytest.mark.slow

WORDS = "the ship was freed on monday when tide rose and tugs pulled who why harbour fire".split()
QUESTION = "Who freed the ship?"


def passage(text: str, start: int = 0, end: int | None = None) -> Passage:
    article = Article("1", "", "a.txt", None, text, "")
    return Passage(article, start, len(text) if end is None else end)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small random reader, saved by transformers."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering, BertTokenizer

    folder = tmp_path_factory.mktemp("tiny")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "?", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=512,
    )
    BertForQuestionAnswering(config).save_pretrained(folder / "model")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder / "model")
    return folder / "model"


@pytest.fixture
def tiny_reader(tiny: Path, home: Path) -> OnnxReader:
    """That reader, exported."""
    reader = open_reader(str(tiny))
    assert isinstance(reader, OnnxReader)
    return reader


def test_a_folder_s_reader_agrees_with_transformers(tiny: Path, tiny_reader: OnnxReader) -> None:
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    model = AutoModelForQuestionAnswering.from_pretrained(tiny)
    tokenizer = AutoTokenizer.from_pretrained(tiny)
    for (question, text), (start, end) in zip(PROBES, tiny_reader.logits(PROBES), strict=True):
        features = tokenizer(question, text, return_tensors="pt")
        with torch.inference_mode():
            wanted = model(**features)
        for found, logits in ((start, wanted.start_logits), (end, wanted.end_logits)):
            assert found.shape == logits[0].shape
            assert np.corrcoef(found, logits[0].numpy())[0, 1] > 0.9


def test_spans_are_exact_offsets_in_the_article_best_first(tiny_reader: OnnxReader) -> None:
    text = "Fire! " * 3 + "The ship was freed on Monday. Tugs pulled when the tide rose. " * 4
    passages = [passage(text, 18, 80), passage(text, 80, len(text))]
    spans = tiny_reader.read(QUESTION, passages)
    assert spans
    assert [span.score for span in spans] == sorted((s.score for s in spans), reverse=True)
    for each in passages:
        inside = [span for span in spans if span.passage is each]
        assert 1 <= len(inside) <= SPANS_EACH
        for one, span in enumerate(inside):
            assert each.start <= span.start < span.end <= each.end
            assert span.text == text[span.start : span.end] == span.text.strip()
            assert len(span.text.split()) <= MOST_SPAN_TOKENS
            assert all(span.end <= o.start or span.start >= o.end for o in inside[:one])


def test_spans_lie_within_a_sentence_and_outside_the_dateline(tiny_reader: OnnxReader) -> None:
    text = "date 2021-03-29 SUEZ Tugs pulled. The tide rose.\n\nFire in the harbour\n\nWhy Monday"
    found = tiny_reader.read(QUESTION, [passage(text), passage(text, 34)])
    assert found
    bounds = sentence_bounds(text)
    for span in found:
        assert span.start >= text.index("Tugs")
        assert any(start <= span.start and span.end <= end for start, end in bounds)


def test_the_spans_of_a_passage_do_not_depend_on_other_passages(
    tiny_reader: OnnxReader,
) -> None:
    one, other = passage("The ship was freed on Monday."), passage("Tugs pulled. Fire in harbour!")
    alone = tiny_reader.read(QUESTION, [one])
    beside = tiny_reader.read(QUESTION, [other, one])
    assert alone == [span for span in beside if span.passage is one]


def test_a_long_passage_is_read_to_its_end_in_windows(tiny_reader: OnnxReader) -> None:
    text = "the tide rose and tugs pulled . " * 200
    found = tiny_reader.read(QUESTION, [passage(text)])
    assert found
    alone = max(span.score for span in tiny_reader.read(QUESTION, [passage(text[-1000:])]))
    assert found[0].score >= alone - 5
    encoding_pieces = len(text.split())
    assert encoding_pieces > 2 * READER_TOKENS


@pytest.mark.parametrize("text", ["", " \n ", "?!…", "\u200b", "🌋", "[SEP] [CLS]"])
def test_texts_without_a_word_give_no_empty_span(tiny_reader: OnnxReader, text: str) -> None:
    for span in tiny_reader.read(QUESTION, [passage(text)]):
        assert span.text.strip() == span.text != ""


def test_a_very_long_question_leaves_room_for_the_passage(
    tiny_reader: OnnxReader,
) -> None:
    question = "who freed the ship on monday " * 500
    assert len(question.split()) > 10 * MOST_QUESTION_TOKENS
    spans = tiny_reader.read(question, [passage("The ship was freed when the tide rose.")])
    assert spans


def test_after_the_time_limit_only_the_first_passage_is_read(tiny_reader: OnnxReader) -> None:
    passages = [passage(f"The ship was freed on Monday. {number}") for number in range(6)]
    spans = tiny_reader.read(QUESTION, passages, seconds=-1.0)
    assert {id(span.passage) for span in spans} == {id(passages[0])}
    assert len({id(s.passage) for s in tiny_reader.read(QUESTION, passages, seconds=60.0)}) == 6


def test_no_passages_give_no_spans(tiny_reader: OnnxReader) -> None:
    assert tiny_reader.read(QUESTION, []) == []


def test_differences_added_to_an_encoder_make_the_reader(tiny: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    from qa.models.torch_models import load_question_answering

    base, difference = tmp_path / "base", tmp_path / "difference"
    shutil.copytree(tiny, base)
    difference.mkdir()
    whole = load_file(tiny / WEIGHTS)
    encoder = {
        name.removeprefix("bert."): tensor + 0.25
        for name, tensor in whole.items()
        if name.startswith("bert.")
    }
    save_file({**encoder, "pooler.dense.weight": torch.zeros(2, 2)}, base / WEIGHTS)
    save_file(
        {
            name: (tensor - encoder.get(name.removeprefix("bert."), 0)).half()
            for name, tensor in whole.items()
        },
        difference / WEIGHTS,
    )
    model, _ = load_question_answering(difference, base)
    found = model.state_dict()
    for name, tensor in whole.items():
        assert torch.allclose(found[name], tensor, atol=1e-3), name


def test_a_folder_without_a_reader_is_refused_with_the_reason(
    tiny: Path, tmp_path: Path, home: Path
) -> None:
    with pytest.raises(ModelError, match=r"No model or folder is called nowhere\. models\.txt"):
        open_reader("nowhere")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ModelError, match=r"contains no model\.safetensors"):
        open_reader(str(empty))
    broken = tmp_path / "broken"
    shutil.copytree(tiny, broken)
    (broken / WEIGHTS).write_bytes((broken / WEIGHTS).read_bytes()[:100])
    with pytest.raises(ModelError, match="cannot be loaded as a reader"):
        open_reader(str(broken))
    values = json.loads((tiny / "config.json").read_text())
    shutil.copytree(tiny, tmp_path / "other")
    (tmp_path / "other" / "config.json").write_text(json.dumps({**values, "model_type": "t5"}))
    with pytest.raises(ModelError):
        open_reader(str(tmp_path / "other"))


def test_models_are_found_by_their_role() -> None:
    reader: ModelEntry = catalog.find(None, "reader")
    encoder = catalog.find(None)
    assert (reader.role, encoder.role) == ("reader", "encoder")
    assert reader.base == encoder.name
    assert catalog.role_of("tinyroberta-squad2") == "reader"
    assert catalog.role_of(encoder.name) == "encoder"
    with pytest.raises(ModelError):
        catalog.find(reader.name, "encoder")
