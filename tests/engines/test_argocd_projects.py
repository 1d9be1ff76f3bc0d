from copy import deepcopy

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.argocd.projects import Grant, project
from tests.support.clusters import clusters
from tests.support.generate import REPOSITORY, application, generated, leaf, node, objects
from tests.support.trees import TreeReader, kind

SERVER = "https://kubernetes.default.svc"
SETS = {"group": "argoproj.io", "kind": "ApplicationSet"}
LISTS = ("sourceRepos", "destinations", "clusterResourceWhitelist", "namespaceResourceWhitelist")


def spec_of(*applications, name="AppProject/prod", bundle=None, **options):
    root = node("prod", leaf("web", *applications, **(bundle or {})))
    return objects(root, engine="argocd", **options)[name]["spec"]


def kinds_of(spec):
    return [(each["group"], each["kind"]) for each in spec.get("clusterResourceWhitelist", ())]


def namespaces_of(spec):
    return [each.get("namespace", "") for each in spec["destinations"]]


def manifests(*found, namespace=""):
    own = {"namespace": namespace} if namespace else {}
    return {"name": "app", "kind": "Manifests", "spec": {"objects": list(found)}, **own}


def custom(kind, **metadata):
    return {
        "apiVersion": "example.com/v1",
        "kind": kind,
        "metadata": {"name": "x", **metadata},
    }


def definition(kind, scope):
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.lower()}s.example.com"},
        "spec": {"group": "example.com", "names": {"kind": kind}, "scope": scope},
    }


def test_a_project_permits_what_its_bundles_hold_and_no_more():
    """E17.10: repositories, namespaces and cluster-scoped kinds of the bundles."""
    found = application("a", "v1 ConfigMap", "rbac.authorization.k8s.io/v1 ClusterRole")
    assert spec_of(found) == {
        "description": "The bundles of cluster prod",
        "sourceRepos": [REPOSITORY],
        "destinations": [{"server": SERVER}, {"server": SERVER, "namespace": "apps"}],
        "clusterResourceWhitelist": [{"group": "rbac.authorization.k8s.io", "kind": "ClusterRole"}],
    }


def test_every_repository_of_a_bundle_is_listed_as_it_is():
    """E17.5."""
    other = {"kind": "GitRepository", "name": "o", "url": "git@example.com:fleet.git"}
    root = node("prod", leaf("web"), leaf("other", sourceRef=other))
    spec = objects(root, engine="argocd")["AppProject/prod"]["spec"]
    assert spec["sourceRepos"] == ["git@example.com:fleet.git", REPOSITORY]


def test_the_target_namespace_takes_the_place_of_those_of_the_objects():
    """E17.14."""
    spec = spec_of(application("a"), bundle={"targetNamespace": "shop"})
    assert namespaces_of(spec) == ["shop"]


def test_a_destination_by_name_is_permitted_by_name():
    """E17.10."""
    options = {"repoURL": REPOSITORY, "destination": {"name": "remote", "namespace": "own"}}
    spec = spec_of(application("a"), gitops={"argocd": options})
    assert spec["destinations"] == [
        {"name": "remote", "namespace": "apps"},
        {"name": "remote", "namespace": "own"},
    ]


def test_objects_without_a_namespace_go_to_default():
    """Argo CD refuses them where the destination has none; kubectl and Flux take `default`."""
    bare = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}
    found = objects(node("prod", leaf("web", manifests(bare))), engine="argocd")
    assert found["Application/web"]["spec"]["destination"]["namespace"] == "default"
    assert namespaces_of(found["AppProject/prod"]["spec"]) == ["default"]


@pytest.mark.parametrize(
    ("found", "kinds", "namespaces"),
    [
        ([custom("Thing")], [("example.com", "Thing")], [""]),
        ([custom("Thing", namespace="a")], [("example.com", "Thing")], ["", "a"]),
        (
            [definition("Thing", "Namespaced"), custom("Thing", namespace="a")],
            [("apiextensions.k8s.io", "CustomResourceDefinition")],
            ["", "a"],
        ),
        (
            [definition("Thing", "Cluster"), custom("Thing")],
            [
                ("apiextensions.k8s.io", "CustomResourceDefinition"),
                ("example.com", "Thing"),
            ],
            [""],
        ),
    ],
)
def test_the_scope_of_custom_kinds_is_that_of_their_definition(found, kinds, namespaces):
    """Without a definition either scope is possible, so both are permitted."""
    spec = spec_of(manifests(*found))
    assert (kinds_of(spec), namespaces_of(spec)) == (kinds, namespaces)


