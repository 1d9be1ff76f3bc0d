"""Features of each release of Argo CD, held against the objects that are generated."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from msgspec.structs import replace

from kure_hooks.engines.interface import Assembly
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Item
from kure_hooks.manifests import Manifest
from kure_hooks.stack.model import Cluster
from kure_hooks.yamlio.place import Place

Version = tuple[int, int]
"""Major and minor."""

NEWEST: Version = (3, 5)
KEY = ("gitops", "bootstrap", "argoCDVersion")

OF_APPLICATIONS: Mapping[str, Version] = {
    "sources": (2, 6),
    "syncPolicy.managedNamespaceMetadata": (2, 6),
    "source.kustomize.namespace": (2, 7),
    "source.kustomize.replicas": (2, 7),
    "source.helm.valuesObject": (2, 8),
    "source.kustomize.patches": (2, 9),
    "source.kustomize.components": (2, 10),
    "source.kustomize.kubeVersion": (2, 13),
    "source.kustomize.apiVersions": (2, 13),
    "source.helm.kubeVersion": (2, 13),
    "source.helm.apiVersions": (2, 13),
    "source.name": (2, 14),
    "sourceHydrator": (2, 14),
    "source.kustomize.ignoreMissingComponents": (3, 0),
    "source.kustomize.labelIncludeTemplates": (3, 0),
    "syncPolicy.automated.enabled": (3, 1),
    "syncPolicy.retry.refresh": (3, 2),
    "source.tagPrefix": (3, 5),
}
"""The first release with a field of an Application's spec (types.go at each vX.Y.0 tag).

Fields of `source` are those of each element of `sources` as well.
"""

OF_SETS: Mapping[str, Version] = {"templatePatch": (2, 10)}
"""The first release with a field of an ApplicationSet's spec."""

OF_PROJECTS: Mapping[str, Version] = {
    "destinationServiceAccounts": (2, 13),
    "sourceIntegrity": (3, 5),
}
"""The first release with a field of an AppProject's spec."""

OF_VALUES: Sequence[tuple[str, str, Version]] = (
    ("source.repoURL", "oci://", (3, 1)),
    ("syncPolicy.syncOptions", "Prune=", (3, 4)),
    ("syncPolicy.syncOptions", "Delete=", (3, 4)),
)
"""The first release that understands values with a prefix in a field of an Application's spec."""


_VERSION = re.compile(r"\Av?([0-9]{1,9})\.([0-9]{1,9})(\.[0-9]+)?([-+][0-9A-Za-z.+-]+)?")


def parsed(text: str | None) -> Version | None:
    """Return the version that a text such as `v3.5.1` or `3.1` means, the newest without one.

    None for a text that is no version.
    """
    if text is None:
        return NEWEST
    found = _VERSION.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def refreshes(cluster: Cluster) -> bool:
    """Tell whether a cluster's Argo CD can retry a sync with the newest revision."""
    version = parsed(cluster.bootstrap.argo_cd_version) or NEWEST
    return version >= OF_APPLICATIONS["syncPolicy.retry.refresh"]


@of_rule("AC030")
def version_is_one(plan: Plan) -> Iterator[Finding]:
    """The version of Argo CD is one, so that it can be compared."""
    text = plan.cluster.bootstrap.argo_cd_version
    if parsed(text) is None:
        problem = f"{text} is no version of Argo CD"
        yield plan.cluster.key(*KEY).fault(problem, "a version such as v3.5.1 or 3.1")


def problems(manifest: Manifest, version: Version) -> Iterator[tuple[str, Version]]:
    """Yield what an object uses that a version doesn't have yet, with the first one that does.

    Objects of other kinds use nothing.
    """
    needs = _NEEDS.get(manifest["kind"], _of_nothing)(manifest.get("spec", {}))
    for what, first in sorted(set(needs)):
        if first > version:
            yield what, first


