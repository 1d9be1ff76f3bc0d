"""Rules for manifests that Flux 2.9 reads otherwise than people expect.

Of a Git source that says no revision source-controller takes the branch `master`. A Secret that
SOPS encrypted kustomize-controller 1.9 means to refuse where its bundle does not decrypt it, but it
has dropped the key `sops` by the time that it looks, and applies the encrypted texts as the values.
"""

from collections.abc import Iterator
from typing import Any

from kure_hooks.engines.annotations import opts_out
from kure_hooks.engines.flux.sources import key, revision
from kure_hooks.engines.materials import place_of
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, identity, kind_of
from kure_hooks.yamlio.place import Place

_REPOSITORY = "GitRepository"
_GROUP = "source.toolkit.fluxcd.io"
_REVISIONS = ("branch", "tag", "semver", "name", "commit")
_EXPECTED_REVISION = "a branch such as main, a tag, semver, commit or full reference"
_IN_PACKAGE = "a packageRef without url, and the GitRepository with its branch as an object"

_EXPECTED_DECRYPTION = "Give the bundle decryption with provider: sops and the Secret of its keys."


def revisions_are_named(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """A GitRepository that is written names a revision: many repositories have no master."""
    told: set[tuple[str, str, str]] = set()
    for unit in plan.units:
        source, name = unit.source, key(plan, unit.source)
        if source.kind == _REPOSITORY and source.is_defined and not revision(source):
            if name not in told:
                expected = _IN_PACKAGE if unit.artifact else _EXPECTED_REVISION
                yield _unnamed(unit.source_key("url"), source.name, expected)
            told.add(name)
    for bundle in plan.cluster.bundles():
        for application, product in contents[bundle.name]:
            for index, manifest in enumerate(product.manifests):
                if _is_without_revision(manifest):
                    written = place_of(application, product, index, tree)
                    of_chart = application.key("spec", "source", "url")
                    place = written.below("spec", "url") if written else of_chart
                    yield _unnamed(place, identity(manifest).name, _EXPECTED_REVISION)


def _is_without_revision(manifest: Manifest) -> bool:
    if manifest["kind"] != _REPOSITORY or kind_of(manifest) != (_GROUP, _REPOSITORY):
        return False
    spec: Any = manifest.get("spec")
    reference = spec.get("ref") if isinstance(spec, dict) else None
    return not isinstance(reference, dict) or not any(map(reference.get, _REVISIONS))


def _unnamed(place: Place, name: str, expected: str) -> Finding:
    problem = f"{_REPOSITORY} {name} names no revision, so Flux takes the branch master"
    return place.fault(problem, expected, Severity.WARNING, rule="FX030")


@of_rule("FX033")
def secrets_are_decrypted(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """A bundle with Secrets that SOPS encrypted says how they are decrypted."""
    for bundle in plan.cluster.bundles():
        if bundle.options.decryption is not None:
            continue
        for application, product in contents[bundle.name]:
            for index, manifest in enumerate(product.manifests):
                if _is_encrypted(manifest):
                    place = place_of(application, product, index, tree) or application.key("spec")
                    problem = (
                        f"{identity(manifest)} is encrypted by SOPS and bundle "
                        f"{bundle.name} has no decryption, so Flux applies the encrypted values"
                    )
                    yield place.fault(problem, _EXPECTED_DECRYPTION, Severity.WARNING)


def _is_encrypted(manifest: Manifest) -> bool:
    return (
        kind_of(manifest) == ("", "Secret")
        and "sops" in manifest
        and not opts_out(manifest, "decrypt")
    )
