"""GitOps engines: each writes the same units as objects of one GitOps tool."""

from kure_hooks import registry
from kure_hooks.engines.interface import WorkflowEngine


def engine_for(name: str) -> WorkflowEngine:
    """Return the engine that `gitops.type` calls by this name; only its package is loaded.

    UsageError for another name; an engine of one's own is used without a name.
    """
    entry = registry.engine(name)
    with registry.of_package(entry.engine):
        engine: WorkflowEngine = registry.load(entry.engine)()
    return engine
