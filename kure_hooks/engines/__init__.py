"""GitOps engines: each writes the same units as objects of one GitOps tool."""

from collections.abc import Collection
from typing import Any, cast

from kure_hooks import registry
from kure_hooks.engines.interface import WorkflowEngine
from kure_hooks.files.tree import Tree
from kure_hooks.layout.render import ManifestLayout
from kure_hooks.package_code import Member, Part, blamed, loading
from kure_hooks.stack.model import Cluster


def _is_layout(result: Any) -> bool:
    return isinstance(result, ManifestLayout)


_LAYOUT = Member("a ManifestLayout", _is_layout)
_MEMBERS = {"create_layout_with_resources": _LAYOUT, "integrate_with_layout": _LAYOUT}


def engine_for(name: str) -> WorkflowEngine:
    """Return the engine that `gitops.type` calls by this name; only its package is loaded.

    UsageError for another name; an engine of one's own is used without a name.
    """
    entry = registry.engine(name)
    with loading(entry.engine):
        engine: WorkflowEngine = registry.load(entry.engine)()
    if subject := registry.described(entry):
        return cast("WorkflowEngine", Part(engine, subject, _MEMBERS))
    return engine


def headerless(tree: Tree, directory: str, paths: Collection[str]) -> set[str]:
    """Return which of these paths are generated though they have no header.

    They are files that objects of an engine name, in the directory of a cluster. Nothing but such
    an object tells by which engine it was generated.
    """
    known: set[str] = set()
    for entry in registry.engines():
        if entry.headerless:
            with blamed(registry.described(entry), "headerless"):
                known.update(registry.load(entry.headerless)(tree, directory, paths))
    return known & set(paths)


def health_patch(cluster: Cluster) -> bytes:
    """Return what tells the tool of a cluster that runs already when its objects are ready.

    It is YAML with comments on how to apply it, empty for an engine that needs nothing of the kind.
    """
    entry = registry.engine(cluster.engine)
    if not entry.health_patch:
        return b""
    with blamed(registry.described(entry), "health_patch"):
        patch: bytes = registry.load(entry.health_patch)(cluster)
    return patch
