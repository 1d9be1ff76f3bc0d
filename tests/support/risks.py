"""Says what a change of a stack, or of a tree, does on the cluster."""

from typing import Any

import yaml

from kure_hooks.config import Drift
from kure_hooks.drift.result import FileChange, Risk
from kure_hooks.files.memory import MemoryTree
from kure_hooks.operations.diff import changes
from kure_hooks.operations.explaining import explained
from kure_hooks.operations.fleet import Fleet
from tests.support.generate import REPOSITORY, generated

Marks = dict[str, tuple[set[Risk], str]]


def fleet(node: dict[str, Any], engine: str = "flux", gitops: Any = None, **cluster: Any) -> Fleet:
    """Return what the stack of the cluster `prod` generates; `gitops` goes over its defaults.

    Applications may refer to the file `stacks/a.txt`.
    """
    argocd = {"argocd": {"repoURL": REPOSITORY} | (gitops or {}).get("argocd", {})}
    chosen = {"type": engine} | (gitops or {}) | (argocd if engine == "argocd" else {})
    stack = {"name": "prod", "gitops": chosen, "node": node} | cluster
    return generated({"stacks/prod.yaml": yaml.safe_dump(stack), "stacks/a.txt": "a"})


def compared(before: Fleet, after: Fleet) -> list[FileChange]:
    """Return what `diff` tells of two versions."""
    return explained(
        list(changes(before, after)),
        MemoryTree(before.files),
        after.files,
        before.origins | after.origins,
        Drift(),
    )


def marks(before: Fleet, after: Fleet) -> Marks:
    """Return the risks of each object, those of its fields included, and what is said of it."""
    found: Marks = {}
    for change in (each for file in compared(before, after) for each in file.objects):
        risks = {risk for field in change.fields for risk in field.risks} | {*change.risks}
        if risks:
            found[change.name] = risks, change.effect
    return found
