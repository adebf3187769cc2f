"""With a device, Sentence-Transformers embeds there; the library stays compatible."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.errors import ModelError
from qa.library import Library
from qa.models.encoder import OnnxEncoder
from qa.models.opening import open_encoder
from qa.models.torch_models import SentenceTransformersEncoder

pytestmark = pytest.mark.slow

TEXTS = ["Ash closed the airports of Europe.", "Voters in France chose a president."]


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The devices used; the CPU poses as a GPU."""
    import sentence_transformers

    asked: list[str] = []
    real: Callable[..., Any] = sentence_transformers.SentenceTransformer

    def fake(folder: str, *, device: str, **values: Any) -> Any:
        asked.append(device)
        return real(folder, device="cpu", **values)

    monkeypatch.setattr("sentence_transformers.SentenceTransformer", fake)
    monkeypatch.setattr("qa.models.torch_models._require_device", lambda device: None)
    return asked


def test_export_and_device_share_a_library(
    real_encoder: OnnxEncoder, devices: list[str], home: Path, articles: Path, tmp_path: Path
) -> None:
    with Library.open(tmp_path / "library", device="cuda") as library:
        library.add(articles)
        assert isinstance(library.encoder, SentenceTransformersEncoder)
        assert devices == ["cuda"]
    with Library.open(tmp_path / "library") as library:
        (hit, *_) = library.search("Who erupted?", k=1)
        assert "volcano" in hit.passage.text
        assert isinstance(library.encoder, OnnxEncoder)
        (articles / "third.txt").write_text("Snow fell on Oslo.\n")
        assert library.add(articles).new == 1


def test_export_and_device_tokenise_and_embed_alike(
    real_encoder: OnnxEncoder, devices: list[str]
) -> None:
    other = open_encoder(device="cuda")
    assert other.fingerprint == real_encoder.fingerprint
    assert other.room_tokens == real_encoder.room_tokens
    assert list(other.count_tokens(TEXTS)) == real_encoder.count_tokens(TEXTS)
    one, two = other.encode(TEXTS, "passage"), real_encoder.encode(TEXTS, "passage")
    assert np.sum(one * two, axis=1).min() > 0.97


@pytest.mark.parametrize("device", [None, "cpu"])
def test_without_a_device_the_export_runs(
    real_encoder: OnnxEncoder, devices: list[str], device: str | None
) -> None:
    assert isinstance(open_encoder(device=device), OnnxEncoder)
    assert devices == []


@pytest.mark.parametrize("device", ["abacus", "cuda:99"])
def test_a_missing_device_is_an_error(real_encoder: OnnxEncoder, device: str) -> None:
    with pytest.raises(ModelError, match=f"There is no device {device} here"):
        open_encoder(device=device)
