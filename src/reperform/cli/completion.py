"""`reperform completion`."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that teaches SHELL to complete this command.

    \b
    bash: reperform completion bash > ~/.local/share/bash-completion/completions/reperform
    zsh:  reperform completion zsh > "${fpath[1]}/_reperform"
    fish: reperform completion fish > ~/.config/fish/completions/reperform.fish
    """
    from click.shell_completion import get_completion_class

    from reperform.cli import command as whole

    complete = get_completion_class(shell)
    if complete is None:
        raise click.ClickException(f"No completion for {shell} in this version of click.")
    click.echo(complete(whole, {}, "reperform", "_REPERFORM_COMPLETE").source())
