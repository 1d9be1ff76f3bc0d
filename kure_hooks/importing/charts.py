"""HelmReleases of Flux (2.9) as applications of kind HelmChart."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kure_hooks.gitops.payload import Resource
from kure_hooks.importing.products import labelled, makes
from kure_hooks.manifests import Identity, Manifest, kind_of, mapping_at, text_at, value_at

RELEASE = ("helm.toolkit.fluxcd.io", "HelmRelease")

_SOURCES = "source.toolkit.fluxcd.io"
# What a HelmRelease and the spec of an application have under other names, by the spec's.
_OF_RELEASE = {
    "name": "releaseName",
    "targetNamespace": "targetNamespace",
    "storageNamespace": "storageNamespace",
}
_APART = frozenset({"chart", "chartRef", *_OF_RELEASE.values()})


class Taken(NamedTuple):
    """An application, and the objects that it generates."""

    application: dict[str, Any]
    resources: Sequence[Resource]


def chart(release: Resource, known: Mapping[Identity, Resource]) -> Taken | None:
    """Return the application that generates a HelmRelease, with its source where that is `known`.

    None where no application generates the same objects.
    """
    spec = value_at(release.manifest, "spec")
    if not isinstance(spec, dict) or not isinstance(release.manifest["metadata"], dict):
        return None
    reference = value_at(spec, "chartRef") or value_at(spec, "chart", "spec", "sourceRef")
    if not isinstance(reference, dict):
        return None
    source = known.get(_identity(reference, release.manifest))
    for defined in (source, None) if source else (None,):
        application = _application(release.manifest, spec, reference, defined)
        resources = [release, *([defined] if defined else [])]
        if makes(application, resources):
            return Taken(application, resources)
    return None


def source_of(release: Resource) -> Identity | None:
    """Return the source that a HelmRelease names, None for one that names none."""
    spec = value_at(release.manifest, "spec")
    reference = value_at(spec, "chartRef") or value_at(spec, "chart", "spec", "sourceRef")
    is_release = kind_of(release.manifest) == RELEASE and isinstance(reference, dict)
    return _identity(reference, release.manifest) if is_release else None


def _identity(reference: Manifest, release: Manifest) -> Identity:
    home = text_at(release, "metadata", "namespace")
    namespace = text_at(reference, "namespace") or home
    return Identity(_SOURCES, text_at(reference, "kind"), namespace, text_at(reference, "name"))


def _application(
    manifest: Manifest, spec: Manifest, reference: Manifest, source: Resource | None
) -> dict[str, Any]:
    metadata = manifest["metadata"]
    name, of_chart = text_at(metadata, "name"), mapping_at(spec, "chart", "spec")
    chart_fields = {
        key: item for key, item in of_chart.items() if key not in ("chart", "sourceRef")
    }
    release = {key: spec[other] for key, other in _OF_RELEASE.items() if other in spec}
    parts = {
        "chart": {"name": of_chart.get("chart"), **chart_fields},
        "source": _source(reference, source, name),
        "release": release,
    }
    parts["chart"] = {key: item for key, item in parts["chart"].items() if item is not None}
    rest = {key: item for key, item in spec.items() if key not in _APART}
    whole = {key: item for key, item in parts.items() if item} | rest
    return labelled(name, text_at(metadata, "namespace"), "HelmChart", metadata, whole)


def _source(reference: Manifest, source: Resource | None, name: str) -> dict[str, Any]:
    named = {"type": reference.get("kind"), "name": reference.get("name")}
    if reference.get("namespace"):
        named["namespace"] = reference["namespace"]
    if source is None:
        return named
    fields = dict(mapping_at(source.manifest, "spec"))
    if fields.get("type") == "oci":  # it follows from the URL
        del fields["type"]
    if named["name"] == name:
        del named["name"]
    return named | fields
