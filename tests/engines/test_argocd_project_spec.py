"""What a stack says of the AppProject that is generated for it."""

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import REPOSITORY, application, generated, leaf, node
from tests.support.schemas import assert_valid

SERVER = "https://kubernetes.default.svc"
ANYWHERE = {"destinations": [{"server": SERVER, "namespace": "*"}]}
CHART = {
    "name": "chart",
    "kind": "HelmChart",
    "spec": {
        "source": {"type": "HelmRepository", "url": "https://example.com/charts"},
        "chart": {"name": "web", "version": "1.0.0"},
        "release": {"targetNamespace": "web"},
    },
}
EVERYTHING = {
    "description": "What the shop needs",
    "sourceRepos": ["https://example.com/other.git", "!https://example.com/forbidden.git"],
    "sourceNamespaces": ["team-*"],
    "destinations": [{"server": SERVER, "namespace": "kube-system"}, {"name": "edge"}],
    "clusterResourceWhitelist": [{"group": "", "kind": "Namespace", "name": "shop-*"}],
    "clusterResourceBlacklist": [{"group": "*", "kind": "ClusterRole"}],
    "namespaceResourceWhitelist": [{"group": "*", "kind": "*"}],
    "namespaceResourceBlacklist": [{"group": "", "kind": "ResourceQuota"}],
    "roles": [
        {
            "name": "reader",
            "description": "Those who look",
            "policies": ["p, proj:prod:reader, applications, get, prod/*, allow"],
            "groups": ["shop"],
            "jwtTokens": [{"iat": 1, "exp": 0, "id": "x"}],
        }
    ],
    "syncWindows": [
        {
            "kind": "deny",
            "schedule": "0 22 * * 1-5",
            "duration": "1h30m",
            "applications": ["*"],
            "namespaces": ["shop"],
            "clusters": ["edge"],
            "manualSync": False,
            "timeZone": "Europe/Berlin",
            "andOperator": True,
            "syncOverrun": True,
            "description": "Nobody is awake",
        }
    ],
    "orphanedResources": {"warn": False, "ignore": [{"group": "", "kind": "ConfigMap"}]},
    "permitOnlyProjectScopedClusters": False,
    "destinationServiceAccounts": [
        {"server": SERVER, "namespace": "shop", "defaultServiceAccount": "deployer"}
    ],
}


def stack(spec, *, bundle=None, settings=None, applications=(), **argocd):
    given = {"repoURL": REPOSITORY, **argocd} | ({} if spec is None else {"projectSpec": spec})
    applications = applications or [application("web")]
    root = node("prod", leaf("web", *applications, **(bundle or {})))
    gitops = {"type": "argocd", "argocd": given, "externalNamespaces": ["apps", "web"]}
    cluster = {"name": "prod", "gitops": gitops, "node": root}
    texts = {"stacks/prod.yaml": yaml.safe_dump(cluster)}
    if settings:
        texts[".kure-hooks.yaml"] = yaml.safe_dump({"argocd": settings})
    return generated(texts)


def project(spec, **options):
    files = stack(spec, **options).files
    return yaml.safe_load(files["clusters/prod/argocd/argocd-appproject-prod.yaml"])


def refused(spec, **options):
    with pytest.raises(InputError) as caught:
        stack(spec, **options)
    return [str(each).partition(": ")[2] for each in caught.value.findings]


def test_lists_are_added_to_and_the_rest_takes_the_place_of_what_is_there(tmp_path):
    own = project(None)["spec"]
    found = project(EVERYTHING)
    spec = found["spec"]
    assert spec["sourceRepos"] == [*own["sourceRepos"], *EVERYTHING["sourceRepos"]]
    assert spec["destinations"] == [*own["destinations"], *EVERYTHING["destinations"]]
    for key in EVERYTHING.keys() - {"sourceRepos", "destinations"}:
        assert spec[key] == EVERYTHING[key], key
    (tmp_path / "project.yaml").write_text(yaml.safe_dump(found))
    assert_valid([tmp_path / "project.yaml"])


def test_what_is_permitted_already_is_not_there_twice():
    """Argo CD refuses a project that has a repository or a destination twice."""
    own = project(None)["spec"]
    again = {key: own[key] for key in ("sourceRepos", "destinations")}
    assert project(again)["spec"] == own
    assert project({"sourceRepos": ["x", "x"]})["spec"]["sourceRepos"] == [REPOSITORY, "x"]


