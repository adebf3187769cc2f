"""Runs the command ``qa`` as a process, on pipes or on a terminal."""

import json
import os
import pty
import shutil
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.command_line.schemas import SCHEMAS

TIMEOUT_SECONDS = 120
NO_VARIABLES: Mapping[str, str] = {}
ESCAPE = "\x1b"


@dataclass(frozen=True)
class Done:
    """The result of one run of the command."""

    code: int
    out: str
    err: str

    def json(self, command: str) -> Any:
        """Return the one object on stdout, after checking it against the command's schema."""
        assert self.out.count("\n") == 1, self
        found = json.loads(self.out)
        json.dumps(found, ensure_ascii=False).encode()  # no lone surrogates
        Draft202012Validator(SCHEMAS[command], format_checker=FormatChecker()).validate(found)
        return found

    def is_refusal(self) -> bool:
        """Whether it is a usage error: exit code 2, one line on stderr, nothing on stdout."""
        return (self.code, self.out, self.err.count("\n")) == (2, "", 1)


@dataclass(frozen=True)
class Shell:
    """Runs commands in a folder, with a QA_HOME of its own."""

    home: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command: ours, without variables that change what qa does."""
        taken = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "PYTHONIOENCODING"}
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in taken and not name.startswith("QA_")
        }
        return {**kept, "QA_HOME": str(self.home), "TERM": "xterm"}

    def start(
        self,
        *arguments: str | bytes,
        python: Sequence[str] = (),
        variables: Mapping[str, str] = NO_VARIABLES,
    ) -> "subprocess.Popen[bytes]":
        """Start the command."""
        return subprocess.Popen(
            [sys.executable, *python, "-m", "qa", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env={**self.environment, **variables},
        )

    def __call__(
        self,
        *arguments: str | bytes,
        stdin: bytes = b"",
        python: Sequence[str] = (),
        variables: Mapping[str, str] = NO_VARIABLES,
    ) -> Done:
        """Run the command to its end, on pipes. A traceback fails the test."""
        running = self.start(*arguments, python=python, variables=variables)
        out, err = running.communicate(stdin, timeout=TIMEOUT_SECONDS)
        assert b"Traceback" not in err, err.decode(errors="replace")
        return Done(running.returncode, out.decode(), err.decode())

    def on_terminal(
        self,
        *arguments: str,
        columns: int = 80,
        typed: str = "",
        variables: Mapping[str, str] = NO_VARIABLES,
    ) -> Done:
        """Run the command to its end, on a terminal; ``out`` is what it shows there."""
        master, terminal = pty.openpty()
        ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        running = subprocess.Popen(
            [sys.executable, "-m", "qa", *arguments],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            cwd=self.folder,
            env={**self.environment, **variables},
            start_new_session=True,
        )
        os.close(terminal)
        os.write(master, typed.encode())
        shown = b""
        while True:
            try:
                piece = os.read(master, 65_536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        os.close(master)
        code = running.wait(timeout=TIMEOUT_SECONDS)
        assert b"Traceback" not in shown, shown.decode(errors="replace")
        return Done(code, shown.decode().replace("\r\n", "\n"), "")

    def copy(self, name: str) -> str:
        """Copy the default library under another name, and return that name."""
        libraries = self.home / "data" / "libraries"
        shutil.copytree(libraries / "default", libraries / name)
        return name


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files into a folder: in UTF-8, or in Latin-1 if their name says so."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode("latin-1" if "latin" in name else "utf-8"))
    return folder
