"""A cluster as people picture it: its parts, one inside the other, and what waits for what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, structs

from kure_hooks.origin import Origin

if TYPE_CHECKING:  # an outcome has outlines, also where no stack is read
    from kure_hooks.stack.model import Application, Bundle, Cluster, Node


class Part(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A cluster, node, bundle or application of a stack, or an owner: a GitOps object of any tree.

    `detail` is a cluster's engine, the payload of a bundle that has one, or the kind of an
    application or an owner. `needs` are the names
    of the bundles or owners that one waits for, `external` those among them that are not there.
    `drifted` is what `marked` sets; what is `deadlocked` waits for itself.
    """

    kind: Literal["cluster", "node", "bundle", "application", "owner"]
    """The kind of the part.

    - `cluster`: A cluster.
    - `node`: A node, a directory of the cluster.
    - `bundle`: A bundle, which is applied as one.
    - `application`: An application of a bundle.
    - `owner`: A GitOps object of a tree that was not generated.
    """
    name: str
    """The name of the part. For a node it is its path."""
    detail: str = ""
    """The engine of a cluster, the payload of a bundle, or the kind of an application or owner."""
    needs: tuple[str, ...] = ()
    """The names of the bundles or owners that this one waits for."""
    external: tuple[str, ...] = ()
    """The names among `needs` that are not in this cluster."""
    parts: tuple[Part, ...] = ()
    """The parts inside of this one."""
    drifted: bool = False
    """True where a drifted file comes from this part."""
    deadlocked: bool = False
    """True where the part waits for itself."""

    def __len__(self) -> int:
        """Return how many parts there are, this one and those inside of it."""
        return 1 + sum(map(len, self.parts))


def outline(cluster: Cluster) -> Part:
    """Return the whole of a cluster, in the order of its stack file."""
    return Part("cluster", cluster.name, cluster.engine, parts=(_node(cluster.root, ""),))


def marked(cluster: Part, origins: Iterable[Origin]) -> Part:
    """Return the outline of a cluster with `drifted` set on its parts that are among the origins.

    Nodes go by their path, bundles by their name, applications by their bundle's and their own. The
    cluster itself is never marked.
    """
    keys = {
        key
        for origin in origins
        for key in (
            ("node", origin.node),
            ("bundle", origin.bundle),
            ("application", origin.bundle, origin.application),
        )
        if key[-1]
    }
    return _marked(cluster, "", keys)


def _marked(part: Part, above: str, keys: Collection[tuple[str, ...]]) -> Part:
    within = (above,) if part.kind == "application" else ()
    return structs.replace(
        part,
        parts=tuple(_marked(each, part.name, keys) for each in part.parts),
        drifted=(part.kind, *within, part.name) in keys,
    )


def _node(node: Node, above: str) -> Part:
    """Return a node, which goes by its path from the root like the origins of its files."""
    path = f"{above}/{node.name}" if above else node.name
    bundles = (_bundle(node.bundle),) if node.bundle else ()
    return Part("node", path, parts=(*bundles, *(_node(child, path) for child in node.children)))


def _bundle(bundle: Bundle) -> Part:
    return Part(
        "bundle",
        bundle.name,
        "" if bundle.payload is None else bundle.payload or ".",
        needs=tuple(each.name for each in bundle.depends_on),
        external=tuple(each.name for each in bundle.depends_on if each.external),
        parts=(
            *map(_application, bundle.applications),
            *map(_bundle, bundle.children),
        ),
    )


def _application(application: Application) -> Part:
    return Part("application", application.name, application.kind)
