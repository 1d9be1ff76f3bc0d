"""GitOps engines: each writes the same units as objects of one GitOps tool."""

from kure_hooks.engines.argocd import ENGINE as ARGOCD
from kure_hooks.engines.flux import ENGINE as FLUX
from kure_hooks.engines.interface import WorkflowEngine
from kure_hooks.errors import UsageError
from kure_hooks.stack.load import ENGINES as SPELLINGS

ENGINES: dict[str, WorkflowEngine] = {engine.name: engine for engine in (ARGOCD, FLUX)}


def engine_for(name: str) -> WorkflowEngine:
    """Return the engine that `gitops.type` calls by this name.

    UsageError for another name; an engine of one's own is given to `generate_cluster` instead.
    """
    if name not in SPELLINGS:
        known = ", ".join(sorted(SPELLINGS))
        raise UsageError(
            f'there is no engine "{name}": expected one of {known}, '
            "or an engine of your own as generate_cluster(engine=...)"
        )
    return ENGINES[SPELLINGS[name]]
