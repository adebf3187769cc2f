"""The command line: commands, exit codes, stdout and stderr. Only results go to stdout.

Exit codes: 0 answered, 1 not found (as in grep), 2 an error, 130 interrupted. Nothing heavy is
imported here; each command imports what it needs when it runs.
"""

import errno
import io
import os
import shlex
import sys
from contextlib import suppress
from importlib import import_module
from typing import TextIO

import click

from ..errors import QAError, UsageError
from .printing import say

FAILED = 2
INTERRUPTED = 130

INTRODUCTION = """\
qa answers questions from your own articles: with their exact words, and where they stand.
Nothing leaves this machine, unless you name a language model's server to write, too.

Try it:
  qa index ~/articles                   read a folder of text, web pages, PDF, mail …
  qa ask "When does the mission end?"   get an answer, with its source
  qa chat                               ask and follow up, on a full screen

All commands: qa --help    One command: qa ask --help
"""
"""What ``qa`` prints without a command."""

COMMANDS = {
    "ask": ("ask", "ask"),
    "chat": ("chat", "chat"),
    "search": ("ask", "search"),
    "suggest": ("suggest", "suggest"),
    "mentions": ("mentions", "mentions"),
    "index": ("index", "index"),
    "ls": ("articles", "ls"),
    "show": ("articles", "show"),
    "rm": ("articles", "rm"),
    "timeline": ("timeline", "timeline"),
    "verify": ("verify", "verify"),
    "mcp": ("doors", "mcp"),
    "serve": ("doors", "serve"),
    "status": ("status", "status"),
    "doctor": ("doctor", "doctor"),
    "export": ("backup", "export_library"),
    "import": ("backup", "import_library"),
    "models": ("models", "models"),
    "config": ("config", "config"),
    "eval": ("evaluate", "evaluate"),
    "completion": ("completion", "completion"),
}
"""Module and function of each command, in the order in which ``qa --help`` lists them."""


class Commands(click.Group):
    """The commands. A command's module is imported when it runs, or when all are listed."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. It is no error if whoever reads our output closes the pipe early."""
        try:
            done = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise click.exceptions.Exit(_handle_closed_pipe()) from None
        return done

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name. Raises UsageError with what may be meant."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(_unknown(args[0]))
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f".{module}", __name__), function)
        return command


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog='Start here:  qa ask "Who commands NATO\'s Libya operation?" FOLDER',
)
@click.version_option(package_name="article-qa", prog_name="qa")
@click.pass_context
def cli(context: click.Context) -> None:
    """Answer questions from your own articles: exact, with sources, offline.

    An answer is a piece of one of your articles, shown where it stands. If your articles do not
    contain the answer, qa says so. Nothing leaves this machine, unless you name a server of a
    language model to have answers written, too.
    """
    if context.invoked_subcommand is None:
        click.echo(INTRODUCTION, nl=False)


def main() -> None:
    """Run the command line and exit with its code."""
    _prepare_streams()
    try:
        _check_encoding()
        code = cli.main(prog_name="qa", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "qa"
        reason = " ".join(error.format_message().split())  # one with choices has several lines
        stop = "" if reason.endswith((".", "?", ")")) else "."
        code = _fail(f"{reason}{stop} See: {command} --help")
    except QAError as error:
        code = _fail(str(error))
    except (click.Abort, KeyboardInterrupt):
        with suppress(OSError):
            say("Interrupted.", err=True)
        code = INTERRUPTED
    except OSError as error:
        if os.environ.get("QA_DEBUG"):
            raise
        code = _fail(_system_message(error))
    except Exception as error:
        # A crash must not exit with 1, which means that the articles do not contain the answer.
        if os.environ.get("QA_DEBUG"):
            raise
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        code = _fail(f"{reason} (QA_DEBUG=1 shows where)")
    _drop_unwritable_output()
    sys.exit(code if isinstance(code, int) else 0)


def _unknown(name: str) -> str:
    """Return what to say to a command that does not exist; it may be a question."""
    if " " in name.strip():
        return f"To ask a question: qa ask {shlex.quote(name)}."
    from difflib import get_close_matches

    meant = get_close_matches(name, COMMANDS, 1)
    return f"There is no command {name}." + (f" Did you mean qa {meant[0]}?" if meant else "")


def _fail(message: str) -> int:
    """Print an error, if stderr can be written to, and return the exit code."""
    with suppress(OSError):
        say(f"qa: {message}", err=True)
    return FAILED


def _system_message(error: OSError) -> str:
    """Return what the system refused, for which file, and what to do."""
    what = error.strerror or str(error) or type(error).__name__
    where = f": {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full{where}. Free some space and run the same command again."
    return f"{what[0].lower()}{what[1:]}{where} (QA_DEBUG=1 shows where)"


def _drop_unwritable_output() -> None:
    """Discard output that cannot be flushed; Python would exit with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                _discard(stream)


def _discard(stream: TextIO) -> None:
    """Send what is still written to a stream to the null device."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _check_encoding() -> None:
    """Raise UsageError for an argument that is not UTF-8."""
    for argument in sys.argv[1:]:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise UsageError(
                f"The argument {os.fsencode(argument).decode(errors='replace')} is not UTF-8."
            ) from None


def _prepare_streams() -> None:
    """Print UTF-8 into pipes and files, and escapes for what a terminal's encoding lacks."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # our parent closed it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _handle_closed_pipe() -> int:
    """Discard the rest of the output, so that flushing at exit does not fail; return 0."""
    _discard(sys.stdout)
    return 0
