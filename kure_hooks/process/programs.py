"""Finding, starting and killing programs."""

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from kure_hooks.errors import ToolError

_HINTS = {
    "git": "install it with the system's package manager",
    "helm": "see https://helm.sh/docs/intro/install/",
    "kubeconform": "see https://github.com/yannh/kubeconform#installation",
    "kustomize": "see https://kubectl.docs.kubernetes.io/installation/kustomize/",
}

# What programs need of the user's environment: where helpers, settings and caches are, who the user
# is, language and time zone, how to reach the network. Anything else may be a secret or change what
# a program does. GIT_* is left out since it speaks of one repository: `repository` passes it on.
_KEPT = frozenset({"PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "TZ"})
_KEPT_PREFIXES = ("LC_", "XDG_", "SSL_CERT_")
_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"})

_SHOWN_COMMAND = 200


@dataclass(frozen=True, slots=True)
class Command:
    """A program, its arguments and where it runs; as text, what a message calls it.

    `program` is an absolute path, or a name to find on PATH outside `cwd`. `environment` is added
    to the few variables that are passed on.
    """

    program: str
    args: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        text = printable(shlex.join((Path(self.program).name, *self.args)))
        return text if len(text) <= _SHOWN_COMMAND else f"{text[:_SHOWN_COMMAND]}..."

    def start(self, *, stdin: int, stderr: int) -> subprocess.Popen[bytes]:
        """Start the program in a session of its own; raises ToolError when that is impossible.

        The session takes away the terminal, so that nothing can wait for a password, and makes it
        possible to kill everything that the program starts.
        """
        try:
            return subprocess.Popen(  # noqa: S603 - this is the door; nothing else may start a program
                [self._path(), *self.args],
                bufsize=0,
                cwd=self.cwd,
                env={**_environment(), **self.environment},
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
            )
        except OSError as error:
            raise ToolError(f"{self} can't be started: {error.strerror}") from error

    def _path(self) -> str:
        if Path(self.program).is_absolute():
            return self.program
        if path := find(self.program, outside=self.cwd):
            return path
        hint = _HINTS.get(self.program, "install it or add its directory to PATH")
        raise ToolError(f"{self.program} is not installed; {hint}")


def find(program: str, *, outside: Path | None = None) -> str | None:
    """Return the absolute path of a program on PATH, or None.

    Relative entries of PATH are ignored, and so are those inside `outside`, the checkout: what a
    pull request brings along must not run.
    """
    checkout = outside.resolve() if outside else None
    for entry in map(Path, os.environ.get("PATH", os.defpath).split(os.pathsep)):
        if not entry.is_absolute() or (checkout and entry.resolve().is_relative_to(checkout)):
            continue
        if found := shutil.which(program, path=entry):
            return str(found)
    return None


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the program and all that it started, unless it has been waited for."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def printable(text: str) -> str:
    """Return the text with everything that a terminal would act on, or not show, escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(_KEPT_PREFIXES) or name.upper() in _PROXIES
    }
