"""Finding, starting and killing programs."""

import os
import shlex
import signal
import stat
import subprocess
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from weakref import WeakSet

from msgspec import Struct, field

from kure_hooks.errors import ToolError

_HINTS = {
    "git": "Install it with the system's package manager.",
    "helm": "Install it: https://helm.sh/docs/intro/install/",
    "kubeconform": "Install it: https://github.com/yannh/kubeconform#installation",
    "kustomize": "Install it: https://kubectl.docs.kubernetes.io/installation/kustomize/",
}

# What programs need of the user's environment: where helpers, settings and caches are, who the user
# is, language and time zone, how to reach the network. Anything else may be a secret or change what
# a program does. GIT_* is left out since it speaks of one repository: `repository` passes it on.
_KEPT = frozenset({"PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "TZ"})
_KEPT_PREFIXES = ("LC_", "XDG_", "SSL_CERT_")
_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"})

_SHOWN_COMMAND = 200

# What Linux follows before it gives up (path_resolution(7)).
_MOST_LINKS = 40

_SOUGHT: ContextVar[set[str] | None] = ContextVar("_SOUGHT", default=None)

_STARTED: WeakSet[subprocess.Popen[bytes]] = WeakSet()


class Command(Struct, frozen=True):
    """A program, its arguments and where it runs; as text, what a message calls it.

    `program` is an absolute path, or a name to find on PATH. `checkouts` are the directories that
    no program is taken from, by default `cwd`. `environment` is added to the few variables that are
    passed on.
    """

    program: str
    args: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    checkouts: tuple[Path, ...] = ()

    def __str__(self) -> str:
        from kure_hooks.secrecy.texts import scrub  # noqa: PLC0415 - only for messages

        text = printable(scrub(shlex.join((Path(self.program).name, *self.args))))
        return text if len(text) <= _SHOWN_COMMAND else f"{text[:_SHOWN_COMMAND]}..."

    def start(self, *, stdin: int, stderr: int) -> subprocess.Popen[bytes]:
        """Start the program in a session of its own; raises ToolError when that is impossible.

        The session takes away the terminal, so that nothing can wait for a password, and makes it
        possible to kill everything that the program starts.
        """
        try:
            process = subprocess.Popen(  # noqa: S603 - this is the door; nothing else may start a program
                [self._path(), *self.args],
                bufsize=0,
                cwd=self.cwd,
                env={**_environment(self._checkouts), **self.environment},
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
            )
        except OSError as error:
            raise ToolError(f"{self} can't be started: {error.strerror}") from error
        _STARTED.add(process)
        return process

    @property
    def _checkouts(self) -> tuple[Path, ...]:
        return self.checkouts or (self.cwd,)

    def _path(self) -> str:
        if Path(self.program).is_absolute():
            return self.program
        if path := find(self.program, self._checkouts):
            return path
        hint = _HINTS.get(self.program, "Install it or add its directory to PATH.")
        raise ToolError(f"{self.program} {absence(self.program)}. {hint}")


def find(program: str, checkouts: Collection[Path]) -> str | None:
    """Return the absolute path of a program on PATH, or None.

    What a pull request brings along must not run: relative entries of PATH are ignored, and so is
    every program that lies in one of the `checkouts`, or that is reached through one by links.
    """
    if (sought := _SOUGHT.get()) is not None:
        sought.add(program)
    inside = _identities(checkouts)
    return next((path for path in _on_path(program) if not _passes(path, inside)), None)


@contextmanager
def seeking() -> Iterator[set[str]]:
    """Collect the names of the programs that are looked for meanwhile, whether or not found.

    A thread that begins meanwhile collects nothing.
    """
    sought: set[str] = set()
    token = _SOUGHT.set(sought)
    try:
        yield sought
    finally:
        _SOUGHT.reset(token)


def absence(program: str) -> str:
    """Return why `find` finds nothing; the answer completes the sentence `<program> ...`."""
    if path := next(_on_path(program), None):
        where = f"is only found inside the repository, as {printable(path)}"
        return f"{where}, where a pull request could have put it"
    return "is not installed"


def _on_path(program: str) -> Iterator[str]:
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = Path(entry, program)
        if path.is_absolute() and os.access(path, os.X_OK) and path.is_file():
            yield str(path)


def _identities(directories: Iterable[Path]) -> frozenset[tuple[int, int]]:
    """Return device and inode of the directories that exist.

    Names can't tell: a file system may ignore case, and one directory may be mounted twice.
    """
    statuses = (directory.stat() for directory in directories if directory.is_dir())
    return frozenset((status.st_dev, status.st_ino) for status in statuses)


def _passes(path: str, directories: Collection[tuple[int, int]]) -> bool:
    """Tell whether the way to a file, link by link, leads through one of the directories."""
    here, waiting, links = Path("/"), deque(Path(path).parts[1:]), 0
    while waiting:
        part = waiting.popleft()
        here = here.parent if part == ".." else here / part
        try:
            status = here.lstat()
        except OSError:
            return False
        if (status.st_dev, status.st_ino) in directories:
            return True
        if stat.S_ISLNK(status.st_mode):
            links += 1
            target = here.readlink()
            waiting.extendleft(reversed(target.parts[target.is_absolute() :]))
            here = Path("/") if target.is_absolute() else here.parent
        if links > _MOST_LINKS:
            return True
    return False


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the program and all that it started, unless it has been waited for."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def kill_all() -> None:
    """Kill every program that this process has started and that still runs."""
    for process in list(_STARTED):
        kill(process)


def printable(text: str) -> str:
    """Return the text with everything that a terminal would act on, or not show, escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _environment(checkouts: Collection[Path]) -> dict[str, str]:
    """Return what is passed on; PATH without the directories that no program is taken from."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(_KEPT_PREFIXES) or name.upper() in _PROXIES
    }
    return kept | {"PATH": _outside(kept.get("PATH", os.defpath), _identities(checkouts))}


def _outside(path: str, directories: Collection[tuple[int, int]]) -> str:
    entries = (entry for entry in path.split(os.pathsep) if Path(entry).is_absolute())
    kept = [entry for entry in entries if not _passes(entry, directories)]
    # An empty PATH would mean the working directory.
    return os.pathsep.join(kept) or os.defpath
