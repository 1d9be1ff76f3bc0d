"""Taking over files without the header at the paths of generated ones, where git holds them."""

from collections.abc import Iterable, Sequence

from msgspec import structs

from kure_hooks.drift.result import FileChange, Holding
from kure_hooks.errors import UsageError
from kure_hooks.files.tree import Tree, WorkTree
from kure_hooks.operations import check, generate
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Outcome
from kure_hooks.repository import CheckoutTree


def obstacles(workspace: Workspace, generated: Fleet) -> list[FileChange]:
    """Return what is in the way of generated files, with where git holds it."""
    changes = check.differing(workspace, generated, workspace.present)
    in_the_way = [change for change in changes if change.obstacle]
    return check.with_holdings(workspace, workspace.tree, in_the_way)


def refuse_unheld(changes: Iterable[FileChange]) -> None:
    """Raise UsageError for files that can't be taken over, since git does not hold them."""
    unheld = [change for change in changes if change.held in (None, Holding.NOWHERE)]
    if unheld:
        names = ", ".join(change.path for change in unheld)
        raise UsageError(
            f"git does not hold the content of {names}, so nothing is written over it. Add it to "
            "git, or move it away."
        )


def carried_out(workspace: Workspace, stacks: Sequence[str]) -> Outcome:
    """Generate some stacks that were just written, and take over what is in the way."""
    tree: Tree = CheckoutTree(workspace.root) if workspace.git else WorkTree(workspace.root)
    return generate.generate(structs.replace(workspace, tree=tree), stacks, adopt=True)
