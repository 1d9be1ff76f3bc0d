"""Files of the repository that the artifacts of Flux's sources lack."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kure_hooks.engines import artifacts
from kure_hooks.engines.source_ignore import Pattern
from kure_hooks.files.paths import ancestors, is_below
from kure_hooks.files.tree import Tree
from kure_hooks.gitops.budget import Budget

# So many paths are listed, and so many characters compared, while one object is met.
_LISTED = 100
_COMPARED = 5_000


@dataclass(eq=False)
class LeftOut:
    """The files of the repository that an artifact lacks, each with the pattern that leaves it out.

    The artifact is of the files below `root`.
    """

    patterns: Mapping[str, Pattern] = field(default_factory=dict)
    root: str = ""

    def first(self, path: str) -> str:
        """Return the first file that is left out at or below a path, empty for none."""
        return path if path in self.patterns else self._by_directory.get(path, "")

    def way_in(self, path: str) -> str:
        """Return the line that takes in a path of which files are left out, and where to write it.

        It is a noun of a sentence.
        """
        root = tuple(self.root.split("/")) if self.root else ()
        end = "" if path in self.patterns else "/"
        return self.patterns[self.first(path)].way_in(f"{path}{end}", root)

    @cached_property
    def _by_directory(self) -> dict[str, str]:
        first: dict[str, str] = {}
        for path in sorted(self.patterns):
            for above in ("", *ancestors(path)):
                first.setdefault(above, path)
        return first


NOTHING = LeftOut()
"""An artifact that lacks no file."""


class Ignoring:
    """The files that the artifacts of Git repositories lack, found out once for each artifact.

    `others` are the directories that stand for other repositories. The work is taken from the
    budget.
    """

    def __init__(self, tree: Tree, others: Collection[str], budget: Budget) -> None:
        self._ignored = artifacts.Ignored(tree)
        self._others = others
        self._budget = budget
        self._known: dict[artifacts.Artifact, LeftOut | None] = {}

    def left_out(self, root: str, ignore: str, paths: Collection[str]) -> LeftOut | None:
        """Return what the artifact of the files below a root lacks.

        `ignore` are the patterns of the source, and `paths` all files of the tree. None where it
        has more patterns than are followed.
        """
        artifact = artifacts.Artifact(tuple(root.split("/")) if root else (), ignore=ignore)
        if artifact not in self._known:
            inside = [path for path in paths if self._root_of(path) == root]
            effort = self._ignored.effort(artifact, inside) // _COMPARED
            is_followed = effort < self._budget.left // 2
            patterns = self._ignored.left_out(artifact, inside) if is_followed else None
            self._budget.spend(len(inside) // _LISTED + (effort if is_followed else 0))
            self._known[artifact] = None if patterns is None else LeftOut(patterns, root)
        return self._known[artifact]

    def _root_of(self, path: str) -> str:
        """Return the root of the repository that has a file."""
        return next((other for other in self._others if is_below(path, other)), "")
