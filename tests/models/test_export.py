"""The cache of exported models: remade if necessary, and only then."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from qa.errors import ModelError
from qa.models import catalog
from qa.models.catalog import WEIGHTS, ModelEntry, file_sha256
from qa.models.encoder import OnnxEncoder
from qa.models.manifest import (
    GRAPH,
    MANIFEST,
    TOKENIZER,
    Manifest,
    cache_folder,
    is_whole,
    load_manifest,
)
from qa.models.opening import open_encoder

pytestmark = pytest.mark.slow

Exports = list[str]


@pytest.fixture
def copied(real_encoder: OnnxEncoder, home: Path) -> Path:
    """The folder of a copy of the export, in a cache of this test's own."""
    folder = cache_folder(catalog.find(None))
    whole = home / "copy"
    shutil.copytree(folder, whole)
    (home / "cache").unlink()
    folder.parent.mkdir(parents=True)
    shutil.copytree(whole, folder)
    return folder


@pytest.fixture
def exports(copied: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Exports:
    """The names of the models exported; an export only restores the good copy, which is fast."""
    asked: Exports = []

    def fake(entry: ModelEntry, source: Path) -> Manifest:
        asked.append(entry.name)
        shutil.rmtree(copied, ignore_errors=True)
        shutil.copytree(home / "copy", copied)
        found = load_manifest(entry, source)
        assert found is not None
        return found

    monkeypatch.setattr("qa.models.export.export", fake)
    return asked


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def remove(path: Path) -> None:
    path.unlink()


def change_weights(path: Path) -> None:
    """Zero the weights of one layer; the file is still a valid graph."""
    import onnx

    graph = onnx.load(path)
    sizes = {len(tensor.raw_data): tensor for tensor in graph.graph.initializer}
    words, layer = sorted(sizes, reverse=True)[:2]
    assert layer < words
    sizes[layer].raw_data = bytes(layer)
    onnx.save(graph, path)


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER, MANIFEST])
@pytest.mark.parametrize("damage", [cut, empty, remove])
def test_a_damaged_cache_is_remade(
    copied: Path, exports: Exports, name: str, damage: Callable[[Path], None]
) -> None:
    if (name, damage) == (MANIFEST, cut):
        damage = empty
    damage(copied / name)
    encoder = open_encoder()
    assert len(exports) == 1
    assert encoder.encode(["Ash fell."], "passage").shape == (1, 384)


def test_damage_to_a_graph_that_still_loads_is_noticed(copied: Path, exports: Exports) -> None:
    wanted = open_encoder().encode(["Ash fell on Iceland."], "passage")
    change_weights(copied / GRAPH)
    found = open_encoder().encode(["Ash fell on Iceland."], "passage")
    print(f"\ncosine after damage {float(np.sum(found * wanted)):.3f}")
    assert found.tobytes() == wanted.tobytes()
    assert len(exports) == 1


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER])
def test_one_flipped_byte_is_noticed_when_loading(
    copied: Path, exports: Exports, name: str
) -> None:
    whole = (copied / name).read_bytes()
    facts = json.loads((copied / MANIFEST).read_text())
    digests = {each: digest for each, (_, _, digest) in facts["made"].items()}
    assert digests == {each: file_sha256(copied / each) for each in (GRAPH, TOKENIZER)}
    open_encoder()
    assert exports == []
    damaged = bytearray(whole)
    damaged[len(damaged) // 2] ^= 1
    (copied / name).write_bytes(damaged)
    open_encoder()
    assert len(exports) == 1
    assert (copied / name).read_bytes() == whole


def test_a_copy_of_the_cache_is_recognised_by_its_digests(copied: Path, exports: Exports) -> None:
    for name in (GRAPH, TOKENIZER):
        os.utime(copied / name, ns=(1, 1))
    open_encoder()
    assert exports == []
    facts = json.loads((copied / MANIFEST).read_text())["made"]
    assert {modified for _, modified, _ in facts.values()} == {
        1
    }  # so that next time the times suffice


def test_damage_that_keeps_size_and_time_is_found_by_a_thorough_check(copied: Path) -> None:
    entry, graph = catalog.find(None), copied / GRAPH
    manifest = load_manifest(entry, entry.require())
    assert manifest is not None
    assert is_whole(entry, manifest, thoroughly=True)
    facts, damaged = graph.stat(), bytearray(graph.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    graph.write_bytes(damaged)
    os.utime(graph, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert is_whole(entry, manifest)
    assert not is_whole(entry, manifest, thoroughly=True)


def test_an_export_by_an_older_recipe_is_remade(
    copied: Path, exports: Exports, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = json.loads((copied / MANIFEST).read_text())
    facts["recipe"] -= 1
    (copied / MANIFEST).write_text(json.dumps(facts))
    open_encoder()
    assert len(exports) == 1


def test_changed_weights_are_noticed(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = catalog.find(None)
    source = tmp_path / "model"
    shutil.copytree(entry.require(), source, copy_function=shutil.copy2)
    assert load_manifest(entry, source) is not None
    weights = source / WEIGHTS
    facts = weights.stat()
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    os.utime(weights, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    assert load_manifest(entry, source) is None
    weights.write_bytes(weights.read_bytes() + b"?")
    os.utime(weights, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert load_manifest(entry, source) is None


def test_the_same_files_with_other_times_need_no_new_export(copied: Path, tmp_path: Path) -> None:
    """For example after reinstalling, or in another environment with the same QA_HOME."""
    entry = catalog.find(None)
    source = tmp_path / "model"
    shutil.copytree(entry.require(), source)
    for path in source.rglob("*"):
        os.utime(path, ns=(1, 1))
    assert load_manifest(entry, source) is not None
    assert load_manifest(entry, entry.require()) is not None


def test_a_manifest_changed_on_disk_is_not_trusted(copied: Path) -> None:
    entry = catalog.find(None)
    path = copied / MANIFEST
    whole = path.read_text()
    assert load_manifest(entry, entry.require()) is not None
    for old, new in (
        ('"dimension": 384', '"dimension": 385'),
        ('"exported": true', '"exported": false'),
    ):
        assert old in whole
        path.write_text(whole.replace(old, new))
        assert load_manifest(entry, entry.require()) is None
    path.write_text("[]")
    assert load_manifest(entry, entry.require()) is None


def test_a_read_only_cache_is_usable(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = catalog.find(None)
    for path in copied.iterdir():
        os.utime(path, (1, 1))

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("qa.models.manifest.write_manifest", refuse)
    manifest = load_manifest(entry, entry.require())
    assert manifest is not None
    assert is_whole(entry, manifest)


def test_a_cache_that_cannot_be_written_is_reported_in_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("qa.models.opening.load_manifest", lambda entry, source: None)
    monkeypatch.setattr("qa.models.export.export", refuse)
    with pytest.raises(ModelError, match=r"cannot be written .read-only file system.*QA_HOME"):
        open_encoder()
