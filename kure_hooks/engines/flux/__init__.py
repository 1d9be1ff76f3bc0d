"""Flux CD 2.9: Kustomizations and their sources."""

from dataclasses import replace
from functools import partial

from msgspec import ValidationError, convert, structs, to_builtins

from kure_hooks.config.options import FluxOptions, FluxSpec, KustomizationMode, laid_out
from kure_hooks.engines.flux import bootstrap, namespaces, placement, resources, rules
from kure_hooks.engines.gitops_patches import with_patches
from kure_hooks.engines.interface import ComposedEngine, WorkflowEngine
from kure_hooks.errors import UsageError
from kure_hooks.layout.schemes import Scheme
from kure_hooks.stack.model import Cluster

ENGINE = ComposedEngine(
    name="flux",
    version="2.9",
    scheme=lambda _: Scheme(start="flux-system", control="flux-system"),
    rules=rules.RULES,
    resources=resources.resources,
    layout=with_patches(placement.integrate),
    placements=("separate", "integrated", "integrated-per-bundle"),
    bootstrap=bootstrap.bootstrap,
    preparations=(namespaces.create,),
    reviews=rules.REVIEWS,
    inspections=rules.INSPECTIONS,
)


def engine() -> WorkflowEngine:
    """Return Flux with the options that each cluster has."""
    return ENGINE


def engine_with_mode(mode: KustomizationMode) -> WorkflowEngine:
    """Return Flux with a kustomization mode for clusters that have none; see engine_with_config."""
    return engine_with_config(FluxSpec(kustomization_mode=mode))


def engine_with_config(options: FluxSpec) -> WorkflowEngine:
    """Return Flux with options for clusters that leave them unset, or at the tool's default.

    They go before the settings file. UsageError for values that a stack file could not have.
    """
    if not isinstance(options, FluxSpec):
        raise UsageError(f"the options of Flux are a FluxSpec, not a {type(options).__name__}")
    try:
        checked = convert(to_builtins(options), FluxSpec)
    except ValidationError as error:
        raise UsageError(f"the options of Flux: {error}") from error
    return replace(ENGINE, defaults=partial(_with, checked))


def _with(options: FluxSpec, cluster: Cluster) -> Cluster:
    usual = FluxOptions()
    chosen = {
        each.name: getattr(options, each.name)
        for each in structs.fields(FluxOptions)
        if getattr(options, each.name) is not None
        and getattr(cluster.flux, each.name) == getattr(usual, each.name)
    }
    flux = structs.replace(cluster.flux, **chosen)
    return structs.replace(cluster, flux=flux, layout=laid_out(cluster.layout, options))
