"""The file of a baseline: named by the settings or by whoever runs lint, read and written safely.

A path inside of the repository, whoever names it, is one that a pull request may have turned into
a link: no link is followed there, and nothing but a regular file is read or replaced.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from kure_hooks.errors import MissingError, ReadError, UsageError
from kure_hooks.files.paths import path_problem
from kure_hooks.files.tree import MAX_LARGE, WorkTree
from kure_hooks.files.writer import write_file, write_tree
from kure_hooks.findings import Finding
from kure_hooks.lint import baseline
from kure_hooks.operations.workspace import Workspace


class BaselineFile(Struct, frozen=True):
    """The file of a baseline: its path below `root`, and what its reader calls it.

    `root` is the repository, or the directory of a file outside of it.
    """

    root: Path
    path: str
    name: str
    is_inside: bool = True

    def known(self) -> baseline.Known | None:
        """Return the baseline in the file, None where there is none.

        Raises UsageError for a file that can't be read, and InputError for one that is no baseline.
        """
        data = self._data()
        return None if data is None else baseline.parse(self.name, data)

    def write(self, findings: Sequence[Finding], keeps: Callable[[baseline.Entry], bool]) -> None:
        """Write the baseline of findings, with those entries of the one before that it `keeps`.

        Raises UsageError for a file that is no baseline.
        """
        data = self._data()
        kept: Sequence[baseline.Entry] = ()
        if data is not None:
            if not data.startswith(baseline.HEADER):
                raise UsageError(
                    f"--baseline {self.name} is no baseline, so it is not replaced. Name another "
                    "file."
                )
            kept = list(filter(keeps, baseline.parse(self.name, data).entries))
        written = baseline.written(findings, kept)
        if self.is_inside:
            write_tree(self.root, {self.path: written})
        else:
            write_file(self.root / self.path, written)

    def _data(self) -> bytes | None:
        try:
            return WorkTree(self.root).read(self.path, MAX_LARGE)
        except MissingError:
            return None
        except ReadError as error:
            raise UsageError(error.named(f"--baseline {self.name}")) from error


def baseline_file(workspace: Workspace, given: Path | None) -> BaselineFile | None:
    """Return the file of the baseline that was given, else that of the settings; None for neither.

    Raises UsageError for a path inside of the repository that no file there may have.
    """
    if given is None:
        name = workspace.settings.lint.baseline
        if name is None:
            return None
        shown = workspace.seen(name) if workspace.reader else str(workspace.root / name)
        return BaselineFile(workspace.root, name, shown)
    path = Path(os.path.abspath(given))  # noqa: PTH100 - resolve() would follow links inside
    inside = _inside(workspace.root, path)
    if inside is None:
        real = path.resolve()
        return BaselineFile(real.parent, real.name, str(given), is_inside=False)
    if problem := path_problem(inside):
        raise UsageError(f"--baseline {given} {problem}. Name another file.")
    return BaselineFile(workspace.root, inside, str(given))


def _inside(root: Path, path: Path) -> str | None:
    """Return a path as one below the root, None for one outside; links inside do not count."""
    for above in reversed(path.parents):
        if above.resolve() == root:
            return path.relative_to(above).as_posix()
    return None
