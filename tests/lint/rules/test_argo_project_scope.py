import pytest

from tests.support.argocd_linting import HERE, URL, application, argocd, project, settings
from tests.support.linting import document, lint, told

OPEN = {
    "sourceRepos": ["https://git.example.com/acme/*"],
    "destinations": [{"server": HERE["server"], "namespace": "*"}],
}
ROLE = document("rbac.authorization.k8s.io/v1", "ClusterRole", "reader", rules=[])


def shop(*objects, role="", **spec):
    text = application("web", project="shop")
    directories = {"web": role} if role else {}
    return argocd(text, project("shop", **{**OPEN, **spec}), *objects, **directories)


def test_a_project_that_nothing_brings_beside_others():
    files = argocd(application("web", project="shpo"), project("shop", **OPEN))
    assert told(files, "AR004", origin=URL) == [
        (
            "warning: apps/web-application.yaml:9:3: no AppProject shpo is in this repository. "
            "Add the AppProject shpo, or name one that is there."
        )
    ]


def test_a_repository_without_projects_may_have_them_elsewhere():
    (finding,) = lint(argocd(application("web", project="shop")), "AR004", origin=URL)
    assert finding.severity == "info"


def test_a_chart_may_bring_a_project():
    source = {"repoURL": "https://charts.example.com", "path": None, "chart": "projects"}
    chart = application(
        "projects", source=source, destination={"name": "in-cluster", "namespace": "argocd"}
    )
    files = argocd(application("web", project="shpo"), project("shop", **OPEN), chart)
    assert [finding.severity for finding in lint(files, "AR004", origin=URL)] == ["info"]


def test_argo_cd_makes_the_default_project():
    assert lint(argocd(application("web"), project("shop", **OPEN)), "AR004", origin=URL) == []


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"sourceRepos": ["https://git.example.com/other/*"]}, f"the repository {URL}"),
        ({"sourceRepos": ["*", f"!{URL}"]}, f"the repository {URL}"),
        (
            {"destinations": [{"server": HERE["server"], "namespace": "till"}]},
            f"the namespace shop on {HERE['server']}",
        ),
        (
            {"destinations": [{"name": "spoke", "server": "https://a.b", "namespace": "*"}]},
            "",
        ),
    ],
)
def test_sources_and_destinations(spec, words):
    findings = lint(shop(**spec), "AR004", origin=URL)
    if not words:  # somebody may have named Argo CD's own cluster so
        assert findings == []
        return
    assert [finding.problem for finding in findings] == [
        f"the project shop does not permit {words}"
    ]


def test_a_kind_outside_of_namespaces():
    (line,) = told(shop(role=ROLE), "AR004", origin=URL)
    assert line == (
        "error: manifests/web/manifests.yaml:4:3: the project shop of web does not permit the kind "
        "ClusterRole of rbac.authorization.k8s.io outside of namespaces. Permit it in the "
        "AppProject shop, or name another project."
    )


def test_a_kind_that_is_listed():
    allowed = [{"group": "rbac.authorization.k8s.io", "kind": "ClusterRole*"}]
    assert lint(shop(role=ROLE, clusterResourceWhitelist=allowed), "AR004", origin=URL) == []


def test_a_custom_kind_may_be_in_a_namespace():
    custom = document("example.com/v1", "Widget", "one", spec={})
    assert lint(shop(role=custom), "AR004", origin=URL) == []


def test_an_object_in_a_namespace_that_is_not_permitted():
    spec = {"destinations": [{"server": HERE["server"], "namespace": "shop"}]}
    there = document("v1", "Service", "web", "till", spec={})
    (finding,) = lint(shop(role=there, **spec), "AR004", origin=URL)
    assert "the kind Service in the namespace till" in finding.problem


def test_a_global_project_may_permit_more():
    labelled = project("shop", **OPEN).replace("name: shop", "name: shop\n  labels: {team: shop}")
    files = argocd(application("web", project="shop"), labelled, web=ROLE)
    assert [finding.severity for finding in lint(files, "AR004", origin=URL)] == ["info"]
    known = settings()
    files["apps/settings.yaml"] = known
    assert [finding.severity for finding in lint(files, "AR004", origin=URL)] == ["error"]
    files["apps/settings.yaml"] = settings(globalProjects="- projectName: all")
    assert lint(files, "AR004", origin=URL) == []
