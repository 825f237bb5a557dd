"""`backstay completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

INSTALL = {
    "bash": 'add to ~/.bashrc:  eval "$(backstay completion bash)"',
    "zsh": 'add to ~/.zshrc:  eval "$(backstay completion zsh)"',
    "fish": "save as ~/.config/fish/completions/backstay.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(sorted(INSTALL)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script of a SHELL.

    \b
    bash, zsh   add to ~/.bashrc or ~/.zshrc:  eval "$(backstay completion bash)"
    fish        save as ~/.config/fish/completions/backstay.fish
    """
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"no completion for {shell}")
    root = context.find_root().command
    script = found(root, {}, "backstay", "_BACKSTAY_COMPLETE")
    click.echo(script.source_template % script.source_vars())
