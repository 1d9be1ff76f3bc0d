"""AppProjects; the answers are those of Argo CD 3.5.7 (executed)."""

import pytest

from kure_hooks.gitops.projects import Project, project_of
from kure_hooks.manifests import Identity

LOCAL = "https://kubernetes.default.svc"


def project(**spec):
    return Project({"kind": "AppProject", "metadata": {"name": "p"}, "spec": spec})


def application(**destination):
    return {"spec": {"destination": destination or {"server": LOCAL, "namespace": "web"}}}


def destinations(*items):
    keys = ("server", "namespace", "name")
    return [dict(zip(keys, item, strict=False)) for item in items]


@pytest.mark.parametrize(
    ("patterns", "url", "refused"),
    [
        (["*"], "https://x/y", False),
        ([], "https://x/y", True),
        (["https://github.com/org/*"], "https://GitHub.com/org/app.git", False),
        (["https://github.com/org/*"], "https://github.com/org/sub/app", True),
        (["*", "!https://github.com/bad/*"], "https://github.com/bad/app", True),
        (["git@github.com:org/app.git"], "ssh://git@github.com/org/app", False),
        (["https://github.com/org/app"], "https://github.com/org/other", True),
        (["https://github.com/**"], "https://github.com/a/b/c", False),
        (["!*"], "https://github.com/a/b", False),  # a star alone has no slashes here
    ],
)
def test_sources(patterns, url, refused):
    assert project(sourceRepos=patterns).refuses_source(url) is refused


@pytest.mark.parametrize(
    ("items", "refused"),
    [
        ([("*", "*")], False),
        ([(LOCAL, "web")], False),
        ([(LOCAL, "other")], True),
        ([("https://elsewhere", "*")], True),
        ([(LOCAL, "w*")], False),
        ([("*", "*"), (LOCAL, "!web")], True),
        ([("*", "*"), (f"!{LOCAL}", "*")], True),
        ([("", "web", "in-cluster")], False),
        ([("", "*", "staging")], True),
        ([(f"!{LOCAL}", "*", "in-cluster")], False),  # permitted by its name
        ([("", "!web", "in-cluster"), ("*", "web")], False),  # only a server denies namespaces
        ([("*", "!web"), ("*", "web")], True),
        ([], True),
    ],
)
def test_destinations(items, refused):
    narrow = project(destinations=destinations(*items))
    assert narrow.refuses_destination(application()) is refused


def test_a_cluster_that_a_project_knows_by_another_key_is_not_refused():
    narrow = project(destinations=destinations(("https://a", "*")))
    assert not narrow.refuses_destination(application(name="a", namespace="web"))
    assert not narrow.refuses_destination({"spec": {}})


@pytest.mark.parametrize(
    ("spec", "who", "refused"),
    [
        ({}, Identity("", "Namespace", "", "web"), True),
        ({"clusterResourceWhitelist": [{"group": "*", "kind": "*"}]}, ("", "Namespace", ""), False),
        (
            {"clusterResourceWhitelist": [{"group": "", "kind": "Name*"}]},
            ("", "Namespace", ""),
            False,
        ),
        ({}, ("apps", "Deployment", "web"), False),
        (
            {"namespaceResourceBlacklist": [{"group": "apps", "kind": "*"}]},
            ("apps", "X", "web"),
            True,
        ),
        (
            {"namespaceResourceWhitelist": [{"group": "", "kind": "Pod"}]},
            ("apps", "X", "web"),
            True,
        ),
        ({}, ("apps", "Deployment", "elsewhere"), True),
    ],
)
def test_objects(spec, who, refused):
    who = who if isinstance(who, Identity) else Identity(*who, "name")
    narrow = project(destinations=destinations((LOCAL, "web")), **spec)
    assert narrow.refuses_object(application(), who) is refused


def test_namespaces_of_applications():
    assert not project().refuses_namespace("argocd")
    assert not project().refuses_namespace("")
    assert project().refuses_namespace("team")
    assert not project(sourceNamespaces=["team-*"]).refuses_namespace("team-a")
    assert project(sourceNamespaces=["team-*"]).refuses_namespace("other")
    assert not project(sourceNamespaces=["/^t.*$/"]).refuses_namespace("anything")


def test_the_project_of_an_application():
    assert project_of({"spec": {}}) == "default"
    assert project_of({"spec": {"project": "p"}}) == "p"
