"""``qa completion``: a script that lets the shell complete commands and options."""

import click


@click.command(short_help="Print a script for completion with the Tab key.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script with which the Tab key completes commands and options of qa in your shell.

    \b
    bash, in ~/.bashrc:   eval "$(qa completion bash)"
    zsh, in ~/.zshrc:     eval "$(qa completion zsh)"
    fish, once:           qa completion fish > ~/.config/fish/completions/qa.fish
    """
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    assert script is not None  # click has all three  # noqa: S101
    click.echo(script(context.find_root().command, {}, "qa", "_QA_COMPLETE").source())
