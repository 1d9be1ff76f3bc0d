"""The files that payloads were built of before they became applications."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kure_hooks.errors import InputError
from kure_hooks.files.tree import Tree
from kure_hooks.operations import fleet, reading
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.payload_steps import Step
from kure_hooks.operations.starts import State
from kure_hooks.operations.workspace import Workspace


@dataclass(frozen=True)
class OldFiles:
    """The files that adopted payloads were built of.

    Stacks read the `sources`, or take them in with a directory. Owners that no stack generates
    still apply the `applied`, by the owners with their files, and nothing reads the `unread` any
    more. Of the `commented` the comments are in no application.
    """

    sources: Sequence[str] = ()
    applied: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unread: Sequence[str] = ()
    commented: Sequence[str] = ()


def old_files(
    workspace: Workspace, maps: Mapping[str, Path], tree: Tree, state: State, steps: Sequence[Step]
) -> OldFiles:
    """Return what becomes of the files of payloads in a tree with adopted stacks.

    `state` is what the stacks generate, and `tree` has it.
    """
    files: set[str] = set().union(*(step.payload.files for step in steps))
    inputs = _inputs(workspace, tree, state.generated)
    taken = set().union(*(cluster.read for cluster in state.clusters.values()))
    sources = files if inputs is None else files & (inputs | taken)
    users: dict[str, set[str]] = {}
    for cluster in reading.of_tree(workspace, tree, maps).clusters:
        for owner in cluster.owners:
            path = owner.resource.at().path
            if path in state.generated.files:
                continue
            for payload in owner.payloads:
                for file in payload.files & (files - sources):
                    users.setdefault(file, set()).add(f"{owner.who} in {path}")
    return OldFiles(
        sources=sorted(sources),
        applied={path: sorted(users[path]) for path in sorted(users)},
        unread=sorted(files - sources - users.keys()),
        commented=sorted({path for step in steps for path in step.conversion.commented}),
    )


def _inputs(workspace: Workspace, tree: Tree, generated: Fleet) -> set[str] | None:
    """Return what all stacks read; None where one of those that are not generated is faulty."""
    known = fleet.find(tree, workspace.settings)
    others = [path for path in known if path not in generated.inputs]
    read = list(generated.inputs.values())
    try:
        if others:
            read += fleet.generate(tree, workspace.settings, others, jobs=1).inputs.values()
    except InputError:
        return None
    return set().union(*(inputs.files for inputs in read))
