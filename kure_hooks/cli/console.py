"""The one place that prints: all that is said on stdout and stderr passes here.

Jobs of CI systems read what their steps print, and what a file of a pull request is called or holds
must not command them. Reports for people and programs hold no such text in the first place, see
`visible`. What has to be printed as it is, patches and manifests, is wrapped: GitHub's runner
leaves alone what stands between `stop-commands` and a token that nobody can guess.
"""

import os
import stat
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from enum import Enum, auto

import click

from kure_hooks.safe_text import inert, visible


class Form(Enum):
    """The ways to wrap text.

    LINES  for people: lines may be added around them
    PATCH  for `git apply`, which skips lines around a patch
    YAML   for programs that skip comments
    FINAL  for programs that skip nothing, and without commands by itself
    """

    LINES = auto()
    PATCH = auto()
    YAML = auto()
    FINAL = auto()


FORMS: Mapping[str, Form] = {"text": Form.LINES, "markdown": Form.LINES, "diff": Form.PATCH}
"""The forms of the formats of reports and graphs; others are final."""

# Systems without a way to stop their commands; on them a patch is printed for people only.
_OTHERS = ("TF_BUILD", "TEAMCITY_VERSION", "GITLAB_CI", "TRAVIS")


def write(text: bytes, form: Form = Form.LINES) -> None:
    """Print on stdout what is not empty, wrapped for GitHub's runner unless it goes to a file."""
    if text and not _is_file():
        text = _safe(text, form)
    click.echo(text, nl=False, color=True)


def tell(lines: Iterable[str]) -> None:
    """Print lines for people on stdout, without secrets, commands and escapes."""
    from kure_hooks.secrecy.texts import scrub  # noqa: PLC0415 - reports have no secrets by then

    text = scrub("\n".join(lines))
    write("".join(f"{inert(visible(line))}\n" for line in text.split("\n")).encode())


def complain(text: str) -> None:
    """Print an error or a line of the log on stderr, without secrets, commands and escapes."""
    from kure_hooks.secrecy.texts import scrub  # noqa: PLC0415 - most runs have nothing to say

    lines = (inert(visible(line)) for line in scrub(text.rstrip()).split("\n"))
    # Without anybody to tell it to, the exit code still says that something went wrong.
    with suppress(OSError):
        click.echo("\n".join(lines), err=True)


def guarded(text: str, begin: str = "") -> str:
    """Return lines between the commands that switch commands off and on again, of GitHub's runner.

    `begin` is what both lines start with; what is behind it is in the runner's old syntax, which
    may stand anywhere in a line.
    """
    token = os.urandom(16).hex()
    start, end = f"::stop-commands::{token}", f"::{token}::"
    if begin:
        start, end = f"{begin}##[stop-commands]{token}", f"{begin}##[{token}]"
    return f"{start}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{end}\n"


def _safe(text: bytes, form: Form) -> bytes:
    lines = text.decode(errors="surrogateescape")
    raw = form in (Form.PATCH, Form.YAML)
    if raw and sys.stdout.isatty():
        lines = "".join(f"{_seen(line)}\n" for line in lines.removesuffix("\n").split("\n"))
    elif os.environ.get("GITHUB_ACTIONS") and form is not Form.FINAL:
        lines = guarded(lines, "# " if form is Form.YAML else "")
    elif form is Form.PATCH and any(map(os.environ.get, _OTHERS)):
        lines = "".join(f"{inert(_seen(line))}\n" for line in lines.removesuffix("\n").split("\n"))
    return lines.encode(errors="surrogateescape")


def _seen(line: str) -> str:
    return "\t".join(map(visible, line.split("\t")))


def _is_file() -> bool:
    """Tell whether stdout is a regular file, which no runner reads."""
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def width() -> int:
    """Return the terminal's width; 80 when there is none."""
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        return 80
    import shutil  # noqa: PLC0415 - most reports go to no terminal

    return shutil.get_terminal_size().columns


def is_colored(wish: str) -> bool:
    """Tell whether to colour: as asked for, else as the environment says, else on a terminal.

    NO_COLOR (no-color.org) goes before FORCE_COLOR (force-color.org), as in Python 3.13 itself.
    """
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
