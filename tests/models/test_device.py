"""A device that was asked for: sentence-transformers embeds there, for the same library."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.errors import ModelError
from qa.library import Library
from qa.models.encoder import OnnxEncoder, open_encoder
from qa.models.fallback import SentenceTransformersEncoder

pytestmark = pytest.mark.slow

TEXTS = ["Ash closed the airports of Europe.", "Voters in France chose a president."]


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The devices that were used: there is a GPU, played by the processor."""
    import sentence_transformers

    asked: list[str] = []
    real: Callable[..., Any] = sentence_transformers.SentenceTransformer

    def played(folder: str, *, device: str, **values: Any) -> Any:
        asked.append(device)
        return real(folder, device="cpu", **values)

    monkeypatch.setattr("sentence_transformers.SentenceTransformer", played)
    monkeypatch.setattr("qa.models.fallback._require", lambda device: None)
    return asked


def test_both_make_the_same_library(
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


def test_both_cut_and_embed_alike(real_encoder: OnnxEncoder, devices: list[str]) -> None:
    other = open_encoder(device="cuda")
    assert other.fingerprint == real_encoder.fingerprint
    assert other.room_tokens == real_encoder.room_tokens
    assert list(other.count_tokens(TEXTS)) == real_encoder.count_tokens(TEXTS)
    one, two = other.encode(TEXTS, "passage"), real_encoder.encode(TEXTS, "passage")
    assert np.sum(one * two, axis=1).min() > 0.97


@pytest.mark.parametrize("device", [None, "cpu"])
def test_without_one_the_export_runs(
    real_encoder: OnnxEncoder, devices: list[str], device: str | None
) -> None:
    assert isinstance(open_encoder(device=device), OnnxEncoder)
    assert devices == []


@pytest.mark.parametrize("device", ["abacus", "cuda:99"])
def test_a_device_that_is_not_there(real_encoder: OnnxEncoder, device: str) -> None:
    with pytest.raises(ModelError, match=f"There is no device {device} here"):
        open_encoder(device=device)
