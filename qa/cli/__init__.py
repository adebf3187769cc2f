"""The command line: arguments, exit codes, stdout and stderr. Results go to stdout alone.

Exit codes: 0 answered, 1 not found (as grep), 2 usage or configuration, 130 interrupted. Nothing
heavy is imported here; each command imports what it needs when it runs.
"""

import errno
import io
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import TextIO

import click

from ..errors import QAError, UsageError
from .printing import say

FAILED = 2
INTERRUPTED = 130


COMMANDS = {
    "ask": ("asking", "ask"),
    "chat": ("chatting", "chat"),
    "search": ("asking", "search"),
    "index": ("indexing", "index"),
    "ls": ("articles", "ls"),
    "show": ("articles", "show"),
    "rm": ("articles", "rm"),
    "status": ("status", "status"),
    "doctor": ("doctor", "doctor"),
    "export": ("backup", "export_library"),
    "import": ("backup", "import_library"),
    "models": ("models", "models"),
    "eval": ("evaluating", "evaluate"),
}
"""Module and function of each command, in the order in which a person meets them."""


class Commands(click.Group):
    """The commands; the module of one is imported when it is run, or all are listed."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a reader of our output that leaves early is no error."""
        try:
            done = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise click.exceptions.Exit(_leave_closed_pipe()) from None
        return done

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f".{module}", __name__), function)
        return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog='Start here:  qa ask "Who commands NATO\'s Libya operation?" FOLDER',
)
@click.version_option(package_name="article-qa", prog_name="qa")
def cli() -> None:
    """Answers over your own articles: exact, sourced, offline.

    An answer is a piece of one of your articles, shown in its place. When they do not hold the
    answer, qa says so. Nothing leaves this machine.
    """


def main() -> None:
    """Run the command line and leave with its exit code."""
    _prepare_streams()
    try:
        _refuse_what_is_not_text()
        code = cli.main(prog_name="qa", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "qa"
        code = _fail(f"{error.format_message()} See: {command} --help")
    except QAError as error:
        code = _fail(str(error))
    except (click.Abort, KeyboardInterrupt):
        with suppress(OSError):
            say("Interrupted.", err=True)
        code = INTERRUPTED
    except OSError as error:
        if os.environ.get("QA_DEBUG"):
            raise
        code = _fail(_system_words(error))
    except Exception as error:
        # A crash must not end with 1, which would say that the articles hold no answer.
        if os.environ.get("QA_DEBUG"):
            raise
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        code = _fail(f"{reason} (QA_DEBUG=1 shows where)")
    _drop_unwritable_output()
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str) -> int:
    """Print an error and return the exit code; stderr itself may be what cannot be written."""
    with suppress(OSError):
        say(f"qa: {message}", err=True)
    return FAILED


def _system_words(error: OSError) -> str:
    """Return what the system refused, of which file, and what to do."""
    what = error.strerror or str(error) or type(error).__name__
    where = f": {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full{where}. Free some space and run the same command again."
    return f"{what[0].lower()}{what[1:]}{where} (QA_DEBUG=1 shows where)"


def _drop_unwritable_output() -> None:
    """Discard output that cannot be flushed, or Python ends with a traceback of its own."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                _discard(stream)


def _discard(stream: TextIO) -> None:
    """Send what is still written to a stream to nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _refuse_what_is_not_text() -> None:
    """Raise UsageError for an argument that is not UTF-8, which no text here can match."""
    for argument in sys.argv[1:]:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise UsageError(
                f"The argument {os.fsencode(argument).decode(errors='replace')} is not UTF-8."
            ) from None


def _prepare_streams() -> None:
    """Let any text be printed anywhere: UTF-8 into pipes and files, escapes on old terminals."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _leave_closed_pipe() -> int:
    """Whoever read our output has heard enough: no error, nor may flushing at exit make one."""
    _discard(sys.stdout)
    return 0
