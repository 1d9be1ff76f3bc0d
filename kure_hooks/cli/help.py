"""The command `help`."""

import click

from kure_hooks.cli.guidance import GuidedCommand, no_command


@click.command("help", cls=GuidedCommand)
@click.argument("names", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Print the help of a command, or the list of all.

    A command of a group has both names, as in `kure-hooks help schemas add`. For completion in a
    shell, put its line into the file that the shell reads first:

    \b
      bash  eval "$(_KURE_HOOKS_COMPLETE=bash_source kure-hooks)"   in ~/.bashrc
      zsh   eval "$(_KURE_HOOKS_COMPLETE=zsh_source kure-hooks)"    in ~/.zshrc
      fish  _KURE_HOOKS_COMPLETE=fish_source kure-hooks | source    in ~/.config/fish/config.fish

    \b
    Examples:
      kure-hooks help
      kure-hooks help check
    """
    context = ctx.find_root()
    current: click.Command = context.command
    for name in names:
        inner = current.get_command(context, name) if isinstance(current, click.Group) else None
        if inner is None:
            known = current.list_commands(context) if isinstance(current, click.Group) else []
            raise no_command(name, known, ctx)
        current, context = inner, click.Context(inner, info_name=name, parent=context)
    click.echo(current.get_help(context))
