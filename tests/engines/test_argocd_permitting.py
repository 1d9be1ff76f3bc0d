"""What an AppProject refuses, by the rules of Argo CD 3.5, and projects that refuse their own."""

import pytest
import yaml

from kure_hooks.engines.permissions import (
    refuses_destination,
    refuses_object,
    refuses_source,
)
from kure_hooks.errors import InputError
from kure_hooks.manifests import Identity
from tests.support.generate import REPOSITORY, application, leaf, node, objects

HERE = {"server": "https://kubernetes.default.svc"}
FAR = {"name": "far"}
ROLE = Identity("rbac.authorization.k8s.io", "ClusterRole", "", "reader")
SECRET = Identity("", "Secret", "web", "x")


def project(**spec):
    return {"kind": "AppProject", "metadata": {"name": "p"}, "spec": spec}


def place(namespace, **cluster):
    return {**(cluster or HERE), "namespace": namespace}


@pytest.mark.parametrize(
    ("patterns", "url", "refused"),
    [
        ([], "https://a.b/c.git", True),
        (["*"], "https://a.b/c.git", False),
        (["https://a.b/C"], "https://a.b/c.git", False),
        (["https://a.b/*"], "https://a.b/c.git", False),
        (["https://a.b/*"], "https://a.b/c/d.git", True),
        (["https://a.b/**"], "https://a.b/c/d.git", False),
        (["https://a.b/{c,d}"], "https://a.b/e", False),
        (["git@a.b:c/d.git"], "ssh://git@a.b/c/d", False),
        (["*", "!https://a.b/c"], "https://a.b/c.git", True),
        (["!https://a.b/c"], "https://a.b/d", False),
        (["*", "!https://a.b/**"], "https://a.b/c", False),
    ],
)
def test_sources(patterns, url, refused):
    assert refuses_source(project(sourceRepos=patterns), url) == refused


@pytest.mark.parametrize(
    ("destinations", "cluster", "refused"),
    [
        ([], HERE, True),
        ([place("web")], HERE, False),
        ([place("w*")], HERE, False),
        ([place("data")], HERE, True),
        ([place("[vw]eb")], HERE, False),
        ([place("web", name="in-cluster")], HERE, False),
        ([place("web", server="https://far")], HERE, True),
        # Nobody here knows the server that is called `far`.
        ([place("web", server="https://far")], FAR, False),
        ([place("web", name="f*")], FAR, False),
        ([place("web", name="near")], FAR, True),
        ([place("*"), place("!web")], HERE, True),
        ([place("!data")], HERE, False),
        (
            [place("*", server="*"), place("*", server="!https://kubernetes.default.svc")],
            HERE,
            True,
        ),
    ],
)
def test_destinations(destinations, cluster, refused):
    assert refuses_destination(project(destinations=destinations), cluster, "web") == refused


@pytest.mark.parametrize(
    ("spec", "who", "refused"),
    [
        ({}, ROLE, True),
        ({"clusterResourceWhitelist": [{"group": "*", "kind": "*"}]}, ROLE, False),
        ({"clusterResourceWhitelist": [{"group": "rbac*", "kind": "ClusterRole"}]}, ROLE, False),
        ({"clusterResourceWhitelist": [{"group": "", "kind": "ClusterRole"}]}, ROLE, True),
        ({"clusterResourceWhitelist": [{"group": "*", "kind": "*", "name": "w*"}]}, ROLE, True),
        ({"clusterResourceWhitelist": [{"group": "*", "kind": "*", "name": "r*"}]}, ROLE, False),
        ({}, SECRET, False),
        ({"namespaceResourceWhitelist": []}, SECRET, True),
        ({"namespaceResourceWhitelist": [{"group": "", "kind": "Secret"}]}, SECRET, False),
        ({"namespaceResourceWhitelist": [{"group": "", "kind": "Service"}]}, SECRET, True),
        ({"namespaceResourceBlacklist": [{"group": "*", "kind": "Secret"}]}, SECRET, True),
        ({"namespaceResourceBlacklist": [{"group": "*", "kind": "[ST]*"}]}, SECRET, False),
    ],
)
def test_objects(spec, who, refused):
    made = project(destinations=[place("web")], **spec)
    assert refuses_object(made, HERE, who) == refused


