"""The command `comment`."""

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, BinaryIO

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import tell
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.errors import UsageError
from kure_hooks.forges import FORGES, Presentation, jobs
from kure_hooks.forges.jobs import Target
from kure_hooks.reports import json

if TYPE_CHECKING:  # help and faults load no HTTP
    from kure_hooks.forges.session import Session

# In seconds.
_PATIENCE = 120.0
# Seconds that are left to say that the forge does not answer, before the run is ended.
_GRACE = 1.0


@click.command("comment", cls=GuidedCommand)
@click.argument("file", type=click.File("rb"), metavar="JSON")
@click.option("--name", default="", help="Name of the report; by default the command's, as check.")
@click.option(
    "--as",
    "places",
    type=click.Choice(["comment", "check", "status"]),
    multiple=True,
    default=["comment"],
    show_default=True,
    help="Where it is shown; may be repeated. Only GitHub has check runs.",
)
@click.option("--forge", type=click.Choice(list(FORGES)), help="The forge; Gitea is forgejo.")
@click.option("--api", default="", metavar="URL", help="Address of the forge's API.")
@click.option("--repository", default="", metavar="OWNER/NAME", help="The repository.")
@click.option("--number", type=click.IntRange(1), help="Number of the request.")
@click.option("--commit", default="", metavar="SHA", help="The commit that the report is about.")
@click.option("--link", default="", metavar="URL", help="Where the whole report is.")
@options.markdown_size("How long the comment may be; never more than the forge takes.")
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    envvar="KURE_HOOKS_TIMEOUT",
    default=_PATIENCE,
    show_default=True,
    metavar="SECONDS",
    help="Give up with exit code 3 after this time.",
)
@click.option("--debug", is_flag=True, help="Tell on stderr what is done.")
@options.gathered("style", Presentation)
@options.gathered("wish", Target)
@options.gathered("shared", options.Shared)
def command(file: BinaryIO, style: Presentation, wish: Target, shared: options.Shared) -> None:
    """Post a report that was written as JSON before as one comment, which later runs update.

    JSON is what `--output json=PATH` of any command wrote; - reads it from stdin. A report that
    has nothing to say makes no comment, and changes one that is there. In a job of GitHub, GitLab,
    Forgejo or Gitea the environment names the pull or merge request; elsewhere the options do.

    The token is in the environment: KURE_HOOKS_TOKEN or, by forge, GITHUB_TOKEN, GITLAB_TOKEN or
    FORGEJO_TOKEN. Exit codes: 0 the forge shows the report, or need not; 2 wrong usage, or the
    forge refuses; 3 it does not answer in time.

    \b
    Examples:
      kure-hooks comment drift.json
      kure-hooks comment drift.json --name drift --as comment --as status
    """
    with running("comment", shared):
        outcome = json.parse(file.read(json.LARGEST + 1)).told(verbose=False).discreet()
        target = jobs.target(os.environ).with_options(wish).complete(style.places)
        with _session(target, shared.timeout or _PATIENCE) as session:
            from kure_hooks.forges import comment  # noqa: PLC0415 - loads httpx
            from kure_hooks.forges.forge import KINDS  # noqa: PLC0415

            forge = KINDS[target.forge](session, target)
            for line in comment.deliver(forge, outcome, style):
                tell([line])


def _session(target: Target, seconds: float) -> "Session":
    """Return a session with the forge; raises UsageError without a token, or without httpx."""
    token = jobs.token(target.forge, os.environ)
    if find_spec("httpx") is None:
        raise UsageError(
            "`kure-hooks comment` needs the package httpx, which is not installed. "
            "Install kure-hooks[comment]."
        )
    from kure_hooks.forges.session import Patience, Session  # noqa: PLC0415 - loads httpx

    patience = Patience(max(seconds - _GRACE, 0))
    return Session(FORGES[target.forge], target.api, token, patience)
