"""What an earlier commit's inputs generate, generated again only where it may differ from now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from msgspec import structs

from kure_hooks import config
from kure_hooks.config import Drift, Settings, Validate
from kure_hooks.errors import ReadError
from kure_hooks.files.recorder import Inputs
from kure_hooks.files.tree import MAX_FILE, MAX_LARGE, Tree, WorkTree
from kure_hooks.operations import fleet
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import RevisionTree, same_for_git

# An owned directory and the stack that it comes from now.
Owned = tuple[str, str]


@dataclass(frozen=True)
class Earlier:
    """A commit beside what the workspace generates; methods raise KureHooksError as git does.

    They also raise InputError where the commit's inputs are wrong.
    """

    workspace: Workspace
    generated: Fleet
    commit: str

    @cached_property
    def tree(self) -> Tree:
        """The files at the commit."""
        root = self.workspace.root
        return _Nearby(RevisionTree(root, self.commit), WorkTree(root))

    @cached_property
    def settings(self) -> Settings:
        """The settings at the commit; those of `--config` hold for every commit."""
        given = self.workspace.settings != config.load(self.workspace.tree)
        return self.workspace.settings if given else config.load(self.tree)

    def unchanged(self, stacks: Iterable[str]) -> set[str]:
        """Return the stacks that are sure to generate the same as now.

        Generation is a pure function of the files read, the paths listed and the settings.
        """
        if self._settings_differ:
            return set()
        inputs = {stack: self.generated.inputs[stack] for stack in stacks}
        differing = self._differing(path for each in inputs.values() for path in each.files)
        return {
            stack
            for stack, each in inputs.items()
            if differing.isdisjoint(each.files) and not any(map(self._lost, each.listed))
        }

    def generate(self, stacks: Iterable[str]) -> Fleet:
        """Return what these stacks generate at the commit.

        If one isn't there, any other may have generated its clusters, so it is all stacks then.
        """
        known = fleet.find(self.tree, self.settings)
        wanted = sorted(stacks)
        chosen = wanted if set(wanted) <= set(known) else known
        return fleet.generate(self.tree, self.settings, chosen, self.workspace.jobs)

    def changed_inputs(self, then: Fleet, owned: Iterable[Owned]) -> dict[Owned, tuple[str, ...]]:
        """Return the sorted inputs that differ now, of each directory's stack now and then."""
        inputs = {
            (directory, stack): {
                *self.generated.inputs[stack].files,
                *then.inputs.get(then.directories.get(directory, stack), Inputs()).files,
            }
            for directory, stack in owned
        }
        differing = self._differing(path for files in inputs.values() for path in files)
        settings = {config.FILE_NAME} if self._settings_differ else set()
        return {
            each: tuple(sorted((files & differing) | settings)) for each, files in inputs.items()
        }

    @cached_property
    def _settings_differ(self) -> bool:
        return _decisive(self.settings) != _decisive(self.workspace.settings)

    def _lost(self, directory: str) -> bool:
        """Whether there was a file that is gone; a new one that matters is among those read."""
        then, now = self.tree.paths(directory), self.workspace.tree.paths(directory)
        return bool(set(then) - set(now) - self.generated.files.keys())

    def _differing(self, paths: Iterable[str]) -> set[str]:
        then = {path: content(self.tree, path) for path in set(paths)}
        return then.keys() - holding(self.workspace, then)


@dataclass(frozen=True)
class _Nearby:
    """A revision; what the work tree has just the same is read there, since asking git is slow."""

    revision: RevisionTree
    work: WorkTree

    def paths(self, under: str = "") -> Sequence[str]:
        """See Tree."""
        return self.revision.paths(under)

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree."""
        data = content(self.work, path, limit)
        if data is not None and self.revision.holds(path, data):
            return data
        return self.revision.read(path, limit)

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        return self.revision.holds(path, data)

    def link(self, path: str) -> str | None:
        """See Tree."""
        return self.revision.link(path)


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
