"""The versions of Argo CD that files of kustomize's take from its releases."""

import pytest

from kure_hooks.lint.argocd import released

RAW = "https://raw.githubusercontent.com/argoproj/argo-cd"


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        (f"['{RAW}/v2.14.3/manifests/install.yaml']", [(2, 14)]),
        ("github.com/argoproj/argo-cd//manifests/ha?ref=v3.4.0", [(3, 4)]),
        (f"{RAW}/v1.2.3/a {RAW}/v3.5.0/b", [(1, 2), (3, 5)]),
        (f"{RAW}/v1.2.3/{RAW}/v3.5.0", [(1, 2), (3, 5)]),
        (f"{RAW} v3.5.0", []),
        ("github.com/argoproj/argo-cdx/v3.5.0", []),
        ("github.com/argoproj/argo-cd/stable/v3", []),
    ],
)
def test_versions_stand_in_the_urls_of_the_repository(text, versions):
    assert [*released(text)] == versions