ROOT = node(
    "prod",
    leaf("web", application("web", "v1 ConfigMap", "rbac.authorization.k8s.io/v1 ClusterRole")),
    leaf("api", application("api", namespace="data")),
)


def patched(path, value, kind="AppProject", name="prod", op="replace"):
    operation = {"op": op, "path": path} | ({} if op == "remove" else {"value": value})
    return {"patch": yaml.safe_dump([operation]), "target": {"kind": kind, "name": name}}


def made(*patches, root=ROOT, **argocd):
    bootstrap = {"enabled": True, "sourceURL": REPOSITORY}
    gitops = {"patches": list(patches), "argocd": argocd, "bootstrap": bootstrap}
    return objects(root, engine="argocd", gitops=gitops)


def refused(*patches, **options):
    with pytest.raises(InputError) as caught:
        made(*patches, **options)
    return [(each.key, each.problem) for each in caught.value.findings]


@pytest.mark.parametrize("ordering", ["waves", "progressive", "resource-waves"])
@pytest.mark.parametrize(
    ("patch", "needed"),
    [
        (
            patched("/spec/sourceRepos", ["https://a.b/*"]),
            f"the source {REPOSITORY} of web and the source {REPOSITORY} of api",
        ),
        (
            patched("/spec/destinations", [{**HERE}, place("data")]),
            "ConfigMap apps/web of web",
        ),
        (
            patched("/spec/destinations", [place("apps"), place("data")]),
            "the destination of web and the destination of api",
        ),
        (
            patched("/spec/clusterResourceWhitelist", None, op="remove"),
            "ClusterRole web of web",
        ),
        (
            patched(
                "/spec/namespaceResourceBlacklist", [{"group": "", "kind": "ConfigMap"}], op="add"
            ),
            "ConfigMap apps/web of web and ConfigMap data/api of api",
        ),
        (
            patched("/spec/namespaceResourceWhitelist/0/kind", "ConfigMap", name="prod-root"),
            "AppProject argocd/prod",
        ),
    ],
    ids=str,
)
def test_a_patch_that_narrows_a_project_too_far_is_refused(patch, needed, ordering):
    """AC006: Argo CD syncs nothing of an Application that its project refuses."""
    other = {"patch": patched("/metadata/labels", {"a": "b"}, op="add")["patch"], "target": {}}
    ((key, problem),) = refused(other, patch, ordering=ordering)
    assert key == "gitops.patches[1].patch"
    assert problem.startswith("AppProject argocd/prod")
    assert needed in problem


@pytest.mark.parametrize(
    ("patch", "ordering"),
    [
        (patched("/spec/sourceRepos", ["https://*/**"]), "waves"),
        (patched("/spec/destinations", [{**HERE, "namespace": "*"}]), "progressive"),
        (patched("/spec/clusterResourceWhitelist/0/group", "*"), "resource-waves"),
        (patched("/spec/description", "short"), "waves"),
        (patched("/metadata/labels", {"a": "b"}, op="add"), "progressive"),
    ],
    ids=str,
)
def test_a_patch_that_leaves_what_is_needed_is_heard(patch, ordering):
    made(patch, ordering=ordering)


def test_a_specification_may_refuse_what_bundles_need_as_well():
    spec = {"namespaceResourceBlacklist": [{"group": "", "kind": "ConfigMap"}]}
    ((key, problem),) = refused(projectSpec=spec)
    assert key == "gitops.argocd.projectSpec"
    assert "ConfigMap apps/web of web" in problem
    made(projectSpec={"namespaceResourceBlacklist": [{"group": "", "kind": "ResourceQuota"}]})


def test_many_refusals_are_counted():
    many = node("prod", *(leaf(name, application(name)) for name in ("a", "b", "c", "d", "e")))
    ((_, problem),) = refused(patched("/spec/destinations", [{**HERE}]), root=many)
    assert "ConfigMap apps/b of b, ConfigMap apps/c of c and 2 more; Argo CD" in problem
