"""Secrets that SOPS encrypted, in bundles that do not decrypt them.

kustomize-controller 1.9 means to refuse such a Secret, but has dropped the key `sops` from it by
the time that it looks: it applies the encrypted texts as the values.
"""

from collections.abc import Iterator

from kure_hooks.engines.annotations import opts_out
from kure_hooks.engines.places import place_of
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, identity, kind_of

_EXPECTED = "Give the bundle decryption with provider: sops and the Secret of its keys."


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
                    yield place.fault(problem, _EXPECTED, Severity.WARNING)


def _is_encrypted(manifest: Manifest) -> bool:
    return (
        kind_of(manifest) == ("", "Secret")
        and "sops" in manifest
        and not opts_out(manifest, "decrypt")
    )
