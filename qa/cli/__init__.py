"""The command line: arguments, exit codes, stdout and stderr. Results go to stdout alone.

Exit codes: 0 answered, 1 not found (as grep), 2 usage or configuration, 130 interrupted. Nothing
heavy is imported here; each command imports what it needs when it runs.
"""

import sys

import click

from ..errors import QAError
from .articles import ls, rm, show
from .asking import ask, search
from .doctor import doctor
from .indexing import index
from .models import models
from .status import status

NOT_FOUND = 1
FAILED = 2
INTERRUPTED = 130


class Commands(click.Group):
    """The commands, listed in the order in which a person meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(self.commands)


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


for command in (ask, search, index, ls, show, rm, status, doctor, models):
    cli.add_command(command)


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except click.ClickException as error:
        error.show()
        code = FAILED
    except QAError as error:
        click.echo(f"qa: {error}", err=True)
        code = FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has heard enough; Python must not complain at exit.
        sys.stderr.close()
        code = 0
    sys.exit(code if isinstance(code, int) else 0)
