"""Shells with and without a library."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line.articles import HOSTILE, NEWS, UNREADABLE, WHO
from tests.command_line.shell import Done, Shell, write


@pytest.fixture(scope="session")
def empty_shell(session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A shell without a library; its exported models are shared by the session."""
    home = tmp_path_factory.mktemp("command-line-home")
    (session_home / "cache").mkdir(exist_ok=True)
    (home / "cache").symlink_to(session_home / "cache")
    return Shell(home, tmp_path_factory.mktemp("command-line"))


@pytest.fixture(scope="session")
def first_run(empty_shell: Shell) -> Done:
    """The result of the first ``qa index news hostile``."""
    write(empty_shell.folder / "news", NEWS)
    write(empty_shell.folder / "hostile", HOSTILE)
    for name, (content, _) in UNREADABLE.items():
        (empty_shell.folder / "hostile" / name).write_bytes(content)
    return empty_shell("index", "news", "hostile")


@pytest.fixture(scope="session")
def qa(empty_shell: Shell, first_run: Done) -> Shell:
    """A shell whose default library contains the news and the hostile articles. Read-only."""
    assert first_run.code == 0, first_run
    assert empty_shell("ask", WHO).code == 0  # exports the reader, with a message the first time
    return empty_shell


@pytest.fixture
def fresh(qa: Shell, tmp_path: Path) -> Shell:
    """A shell for one test, without a library; it has the exported models."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "cache").symlink_to((qa.home / "cache").resolve())
    (tmp_path / "folder").mkdir()
    return Shell(home, tmp_path / "folder")


@pytest.fixture
def without_network(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables under which a process dies if it uses the network, even to look up a host."""
    folder = tmp_path / "site"
    folder.mkdir()
    modules = tmp_path / "modules.txt"
    (folder / "sitecustomize.py").write_text(
        "import atexit, os, socket, sys\n"
        "def refuse(*_, **__):\n"
        "    os.write(2, b'the network was touched\\n')\n"
        "    os._exit(99)\n"
        "socket.socket.connect = socket.socket.connect_ex = refuse\n"
        "socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse\n"
        f"atexit.register(lambda: open({str(modules)!r}, 'w').write(' '.join(sys.modules)))\n"
    )
    yield {"PYTHONPATH": str(folder)}
    if modules.exists():
        loaded = set(modules.read_text().split())
        assert not loaded & {"torch", "transformers", "sentence_transformers", "textual"}
        assert not loaded & {"httpx2", "qa.writing"}, "they are for --write"
