"""Taking over files without the header at the paths of generated ones, where git holds them."""

import shlex
from collections.abc import Collection, Iterable, Sequence

from msgspec import structs

from kure_hooks.drift.result import FileChange, Holding
from kure_hooks.errors import UsageError
from kure_hooks.files.mark import is_marked
from kure_hooks.files.paths import is_below
from kure_hooks.files.tree import MAX_LARGE, Tree, WorkTree
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.importing.comparison import differences
from kure_hooks.manifests import Identity
from kure_hooks.operations import check, generate, keeping
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Outcome
from kure_hooks.repository import CheckoutTree
from kure_hooks.repository.holding import contents, keep


def obstacles(workspace: Workspace, generated: Fleet) -> list[FileChange]:
    """Return what is in the way of generated files, with where git holds it."""
    changes = check.differing(workspace, generated, workspace.present)
    in_the_way = [change for change in changes if change.obstacle]
    return check.with_holdings(workspace, workspace.tree, in_the_way)


def refuse_unheld_paths(workspace: Workspace, paths: Collection[str]) -> None:
    """Raise UsageError for files in the way that git does not hold; the header makes one ours."""
    foreign = [path for path in paths if not is_marked(workspace.tree.read(path, MAX_LARGE))]
    where = keeping.holdings(workspace, foreign)
    _refuse(path for path in foreign if where[path] is Holding.NOWHERE)


def refuse_changes(before: Cluster, after: Repository, output: str, apart: set[Identity]) -> None:
    """Raise UsageError where owners of a cluster differ in the repository as it would be.

    Its entry and what is generated in `output` are the cluster then; owners in `apart` may differ.
    """
    clusters = [
        cluster
        for cluster in after.clusters
        if cluster.name == before.name or is_below(cluster.name, output)
    ]
    owners = [owner for cluster in clusters for owner in cluster.owners]
    joined = Cluster(before.name, before.is_certain, after.files, owners)
    if problems := differences(before, joined, apart):
        texts = "; ".join(f"{who} {problem}" for who, problem in problems.items())
        raise UsageError(f"the switch would change what the cluster applies: {texts}")


def refuse_unheld(changes: Iterable[FileChange]) -> None:
    """Raise UsageError for files that can't be taken over, since git does not hold them."""
    _refuse(change.path for change in changes if change.held in (None, Holding.NOWHERE))


def _refuse(unheld: Iterable[str]) -> None:
    if names := ", ".join(unheld):
        raise UsageError(
            f"git does not hold the content of {names}, so nothing is written over it. Add it to "
            "git, or move it away."
        )


def carried_out(workspace: Workspace, stacks: Sequence[str]) -> Outcome:
    """Generate some stacks that were just written, and take over what is in the way."""
    tree: Tree = CheckoutTree(workspace.root) if workspace.git else WorkTree(workspace.root)
    return generate.generate(structs.replace(workspace, tree=tree), stacks, adopt=True)


def undoing(workspace: Workspace, paths: Sequence[str]) -> str:
    """Return the command that brings files back as they are now, empty without git.

    What the index does not hold is kept as a blob, because nobody else has it.
    """
    if not workspace.git:
        return ""
    known = contents(workspace.root, paths)
    held = [workspace.seen(path) for path in paths if known[path].staged]
    unheld = [path for path in paths if not known[path].staged]
    commands = [f"git restore -- {shlex.join(held)}"] if held else []
    commands += [
        f"git cat-file blob {blob} > {shlex.quote(workspace.seen(path))}"
        for path, blob in (keep(workspace.root, unheld) if unheld else {}).items()
    ]
    return " && ".join(commands)
