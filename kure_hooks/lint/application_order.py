"""The order between Applications that bring CRDs, and those that have objects of their kinds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kure_hooks.gitops.application_sources import sources
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import applications
from kure_hooks.lint.charts import CHARTS, Chart
from kure_hooks.lint.kinds import defined_kind, is_custom
from kure_hooks.manifests import Kind, kind_of, mappings_at, value_at

_ON = ("true", True)


@dataclass(frozen=True, slots=True)
class Need:
    """A kind of which an Application has objects, and the other Application that brings its CRD."""

    owner: Owner
    kind: Kind
    provider: Owner


def needs(cluster: Cluster) -> Iterator[Need]:
    """Yield what Applications need of each other, once for each pair.

    Kinds are left out that an Application brings itself, that several bring, or that are declared
    to be there before.
    """
    owners = list(applications(cluster))
    providers = _providers(owners)
    for owner in owners:
        told: set[Owner] = set()
        kinds = (kind_of(item.manifest) for item in owner.resources if is_custom(item.manifest))
        for kind in dict.fromkeys(kinds):
            group = kind[0]
            makers = providers.get(group, frozenset()) | providers.get("/".join(kind), frozenset())
            if len(makers) != 1 or cluster.declared.is_preinstalled(*kind):
                continue
            (provider,) = makers
            if provider is not owner and provider not in told:
                told.add(provider)
                yield Need(owner, kind, provider)


def _providers(owners: Iterable[Owner]) -> Mapping[str, frozenset[Owner]]:
    """Return what brings CRDs by their group, or by group and kind where that is known."""
    providers: dict[str, frozenset[Owner]] = {}
    for owner in owners:
        names = {"/".join(kind) for kind in _defined(owner)}.union(*_charts(owner))
        for name in names:
            providers[name] = providers.get(name, frozenset()) | {owner}
    return providers


def _defined(owner: Owner) -> frozenset[Kind]:
    kinds = (defined_kind(resource.manifest) for resource in owner.resources)
    return frozenset(kind for kind in kinds if kind)


def _charts(owner: Owner) -> Iterator[tuple[str, ...]]:
    """Yield the kinds that the charts of an Application install for sure."""
    for source in sources(owner.resource.manifest):
        chart = CHARTS.get(source.chart.rpartition("/")[2]) if source.chart else None
        if chart and not value_at(source.fields, "helm", "skipCrds") and _installs(chart, source):
            yield chart.certain


def _installs(chart: Chart, source: Any) -> bool:
    """Tell whether the values of a source let its chart install CRDs."""
    values = value_at(source.fields, "helm", "valuesObject")
    set_here = [value_at(values, *switch.split(".")) for switch in chart.switches]
    set_here += [
        parameter.get("value")
        for parameter in mappings_at(source.fields, "helm", "parameters")
        if parameter.get("name") in chart.switches
    ]
    if chart.is_off:
        return any(value in _ON for value in set_here)
    return False not in set_here and "false" not in set_here
