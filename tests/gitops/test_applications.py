"""Owners of Argo CD (Argo CD 3.5)."""

import json

import pytest
import yaml

from kure_hooks.files.memory import MemoryTree
from kure_hooks.gitops.application_sources import ApplicationSource, SourceType, sources
from kure_hooks.gitops.applications import ApplicationReader
from kure_hooks.gitops.argocd import heals, wave
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Resource, Way

HERE = "https://git.example/org/fleet.git"


def config_map(name, namespace="", **metadata):
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **metadata}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}


def files_of(**others):
    contents = {
        "plain/one.yaml": config_map("one"),
        "plain/two.json": config_map("two", "own"),
        "plain/deep/three.yaml": config_map("three"),
        "built/kustomization.yaml": {"resources": ["four.yaml"]},
        "built/four.yaml": config_map("four"),
        "chart/Chart.yaml": {"apiVersion": "v2", "name": "chart", "version": "1.0.0"},
    }
    contents |= {name.replace("__", "/"): content for name, content in others.items()}
    return {
        path: content if isinstance(content, bytes) else json.dumps(content).encode()
        for path, content in contents.items()
    }


def owner(source=None, origin=HERE, files=None, metadata=None, mapped=None, **spec):
    source = {"source": {"repoURL": HERE, **source}} if source is not None else {}
    manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "app", "namespace": "argocd", **(metadata or {})},
        "spec": {"project": "default", "destination": {"namespace": "web"}, **source, **spec},
    }
    contents = {"apps/app.yaml": yaml.safe_dump(manifest).encode(), **(files or files_of())}
    read = Files(MemoryTree(contents))
    written = read.objects("apps/app.yaml")[0]
    resource = Resource(written.document, written.pointer, written.manifest, written.at(), written)
    return ApplicationReader(read, Builds(read), origin, mapped).owner(resource, None)


def names(made):
    return [
        f"{resource.who.namespace}/{resource.who.name}".removeprefix("/")
        for resource in made.resources
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"path": "plain"}, ["web/one", "own/two"]),
        ({"path": "./plain/"}, ["web/one", "own/two"]),
        ({"path": "plain", "directory": {"recurse": True}}, ["web/three", "web/one", "own/two"]),
        ({"path": "plain", "directory": {"include": "*.json"}}, ["own/two"]),
        ({"path": "plain", "directory": {"exclude": "{one,three}.*"}}, ["own/two"]),
        (
            {"path": "plain", "directory": {"recurse": True, "exclude": "*e.yaml"}},
            ["own/two"],
        ),
        ({"path": "built"}, ["web/four"]),
        ({"path": "built", "kustomize": {"namespace": "k", "namePrefix": "p-"}}, ["k/p-four"]),
        ({"path": "built", "directory": {"recurse": False}}, ["web/four"]),
    ],
)
def test_what_an_application_applies(source, expected):
    made = owner(source)
    assert names(made) == expected
    assert made.is_certain


def test_the_namespace_of_an_object_that_has_none_is_the_destinations():
    files = files_of(plain__five={}, **{"plain__ns.yaml": {"kind": "Namespace"}})
    files["plain/ns.yaml"] = json.dumps(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n", "namespace": "wrong"}}
    ).encode()
    made = owner({"path": "plain", "directory": {"include": "ns.yaml"}}, files=files)
    assert names(made) == ["n"]


def test_hooks_of_the_type_skip_and_excluded_kinds_are_left_out():
    skipped = config_map("skipped", annotations={"argocd.argoproj.io/hook": "Skip"})
    hook = config_map("hook", annotations={"argocd.argoproj.io/hook": "PreSync"})
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "l"}}
    files = files_of(**{"p__a.yaml": skipped, "p__b.yaml": hook, "p__c.yaml": lease})
    assert names(owner({"path": "p"}, files=files)) == ["web/hook"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ({"chart": "nginx", "targetRevision": "1.0.0"}, "installs a chart"),
        ({"repoURL": "oci://ghcr.io/org/x", "path": "."}, "has an OCI artifact"),
        ({"repoURL": "https://git.example/other", "path": "plain"}, "is another repository"),
        ({"path": "nowhere"}, "has a path that is not there"),
        ({"path": "/plain"}, "has a path that is not there"),
        ({"path": "../plain"}, "has a path that is not there"),
        ({"path": "plain", "plugin": {"name": "x"}}, "has a plugin"),
        ({"path": "plain", "helm": {"releaseName": "x"}, "plugin": {"name": "x"}}, "several types"),
        ({"path": "plain", "targetRevision": "0" * 40}, "whose files may be others"),
    ],
)
def test_what_is_elsewhere(source, reason):
    made = owner(source)
    assert not made.is_certain
    assert any(reason in sentence for sentence in made.elsewhere), made.elsewhere


