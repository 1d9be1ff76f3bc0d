"""Stamps: what a clean run leaves behind, so that the same run on the same files is a look at git.

`check` and `generate` run at every commit, and mostly nothing that they look at has changed. A
stamp holds the state of everything that their answer depends on: whoever finds the same state again
has the same answer. It lies in git's own directory of the work tree, where no pull request can put
one.

The modules here are loaded before anything else, click included, and take nothing of the standard
library that takes long to load, such as pathlib.
"""

import os

from kure_hooks.stamps.place import Stamp, git_directory, read

VARIABLE = "KURE_HOOKS_CACHE"
"""The environment variable that turns stamps off, as it does caches: empty or 0."""

# Whoever asks for one of these wants the run itself, or has more of it than its exit code.
_UNSTAMPED = ("--no-cache", "--debug", "--output", "--changed", "-h", "--help")

# Git's variables that lead to another repository than the one around the working directory.
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")


class Question:
    """A run that may have been answered before: where its stamp lies, and what was found there.

    `before` is the state of what the stamp names at the start of this run, empty where there is
    none; a new stamp is only true when the state at the end is the same.
    """

    def __init__(self, command: str, directory: str, name: str) -> None:
        self.command = command
        self.directory = directory
        self.name = name
        self.stamp: Stamp | None = None
        self.before = ""

    def answer(self) -> bytes | None:
        """Return what the clean run printed if its answer still holds, else None."""
        self.stamp = read(self.directory, self.name)
        if self.stamp is None:
            return None
        from kure_hooks.stamps.state import observe  # noqa: PLC0415 - where there is a stamp

        self.before = observe(self.stamp.basis) or ""
        return self.stamp.printed if self.before == self.stamp.state != "" else None


def ask(arguments: list[str]) -> Question | None:
    """Return the question that a command line asks, None for one that no stamp can answer."""
    if not hasattr(os, "posix_spawn"):
        return None
    if os.environ.get(VARIABLE) in ("", "0"):
        return None
    if any(argument.startswith(_UNSTAMPED) for argument in arguments):
        return None
    try:
        here = os.getcwd()
    except OSError:  # it was removed, which the command tells
        return None
    root = os.path.realpath(os.path.join(here, _root(arguments)))
    directory = own_directory(here, root)
    if not directory:
        return None
    from kure_hooks.stamps.identity import identify  # noqa: PLC0415 - for such commands only

    return Question(arguments[0], directory, identify(arguments, here, root))


def own_directory(here: str, root: str) -> str:
    """Return git's own directory for the work tree around a root.

    It is empty where there is none, and where the environment speaks of another repository. A
    hook's index is that of the repository which the hook runs in, and `here` the directory that
    it runs in.
    """
    directory = git_directory(root)
    foreign = os.environ.get("GIT_INDEX_FILE") and directory != git_directory(here)
    return "" if foreign or any(map(os.environ.get, _ELSEWHERE)) else directory


def _root(arguments: list[str]) -> str:
    """Return the value of --root, the last one as click does, empty where it is not given."""
    root = ""
    for number, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--root":
            root = value if equals else "".join(arguments[number + 1 : number + 2])
    return root
