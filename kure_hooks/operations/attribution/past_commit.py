"""Generate from another version's inputs, again only where the result may differ from now."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from msgspec import convert, structs, to_builtins

from kure_hooks import config
from kure_hooks.config import Drift, Settings
from kure_hooks.config.validate import Validate
from kure_hooks.drift.result import FileChange
from kure_hooks.errors import ReadError
from kure_hooks.files.paths import is_below
from kure_hooks.files.tree import MAX_FILE, MAX_LARGE, Tree, WorkTree
from kure_hooks.operations import fleet
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import IndexTree, RevisionTree, same_for_git


@dataclass(frozen=True)
class Earlier:
    """A version beside what the workspace generates; methods raise KureHooksError as git does.

    They also raise InputError where the version's inputs are wrong. An *input* is the path of a
    file, or a key of the settings written as in `.kure-hooks.yaml: flux.interval`.
    """

    workspace: Workspace
    generated: Fleet
    version: RevisionTree | IndexTree

    @cached_property
    def tree(self) -> Tree:
        """The files of the version."""
        return _Nearby(self.version, WorkTree(self.workspace.root))

    @cached_property
    def settings(self) -> Settings:
        """The settings of the version; those from outside of the repository hold for every one."""
        file = self.workspace.settings_file
        return config.load_from(self.tree, file) if file else self.workspace.settings

    @cached_property
    def changed_settings(self) -> dict[str, tuple[str, ...]]:
        """The changed keys of the settings that decide what is generated, as inputs."""
        then, now = (dict(_keys(_decisive(each))) for each in (self.settings, self._settings_now))
        return {
            f"{self.workspace.settings_file}: {'.'.join(key)}": key
            for key in sorted(then.keys() | now.keys())
            if then.get(key) != now.get(key)
        }

    @property
    def _settings_now(self) -> Settings:
        return self.workspace.settings

    def unchanged(self, stacks: Iterable[str]) -> set[str]:
        """Return the stacks that are sure to generate the same as now.

        Generation is a pure function of the files read, the paths listed and the settings.
        """
        if self.changed_settings:
            return set()
        known = self.generated.inputs
        inputs = {stack: known[stack] for stack in stacks if stack in known}
        differing = self.differing(path for each in inputs.values() for path in each.files)
        return {
            stack
            for stack, item in inputs.items()
            if differing.isdisjoint(item.files) and not any(map(self._lost, item.listed))
        }

    def generate(self, changes: Sequence[FileChange]) -> Fleet:
        """Return what the stacks of changed files generate in the version.

        If one isn't there, any other may have generated its clusters, so it is all stacks then. Of
        cluster sets it is the clusters with the files alone.
        """
        known = fleet.find(self.tree, self.settings)
        stacks = {change.stack for change in changes}
        chosen = sorted(stacks) if stacks <= set(known) else known
        only = self.generated.members({change.directory for change in changes})
        return fleet.generate(self.tree, self.settings, chosen, self.workspace.jobs, only=only)

    def generate_without(
        self, inputs: Collection[str], stacks: Collection[str], only: Mapping[str, Collection[str]]
    ) -> Fleet:
        """Return what these stacks generate now if the inputs had not changed.

        Of cluster sets it is the clusters in `only`; see `fleet.generate`. Raises KureHooksError
        where that makes no sense, such as a file that is named and not there.
        """
        keys = [self.changed_settings[each] for each in inputs if each in self.changed_settings]
        settings = _with_keys(self._settings_now, self.settings, keys)
        tree = _Reverted(self.workspace.tree, self.tree, frozenset(inputs))
        both = {*fleet.find(tree, settings)} & set(inputs)
        chosen = sorted({*stacks, *both})
        return fleet.generate(tree, settings, chosen, self.workspace.jobs, only=only)

    def differing(self, paths: Iterable[str]) -> set[str]:
        """Return the paths whose files are not the same now."""
        then = {path: content(self.tree, path) for path in set(paths)}
        return then.keys() - holding(self.workspace, then)

    def _lost(self, directory: str) -> bool:
        """Tell whether a file is gone; a new one that matters is among those read."""
        then, now = self.tree.paths(directory), self.workspace.tree.paths(directory)
        return bool(set(then) - set(now) - self.generated.files.keys())


@dataclass(frozen=True)
class _Nearby:
    """A version; what the work tree has just the same is read there, since asking git is slow."""

    version: RevisionTree | IndexTree
    work: WorkTree

    def paths(self, under: str = "") -> Sequence[str]:
        """See Tree."""
        return self.version.paths(under)

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree."""
        data = content(self.work, path, limit)
        if data is not None and self.version.holds(path, data):
            return data
        return self.version.read(path, limit)

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        return self.version.holds(path, data)

    def link(self, path: str) -> str | None:
        """See Tree."""
        return self.version.link(path)


@dataclass(frozen=True)
class _Reverted:
    """A tree in which some paths are as they were in another one."""

    now: Tree
    then: Tree
    reverted: frozenset[str]

    def paths(self, under: str = "") -> Sequence[str]:
        """See Tree."""
        back = {path for path in self.reverted if is_below(path, under) and self.then.paths(path)}
        return sorted((set(self.now.paths(under)) - self.reverted) | back)

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree."""
        return self._at(path).read(path, limit)

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        return self._at(path).holds(path, data)

    def link(self, path: str) -> str | None:
        """See Tree."""
        return self._at(path).link(path)

    def _at(self, path: str) -> Tree:
        return self.then if path in self.reverted else self.now


def holding(workspace: Workspace, files: Mapping[str, bytes | None]) -> set[str]:
    """Return the paths where the workspace holds these bytes, None standing for no file.

    In a work tree that includes what git would store as these bytes.
    """
    tree = workspace.tree
    same = {path for path, data in files.items() if _holds(tree, path, data)}
    others = {path: data for path, data in files.items() if data is not None and path not in same}
    if others and isinstance(tree, WorkTree):
        same |= same_for_git(workspace.root, others)
    return same


def content(tree: Tree, path: str, limit: int = MAX_LARGE) -> bytes | None:
    """Return a file's bytes, None where there is no file that can be read."""
    try:
        return tree.read(path, limit)
    except ReadError:
        return None


def _holds(tree: Tree, path: str, data: bytes | None) -> bool:
    if data is None:
        return tree.holds(path, b"") is None
    return tree.holds(path, data) is True


def _decisive(settings: Settings) -> Settings:
    """Return the settings without those that don't decide what is generated."""
    return structs.replace(settings, drift=Drift(), validate=Validate())


def _keys(settings: Settings) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the keys of the settings as they are written, with their values."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), to_builtins(settings))]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*key, step), item) for step, item in value.items()]
        else:
            yield key, value


def _with_keys(settings: Settings, others: Settings, keys: Iterable[Sequence[str]]) -> Settings:
    """Return the settings with some keys as they are in others."""
    values = dict(_keys(settings)) | {
        tuple(key): each for key, each in _keys(others) if key in set(map(tuple, keys))
    }
    nested: dict[str, Any] = {}
    for key, value in values.items():
        inner = nested
        for step in key[:-1]:
            inner = inner.setdefault(step, {})
        inner[key[-1]] = value
    return convert(nested, Settings)
