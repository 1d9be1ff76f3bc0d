"""The engine of Flux CD: its parts, and the facts of the tool that they share."""

from collections.abc import Sequence
from functools import partial
from typing import get_args
from warnings import warn

from msgspec import structs

from kure_hooks.config.flux import FluxOptions, FluxSpec, laid_out
from kure_hooks.config.layout import KustomizationMode, Placement
from kure_hooks.engines import annotations, workflow
from kure_hooks.engines.flux import charts, namespaces, placement, resources, rules
from kure_hooks.engines.interface import Assembly, Reader, Start, WorkflowEngine
from kure_hooks.engines.tool import Tool, checked, filled_in
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, Item
from kure_hooks.layout.units import Scheme
from kure_hooks.stack.gitops import FluxMode
from kure_hooks.stack.model import Cluster
from kure_hooks.stack.release import Release

_NOTHING = FluxSpec()


def _reader() -> Reader:
    from kure_hooks.engines.existing import FluxReader  # noqa: PLC0415 - few stacks need it

    return FluxReader()


FLUX = Tool(
    name="flux",
    version="2.9",
    scheme=lambda _: Scheme(start="flux-system", control="flux-system"),
    placements=get_args(Placement),
    checks=rules.RULES,
    preparations=(
        annotations.force,
        charts.with_sources,
        charts.with_kept,
        namespaces.create,
    ),
    reviews=rules.REVIEWS,
    inspections=rules.INSPECTIONS,
    reader=_reader,
    staged=charts.staged,
)


class ResourceGenerator(workflow.ResourceGenerator):
    """Writes Kustomizations and the sources that they refer to."""

    usual = FLUX

    def objects(self, table: Plan, contents: Contents) -> Sequence[Item]:
        """See workflow.ResourceGenerator."""
        return resources.resources(table, contents)


class BootstrapGenerator(workflow.BootstrapGenerator):
    """Writes a FluxInstance for the Flux operator, or what `flux bootstrap` writes."""

    usual = FLUX

    def start(self, table: Plan, release: Release | None) -> Start:
        """See workflow.BootstrapGenerator."""
        if not table.cluster.bootstrap.enabled:
            return Start()
        from kure_hooks.engines.flux import bootstrap  # noqa: PLC0415 - few stacks have one

        return bootstrap.bootstrap(table, release)

    def supported_bootstrap_modes(self) -> Sequence[str]:
        """Return the values of `fluxMode`."""
        return get_args(FluxMode)


class LayoutIntegrator(workflow.LayoutIntegrator):
    """Places Flux objects as the rule `fluxPlacement` says."""

    parts = (ResourceGenerator, BootstrapGenerator)

    def place(self, table: Plan, assembly: Assembly) -> Sequence[Directory]:
        """See workflow.LayoutIntegrator."""
        return placement.integrate(table, assembly)


def engine() -> WorkflowEngine:
    """Return Flux with the options that each cluster has."""
    return ENGINE


def engine_with_mode(mode: KustomizationMode) -> WorkflowEngine:
    """Return Flux as `engine` does: both modes write the same.

    A DeprecationWarning tells so of `recursive`; UsageError for another mode.
    """
    return _configured(FluxSpec(kustomization_mode=mode))


def engine_with_config(
    *,
    mode: KustomizationMode | None = None,
    placement: Placement | None = None,
    options: FluxSpec = _NOTHING,
) -> WorkflowEngine:
    """Return Flux with options for clusters that leave them unset, or at the tool's default.

    `mode` and `placement` go over those of the `options`, and all of them before the settings file.
    UsageError for values that a stack file could not have, and a DeprecationWarning for those
    without effect.
    """
    given = checked("Flux", FluxSpec, options)
    return _configured(
        structs.replace(
            given,
            kustomization_mode=mode or given.kustomization_mode,
            placement=placement or given.placement,
        )
    )


def _configured(options: FluxSpec) -> WorkflowEngine:
    chosen = checked("Flux", FluxSpec, options)
    if chosen.kustomization_mode == "recursive":
        text = "the kustomization mode recursive writes the same as explicit; leave it out"
        warn(text, DeprecationWarning, stacklevel=3)
    return ENGINE.with_defaults(partial(_with, chosen))


def _with(options: FluxSpec, cluster: Cluster) -> Cluster:
    cluster = filled_in(cluster, "flux", FluxOptions(), options)
    return structs.replace(cluster, layout=laid_out(cluster.layout, options))


ENGINE = workflow.Engine(LayoutIntegrator())