def spelled(manifest: Manifest, version: Version) -> Manifest:
    """Return an Application, or those of an ApplicationSet's list, in the words of a version.

    Before 3.1, when `automated.enabled` came, automated sync is switched off by leaving it out.
    """
    spec = manifest.get("spec", {})
    if manifest["kind"] == "ApplicationSet":
        generators = [_spelled_list(each, version) for each in spec.get("generators", ())]
        return manifest | {"spec": spec | {"generators": generators}}
    policy = spec.get("syncPolicy", {})
    automated = policy.get("automated", {})
    first = OF_APPLICATIONS["syncPolicy.automated.enabled"]
    if manifest["kind"] != "Application" or "enabled" not in automated or version >= first:
        return manifest
    kept = {key: each for key, each in automated.items() if key != "enabled"}
    changed = {key: each for key, each in policy.items() if key != "automated"}
    if automated["enabled"]:
        changed = {"automated": kept} | changed
    return manifest | {"spec": spec | {"syncPolicy": changed}}


def _spelled_list(generator: Manifest, version: Version) -> Manifest:
    """Return a generator of a list whose elements are in the words of a version; others as is."""
    listed = generator.get("list", {})
    elements = [_spelled_element(each, version) for each in listed.get("elements", ())]
    return generator | {"list": listed | {"elements": elements}} if elements else generator


def _spelled_element(element: Manifest, version: Version) -> Manifest:
    patch = element["patch"]
    application = spelled({"kind": "Application", "spec": patch["spec"]}, version)
    return element | {"patch": patch | {"spec": application["spec"]}}


def in_words_of_the_version(plan: Plan, assembly: Assembly) -> Assembly:
    """Return the pieces of a tree with every object in the words of the cluster's Argo CD.

    Raises InputError with a finding for each object that asks for more than its version has.
    """
    version = parsed(plan.cluster.bootstrap.argo_cd_version) or NEWEST
    objects = _spelled(assembly.objects, version)
    files = {name: _spelled(items, version) for name, items in assembly.start.files.items()}
    place = plan.cluster.key(*KEY)
    if faults := list(_faults(chain(objects, *files.values()), version, place)):
        raise InputError(faults)
    return replace(assembly, objects=objects, start=replace(assembly.start, files=files))


def _spelled(items: Sequence[Item], version: Version) -> list[Item]:
    return [replace(each, manifest=spelled(each.manifest, version)) for each in items]


@of_rule("AC034")
def _faults(items: Iterable[Item], version: Version, place: Place) -> Iterator[Finding]:
    for item in items:
        if not item.manifest["apiVersion"].startswith("argoproj.io/v1alpha1"):
            continue
        for what, first in problems(item.manifest, version):
            name = f"{item.manifest['kind']} {item.manifest['metadata']['name']}"
            problem = f"{name} needs {what}, which Argo CD {_text(version)} does not have"
            expected = f"{_text(first)}, the first version that has it, or a later one"
            yield place.fault(problem, expected)


def _of_application(spec: Manifest) -> Iterator[tuple[str, Version]]:
    for path, value in _fields(spec):
        general = path.replace("sources.", "source.", 1) if path.startswith("sources.") else path
        if general in OF_APPLICATIONS:
            yield path, OF_APPLICATIONS[general]
        for field, prefix, first in OF_VALUES:
            if general == field and str(value).startswith(prefix):
                yield f"{path}: {value}", first


def _of_set(spec: Manifest) -> Iterator[tuple[str, Version]]:
    """Yield what an ApplicationSet needs, and its template or the patches to it in a list."""
    yield from ((path, first) for path, first in OF_SETS.items() if path in spec)
    yield from _of_application(spec.get("template", {}).get("spec", {}))
    for generator in spec.get("generators", ()):
        for element in generator.get("list", {}).get("elements", ()):
            yield from _of_application(element.get("patch", {}).get("spec", {}))


def _of_project(spec: Manifest) -> Iterator[tuple[str, Version]]:
    return ((path, first) for path, first in OF_PROJECTS.items() if path in spec)


def _of_nothing(spec: Manifest) -> Iterator[tuple[str, Version]]:
    del spec
    return iter(())


_NEEDS: Mapping[str, Callable[[Manifest], Iterator[tuple[str, Version]]]] = {
    "Application": _of_application,
    "ApplicationSet": _of_set,
    "AppProject": _of_project,
}


def _fields(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted path and the value of every field; elements of a list have its path."""
    if isinstance(value, dict):
        for key, each in value.items():
            below = f"{path}.{key}" if path else key
            if isinstance(each, (dict, list)):
                yield below, None
            yield from _fields(each, below)
    elif isinstance(value, list):
        for each in value:
            yield from _fields(each, path)
    else:
        yield path, value


def _text(version: Version) -> str:
    return ".".join(map(str, version))
