"""Objects that are described twice where both are sure to be applied together.

Two clusters or two overlays may well have the same object, so that files are held against one
another only if one kustomization.yaml lists them as resources: kustomize refuses to build them.
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kure_hooks.findings import Finding
from kure_hooks.manifests import Identity, kind_of, named
from kure_hooks.objects.written import Object
from kure_hooks.yamlio.document import key_path

_KUSTOMIZATION = ("kustomize.config.k8s.io", "Kustomization")


def duplicates(objects: Sequence[Object]) -> Iterator[Finding]:
    """Yield the objects that an earlier one of the same file or kustomization is, too."""
    by_file: dict[str, list[Object]] = {}
    for item in objects:
        by_file.setdefault(item.document.path, []).append(item)
    reported: set[int] = set()
    for group in (*by_file.values(), *_together(objects, by_file)):
        for first, item in _repeated(group):
            if id(item) not in reported:
                reported.add(id(item))
                yield _finding(first, item)


def _together(
    objects: Iterable[Object], by_file: Mapping[str, list[Object]]
) -> Iterator[list[Object]]:
    """Yield the objects of the files that each kustomization lists."""
    for item in objects:
        if kind_of(item.manifest) != _KUSTOMIZATION:
            continue
        resources = item.manifest.get("resources")
        listed = resources if isinstance(resources, list) else []
        names = [name for name in listed if isinstance(name, str)]
        above = posixpath.dirname(item.document.path)
        paths = dict.fromkeys(posixpath.normpath(posixpath.join(above, name)) for name in names)
        yield [member for path in paths for member in by_file.get(path, ())]


def _repeated(objects: Iterable[Object]) -> Iterator[tuple[Object, Object]]:
    """Yield each object whose identity was there before, after the first one of it."""
    seen: dict[Identity, Object] = {}
    for item in objects:
        identity = named(item.manifest)
        if identity and "${" not in identity.name + identity.namespace:
            first = seen.setdefault(identity, item)
            if first is not item:
                yield first, item


def _finding(first: Object, item: Object) -> Finding:
    at = first.at("metadata", "name")
    place = f"{at.path}:{at.line}" if at.path != item.document.path else f"line {at.line}"
    problem = f"{named(item.manifest)} is already described in {place}"
    key = key_path((*item.pointer, "metadata", "name"))
    finding = Finding(
        item.at("metadata", "name"), key, problem, "List each object once.", rule="VA106"
    )
    return item.owning(finding, ("metadata", "name"))
