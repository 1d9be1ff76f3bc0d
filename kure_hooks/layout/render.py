"""The tree as text, and the package of each file: the one place that makes bytes of directories."""

from collections.abc import Iterable, Sequence
from posixpath import commonprefix

from msgspec import Struct, field

from kure_hooks.files.mark import mark
from kure_hooks.files.paths import ancestors
from kure_hooks.findings import Finding, Location
from kure_hooks.layout import config_map_generators
from kure_hooks.layout.file_names import KUSTOMIZATION
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory
from kure_hooks.layout.units import Segments
from kure_hooks.manifests import Manifest, without_empty
from kure_hooks.origin import Origin
from kure_hooks.stack.interface import Overlay
from kure_hooks.yamlio import dump


class StartFiles(Struct, frozen=True):
    """The files that bring up a cluster's GitOps tool, in the order of applying.

    `advice` are the warnings for whoever applies them.
    """

    paths: tuple[str, ...] = ()
    advice: tuple[Finding, ...] = ()


class ManifestLayout(Struct, frozen=True):
    """The tree of a cluster: its directories, the bytes of every file, and what each comes from.

    `artifacts` maps the files outside of the default package to their artifact root. `mixed` are
    the files that hold objects of several origins, with all of them; `origins` has the first.
    `reads` maps the place of an application, a bundle or the cluster to the files that it was made
    of beside its document. `payloads` are the directories of this repository that bundles apply as
    they are, sorted.
    """

    files: dict[str, bytes]
    origins: dict[str, Origin]
    artifacts: dict[str, str] = field(default_factory=dict)
    warnings: tuple[Finding, ...] = ()
    start: StartFiles = StartFiles()
    mixed: dict[str, tuple[Origin, ...]] = field(default_factory=dict)
    reads: dict[Location, tuple[str, ...]] = field(default_factory=dict)
    directories: tuple[Directory, ...] = ()
    payloads: tuple[str, ...] = ()


def render(directories: Sequence[Directory], stack: str) -> ManifestLayout:
    """Return the files of the directories, each with the mark of ownership as its first line.

    Extra files bear no mark: their bytes are the content of ConfigMaps.
    """
    files: dict[str, bytes] = {}
    origins: dict[str, Origin] = {}
    mixed: dict[str, tuple[Origin, ...]] = {}
    head = mark(stack)
    for directory in directories:
        base = "/".join(directory.path)
        for file in directory.files:
            path = f"{base}/{file.name}"
            documents = "---\n".join(dump(item.manifest) for item in file.items)
            files[path] = (head + documents).encode()
            origins[path] = file.items[0].origin
            if len(file.items) > 1:
                mixed[path] = tuple(dict.fromkeys(item.origin for item in file.items))
        own = {KUSTOMIZATION: (head + _kustomization(directory)).encode(), **directory.extras}
        if directory.generators:
            own[config_map_generators.CONFIGURATION] = (
                head + dump(config_map_generators.REFERENCES)
            ).encode()
        files |= {f"{base}/{name}": data for name, data in own.items()}
        origins |= {f"{base}/{name}": directory.origin for name in own}
    return ManifestLayout(files, origins, mixed=mixed, directories=tuple(directories))


def _kustomization(directory: Directory) -> str:
    overlay = directory.overlay
    taken_in = overlay.resources if overlay else ()
    names = [
        *(file.name for file in directory.files),
        *(_relative(include, directory.path) for include in directory.includes),
        *(_relative(_segments(path), directory.path) for path in taken_in),
    ]
    return dump(
        {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [*directory.remotes, *sorted(names)],
            **(_changes(overlay, directory.path) if overlay else {}),
            **without_empty(directory.fields),
            **config_map_generators.entries(directory.generators),
        }
    )


def _changes(overlay: Overlay, start: Segments) -> Manifest:
    """Return the fields of a kustomization.yaml that change what it takes in (kustomize 5.8).

    Annotations are merged by a patch for all objects: the field for them reaches the pods as well.
    """
    patches = [*overlay.fields.get("patches", ())]
    if overlay.annotations:
        metadata = {"name": "any", "annotations": dict(sorted(overlay.annotations.items()))}
        patch = {"apiVersion": "any", "kind": "any", "metadata": metadata}
        patches.append({"patch": dump(patch), "target": {"kind": ".*"}})
    pairs = dict(sorted(overlay.labels.items()))
    return without_empty(
        {
            "components": [_relative(_segments(path), start) for path in overlay.components],
            "namespace": overlay.namespace,
            "namePrefix": overlay.fields.get("namePrefix"),
            "nameSuffix": overlay.fields.get("nameSuffix"),
            "labels": [{"pairs": pairs}] if pairs else [],
            "images": overlay.fields.get("images"),
            "patches": patches,
            "replacements": overlay.fields.get("replacements"),
        }
    )


def _segments(path: str) -> Segments:
    return tuple(path.split("/")) if path else ()


def _relative(directory: Segments, start: Segments) -> str:
    shared = len(commonprefix((directory, start)))
    return "/".join((*[".."] * (len(start) - shared), *directory[shared:]))


def artifacts(plan: Plan, paths: Iterable[str]) -> dict[str, str]:
    """Return the artifact root of every path outside of the default package.

    A file belongs to the unit with the nearest payload above it, so that a node named `packages`
    doesn't count as one. What no unit applies is the default package's.
    """
    roots = {
        "/".join(path): "/".join(unit.artifact) for unit in plan.units for path in unit.directories
    }
    if not any(roots.values()):
        return {}
    found = {path: _nearest(path, roots) for path in paths}
    return {path: root for path, root in found.items() if root}


def _nearest(path: str, roots: dict[str, str]) -> str:
    return next(
        (roots[ancestor] for ancestor in reversed(ancestors(path)) if ancestor in roots), ""
    )
