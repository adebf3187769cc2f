"""The exported default encoder agrees with the original, whatever other texts are encoded."""

import json
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.models.encoder import OnnxEncoder
from qa.models.manifest import MANIFEST
from qa.models.opening import open_encoder

pytestmark = pytest.mark.slow

SEEDS = Path(__file__).parents[2] / "seeds"
Rows = NDArray[np.float32]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Paragraphs of all lengths from the sample articles."""
    found = []
    for path in sorted(SEEDS.glob("*.txt")) + sorted(SEEDS.glob("*.md")):
        found += [part for part in path.read_text("utf-8").split("\n\n") if len(part) > 40]
    for line in (SEEDS / "wire.jsonl").read_text("utf-8").splitlines():
        found += json.loads(line)["text"].split("\n\n")
    return found


@pytest.fixture(scope="module")
def alone(real_encoder: OnnxEncoder, texts: list[str]) -> Rows:
    return np.concatenate([real_encoder.encode([text], "passage") for text in texts[:24]])


@pytest.fixture(scope="module")
def original() -> Any:
    from qa.models import catalog
    from qa.models.torch_models import load_sentence_transformer

    return load_sentence_transformer(catalog.find(None).require())


def cosines(one: Rows, two: Rows) -> Rows:
    found: Rows = np.sum(one * two, axis=1)
    return found


def test_the_export_agrees_with_sentence_transformers(
    real_encoder: OnnxEncoder, original: Any, texts: list[str]
) -> None:
    part = texts[::6]
    ours = real_encoder.encode(part, "passage")
    theirs = original.encode(part, normalize_embeddings=True, show_progress_bar=False)
    agreement = cosines(ours, theirs)
    print(f"\n{len(part)} texts: mean cosine {agreement.mean():.4f}, least {agreement.min():.4f}")
    assert agreement.mean() >= 0.99
    assert agreement.min() >= 0.97


def test_neighbours_are_those_of_the_original(
    real_encoder: OnnxEncoder, original: Any, texts: list[str]
) -> None:
    """The passage nearest to a question is what a user notices."""
    part = texts[:20]
    lines = (SEEDS / "questions.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines[:20]]
    ours = real_encoder.encode(questions, "question") @ real_encoder.encode(part, "passage").T
    theirs = (
        original.encode(questions, show_progress_bar=False)
        @ original.encode(part, show_progress_bar=False).T
    )
    lost = theirs.max(axis=1) - theirs[np.arange(len(questions)), ours.argmax(axis=1)]
    assert lost.max() <= 0.05, "our nearest passage is nearly the nearest for the original"
    assert lost.mean() <= 0.01


def test_an_embedding_does_not_depend_on_the_other_texts(
    real_encoder: OnnxEncoder, texts: list[str], alone: Rows
) -> None:
    part = texts[:24]
    others = ["x", "!" * 2000, "word " * 300, "🌋" * 50, ""]
    for beside in (part[::-1], others, texts[30:33]):
        together = real_encoder.encode([*beside, *part], "passage")[len(beside) :]
        assert cosines(together, alone).min() >= 0.999
    assert real_encoder.encode(part, "passage").tobytes() == alone.tobytes()


def test_rows_keep_their_order(real_encoder: OnnxEncoder, texts: list[str], alone: Rows) -> None:
    backwards = real_encoder.encode(texts[:24][::-1], "passage")[::-1]
    assert np.argmax(backwards @ alone.T, axis=1).tolist() == list(range(24))


ODD = [
    "",
    " ",
    "\n",
    "a",
    "🌋🌋🌋",
    "👩‍👩‍👧‍👦 🇮🇸",
    "東京で地震がありました。",
    "مرحبا بالعالم",
    "\x00\x01\x1b[31m\x7f",
    "\u202eabc\u2066",
    "[CLS] [SEP] [PAD] [MASK]",
    "e" + "\u0301" * 40,
    "a" * 20_000,
    "word " * 5_000,
    "".join(map(chr, range(0x20, 0x500))),
]


@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:12]))
def test_any_text_has_a_unit_embedding(real_encoder: OnnxEncoder, text: str) -> None:
    for role in ("question", "passage"):
        vectors = real_encoder.encode([text, "Ash fell."], role)
        assert vectors.shape == (2, real_encoder.dimension)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-4)
    (count,) = real_encoder.count_tokens([text])
    assert (count == 0) == (unicodedata.normalize("NFC", text).strip("\x00\x01 \n") == "")


def test_no_texts(real_encoder: OnnxEncoder) -> None:
    assert real_encoder.encode([], "passage").shape == (0, 384)
    assert real_encoder.count_tokens([]) == []


def test_texts_are_truncated_at_the_limit_and_not_before(real_encoder: OnnxEncoder) -> None:
    room = real_encoder.room_tokens
    assert room == 254, "256 with the two special tokens"
    within, beyond = "ash " * (room - 1), "ash " * room
    assert real_encoder.count_tokens([within + "snow", beyond + "snow"]) == [room, room + 1]
    full, changed, cut, uncut = real_encoder.encode(
        [beyond, within + "snow", beyond + "snow", beyond + "volcano " * 999], "passage"
    )
    assert cut.tobytes() == uncut.tobytes() == full.tobytes()
    assert changed.tobytes() != full.tobytes()


def test_token_counts_are_those_of_the_model_s_own_tokenizer(
    real_encoder: OnnxEncoder, original: Any, texts: list[str]
) -> None:
    ours = real_encoder.count_tokens(texts)
    original.tokenizer.backend_tokenizer.no_truncation()
    theirs: Sequence[list[int]] = original.tokenizer(
        texts, add_special_tokens=False, truncation=False, verbose=False
    )["input_ids"]
    assert ours == [len(ids) for ids in theirs]


def test_opening_again_reuses_the_export(
    real_encoder: OnnxEncoder, session_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again(*_: object) -> None:
        raise AssertionError("exported twice")

    monkeypatch.setattr("qa.models.export.export", again)
    encoder = open_encoder()
    assert encoder.fingerprint == real_encoder.fingerprint
    (manifest,) = (session_home / "cache").rglob(f"*all-MiniLM*/{MANIFEST}")
    kept = {path.name for path in manifest.parent.iterdir()}
    assert kept == {"manifest.json", "model.onnx", "tokenizer.json"}
    beside = {path.name for path in manifest.parent.parent.glob("*all-MiniLM*")}
    assert beside <= {manifest.parent.name, f"{manifest.parent.name}.lock"}


def test_encoding_imports_no_torch(real_encoder: OnnxEncoder) -> None:
    program = (
        "import sys\n"
        "from qa.models.opening import open_encoder\n"
        "encoder = open_encoder()\n"
        "encoder.encode(['Who fell?'], 'question'); encoder.encode(['a', 'b'], 'passage')\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx', 'scipy', 'sklearn'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
