"""The command line: each command is a module that is loaded only when it runs."""

import importlib
import io

import click

from kure_hooks import __version__
from kure_hooks.cli.guidance import GuidedGroup

COMMANDS = {
    "init": "Set up a repository: settings, a first stack, hooks and a workflow.",
    "generate": "Regenerate the tree; exit 1 when anything changed.",
    "check": "Compare what would be generated with the tree; exit 1 on drift.",
    "diff": "Compare what two git revisions generate.",
    "validate": "Validate manifests against their schemas.",
    "import": "Write a stack of what a repository has already, and prove it.",
    "adopt": "Turn payloads into applications of the same objects, and prove it.",
    "lint": "Find what Flux CD or Argo CD would stumble over.",
    "schemas": "Add CRDs to the repository, and list or export the schemas that validate.",
    "explain": "Tell what a generated path comes from.",
    "graph": "Picture the stacks: their trees and what waits for what.",
    "report": "Show a JSON report in another format, or merge those of shards.",
    "comment": "Post a JSON report as one comment on a pull or merge request.",
    "matrix": "Print the jobs of CI that share the clusters.",
    "package": "Write deterministic archives, one for each package.",
    "vendor": "Copy release manifests below vendor/ and record their checksum.",
    "bootstrap": "Print what starts GitOps on a new cluster.",
    "rule": "Explain the rule that a finding bears, or list all rules.",
    "schema": "Print the JSON Schema of stack or settings files.",
    "merge-driver": "Merge one generated file for git, which runs this itself.",
    "cache": "Tell or remove what earlier runs have kept.",
    "help": "Print the help of a command, and how shells complete commands.",
}

# Where a module can't have the name of its command.
_MODULES = {"import": "importing", "merge-driver": "merge_driver"}


class _Lazy(GuidedGroup):
    """A group that imports a command's module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which people need them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of the module that bears its name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = _MODULES.get(cmd_name, cmd_name)
        command: click.Command = importlib.import_module(f"kure_hooks.cli.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="kure-hooks")
def main() -> None:
    """Generate GitOps trees for Flux CD and Argo CD from stack files, and find their drift.

    Exit codes: 0 nothing to report; 1 drift, findings or changed files; 2 wrong usage or input;
    3 a tool failed; 130 interrupted.

    \b
    Examples:
      kure-hooks init --dry-run
      kure-hooks check
    """


def run(question: object = None) -> int:
    """Run the command that the arguments name and return the exit code of usage errors and help.

    A clean run answers the question, a `stamps.Question`, so that the next one need not.

    Not click's own standalone mode, which would exit 1 for an interrupt.
    """
    try:
        return int(main(prog_name="kure-hooks", standalone_mode=False, obj=question) or 0)
    except click.ClickException as error:
        from kure_hooks.cli.console import complain  # noqa: PLC0415 - only for wrong usage

        shown = io.StringIO()
        error.show(shown)
        complain(shown.getvalue())
        return error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
