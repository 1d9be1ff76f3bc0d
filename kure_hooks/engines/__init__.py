"""GitOps engines: each writes the same units as objects of one GitOps tool."""

from typing import Any, cast

from kure_hooks import registry
from kure_hooks.engines.interface import WorkflowEngine
from kure_hooks.layout.render import ManifestLayout
from kure_hooks.package_code import Member, Part, loading


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
