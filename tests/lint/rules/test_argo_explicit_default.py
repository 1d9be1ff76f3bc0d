import pytest

from tests.support.argocd_linting import URL, application, argocd
from tests.support.linting import lint, told

IGNORED = [{"group": "argoproj.io", "kind": "Application", "jsonPointers": ["/spec/source"]}]
PLAIN = {"directory": {"recurse": False}}
INSTALL = "https://raw.githubusercontent.com/argoproj/argo-cd/v{}/manifests/install.yaml"


def switched(version=None):
    files = argocd(application("web", syncPolicy={"automated": {"prune": False}}))
    if version:
        files["argocd/kustomization.yaml"] = f"resources: ['{INSTALL.format(version)}']\n"
    return lint(files, "AR015", origin=URL)


def test_a_zero_value():
    assert told(argocd(application("web", source=PLAIN)), "AR015", origin=URL) == [
        (
            "warning: apps/web-application.yaml:15:7: Argo CD removes "
            "spec.source.directory.recurse on the cluster, because it has its "
            "zero value, and root is out of sync from then on. Remove the field."
        )
    ]


@pytest.mark.parametrize(
    "spec",
    [
        {"source": {"helm": {"skipCrds": False}}},
        {"source": {"kustomize": {"namePrefix": ""}}},
        {"syncPolicy": {"retry": {"limit": 0}}},
        {"syncPolicy": {"automated": {}, "syncOptions": []}},
        {"destination": {"name": "spoke", "namespace": ""}},
    ],
)
def test_other_zero_values(spec):
    assert len(lint(argocd(application("web", **spec)), "AR015", origin=URL)) == 1


@pytest.mark.parametrize(
    "spec",
    [
        {"source": {"directory": {"recurse": True}}},
        {"syncPolicy": {"automated": {"enabled": False}}},
        {"syncPolicy": {"automated": {}}},
        {"revisionHistoryLimit": 0},
    ],
)
def test_values_that_argo_cd_keeps(spec):
    assert lint(argocd(application("web", **spec)), "AR015", origin=URL) == []


def test_switches_of_automated_sync_are_kept_since_3_4():
    assert [finding.severity for finding in switched("3.3.0")] == ["warning"]
    assert [finding.severity for finding in switched()] == ["info"]
    assert switched("3.4.0") == []


def test_a_parent_that_ignores_the_difference():
    root = application("root", "apps", ignoreDifferences=IGNORED)
    files = argocd(application("web", source=PLAIN), root=root)
    assert lint(files, "AR015", origin=URL) == []


def test_an_application_that_no_other_compares():
    root = application("root", "apps", source=PLAIN)
    assert lint(argocd(application("web"), root=root), "AR015", origin=URL) == []
