"""The main job for Python programs: a stack loaded, its trees generated, a repository checked.

What a caller needs is exported by `kure_hooks` itself; nothing else is meant to stay as it is.
"""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from kure_hooks import config
from kure_hooks.apps import GENERATORS
from kure_hooks.engines.interface import WorkflowEngine
from kure_hooks.files.tree import WorkTree
from kure_hooks.layout.render import ManifestLayout
from kure_hooks.operations.compile import generate_cluster
from kure_hooks.stack.load import load
from kure_hooks.stack.model import Cluster, Stack

if TYPE_CHECKING:  # only `check` needs them at run time
    from concurrent.futures import Executor

    from kure_hooks.outcome import Outcome


def load_stack(path: str, root: str | PathLike[str] = ".") -> Stack:
    """Return the stack in a file, with its clusters.

    `path` is as seen from the `root` of the repository, whose settings fill in what the file leaves
    unset. Raises InputError with every fault of the file and of those that it refers to.
    """
    tree = WorkTree(Path(root))
    return load(tree, path, config.load(tree), GENERATORS)


def generate(
    cluster: Cluster,
    root: str | PathLike[str] | None = None,
    engine: WorkflowEngine | None = None,
) -> ManifestLayout:
    """Return the tree of a cluster, from a stack file or built in Python; nothing is written.

    `root` is the repository that has its settings and the files that its applications name, None
    for none. `engine` goes before the one that the cluster names. Raises InputError with every
    fault of the cluster.
    """
    if root is None:
        return generate_cluster(cluster, engine=engine)
    tree = WorkTree(Path(root))
    return generate_cluster(cluster, config.load(tree), tree, engine)


def check(
    root: str | PathLike[str] = ".",
    stacks: Sequence[str] = (),
    executor: "Executor | None" = None,
) -> "Outcome":
    """Return how the trees of a repository differ from what its stacks generate.

    `stacks` are the paths of the stack files to look at, none for all of them; `drift` of the
    result is what differs. An `executor` generates in the place of processes of this machine: its
    workers need kure-hooks and nothing of the repository. Raises InputError with every fault of the
    stacks, and ToolError for workers that can't do it.
    """
    from kure_hooks.operations import check as command  # noqa: PLC0415 - `generate` needs no drift
    from kure_hooks.operations.workspace import open_workspace  # noqa: PLC0415

    jobs = 0 if executor is None else executor
    return command.check(open_workspace(Path(root), jobs=jobs), stacks)
