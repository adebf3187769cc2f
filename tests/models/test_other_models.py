"""Encoders other than the default: a tiny one, exported or run in Sentence-Transformers."""

import json
from pathlib import Path

import numpy as np
import pytest

from qa import Library
from qa.errors import ModelMismatchError
from qa.models import export
from qa.models.encoder import Encoder, OnnxEncoder
from qa.models.opening import open_encoder
from qa.models.torch_models import SentenceTransformersEncoder
from qa.models.trace import NotExportableError

pytestmark = pytest.mark.slow

SENTENCE = "the ship was freed on monday when tide rose and tugs pulled who why harbour fire"
WORDS = SENTENCE.split()
PROMPTS = {"query": "who ", "document": "the "}
TEXTS = ["The ship was freed on Monday.", "Fire and tide.", "Who pulled?"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small random model with prompts, saved by Sentence-Transformers."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("tiny")
    (folder / "vocab.txt").write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "?", *WORDS])
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS) + 7,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    words = Transformer(str(folder / "bert"), max_seq_length=48)
    pooling = Pooling(32, pooling_mode="cls")
    model = SentenceTransformer(modules=[words, pooling], prompts=PROMPTS, device="cpu")
    model.save(str(folder / "model"))
    return folder / "model"


def test_a_folder_is_exported_with_its_pooling_limit_and_prompts(tiny: Path, home: Path) -> None:
    encoder = open_encoder(str(tiny))
    assert isinstance(encoder, OnnxEncoder)
    assert encoder.dimension == 32
    assert encoder.room_tokens == 48 - 2 - 1
    _assert_agrees(encoder, tiny)


def test_a_model_that_cannot_be_exported_runs_in_sentence_transformers(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_HOME", str(tmp_path))

    def refuse(*_: object) -> None:
        raise NotExportableError("it is refused here")

    monkeypatch.setattr("qa.models.trace._export", refuse)
    encoder = open_encoder(str(tiny))
    assert isinstance(encoder, SentenceTransformersEncoder)
    assert encoder.room_tokens == 48 - 2 - 1
    assert encoder.count_tokens(["the ship", ""]) == [2, 0]
    _assert_agrees(encoder, tiny)
    monkeypatch.setattr(export, "export", refuse)
    assert isinstance(open_encoder(str(tiny)), SentenceTransformersEncoder), (
        "the export is not tried again"
    )


def test_a_library_keeps_its_model_until_it_is_re_embedded(tiny: Path, home: Path) -> None:
    articles = home / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text("The ship was freed on Monday when the tide rose.")
    with Library.open(home / "library", model=str(tiny)) as library:
        library.add(articles)
        assert library.status().model == str(tiny)
    with Library.open(home / "library") as library:
        assert library.search("Who freed the ship?")[0].passage.text.startswith("The ship")
    other = "sentence-transformers/all-MiniLM-L6-v2"
    with (
        Library.open(home / "library", model=other) as library,
        pytest.raises(ModelMismatchError, match=f"qa index --reembed --model {other}"),
    ):
        library.add(articles)
    with Library.open(home / "library", model=other) as library:
        library.reembed(other)
        assert library.status().model == other
        assert library.search("Who freed the ship?")[0].why.cosine > 0.5
        assert library.check() == []


def test_a_change_in_a_model_s_folder_is_noticed(tiny: Path, home: Path, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "model"
    shutil.copytree(tiny, folder)
    (home / "a.txt").write_text("The ship was freed.")
    with Library.open(home / "library", model=str(folder)) as library:
        library.add(home / "a.txt")
    pooling = folder / "1_Pooling" / "config.json"
    values = json.loads(pooling.read_text())
    pooling.write_text(json.dumps({**values, "pooling_mode": "mean"}))
    with Library.open(home / "library") as library, pytest.raises(ModelMismatchError):
        library.search("Who was freed?")


def _assert_agrees(encoder: Encoder, folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    original = SentenceTransformer(str(folder), device="cpu")
    for role, wanted in (
        ("question", original.encode_query(TEXTS, normalize_embeddings=True)),
        ("passage", original.encode_document(TEXTS, normalize_embeddings=True)),
    ):
        found = encoder.encode(TEXTS, role)  # type: ignore[arg-type]
        assert np.sum(found * wanted, axis=1).min() > 0.98, role