def test_a_chart_of_the_repository_is_not_certain():
    made = owner({"path": "chart"})
    assert made.payloads[0].way is Way.CHART
    assert not made.is_certain


def test_several_sources():
    several = [
        {"repoURL": HERE, "path": "plain"},
        {"repoURL": HERE, "ref": "values"},
        {"repoURL": HERE, "path": "built"},
    ]
    made = owner({"path": "ignored"}, sources=several)
    assert names(made) == ["web/one", "own/two", "web/four"]
    assert [target.pointer for target in made.targets] == [
        ("spec", "sources", 0, "path"),
        ("spec", "sources", 2, "path"),
    ]
    assert made.is_certain


def test_targets_tell_what_is_there():
    (target,) = owner({"path": "./nowhere"}).targets
    assert (target.path, target.directory, target.exists) == ("./nowhere", "nowhere", False)
    (target,) = owner({"path": "../out"}).targets
    assert target.directory is None
    (target,) = owner({"path": "plain"}, origin="").targets
    assert (target.exists, target.is_assumed) == (True, True)


def test_a_fork_reads_its_own_files():
    made = owner({"path": "plain"}, origin="https://git.example/fork/fleet")
    assert names(made) == ["web/one", "own/two"]
    assert made.targets[0].is_assumed


def test_a_repository_that_is_mapped():
    files = {**files_of(), "@other/x/a.yaml": json.dumps(config_map("a")).encode()}
    url = "git@git.example:other"
    mapped = {"https://git.example/other": "@other"}
    made = owner({"repoURL": url, "path": "x"}, files=files, mapped=mapped)
    assert names(made) == ["web/a"]
    assert made.targets[0].directory == "@other/x"
    made = owner({"repoURL": url, "path": "../plain"}, files=files, mapped=mapped)
    assert made.targets[0].directory is None


def test_files_that_override_a_source():
    override = {"kustomize": {"nameSuffix": "-s"}, "path": "plain", "repoURL": "x"}
    files = files_of(**{"built__.argocd-source.yaml": override})
    assert names(owner({"path": "built"}, files=files)) == ["web/four-s"]
    files = files_of(**{"built__.argocd-source-other.yaml": override})
    assert names(owner({"path": "built"}, files=files)) == ["web/four"]


@pytest.mark.parametrize(
    ("automated", "options", "prunes", "suspended"),
    [
        (None, [], False, True),
        ({}, [], False, False),
        ({"prune": True}, [], True, False),
        ({"prune": True, "enabled": False}, [], False, True),
        ({"prune": True}, ["Prune=false"], False, False),
        ({"prune": True}, ["Prune=confirm"], False, False),
        ({"prune": True}, ["PruneLast=true"], True, False),
    ],
)
def test_pruning_and_suspension(automated, options, prunes, suspended):
    policy = {"syncOptions": options, **({} if automated is None else {"automated": automated})}
    made = owner({"path": "plain"}, syncPolicy=policy)
    assert (made.prunes, made.suspended) == (prunes, suspended)


@pytest.mark.parametrize(
    ("finalizer", "cascades"),
    [
        ("resources-finalizer.argocd.argoproj.io", True),
        ("resources-finalizer.argocd.argoproj.io/background", True),
        ("other", False),
    ],
)
def test_the_finalizer_cascades(finalizer, cascades):
    assert owner({"path": "plain"}, metadata={"finalizers": [finalizer]}).cascades is cascades


def test_the_destination_is_empty_for_the_cluster_of_argo_cd():
    assert owner({"path": "plain"}, destination={"name": "in-cluster"}).destination == ""
    assert owner({"path": "plain"}, destination={"server": "https://x"}).destination == "https://x"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ({"path": "plain"}, SourceType.DIRECTORY),
        ({"path": "built"}, SourceType.KUSTOMIZE),
        ({"path": "chart"}, SourceType.HELM),
        ({"path": "both"}, SourceType.KUSTOMIZE),
        ({"path": "plain", "helm": {}}, SourceType.DIRECTORY),
        ({"path": "plain", "helm": {"values": "a: b"}}, SourceType.HELM),
        ({"path": "built", "plugin": {"env": [{"name": "a"}]}}, SourceType.PLUGIN),
        ({"path": ""}, SourceType.DIRECTORY),
    ],
)
def test_types(source, kind):
    both = {"both__Chart.yaml": {}, "both__kustomization.yaml": {}}
    files = Files(MemoryTree(files_of(**both)))
    assert ApplicationSource(("spec", "source"), source).type(files) is kind


