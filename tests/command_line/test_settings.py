"""``qa config``, ``qa completion``, and settings from flags, variables and the config file."""

import re
import shutil
import subprocess

import pytest

from tests.command_line.shell import Shell, write

pytestmark = pytest.mark.slow


def test_config_names_each_setting_and_where_it_comes_from(fresh: Shell) -> None:
    found = fresh("config", "--json").json("config")
    library = fresh.home / "data" / "libraries" / "default"
    assert found["settings"] == {
        "library": {"value": str(library), "from": "default"},
        "model": {"value": None, "from": "default"},
        "reader": {"value": None, "from": "default"},
        "hits": {"value": 10, "from": "default"},
        "links": {"value": "auto", "from": "default"},
    }
    file = fresh.home / "config" / "config.toml"
    assert (found["file"], found["file_exists"]) == (str(file), False)
    assert "does not exist" in fresh("config").out
    file.parent.mkdir()
    file.write_text('hits = 3\nmodel = "from-file"\n')
    variables = {"QA_HITS": "4", "QA_READER": "from-variable"}
    done = fresh("config", "--library", "news", "--json", variables=variables)
    settings = done.json("config")["settings"]
    assert {name: (each["value"], each["from"]) for name, each in settings.items()} == {
        "library": (str(library.with_name("news")), "flag"),
        "model": ("from-file", "file"),
        "reader": ("from-variable", "variable"),
        "hits": (4, "variable"),
        "links": ("auto", "default"),
    }
    out = fresh("config", "-k", "5", variables=variables).out
    assert re.search(r"^hits +5 +\(flag\)$", out, re.MULTILINE)
    assert re.search(r"^reader +from-variable +\(variable QA_READER\)$", out, re.MULTILINE)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(fresh: Shell, shell: str) -> None:
    done = fresh("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert "_QA_COMPLETE" in done.out
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.out, text=True, check=True)


def test_completion_completes_commands(fresh: Shell) -> None:
    variables = {"_QA_COMPLETE": "zsh_complete", "COMP_WORDS": "qa s", "COMP_CWORD": "1"}
    assert {"search", "show", "status"} <= set(fresh(variables=variables).out.split())


def test_a_flag_beats_a_variable_beats_the_config_file(fresh: Shell) -> None:
    config = fresh.home / "config" / "config.toml"
    config.parent.mkdir()
    libraries = fresh.home / "data" / "libraries"
    here = ["ls"]
    assert f"{libraries / 'default'} " in fresh(*here).err
    config.write_text('library = "from-file"\n')
    assert f"{libraries / 'from-file'} " in fresh(*here).err
    assert f"{libraries / 'variable'} " in fresh(*here, variables={"QA_LIBRARY": "variable"}).err
    flag = fresh(*here, "--library", "flag", variables={"QA_LIBRARY": "variable"}).err
    assert f"{libraries / 'flag'} " in flag
    assert f"{fresh.folder / 'path'} " in fresh(*here, "--library", "./path").err


def test_a_library_is_a_name_or_a_path(fresh: Shell) -> None:
    write(fresh.folder, {"one.txt": "One tower.\n"})
    assert fresh("index", "one.txt", "--library", "named").code == 0
    assert (fresh.home / "data/libraries/named/library.sqlite").exists()
    assert fresh("index", "one.txt", "--library", "./here").code == 0
    assert (fresh.folder / "here/library.sqlite").exists()
    assert fresh("search", "tower", variables={"QA_LIBRARY": "named"}).code == 0
    assert fresh("search", "tower", variables={"QA_LIBRARY": str(fresh.folder / "here")}).code == 0
    assert fresh("search", "tower", "--library", "here").code == 0, "a library in this folder"
    assert fresh("index", "one.txt", "--library", "new").code == 0
    assert not (fresh.folder / "new").exists()


def test_hits_come_from_flag_variable_and_file(qa: Shell) -> None:
    config = qa.home / "config" / "config.toml"
    config.parent.mkdir()
    try:
        config.write_text("hits = 3\n")
        assert len(qa("search", "--json", "the").json("search")["hits"]) == 3
        assert (
            len(qa("search", "--json", "the", variables={"QA_HITS": "2"}).json("search")["hits"])
            == 2
        )
        assert (
            len(
                qa("search", "--json", "the", "-k1", variables={"QA_HITS": "2"}).json("search")[
                    "hits"
                ]
            )
            == 1
        )
    finally:
        shutil.rmtree(config.parent)
    done = qa("search", "the", variables={"QA_HITS": "many"})
    assert done.is_refusal()
    assert "QA_HITS" in done.err


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ('colour = "red"\n', "colour"),
        ('hits = "many"\n', "hits"),
        ("hits = 0\n", "hits"),
        ("hits = true\n", "hits"),
        ("library = [1]\n", "library"),
        ("hits\n", "line 1"),
        ("\xff", "config.toml"),
    ],
)
def test_an_invalid_config_file_is_refused(fresh: Shell, content: str, part: str) -> None:
    config = fresh.home / "config" / "config.toml"
    config.parent.mkdir()
    config.write_bytes(content.encode("latin-1"))
    done = fresh("ls")
    assert done.is_refusal()
    assert str(config) in done.err
    assert part in done.err


def test_a_config_file_among_articles_changes_nothing(fresh: Shell) -> None:
    (fresh.folder / "config.toml").write_text('library = "stolen"\ncolour = 1\n')
    assert "default" in fresh("ls").err
