"""The identities of objects on the cluster, which are not always those that are written."""

from collections.abc import Callable
from functools import cache

from msgspec import Struct

from kure_hooks.config.argocd import Destination
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Segments
from kure_hooks.manifests import Identity, Manifest, identity
from kure_hooks.objects.scopes import is_cluster_scoped

Place = tuple[str, Identity]
"""A cluster, in words that mean nothing but to tell it from others, and an identity there."""


class Renaming(Struct, frozen=True):
    """The changes that a build makes to the identity of all that it holds.

    `default` is the namespace of objects that have none.
    """

    namespace: str = ""
    prefix: str = ""
    suffix: str = ""
    default: str = ""


UNCHANGED = Renaming()
"""The renaming of a build that keeps every identity."""


def renamed(who: Identity, manifest: Manifest, renaming: Renaming) -> Identity:
    """Return the identity of an object once a build has renamed it, as kustomize 5.8 does."""
    match who.kind:
        case "Namespace":
            name = renaming.namespace or who.name
        case "CustomResourceDefinition" | "APIService":
            name = who.name
        case _:
            name = f"{renaming.prefix}{who.name}{renaming.suffix}"
    if is_cluster_scoped(manifest):
        return Identity(who.group, who.kind, "", name)
    namespace = renaming.namespace or who.namespace or renaming.default
    return Identity(who.group, who.kind, namespace, name)


def on_clusters(plan: Plan) -> Callable[[Segments, Manifest], Place]:
    """Return what tells the place of an object by the directory that it is written into.

    Bundles may apply the same object to several clusters, or under several names.
    """
    units = {path: unit for unit in plan.units for path in unit.directories}

    @cache
    def applied(directory: Segments) -> tuple[str, Renaming]:
        ends = range(len(directory), len(plan.directory), -1)
        unit = next((units[key] for end in ends if (key := directory[:end]) in units), None)
        if unit is None:
            return "", Renaming(default="default")
        options = unit.bundle.options
        cluster, default = str(options.kube_config or ""), "default"
        if plan.cluster.engine == "argocd":
            own, usual = (
                options.argocd.destination or Destination(),
                plan.cluster.argocd.destination,
            )
            at = own if own.server or own.name else usual
            cluster = f"{at.server or ''} {at.name or ''}"
            default = own.namespace or usual.namespace or default
        renaming = Renaming(
            options.target_namespace or "",
            options.name_prefix or "",
            options.name_suffix or "",
            default,
        )
        return cluster, renaming

    def place(directory: Segments, manifest: Manifest) -> Place:
        cluster, renaming = applied(directory)
        return cluster, renamed(identity(manifest), manifest, renaming)

    return place
