"""Git sources that say no revision: source-controller of Flux 2.9 takes the branch `master`."""

from collections.abc import Iterator
from typing import Any

from kure_hooks.engines.flux.sources import key, revision
from kure_hooks.engines.places import place_of
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, identity, kind_of
from kure_hooks.yamlio.place import Place

_KIND = "GitRepository"
_GROUP = "source.toolkit.fluxcd.io"
_REVISIONS = ("branch", "tag", "semver", "name", "commit")
_EXPECTED = "a branch such as main, a tag, semver, commit or full reference"
_IN_PACKAGE = "a packageRef without url, and the GitRepository with its branch as an object"


def revisions_are_named(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """A GitRepository that is written names a revision: many repositories have no master."""
    told: set[tuple[str, str, str]] = set()
    for unit in plan.units:
        source, name = unit.source, key(plan, unit.source)
        if source.kind == _KIND and source.is_defined and not revision(source):
            if name not in told:
                expected = _IN_PACKAGE if unit.artifact else _EXPECTED
                yield _warning(unit.source_key("url"), source.name, expected)
            told.add(name)
    for bundle in plan.cluster.bundles():
        for application, product in contents[bundle.name]:
            for index, manifest in enumerate(product.manifests):
                if _is_without_revision(manifest):
                    written = place_of(application, product, index, tree)
                    of_chart = application.key("spec", "source", "url")
                    place = written.below("spec", "url") if written else of_chart
                    yield _warning(place, identity(manifest).name, _EXPECTED)


def _is_without_revision(manifest: Manifest) -> bool:
    if manifest["kind"] != _KIND or kind_of(manifest) != (_GROUP, _KIND):
        return False
    spec: Any = manifest.get("spec")
    reference = spec.get("ref") if isinstance(spec, dict) else None
    return not isinstance(reference, dict) or not any(map(reference.get, _REVISIONS))


def _warning(place: Place, name: str, expected: str) -> Finding:
    problem = f"{_KIND} {name} names no revision, so Flux takes the branch master"
    return place.fault(problem, expected, Severity.WARNING, rule="FX030")
