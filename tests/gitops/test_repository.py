"""What settings declare to be there: kinds by their groups, and objects."""

import pytest

from kure_hooks.gitops.repository import Declared
from kure_hooks.manifests import Identity


@pytest.mark.parametrize(
    ("pattern", "is_there"),
    [
        ("cert-manager.io", True),
        ("cert-manager.io/Issuer", True),
        ("*.io", True),
        ("cert-manager.io/*Issuer", True),
        ("cert-manager.io/ClusterIssuer", False),
        ("cert-manager", False),
        ("acme.cert-manager.io", False),
    ],
)
def test_preinstalled(pattern, is_there):
    assert (
        Declared(preinstalled=(pattern,)).is_preinstalled("cert-manager.io", "Issuer") is is_there
    )


@pytest.mark.parametrize(
    ("pattern", "is_there"),
    [
        ("Secret flux-system/sops-age", True),
        ("Secret */sops-age", True),
        ("Secret flux-system/*", True),
        ("* flux-system/sops-age", True),
        ("Secret sops-age", False),
        ("Secret flux-system/sops", False),
        ("ConfigMap flux-system/sops-age", False),
        ("Secret.v1 flux-system/sops-age", False),
    ],
)
def test_external(pattern, is_there):
    who = Identity("", "Secret", "flux-system", "sops-age")
    assert Declared(external=(pattern,)).is_external(who) is is_there


@pytest.mark.parametrize(
    ("pattern", "is_there"),
    [
        ("Namespace monitoring", True),
        ("Namespace *", True),
        ("Namespace */monitoring", False),
        ("*/* monitoring", False),
    ],
)
def test_external_without_a_namespace(pattern, is_there):
    assert (
        Declared(external=(pattern,)).is_external(Identity("", "Namespace", "", "monitoring"))
        is is_there
    )


def test_a_kind_may_have_its_group():
    who = Identity("source.toolkit.fluxcd.io", "Bucket", "infra", "charts")
    declared = Declared(external=("Bucket.source.toolkit.fluxcd.io infra/*",))
    assert declared.is_external(who)
    assert not declared.is_external(Identity("example.com", "Bucket", "infra", "charts"))
    assert not Declared().is_external(who)
    assert not Declared().is_preinstalled("a", "B")
