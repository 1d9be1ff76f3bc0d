"""The engine of Argo CD: its parts, and the facts of the tool that they share."""

from collections.abc import Sequence
from functools import partial
from typing import Self, get_args

from kure_hooks.config.argocd import ArgocdOptions, ArgocdSpec
from kure_hooks.engines import workflow
from kure_hooks.engines.argocd import (
    bootstrap,
    helm_applications,
    namespaces,
    placement,
    rendering,
    resources,
    rules,
    versions,
)
from kure_hooks.engines.interface import Assembly, Reader, Start
from kure_hooks.engines.tool import Defaults, Tool, checked, filled_in
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, Item
from kure_hooks.stack.gitops import ArgocdMode
from kure_hooks.stack.model import Cluster
from kure_hooks.stack.release import Release


def _projects_permit(plan: Plan, assembly: Assembly) -> Assembly:
    """See `permitting`; a project that nobody has changed permits what it has to."""
    if not (plan.cluster.patches or plan.cluster.argocd.project_spec):
        return assembly
    from kure_hooks.engines.argocd.rules import permitting  # noqa: PLC0415 - few projects are changed

    return permitting.projects_permit(plan, assembly)


def _reader() -> Reader:
    from kure_hooks.engines.existing import ArgocdReader  # noqa: PLC0415 - few stacks need it

    return ArgocdReader()


ARGOCD = Tool(
    name="argocd",
    version="3.5",
    scheme=bootstrap.scheme,
    checks=rules.RULES,
    preparations=(
        helm_applications.without_charts,
        rendering.hooked,
        rendering.prepare,
        namespaces.create,
        rendering.with_namespaces_first,
    ),
    reviews=rules.REVIEWS,
    reader=_reader,
    adaptations=(_projects_permit, versions.in_words_of_the_version),
)


class ResourceGenerator(workflow.ResourceGenerator):
    """Writes Applications and AppProjects, and the ApplicationSet of `ordering: progressive`."""

    usual = ARGOCD

    def objects(self, table: Plan, contents: Contents) -> Sequence[Item]:
        """See workflow.ResourceGenerator."""
        return resources.resources(table, contents)


class BootstrapGenerator(workflow.BootstrapGenerator):
    """Writes what brings up Argo CD, and its root Application."""

    usual = ARGOCD

    def start(self, table: Plan, release: Release | None) -> Start:
        """See workflow.BootstrapGenerator."""
        return bootstrap.bootstrap(table, release)

    def supported_bootstrap_modes(self) -> Sequence[str]:
        """Return the values of `argoCDMode`."""
        return get_args(ArgocdMode)


class LayoutIntegrator(workflow.LayoutIntegrator):
    """Places Applications beside the bootstrap, apart from what they apply."""

    parts = (ResourceGenerator, BootstrapGenerator)

    def place(self, table: Plan, assembly: Assembly) -> Sequence[Directory]:
        """See workflow.LayoutIntegrator."""
        return placement.layout(table, assembly)


class ArgocdEngine(workflow.Engine):
    """Argo CD with options for clusters that leave them unset."""

    def with_repo_url(self, url: str) -> Self:
        """Return an engine whose Applications read this repository."""
        return self.with_options(ArgocdSpec(repo_url=url))

    def with_default_namespace(self, namespace: str) -> Self:
        """Return an engine whose Applications lie in this namespace, which is that of Argo CD."""
        return self.with_options(ArgocdSpec(namespace=namespace))

    def with_options(self, options: ArgocdSpec) -> Self:
        """Return an engine with more options; they go before the settings file.

        UsageError for values that a stack file could not have.
        """
        defaults = partial(_with, self.tool.defaults, checked("Argo CD", ArgocdSpec, options))
        return self.with_defaults(defaults)


def engine() -> ArgocdEngine:
    """Return Argo CD with the options that each cluster has."""
    return ENGINE


def _with(before: Defaults | None, options: ArgocdSpec, cluster: Cluster) -> Cluster:
    cluster = before(cluster) if before else cluster
    return filled_in(cluster, "argocd", ArgocdOptions(), options)


ENGINE = ArgocdEngine(LayoutIntegrator())
