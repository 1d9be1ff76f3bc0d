"""The CRDs that HelmReleases install, as far as their charts are known."""

from typing import Any

from kure_hooks.files.paths import is_below, join_relative
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.sources import SOURCE
from kure_hooks.lint.charts import CHARTS, Chart, has
from kure_hooks.lint.kinds import defined_kind
from kure_hooks.manifests import Identity, Kind, Manifest, text_at, value_at

# Charts with such names bring what is hard to tell.
_VAGUE = ("crd", "operator", "bundle", "stack", "platform", "umbrella", "addon", "infra", "base")


class Provision:
    """The custom resources whose CRDs a HelmRelease installs (helm-controller 1.6)."""

    def __init__(self, cluster: Cluster, release: Owner) -> None:
        self.release = release
        self.name = chart_name(cluster, release.resource.manifest)
        self._manifest = release.resource.manifest
        self._chart = CHARTS.get(self.name)
        self._local = _local_definitions(cluster, release)

    def is_certain(self, group: str, kind: str) -> bool:
        """Tell whether the release installs the CRD of a kind."""
        return not self.skips and self.has(group, kind)

    def has(self, group: str, kind: str) -> bool:
        """Tell whether the chart has the CRD of a kind, and its values leave it in."""
        if self._local is not None:
            return (group, kind) in self._local
        if self._chart is None or not has(self._chart.certain, group, kind):
            return False
        return self._switched is True

    def is_possible(self, group: str, kind: str) -> bool:
        """Tell whether the release may install the CRD of a kind."""
        if self.skips:
            return False
        if self._local is not None:
            return (group, kind) in self._local
        if self._chart is None:
            return _resembles(self.name, group) or any(word in self.name for word in _VAGUE)
        if has(self._chart.possible, group, kind):
            return True
        return has(self._chart.certain, group, kind) and self._switched is not False

    @property
    def skips(self) -> bool:
        """Tell whether the release leaves out what the chart has in its directory of CRDs."""
        return text_at(self._manifest, "spec", "install", "crds") == "Skip"

    @property
    def _switched(self) -> bool | None:
        """Tell whether the values leave the CRDs on; None where they may come from elsewhere."""
        chart = self._chart or Chart()
        values = value_at(self._manifest, "spec", "values")
        settings = [_switch(values, switch) for switch in chart.switches]
        if True in settings:
            return True
        if False in settings:
            return False
        if chart.switches and value_at(self._manifest, "spec", "valuesFrom"):
            return None
        return not chart.is_off


def _local_definitions(cluster: Cluster, release: Owner) -> frozenset[Kind] | None:
    """Return the kinds in the directory of CRDs of a chart of this repository, else None."""
    source = release.source
    here = {owner.source for owner in cluster.owners if owner.payloads}
    path = text_at(release.spec, "chart", "spec", "chart")
    directory = join_relative("", path)
    if source is None or source.kind != "GitRepository" or source not in here or not directory:
        return None
    files = cluster.files
    if f"{directory}/Chart.yaml" not in files.paths:
        return None
    if any(is_below(other, f"{directory}/charts") for other in files.paths):
        return None
    return frozenset(
        kind
        for file in files.manifests
        if is_below(file, f"{directory}/crds")
        for item in files.objects(file)
        if (kind := defined_kind(item.manifest))
    )


def chart_name(cluster: Cluster, release: Manifest) -> str:
    """Return the name of a release's chart, as far as the repository shows it."""
    spec = value_at(release, "spec")
    if name := text_at(spec, "chart", "spec", "chart"):
        return name.rstrip("/").rpartition("/")[2]
    named = value_at(spec, "chartRef")
    namespace = text_at(named, "namespace") or text_at(release, "metadata", "namespace")
    who = Identity(SOURCE, text_at(named, "kind"), namespace, text_at(named, "name"))
    for _, resource in cluster.applied.get(who, ())[:1]:
        url = text_at(resource.manifest, "spec", "url")
        chart = text_at(resource.manifest, "spec", "chart")
        return chart or url.rstrip("/").rpartition("/")[2]
    return who.name


def _resembles(name: str, group: str) -> bool:
    stem = group.partition(".")[0]
    return stem in name or any(name and name in part for part in group.split("."))


def _switch(values: Any, switch: str) -> bool | None:
    value = value_at(values, *switch.split("."))
    return value if isinstance(value, bool) else None