def test_changes_of_kustomize():
    options = {
        "images": ["a=b:1", "c:2", "d@sha256:00", "reg:5000/e", "f=reg:5000/g:3@sha256:11"],
        "replicas": [{"name": "x", "count": "2"}],
        "commonLabels": {"a": "b"},
        "components": ["../c"],
        "version": "v5",
    }
    source = ApplicationSource(("spec", "source"), {"kustomize": options})
    assert source.changes() == {
        "images": [
            {"name": "a", "newName": "b", "newTag": "1"},
            {"name": "c", "newTag": "2"},
            {"name": "d", "digest": "sha256:00"},
            {"name": "reg:5000/e"},
            {"name": "f", "newName": "reg:5000/g", "digest": "sha256:11"},
        ],
        "replicas": [{"name": "x", "count": 2}],
        "commonLabels": {"a": "b"},
        "components": ["../c"],
    }


def test_a_hydrator_wins():
    spec = {
        "source": {"path": "b"},
        "sources": [{"path": "c"}],
        "sourceHydrator": {"drySource": {"path": "a"}},
    }
    assert [source.path for source in sources({"spec": spec})] == ["a"]


def test_an_application_set_is_an_owner():
    text = yaml.safe_dump(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "ApplicationSet",
            "metadata": {"name": "set", "namespace": "argocd"},
            "spec": {
                "generators": [
                    {"git": {"repoURL": HERE, "directories": [{"path": "built"}]}},
                    {"clusters": {}},
                ],
                "template": {
                    "metadata": {"name": "{{path.basename}}"},
                    "spec": {"source": {"repoURL": HERE, "path": "{{path}}"}},
                },
            },
        }
    )
    read = Files(MemoryTree({**files_of(), "set.yaml": text.encode()}))
    written = read.objects("set.yaml")[0]
    resource = Resource(written.document, written.pointer, written.manifest, written.at(), written)
    reader = ApplicationReader(read, Builds(read))
    made = reader.owner(resource, None)
    assert names(made) == ["argocd/built"]
    assert made.elsewhere == ("asks for the clusters that Argo CD knows",)
    assert made.prunes
    inner = reader.owner(made.resources[0], made)
    assert names(inner) == ["four"]
    assert inner.parent is made


def test_other_kinds_and_nameless_ones_are_no_owners():
    read = Files(MemoryTree(files_of(**{"x.yaml": config_map("x")})))
    written = read.objects("x.yaml")[0]
    resource = Resource(written.document, written.pointer, written.manifest, written.at(), written)
    assert ApplicationReader(read, Builds(read)).owner(resource, None) is None


@pytest.mark.parametrize(
    ("written", "number"), [("5", 5), ("-1", -1), ("+2", 2), ("x", 0), ("1.5", 0), (3, 0)]
)
def test_waves(written, number):
    annotations = {"argocd.argoproj.io/sync-wave": written}
    assert wave({"metadata": {"annotations": annotations}}) == number


def test_self_healing():
    policy = {"automated": {"selfHeal": True}}
    assert heals({"spec": {"syncPolicy": policy}})
    assert not heals({"spec": {"syncPolicy": {"automated": {"selfHeal": True, "enabled": False}}}})


@pytest.mark.parametrize(
    "spec",
    [None, [], "x", {"source": []}, {"sources": "x"}, {"sources": [None]}, {"destination": 1}],
    ids=repr,
)
def test_applications_of_any_shape(spec):
    manifest = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}
    manifest |= {"metadata": {"name": "app"}, "spec": spec}
    read = Files(MemoryTree({"a.yaml": yaml.safe_dump(manifest).encode()}))
    written = read.objects("a.yaml")[0]
    resource = Resource(written.document, written.pointer, written.manifest, written.at(), written)
    made = ApplicationReader(read, Builds(read)).owner(resource, None)
    assert made.resources == ()
    assert not made.is_certain
