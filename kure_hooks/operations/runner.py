"""The runner of git hooks that started the command: pre-commit or prek."""

import shlex
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from kure_hooks.errors import InputError
from kure_hooks.yamlio import read

CONFIGS = (".pre-commit-config.yaml", ".pre-commit-config.yml")
_OF_PREK = "prek.toml"  # which comes first for prek 0.5

# The stage in which people run a hook by hand, and which a shipped hook always has.
_BY_HAND = "manual"
_NO_CLONES = frozenset({"local", "meta", "builtin"})
_REVISION = {"pre-commit": "--ref", "prek": "--rev"}


class Runner(Struct, frozen=True, dict=True):
    """A hook runner: `pre-commit` or `prek`, started at the top of the work tree `root`.

    `pushing` tells that git is about to push, so that what is wrong is committed already. The
    programs that a runner installs for its hooks are not on the PATH of the people who read what
    a hook says: they can only run it as the runner does.
    """

    program: str
    root: Path
    pushing: bool = False

    def command(self, hook: str) -> str:
        """Return the command that runs one of the project's hooks on all that is staged.

        A hook that the configuration doesn't name comes from the repository of those that it names.
        Empty when it names none of them, as where the command is installed by other means.
        """
        for _, entry in self._entries:
            if entry.get("id") == hook:
                stages = entry.get("stages")
                named = stages if isinstance(stages, list) and stages else [_BY_HAND]
                stage = _BY_HAND if _BY_HAND in named else str(named[0])
                return self._run("run", stage, hook)
        for repository, _ in self._entries:
            repo, rev = str(repository["repo"]), str(repository.get("rev"))
            if not repo.startswith("-") and not rev.startswith("-"):
                return self._run("try-repo", _BY_HAND, repo, hook, _REVISION[self.program], rev)
        return ""

    @property
    def whole(self) -> str:
        """The command that shows all of a report that was too long for a hook; as `command`."""
        hooks = [str(entry.get("id")) for _, entry in self._entries]
        hook = "kure-check" if "kure-check" in hooks or not hooks else hooks[0]
        command = self.command(hook)
        return f"KURE_HOOKS_LINES=0 {command}" if command else ""

    def _run(self, verb: str, stage: str, *args: str) -> str:
        words = (self.program, verb, "--hook-stage", stage, *args, "--all-files")
        return shlex.join(words)

    @cached_property
    def _entries(self) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """The configured hooks of this project, each after the repository that it is of."""
        return [
            (repository, entry)
            for repository in _mappings(self._config, "repos")
            if isinstance(repo := repository.get("repo"), str) and repo not in _NO_CLONES
            for entry in _mappings(repository, "hooks")
            if entry.get("id") in ("kure-check", "kure-generate")
        ]

    @property
    def _config(self) -> Any:
        for name in (_OF_PREK, *CONFIGS) if self.program == "prek" else CONFIGS:
            try:
                content = (self.root / name).read_bytes()
                return _toml(content) if name == _OF_PREK else _yaml(content, name)
            except (OSError, InputError, ValueError):
                continue
        return {}


def _yaml(content: bytes, name: str) -> Any:
    documents = read(content, name)
    return documents[0].value if documents else {}


def _toml(content: bytes) -> Any:
    import tomllib  # noqa: PLC0415 - few repositories have such a file

    return tomllib.loads(content.decode())


def _mappings(value: Any, key: str) -> Iterator[Mapping[str, Any]]:
    found = value.get(key) if isinstance(value, dict) else None
    yield from (each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()
