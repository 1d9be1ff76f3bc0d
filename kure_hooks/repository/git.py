"""Running git in the user's repository, so that nothing in the repository can run or wait."""

import os
from collections.abc import Container, Mapping
from pathlib import Path

from kure_hooks.errors import KureHooksError, ToolError, UsageError
from kure_hooks.process import Done, ProgramError, Session, run
from kure_hooks.repository.root import checkouts, find_root

# An embedded bare repository could name a command as its fsmonitor. Starting at the top of the work
# tree never meets one; the options hold where the top itself is such a trap.
_OPTIONS = (
    "--no-optional-locks",
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.quotePath=false"),
)
_MAX_OUTPUT = 1 << 30

# `git rev-parse --local-env-vars` of git 2.39 without GIT_CONFIG*, which isn't about a repository.
_OF_ONE_REPOSITORY = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
_SEEN_FROM_HERE = frozenset({"GIT_COMMON_DIR", "GIT_DIR", "GIT_WORK_TREE"})
_NO_WORK_TREE = ("not a git repository", "cannot use bare repository", "run in a work tree")


# What git would open to ask for a password, and how credential managers are told not to.
_NO_QUESTIONS = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "GCM_INTERACTIVE": "never"}
# A partial clone fetches what it lacks, object by object. No transport is allowed for the versions
# of git that don't know the first variable.
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": ""}
# How ssh reaches its keys.
_ONLINE = ("SSH_AUTH_SOCK",)


def git(  # noqa: PLR0913 - one door for git; all have defaults
    root: Path,
    *args: str,
    stdin: bytes = b"",
    ok: Container[int] = (0,),
    index: Path | None = None,
    network: bool = False,
    timeout: float = 60,
) -> Done:
    """Run git in a directory of a work tree, with its index or another one.

    It reaches the network only when it is asked to, and never asks for a password.

    Raises UsageError when there is no work tree, ProgramError when git says something else with a
    code that isn't in `ok`, and ToolError as `process.run` does or when git distrusts the owner.
    """
    environment = _environment(root, index, network=network)
    try:
        return run(
            "git",
            *_OPTIONS,
            *args,
            cwd=root,
            stdin=stdin,
            ok=ok,
            timeout=timeout,
            max_output=_MAX_OUTPUT,
            environment=environment,
            checkouts=checkouts(root),
        )
    except ProgramError as error:
        raise _explained(error, root) from error


def converse(root: Path, *args: str, index: Path | None = None) -> Session:
    """Start a git command that answers requests, with another index if given; raises ToolError."""
    environment = _environment(root, index)
    command = ("git", *_OPTIONS, *args)
    return Session(*command, cwd=root, environment=environment, checkouts=checkouts(root))


def _environment(root: Path, index: Path | None, *, network: bool = False) -> Mapping[str, str]:
    """Return the user's GIT_* variables and what makes git quiet and its messages English.

    In a hook of git they name the index that the commit is made from. They speak of the repository
    of the working directory: for any other, what they say about a repository would be harmful.
    """
    own = find_root(Path.cwd()) == find_root(root)
    given = {
        name: str(Path(value).resolve()) if name in _SEEN_FROM_HERE else value
        for name, value in os.environ.items()
        if name.startswith("GIT_") and (own or name not in _OF_ONE_REPOSITORY)
    }
    other = {"GIT_INDEX_FILE": str(index)} if index else {}
    online = {name: os.environ[name] for name in _ONLINE if name in os.environ}
    reach = online if network else _OFFLINE
    return given | other | reach | _NO_QUESTIONS | {"LC_ALL": "C"}


def _explained(error: ProgramError, root: Path) -> KureHooksError:
    text = str(error)
    if "dubious ownership" in text:
        return ToolError(
            f"git does not trust {root} because it belongs to another user. If you do, run "
            f"git config --global --add safe.directory {root}"
        )
    if any(sign in text for sign in _NO_WORK_TREE):
        return UsageError(f"{root} is not a git work tree. Run in one, or make one with git init.")
    return error
