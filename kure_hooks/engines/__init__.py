"""GitOps engines: each writes the same units as objects of one GitOps tool."""

import importlib

from kure_hooks.engines.interface import WorkflowEngine
from kure_hooks.errors import UsageError
from kure_hooks.stack.load import ENGINES as SPELLINGS

ENGINES = {
    "argocd": "Applications and AppProjects for Argo CD 3.5",
    "flux": "Kustomizations and sources for Flux CD 2.9",
}


def engine_for(name: str) -> WorkflowEngine:
    """Return the engine that `gitops.type` calls by this name; only its package is loaded.

    UsageError for another name; an engine of one's own is given to `generate_cluster` instead.
    """
    if name not in SPELLINGS:
        known = ", ".join(sorted(SPELLINGS))
        raise UsageError(
            f'there is no engine "{name}": expected one of {known}, '
            "or an engine of your own as generate_cluster(engine=...)"
        )
    engine: WorkflowEngine = importlib.import_module(f"kure_hooks.engines.{SPELLINGS[name]}").ENGINE
    return engine
