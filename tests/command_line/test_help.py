"""``qa``, ``qa --help``, and wrong usage."""

import re

import pytest

from tests.command_line.shell import Shell

pytestmark = pytest.mark.slow

COMMANDS = (
    *("ask", "chat", "search", "index", "ls", "show", "rm", "status", "doctor", "export", "import"),
    *("models", "config", "eval", "completion", "mentions", "mcp", "serve", "suggest"),
)
HEAVY = {"numpy", "faiss", "onnxruntime", "torch", "transformers", "sentence_transformers"}
HEAVY |= {"textual", "rich"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("models", "fetch", "--help"),
        *((name, "--help") for name in COMMANDS),
    ],
    ids=" ".join,
)
def test_help_is_shown_without_a_heavy_import(
    empty_shell: Shell, arguments: tuple[str, ...]
) -> None:
    done = empty_shell(*arguments, python=["-X", "importtime"])
    assert done.code == 0
    assert done.out.startswith("qa" if "--version" in arguments else "Usage: ")
    lines = done.err.splitlines()
    assert all(line.startswith("import time:") for line in lines)
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert "click" in loaded  # so the check works
    assert not loaded & HEAVY


def test_help_lists_every_command(empty_shell: Shell) -> None:
    out = empty_shell("--help").out
    listed_there = re.findall(r"^  (\w+)  ", out.partition("Commands:")[2], re.MULTILINE)
    assert set(COMMANDS) <= set(listed_there)
    assert "..." not in out.partition("Commands:")[2]  # no line is cut


def test_without_a_command_it_teaches_the_first_ones(empty_shell: Shell) -> None:
    done = empty_shell()
    assert (done.code, done.err) == (0, "")
    for example in ("qa index ", "qa ask ", "qa chat", "qa --help"):
        assert example in done.out
    assert len(done.out.splitlines()) < 12


@pytest.mark.parametrize("name", COMMANDS)
def test_help_fits_a_terminal_and_has_an_example(empty_shell: Shell, name: str) -> None:
    lines = empty_shell(name, "--help").out.splitlines()
    assert max(map(len, lines)) <= 100
    if name not in {"status", "doctor", "config"}:
        assert f"qa {name}" in "\n".join(lines[1:])


@pytest.mark.parametrize(
    "arguments",
    [["aks"], ["ask"], ["ask", "x", "--no"], ["show"], ["rm"], ["eval"], ["completion", "sh"]],
)
def test_wrong_usage_is_exit_code_2_and_keeps_stdout_clean(
    fresh: Shell, arguments: list[str]
) -> None:
    done = fresh(*arguments)
    assert done.is_refusal()
    assert "See: qa" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["aks", "x"], "qa: There is no command aks. Did you mean qa ask? See: qa --help"),
        (["Who won?"], "qa: To ask a question: qa ask 'Who won?'. See: qa --help"),
        (
            ["completion"],
            "qa: Missing argument '{bash|zsh|fish}'. Choose from: bash, zsh, fish. "
            "See: qa completion --help",
        ),
        (
            ["ask", "Who", "painted", "it"],
            "qa: no such file or folder: painted. "
            "If it is part of the question: qa ask 'Who painted it'",
        ),
        (["ask", "Who painted it?", "nowhere"], "qa: no such file or folder: nowhere"),
    ],
)
def test_a_mistake_is_told_with_what_was_meant(
    fresh: Shell, arguments: list[str], said: str
) -> None:
    assert fresh(*arguments).err == f"{said}\n"
