"""Terminals, pipes, hostile text, and streams that cannot be written."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.command_line.articles import (
    HOSTILE_QUESTIONS,
    NEWS,
    UNKNOWN,
    WHO,
)
from tests.command_line.shell import ESCAPE, TIMEOUT_SECONDS, Shell, write

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", WHO],
        ["ask", UNKNOWN],
        ["ask", WHO, "--explain"],
        ["search", "harbour of Westport", "-k", "3", "--explain"],
        ["ls", "--source", "news/*"],
        ["show", "news/harbour/storm.txt"],
    ],
    ids=" ".join,
)
def test_a_terminal_gets_colour_and_lines_that_fit(qa: Shell, arguments: list[str]) -> None:
    done = qa.on_terminal(*arguments)
    assert done.code == (1 if UNKNOWN in arguments else 0)
    assert f"{ESCAPE}[" in done.out
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.out)
    assert ESCAPE not in plain
    assert [line for line in plain.splitlines() if cell_len(line) > 80] == []


@pytest.mark.parametrize("arguments", [["ask", WHO], ["ls", "--source", "*"]], ids=" ".join)
def test_lines_fit_a_narrow_terminal(qa: Shell, arguments: list[str]) -> None:
    done = qa.on_terminal(*arguments, columns=40, variables={"NO_COLOR": "1"})
    assert done.code == 0
    assert [line for line in done.out.splitlines() if cell_len(line) > 40] == []


def test_the_answer_is_marked_in_its_sentence(qa: Shell) -> None:
    out = qa.on_terminal("ask", WHO, columns=100).out
    assert re.search(rf"{ESCAPE}\[7m(?:Captain )?Ingrid Solheim{ESCAPE}\[0m commands", out)


@pytest.mark.parametrize("variable", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_colour_can_be_turned_off(qa: Shell, variable: dict[str, str]) -> None:
    done = qa.on_terminal("ask", WHO, variables=variable)
    assert done.code == 0
    assert ESCAPE not in done.out
    words = " ".join(done.out.split())
    assert "Ingrid Solheim» commands the harbour of Westport." in words


def test_articles_cannot_write_escape_codes_to_a_terminal(qa: Shell) -> None:
    done = qa.on_terminal("search", "granary burned poet Marlow", variables={"NO_COLOR": "1"})
    assert "granary" in done.out
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", done.out)


def test_progress_is_shown_only_on_a_terminal(fresh: Shell) -> None:
    write(fresh.folder, NEWS)
    shown = fresh.on_terminal("index", ".").out
    assert "indexing" in shown
    assert shown.endswith("\n")
    assert "5 new" in shown
    assert "indexing" not in fresh.on_terminal("index", ".", "--quiet", "--library", "two").out
    assert fresh("index", ".", "--library", "three").err == ""


@pytest.mark.parametrize("arguments", [["ls"], ["ask", WHO]], ids=" ".join)
def test_closing_the_pipe_early_is_no_error(qa: Shell, arguments: list[str]) -> None:
    running = qa.start(*arguments)
    assert running.stdin and running.stdout and running.stderr
    running.stdin.close()
    running.stdout.close()
    error = running.stderr.read().decode()
    running.stderr.close()
    code = running.wait(timeout=TIMEOUT_SECONDS)
    assert error == ""
    assert code in (0, 128 + signal.SIGPIPE, -signal.SIGPIPE)  # 1 would mean: not found


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_pipe_of_another_encoding_gets_utf8(qa: Shell, encoding: str) -> None:
    arguments = ["ask", "--json", HOSTILE_QUESTIONS["emoji.md"], "--source", "*emoji*"]
    running = qa.start(*arguments, variables={"PYTHONIOENCODING": encoding})
    out, err = running.communicate(timeout=TIMEOUT_SECONDS)
    assert (running.returncode, err) == (0, b"")
    assert json.loads(out)["status"] != "not_found"


def test_arguments_do_not_reach_the_terminal_raw(qa: Shell) -> None:
    hostile = "\x1b]52;c;aGVsbG8=\x07\x1b[31mnowhere\u202e"
    for command in (
        ("show", hostile),
        ("ask", "Who?", hostile),
        ("ask", WHO, "--since", hostile),
        ("index", hostile),
        ("eval", hostile),
        (hostile,),
    ):
        done = qa(*command)
        assert done.code == 2
        assert not set("\x1b\x07\u202e") & set(done.out + done.err), command
        assert "nowhere" in done.err


def test_an_argument_that_is_not_utf8_is_named(qa: Shell) -> None:
    done = qa("ask", b"Wer ist F\xf6rster?")
    assert (done.code, done.out) == (2, "")
    assert "is not UTF-8" in done.err


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
def test_a_closed_stdout_breaks_nothing(qa: Shell) -> None:
    for command in (["ask", WHO], ["ls"]):
        words = shlex.join([sys.executable, "-m", "qa", *command])
        done = subprocess.run(
            ["/bin/sh", "-c", f"{words} >&-"],
            cwd=qa.folder,
            env=qa.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Error" not in done.stderr
        assert done.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("both", [False, True])
def test_output_to_a_full_disk_is_an_error_without_a_traceback(home: Path, both: bool) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "qa", "--help"],
            stdout=full,
            stderr=full if both else subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert both or done.stderr.startswith("qa: the disk is full")


def test_the_place_of_a_quote_is_a_link_where_the_terminal_takes_them(qa: Shell) -> None:
    link = re.compile(r"\x1b\]8;;(file://[^\x1b]+/news/harbour/storm\.txt)\x1b\\")
    for command in (["ask", WHO], ["search", "harbour of Westport"], ["mentions", "Westport"]):
        assert "\x1b]8" not in qa.on_terminal(*command).out
        assert link.search(qa.on_terminal(*command, variables={"VTE_VERSION": "7006"}).out)
    assert link.search(qa("ask", WHO, variables={"QA_LINKS": "always"}).out)
    assert qa("config", variables={"QA_LINKS": "maybe"}).is_refusal()
