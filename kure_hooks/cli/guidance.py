"""The guidance of commands: help that ends with examples, and answers to what is mistyped."""

from inspect import cleandoc

import click

_OF_OTHER_TOOLS = {
    "apply": "generate",
    "build": "generate",
    "compare": "check",
    "completion": "help",
    "convert": "import",
    "drift": "check",
    "export": "generate",
    "fix": "generate",
    "format": "generate",
    "new": "init",
    "render": "generate",
    "setup": "init",
    "status": "check",
    "sync": "generate",
    "test": "check",
    "tree": "graph",
    "update": "generate",
    "verify": "check",
    "why": "explain",
    "write": "generate",
}
_OPTIONS = {
    "--diff": "`kure-hooks check --format diff` prints a patch, and `kure-hooks diff` compares two "
    "revisions.",
    "--dry-run": "`kure-hooks check` tells what `kure-hooks generate` would write, and writes "
    "nothing.",
    "--check": "Run `kure-hooks check`.",
    "--fix": "Run `kure-hooks generate`, which writes what the stacks say.",
    "--force": "`kure-hooks generate` has --adopt and --allow-prune.",
    "--write": "Run `kure-hooks generate`, which writes what the stacks say.",
    "--prune": "`kure-hooks generate` always prunes; --allow-prune permits what looks like a "
    "mistake.",
    "--json": "Use --format json.",
    "--all-files": "That is an option of pre-commit: `pre-commit run --all-files`.",
    "--staged": "Use --source index.",
}

_EXAMPLES = "\b\nExamples:\n"
_READERS = ("lint", "validate", "explain", "graph", "package", "bootstrap")
_NOTHING = "This command writes nothing but reports."
_CHANGES = "This command changes no file. Each finding says what to change."
_OF_READERS = {"--dry-run": _NOTHING, "--check": _NOTHING, "--fix": _CHANGES, "--write": _CHANGES}


class _EndingWithExamples(click.Command):
    """A command whose help has the examples of its docstring at the end, below the options."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the docstring up to the examples."""
        whole = self.help
        self.help = cleandoc(whole or "").partition(_EXAMPLES)[0]
        super().format_help_text(ctx, formatter)
        self.help = whole

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        del ctx
        lines = cleandoc(self.help or "").partition(_EXAMPLES)[2].splitlines()
        if lines:
            formatter.write("\n".join(["", "Examples:", *lines, ""]))


class GuidedGroup(_EndingWithExamples, click.Group):
    """A group that answers a command that it lacks with the one that may be meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments begin with; see click."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            raise no_command(args[0], known, ctx)
        return super().resolve_command(ctx, args)


class GuidedCommand(_EndingWithExamples):
    """A command that answers an option that it lacks with what is meant."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; an option of another command names that command."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            reads = _OF_READERS if ctx.info_name in _READERS else {}
            if advice := (_OPTIONS | reads).get(error.option_name):
                message = f"No such option {error.option_name}. {advice}"
                raise click.UsageError(message, ctx) from error
            raise


def no_command(name: str, known: list[str], ctx: click.Context) -> click.UsageError:
    """Return the error for a command that there is none of, with the one that may be meant."""
    from kure_hooks.decoding.suggest import closest  # noqa: PLC0415 - only for wrong usage

    near = _OF_OTHER_TOOLS.get(name.lower(), "")
    near = near if near in known else closest(name, known)
    hint = f"Did you mean {near}?" if near else "`kure-hooks help` lists all commands."
    return click.UsageError(f"There is no command {name}. {hint}", ctx)
