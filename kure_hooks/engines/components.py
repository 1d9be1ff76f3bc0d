"""Components of bundles: directories of the repository that kustomize takes in."""

from collections.abc import Iterator
from posixpath import relpath

from kure_hooks.decoding import nearest
from kure_hooks.files.paths import join_relative
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, of_rule
from kure_hooks.kustomize.directories import Builder
from kure_hooks.kustomize.files import directories
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan


def components_build(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """Every component is a directory of the repository that builds as one, as Flux builds it."""
    del contents  # the objects are another rule's
    yield from _findings(plan, tree, restricted=False)


def components_build_apart(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """Likewise, as Argo CD builds it: files are in or below the directory that names them."""
    del contents
    yield from _findings(plan, tree, restricted=True)


@of_rule("KZ001")
def _findings(plan: Plan, tree: Tree, *, restricted: bool) -> Iterator[Finding]:
    builder = Builder(tree, restricted=restricted)
    for unit in plan.units:
        for index, component in enumerate(unit.bundle.options.components):
            if unit.part or (unit.exists and plan.existing.get(unit.name) is None):
                continue
            path = join_relative("/".join(unit.synced), component)
            place = unit.bundle.key("components", index)
            if path is None:
                yield place.fault(f"{component} leaves the repository", "Name a directory of it.")
            elif not path.startswith(root := "".join(f"{each}/" for each in unit.artifact)):
                yield place.fault(f"{path} is not in the package {root}", "Name a directory in it.")
            elif problem := builder.problem(path, "Component"):
                if problem == "does not exist" and unit.bundle.options.ignore_missing_components:
                    continue
                others = (other for other in _known(tree) if other != path)
                known = (relpath(other or ".", "/".join(unit.synced)) for other in others)
                hint = nearest(component, known) or "Name a directory of kind Component."
                yield place.fault(f"{path} {problem}", hint)


def _known(tree: Tree) -> list[str]:
    """Return the directories of the repository that kustomize takes for its own."""
    return directories(tree.paths())
