"""Options that several commands share, and their values."""

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from kure_hooks.errors import UsageError
from kure_hooks.outcome import USUAL, Concern
from kure_hooks.reports import REPORTS, Style

if TYPE_CHECKING:  # few runs have any
    from kure_hooks.operations.executors import Jobs
    from kure_hooks.operations.shards import Shard


class Reporting(Struct, frozen=True):
    """The wishes about a report; without a format none is printed. `outputs` are FORMAT=PATH."""

    format_: str = ""
    outputs: tuple[str, ...] = ()
    markdown_size: int = Style().size
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"


class Shared(Struct, frozen=True):
    """The values of shared options; those that a command does not have are the usual ones.

    `root` and `config` are None where they are to be found, `jobs` is 0 for one process on each
    core, and `executor` the address of what takes their place; `shard` is a text such as 2/8.
    `timeout` are seconds, 0 for no limit, None for the usual one. With `no_cache` nothing is used
    that earlier runs have kept, and nothing is kept. A run that finds a concern of `fail_on` exits
    with 1.
    """

    root: Path | None = None
    config: Path | None = None
    jobs: int = 0
    executor: str = ""
    shard: str = ""
    timeout: float | None = None
    debug: bool = False
    no_cache: bool = False
    reporting: Reporting = Reporting()
    fail_on: frozenset[Concern] = USUAL


_PATH = click.Path(path_type=Path)
_WORKSPACE = (
    click.option("--root", type=_PATH, help="The repository; found from here by default."),
    click.option("--config", type=_PATH, help="Settings file instead of .kure-hooks.yaml."),
    click.option(
        "--jobs",
        type=click.IntRange(0),
        default=0,
        help="Number of processes; 0 starts one for each core.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(0),
        envvar="KURE_HOOKS_TIMEOUT",
        metavar="SECONDS",
        help="Stop with exit code 3 after this time; 0 is no limit. In a hook the default is 600, "
        "elsewhere there is none.",
    ),
    click.option("--no-cache", is_flag=True, help="Use nothing that earlier runs found out."),
    click.option("--debug", is_flag=True, help="Tell on stderr what is done."),
)


_Command = Callable[..., None]


def markdown_size(words: str) -> Callable[[_Command], _Command]:
    """Return the option that limits a Markdown report, with these words of help."""
    return click.option(
        "--markdown-size",
        type=click.IntRange(1_000),
        default=Style().size,
        show_default=True,
        metavar="BYTES",
        help=words,
    )


_REPORT = (
    click.option(
        "--format",
        "format_",
        type=click.Choice(sorted(REPORTS)),
        default="text",
        show_default=True,
        help="What is printed.",
    ),
    click.option(
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT=PATH",
        help="Also write a report to a file; may be repeated.",
    ),
    markdown_size("How long a Markdown report may be."),
    click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors."),
    click.option("-v", "--verbose", is_flag=True, help="Print the summary when all is well, too."),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colour for the text report.",
    ),
)


_FLEET = (
    click.option(
        "--executor",
        default="",
        metavar="ADDRESS",
        help="Generate on the workers of a Dask cluster, dask://HOST:PORT or dask+tls://HOST:PORT.",
    ),
)


def workspace(command: _Command) -> _Command:
    """Add the options of all commands that work on a repository, as the argument `shared`."""
    return _with(_WORKSPACE, gathered("shared", Shared)(command))


def report(command: _Command) -> _Command:
    """Add the options of all commands that report an outcome, as the argument `shared`."""
    whole = gathered("shared", Shared)(command)
    return _with(_REPORT, gathered("reporting", Reporting)(whole))


def shared(command: _Command) -> _Command:
    """Add the options of commands that do both, as the argument `shared`."""
    whole = gathered("shared", Shared)(command)
    return _with((*_WORKSPACE, *_REPORT), gathered("reporting", Reporting)(whole))


def fleet(command: _Command) -> _Command:
    """Add the same as `shared`, and the options of commands that generate whole fleets."""
    whole = gathered("shared", Shared)(command)
    options = (*_WORKSPACE, *_FLEET, *_REPORT)
    return _with(options, gathered("reporting", Reporting)(whole))