@pytest.mark.parametrize(
    ("kinds", "options", "expected"),
    [
        ([], ["CreateNamespace=true"], [("", "Namespace")]),
        ([], ["CreateNamespace=false"], []),
        ([("*", "*")], ["CreateNamespace=true"], [("*", "*")]),
    ],
)
def test_what_an_application_brings_besides_its_objects(kinds, options, expected):
    """A namespace that Argo CD creates, and the unknown objects of a chart."""
    spec = {
        "sources": [{"repoURL": REPOSITORY}],
        "destination": {"server": SERVER, "namespace": "a"},
        "syncPolicy": {"syncOptions": options},
    }
    found = project("p", ArgocdOptions(), "", [Grant({"spec": spec}, kinds=kinds)])["spec"]
    assert kinds_of(found) == expected


def test_no_project_is_made_beside_one_of_the_users_own():
    """E17.10."""
    options = {"repoURL": REPOSITORY, "project": "shared"}
    found = objects(node("prod", leaf("web")), engine="argocd", gitops={"argocd": options})
    assert list(found) == ["Application/web"]


@pytest.mark.parametrize("ordering", ["waves", "progressive", "resource-waves"])
def test_the_root_may_write_an_application_set_with_any_ordering(ordering):
    """E17.9: its own sync is refused while its project doesn't permit one, so it is never late."""
    gitops = {"argocd": {"ordering": ordering}}
    gitops["bootstrap"] = {"enabled": True, "sourceURL": REPOSITORY}
    spec = spec_of(application("a"), name="AppProject/prod-root", gitops=gitops)
    assert SETS in spec["namespaceResourceWhitelist"]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(clusters("argocd"))
def test_projects_permit_everything_and_each_entry_is_needed(case):
    """E17.10: nothing that the bundles hold is refused, and less would refuse something."""
    reader = TreeReader(
        generated(case.texts()).files, f"clusters/{case.cluster}", packages=case.packages
    )
    for each in reader.gitops:
        if each["kind"] == "AppProject":
            assert not list(refusals(each, reader))
            for lacking in one_entry_less(each):
                assert list(refusals(lacking, reader)), yaml.safe_dump(lacking)


def one_entry_less(found):
    for name in LISTS:
        for index, entry in enumerate(found["spec"].get(name, ())):
            # The root may always write sets: it is too late once there is one.
            if entry == SETS:
                continue
            lacking = deepcopy(found)
            del lacking["spec"][name][index]
            yield lacking


def refusals(found, reader):
    """Yield what Argo CD 3.5 refuses for the Applications of a project, by its own rules.

    The patterns of a project are compared as texts: there are none among them here.
    """
    spec = found["spec"]
    for each, directory in reader.applied():
        if each["spec"]["project"] == found["metadata"]["name"]:
            destination = each["spec"]["destination"]
            if any(one["repoURL"] not in spec.get("sourceRepos", ()) for one in sources(each)):
                yield "source"
            if not may_write(spec, destination, destination.get("namespace", "")):
                yield "destination"
            for one in reader.built(directory):
                yield from refused(spec, each, one)


def sources(found):
    return found["spec"].get("sources") or [found["spec"]["source"]]


def refused(spec, found, one):
    group, name = kind(one)
    entry = {"group": group, "kind": name}
    if name in ("Namespace", "ClusterRole"):
        if entry not in spec.get("clusterResourceWhitelist", ()):
            yield entry
        return
    destination = found["spec"]["destination"]
    target = sources(found)[0].get("kustomize", {}).get("namespace")
    namespace = target or one["metadata"].get("namespace") or destination.get("namespace")
    if not namespace or not may_write(spec, destination, namespace):
        yield namespace
    if entry not in spec.get("namespaceResourceWhitelist", [entry]):
        yield entry


def may_write(spec, destination, namespace):
    return any(
        each.get("namespace", "") == namespace
        and any(each.get(by) == destination.get(by) for by in ("server", "name") if by in each)
        for each in spec["destinations"]
    )


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
@pytest.mark.parametrize("bootstrap", [{}, {"enabled": True}])
def test_a_project_that_would_permit_nothing_is_not_written(ordering, bootstrap):
    gitops = {"argocd": {"repoURL": REPOSITORY, "ordering": ordering}, "bootstrap": bootstrap}
    own = {"argocd": {"project": "shop"}}
    all_elsewhere = node("prod", leaf("a", **own), leaf("b", **own))
    assert "AppProject/prod" not in objects(all_elsewhere, engine="argocd", gitops=gitops)
    some = node("prod", leaf("a", **own), leaf("b"))
    assert objects(some, engine="argocd", gitops=gitops)["AppProject/prod"]["spec"]["sourceRepos"]