def test_settings_widen_every_project_and_a_stack_goes_before_them():
    settings = {"projectSpec": {"description": "all"}}
    assert project(None, settings=settings)["spec"]["description"] == "all"
    found = project({"description": "mine"}, settings=settings)
    assert found["spec"]["description"] == "mine"


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ({"sourceRepos": ["!*"]}, "sourceRepos[0]: "),
        ({"destinations": [{"namespace": "x"}]}, "destinations[0]: a destination needs exactly"),
        (
            {"destinations": [{"server": "x", "name": "edge"}]},
            "destinations[0]: a destination needs",
        ),
        ({"roles": [{"name": "a b"}]}, "roles[0].name: "),
        ({"roles": [{"name": "a"}, {"name": "a"}]}, "roles[1]: the role a is there twice"),
        (
            {"roles": [{"name": "a", "groups": ["g", "g"]}]},
            "roles[0].groups[1]: the group g is there twice",
        ),
        (
            {"roles": [{"name": "a", "policies": ["p, proj:x:a, applications, get, x/*, allow"]}]},
            "roles[0].policies[0]: this is no policy of the role a in project prod",
        ),
        ({"syncWindows": [{"kind": "deny"}]}, "syncWindows[0].schedule: "),
        (
            {"syncWindows": [{"kind": "deny", "schedule": "* * * * *", "duration": "1h"}]},
            "syncWindows[0]: this window is for nothing",
        ),
        (
            {"syncWindows": [{"kind": "deny", "schedule": "@daily", "duration": "1h"}]},
            "syncWindows[0].schedule: ",
        ),
        (
            {"syncWindows": [{"kind": "deny", "schedule": "* * * * *", "duration": "1 hour"}]},
            "syncWindows[0].duration: ",
        ),
        ({"description": "x" * 256}, "description: "),
        ({"sourceRepositories": []}, "sourceRepositories"),
    ],
)
def test_what_argo_cd_refuses_is_refused_where_it_is_written(spec, fault):
    found = refused(spec)
    assert any(each.startswith(f"gitops.argocd.projectSpec.{fault}") for each in found), found


def test_what_argo_cd_refuses_is_refused_in_the_settings():
    (found,) = refused(None, settings={"projectSpec": {"destinations": [{"namespace": "x"}]}})
    assert found.startswith("argocd.projectSpec.destinations[0]: a destination needs exactly one")


@pytest.mark.parametrize(
    "options", [{"project": "shared"}, {"bundle": {"argocd": {"project": "shared"}}}]
)
def test_a_specification_without_a_generated_project_is_refused(options):
    (found,) = refused({"description": "x"}, **options)
    assert found.startswith("gitops.argocd.projectSpec: this has no effect")


def test_fields_come_with_their_release():
    """Argo CD 2.13 is the first one with destinationServiceAccounts."""
    accounts = {"destinationServiceAccounts": EVERYTHING["destinationServiceAccounts"]}
    with pytest.raises(InputError, match="destinationServiceAccounts"):
        generated(
            {
                "stacks/prod.yaml": yaml.safe_dump(
                    {
                        "name": "prod",
                        "gitops": {
                            "type": "argocd",
                            "bootstrap": {"argoCDVersion": "2.12"},
                            "argocd": {"repoURL": REPOSITORY, "projectSpec": accounts},
                        },
                        "node": node("prod", leaf("web")),
                    }
                )
            }
        )


def test_a_chart_that_is_confined_to_its_namespace_is_told_once():
    """AC005: nobody knows the objects of a chart before it is rendered."""
    other = CHART | {"name": "other"}
    (warning,) = stack(None, applications=[CHART, other]).warnings
    assert "AC005: the project permits chart, other objects in the namespace" in str(warning)
    assert "gitops.argocd.projectSpec.destinations" in warning.expected


@pytest.mark.parametrize(
    "options",
    [
        {"spec": ANYWHERE, "applications": [CHART]},
        {"spec": None, "applications": [CHART], "project": "shared"},
        {"spec": None, "applications": [CHART], "bundle": {"argocd": {"project": "shared"}}},
        {"spec": None, "applications": [application("web")]},
    ],
)
def test_nothing_is_told_where_somebody_chose_the_destinations(options):
    assert stack(**options).warnings == ()
