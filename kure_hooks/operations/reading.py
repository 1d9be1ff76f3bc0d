"""The repository as controllers read it, with what the settings and the stacks say beside it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kure_hooks import stages
from kure_hooks.decoding.suggest import closest
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Skipped
from kure_hooks.gitops.clusters import read_repository, readers_of
from kure_hooks.gitops.program import Program
from kure_hooks.gitops.repository import Cluster, Declared, Repository
from kure_hooks.gitops.urls import may_be_fork, same_repository
from kure_hooks.gitops.walking import Readers
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import checkouts

if TYPE_CHECKING:  # few repositories have no stack
    from kure_hooks.operations.fleet import Fleet

# Of a URL, as much of its end as words are compared.
_END = 40


def repository(
    workspace: Workspace, maps: Mapping[str, Path], generated: "Fleet | None" = None
) -> Repository:
    """Return the clusters of a repository, as they are after `generate` where that is given.

    `maps` gives the directories of other repositories by their URLs.
    """
    tree = generated.over(workspace.tree) if generated else workspace.tree
    stages.enter("reading the repository")
    read = of_tree(workspace, tree, maps)
    settings = workspace.settings.lint
    read.declared = Declared(
        settings.preinstalled, settings.external, settings.pinned, settings.shortest_interval
    )
    for cluster in read.clusters:
        external = _external(generated, cluster) if generated else ()
        cluster.declared = replace(read.declared, external=(*read.declared.external, *external))
    return read


def of_tree(workspace: Workspace, tree: Tree, maps: Mapping[str, Path]) -> Repository:
    """Return the clusters of a tree that the repository could have."""
    origin, program = workspace.origin, _program(workspace)
    return read_repository(tree, origin=origin, maps=maps, program=program)


def readers(
    workspace: Workspace, tree: Tree, maps: Mapping[str, Path], origin: str = ""
) -> Readers:
    """Return the readers of a tree that the repository could have, which read it as `repository`.

    What is compared has to be read by the same programs. `origin` is the URL of the repository
    where git has none.
    """
    origin = workspace.origin or origin
    return readers_of(tree, origin=origin, maps=maps, program=_program(workspace))


def _program(workspace: Workspace) -> Program | None:
    """Return the kustomize on PATH, None where there is none."""
    return Program.on_path(checkouts(workspace.root))


def _external(generated: "Fleet", cluster: Cluster) -> list[str]:
    """Return what the stacks of a cluster declare to be elsewhere.

    They speak for what they generate, and not for a cluster that applies none of that.
    """
    starts = {resource.at().path for resource in cluster.entries}
    names = generated.external(cluster.read | starts)
    return [f"Kustomization */{name}" for name in names]


def unused(repository: Repository, maps: Mapping[str, Path]) -> Iterator[Skipped]:
    """Yield the URLs of maps that nothing names, with the URL that was likely meant."""
    for url in maps:
        if any(same_repository(url, other) for other in repository.urls):
            continue
        likely = sorted(other for other in repository.urls if may_be_fork(url, other))
        near = likely or _nearest(url, repository.urls)
        hint = f'. Did you mean "{near[0]}"?' if near else ""
        yield Skipped(f"--map {url}", f"nothing in this tree uses {url}{hint}")


def _nearest(url: str, urls: Iterable[str]) -> list[str]:
    """Return the URL whose end is most like that of another, none where none is near."""
    by_end = {other.rstrip("/")[-_END:]: other for other in sorted(urls)}
    close = closest(url.rstrip("/")[-_END:], by_end)
    return [by_end[end] for end in by_end if end.lower() == close.lower()]
