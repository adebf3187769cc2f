"""README.md is true: its commands and its Python run, and it names what exists."""

import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
"""Language and text of each code block."""

INSTALL_AND_ASK = """pip install . && qa ask "Who commanded NATO's Libya operation?" seeds"""
INSTALL_AND_TEST = "pip install '.[test]' && pytest"
COMMANDS = [
    line.partition("#")[0].strip()
    for language, text in BLOCKS
    if language == "sh"
    for line in text.splitlines()
]
"""What can be run as it stands: what installs something is in blocks without a language."""

QUIT = b"\x11"
FULL_SCREEN = b"\x1b[?1049h"


@pytest.fixture(scope="module")
def environment(session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A person's home with articles, and ``qa`` on the path."""
    user = tmp_path_factory.mktemp("person")
    (user / "articles" / "2014").mkdir(parents=True)
    for pattern, name in (
        ("*2014*", "articles/2014"),
        ("*20??-1*", "articles"),
        ("libya*", "articles"),
    ):
        for path in (ROOT / "seeds").glob(pattern):
            shutil.copy(path, user / name)
    (session_home / "cache").mkdir(exist_ok=True)
    (user / "qa-home").mkdir()
    (user / "qa-home" / "cache").symlink_to(session_home / "cache")
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
    more = {"HOME": str(user), "QA_HOME": str(user / "qa-home"), "TERM": "xterm", "PATH": programs}
    return kept | more


def run(command: list[str], environment: dict[str, str], folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def chat(command: str, environment: dict[str, str]) -> int:
    """Open the chat in a terminal, leave it when it fills the screen, return its exit code."""
    ours, terminal = pty.openpty()
    running = subprocess.Popen(
        ["/bin/bash", "-c", command],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment,
        cwd=environment["HOME"],
        start_new_session=True,
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
        if FULL_SCREEN in shown:
            os.write(ours, QUIT)
    os.close(ours)
    assert FULL_SCREEN in shown, shown.decode(errors="replace")
    return running.wait(timeout=60)


def test_both_set_ups_are_one_command_each() -> None:
    whole = [text for language, text in BLOCKS if not language]
    assert f"{INSTALL_AND_ASK}\n" in whole
    assert f"{INSTALL_AND_TEST}\n" in whole


def test_pytorch_comes_before_what_installs_it() -> None:
    assert README.index("pip install 'torch") < README.index(INSTALL_AND_ASK)


def test_it_is_short() -> None:
    assert len(README.encode()) < 8_000


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\]\(([^):]+)\)", README))))
def test_a_link_leads_to_a_file(name: str) -> None:
    assert (ROOT / name).is_file()


def test_every_command_of_qa_is_named() -> None:
    from qa import cli

    assert set(cli.COMMANDS) <= set(re.findall(r"`qa (\w+)", README))


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m (tests\.[\w.]+)", README))))
def test_a_benchmark_exists(module: str) -> None:
    path = ROOT / module.replace(".", "/")
    assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()


@pytest.mark.slow
def test_the_first_question_is_answered_as_shown(environment: dict[str, str]) -> None:
    command = INSTALL_AND_ASK.partition("&& ")[2]
    shown = BLOCKS[next(n for n, (_, text) in enumerate(BLOCKS) if command in text) + 1][1]
    assert run(["/bin/bash", "-c", command], environment, ROOT) == (0, shown)


@pytest.mark.slow
def test_the_commands_run(environment: dict[str, str]) -> None:
    """In their order, on articles in ``~/articles``."""
    assert len(COMMANDS) > 5
    for command in COMMANDS:
        if command.startswith("qa chat"):
            assert chat(command, environment) == 0, command
        else:
            code, _ = run(["/bin/bash", "-c", command], environment, Path(environment["HOME"]))
            assert code in ((0, 1) if command.startswith("qa ask") else (0,)), command


@pytest.mark.slow
def test_the_python_runs(environment: dict[str, str]) -> None:
    (program,) = [text for language, text in BLOCKS if language == "python"]
    code, out = run([sys.executable, "-c", program], environment, Path(environment["HOME"]))
    assert code == 0
    assert out.startswith("answered")
    assert "Charles Bouchard\n" in out