NEVER = "never"
"""The value of --fail-on that stands for no concern."""


def _concerns(
    _context: click.Context, _parameter: click.Parameter, text: str
) -> frozenset[Concern]:
    """Return the concerns that the value of --fail-on names."""
    names = [name.strip() for name in text.split(",")]
    if names == [NEVER]:
        return frozenset()
    unknown = [name for name in names if name not in list(Concern)]
    if unknown:
        raise click.UsageError(
            f"--fail-on {text} has {unknown[0]!r}, which is nothing to fail on. Name some of "
            f"{', '.join(Concern)} with commas between, or {NEVER}."
        )
    return frozenset(map(Concern, names))


def fail_on(command: _Command) -> _Command:
    """Add the option that says what makes a run exit with 1, as `shared.fail_on`."""
    return click.option(
        "--fail-on",
        default=",".join(sorted(USUAL)),
        show_default=True,
        metavar="CONCERNS",
        callback=_concerns,
        help="Exit with 1 for these alone: changes, risks, findings (errors) and warnings, with "
        "commas between; or never.",
    )(command)


def changed(command: _Command) -> _Command:
    """Add the option that names the revision whose findings or drift are not new."""
    return click.option(
        "--changed",
        default="",
        metavar="BASE",
        help="Let only that count which this git revision does not have, too; ci stands for what a "
        "pull request is merged into.",
    )(command)


def shard(command: _Command) -> _Command:
    """Add the option that lets a run have a part of the clusters, as `shared.shard`."""
    return click.option(
        "--shard",
        default="",
        metavar="I/N",
        help="Have the part I of N of the clusters; `report merge` makes one report of all parts.",
    )(command)


def gathered(name: str, group: type[Struct]) -> Callable[[_Command], _Command]:
    """Give a command one value of a type instead of the arguments that are fields of the type."""

    def gathering(command: _Command) -> _Command:
        @wraps(command)
        def run(**values: Any) -> None:
            fields = {key: values.pop(key) for key in group.__struct_fields__ if key in values}
            command(**values, **{name: group(**fields)})

        return run

    return gathering


def _with(options: Sequence[Callable[[_Command], _Command]], command: _Command) -> _Command:
    for option in reversed(options):
        command = option(command)
    return command


def source(*choices: str) -> Callable[[_Command], _Command]:
    """Add --source; without choices any git revision is taken as well."""
    kind = click.Choice(choices) if choices else click.STRING
    names = "|".join(choices) if choices else "worktree|index|REV"
    help_ = "Where inputs and tree are read from."
    return click.option(
        "--source", type=kind, default="worktree", show_default=True, metavar=names, help=help_
    )


def maps(command: _Command) -> _Command:
    """Add the option that gives the directories of other repositories; see `maps_of`."""
    return click.option(
        "--map",
        "maps",
        multiple=True,
        metavar="URL=DIR",
        help="The directory with the files of another repository, by the URL that sources have; "
        "may be repeated.",
    )(command)


def maps_of(pairs: tuple[str, ...]) -> dict[str, Path]:
    """Return the directories by URL; a URL may have an equals sign, but no directory here has."""
    maps = {}
    for pair in pairs:
        url, equals, directory = pair.rpartition("=")
        if not equals or not url:
            raise UsageError(f"--map {pair} has no URL and directory. Write URL=DIR.")
        if not Path(directory).is_dir():
            raise UsageError(f"--map names {directory}, which is no directory. Name one.")
        maps[url] = Path(directory).resolve()
    return maps


def workers(shared: Shared) -> "Jobs":
    """Return what does the work; an executor is shut down when the command ends."""
    if not shared.executor:
        return shared.jobs
    from kure_hooks.process.dask import connect  # noqa: PLC0415 - few fleets need one

    executor = connect(shared.executor)
    click.get_current_context().call_on_close(executor.shutdown)
    return executor


def part(shared: Shared) -> "Shard | None":
    """Return the shard that the value of --shard means; UsageError for one that means none."""
    if not shared.shard:
        return None
    from kure_hooks.operations.shards import Shard  # noqa: PLC0415 - most runs have no shard

    return Shard.parse(shared.shard)
