"""Projects that keep their own Applications from what they are for (Argo CD 3.5).

A generated project permits just that, but a patch or a `projectSpec` may take it away again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kure_hooks.engines.argocd.projects import Scope, defined, scope
from kure_hooks.engines.gitops_patches import places
from kure_hooks.engines.interface import Assembly, Start
from kure_hooks.engines.permissions import (
    refuses_destination,
    refuses_object,
    refuses_source,
)
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, Item
from kure_hooks.layout.units import Segments
from kure_hooks.manifests import Identity, Manifest, identity, mappings_at, text_at, value_at
from kure_hooks.yamlio.place import Place

_MOST_NAMED = 3


def projects_permit(plan: Plan, assembly: Assembly) -> Assembly:
    """Return the pieces of a tree as they are, with every project looked at; see Adaptation.

    Raises InputError with a finding for each that refuses what its Applications need.
    """
    tree = _Synced.of(plan, assembly.objects, assembly.start, assembly.payloads)
    if faults := list(_refusals(plan, tree)):
        raise InputError(faults)
    return assembly


@dataclass(frozen=True)
class _Synced:
    """The GitOps objects of a cluster, and the objects of each directory by its path."""

    items: Sequence[Item]
    contents: Mapping[str, Sequence[Manifest]]

    @classmethod
    def of(
        cls, plan: Plan, objects: Sequence[Item], start: Start, payloads: Sequence[Directory]
    ) -> "_Synced":
        contents: dict[Segments, list[Manifest]] = {
            plan.control: [each.manifest for each in objects]
        }
        for name, items in start.files.items():
            place = (*plan.start, *name.split("/")[:-1])
            contents.setdefault(place, []).extend(each.manifest for each in items)
        for directory in payloads:
            held = (item.manifest for file in directory.files for item in file.items)
            contents.setdefault(directory.path, []).extend(held)
        every = [*objects, *(each for items in start.files.values() for each in items)]
        held_items = [one for each in every for one in each.holds]
        paths = {"/".join(path): found for path, found in contents.items()}
        return cls([*every, *held_items], paths)

    def of_kind(self, kind: str) -> Iterator[Item]:
        """Yield the GitOps objects of a kind."""
        return (each for each in self.items if each.manifest["kind"] == kind)


def _refusals(plan: Plan, tree: _Synced) -> Iterator[Finding]:
    known = defined(each for found in tree.contents.values() for each in found)
    for project in tree.of_kind("AppProject"):
        name = project.manifest["metadata"]["name"]
        refused = [
            text
            for each in tree.of_kind("Application")
            if text_at(each.manifest, "spec", "project") == name
            for text in _refused(project.manifest, each.manifest, tree, known)
        ]
        if refused:
            yield _finding(plan, project, list(dict.fromkeys(refused)))


def _finding(plan: Plan, project: Item, refused: Sequence[str]) -> Finding:
    few = list(refused[:_MOST_NAMED])
    if rest := len(refused) - len(few):
        few.append(f"{rest} more")
    named = " and ".join([", ".join(few[:-1]), few[-1]]) if few[1:] else few[0]
    problem = (
        f"{identity(project.manifest)} refuses what its Applications need: {named}; "
        "Argo CD won't sync it"
    )
    return _place(plan, project).fault(problem, "Name a project that permits it.", rule="AC006")


def _place(plan: Plan, project: Item) -> Place:
    patches = places(plan, project)
    return patches[-1] if patches else plan.cluster.key("gitops", "argocd", "projectSpec")


def _refused(
    project: Manifest, application: Manifest, tree: _Synced, known: Mapping[tuple[str, str], Scope]
) -> Iterator[str]:
    """Yield what a project refuses of an Application and of the objects in its directories."""
    spec, name = application["spec"], application["metadata"]["name"]
    destination = spec["destination"]
    cluster = {key: destination[key] for key in ("server", "name") if destination.get(key)}
    namespace = destination.get("namespace") or ""
    if refuses_destination(project, cluster, namespace):
        yield f"the destination of {name}"
    for source in [*mappings_at(spec, "sources")] or [spec["source"]]:
        if refuses_source(project, source["repoURL"]):
            yield f"the source {source['repoURL']} of {name}"
        target = text_at(value_at(source, "kustomize"), "namespace")
        for manifest in tree.contents.get(source.get("path", ""), ()):
            candidates = _candidates(manifest, target, namespace, scope(manifest, known))
            if all(refuses_object(project, cluster, each) for each in candidates):
                yield f"{candidates[0]} of {name}"


def _candidates(manifest: Manifest, target: str, usual: str, where: Scope) -> Sequence[Identity]:
    """Return what an object may be on the cluster: two where nobody here can tell its scope.

    `target` is the namespace that kustomize sets, `usual` that of objects without one.
    """
    who = identity(manifest)
    inside = Identity(who.group, who.kind, target or who.namespace or usual, who.name)
    outside = Identity(who.group, who.kind, "", who.name)
    candidates = {Scope.NAMESPACE: (inside,), Scope.CLUSTER: (outside,)}
    return candidates.get(where, (inside, outside))
