"""Applications that bring files of their own, and the ConfigMaps that kustomize makes of them."""

import subprocess
from pathlib import Path

import pytest
import yaml

from kure_hooks.errors import InputError
from kure_hooks.files.writer import write_tree
from kure_hooks.operations import package as operation
from kure_hooks.operations.data import data
from tests.support.generate import application, bundle, generated, leaf, node
from tests.support.git import write
from tests.support.schemas import assert_valid
from tests.support.tools import tool
from tests.support.trees import TreeReader, check

VALUES = "replicas: 2 # not more\n"
INI = b"[web]\r\nname = caf\xc3\xa9\r\n".decode()
SOURCE = {"type": "HelmRepository", "url": "https://charts.example.com"}


def release(name, **spec):
    """Return a release with a values file."""
    chart = {"chart": {"name": "web", "version": "1.2.3"}, "source": SOURCE}
    values = {"valuesFile": f"../values/{name}.yaml"}
    return {"name": name, "namespace": "apps", "kind": "HelmChart", "spec": chart | values | spec}


def settings(name, *files, **more):
    """Return an application with a ConfigMap of its own name, made of files."""
    spec = {"configMaps": [{"name": name, "files": list(files)}]}
    return {"name": name, "namespace": "apps", "kind": "Manifests", "spec": spec | more}


def fleet(root, files=(), layout=None, **cluster):
    stack = {"name": "prod", "node": root, "layout": layout or {}, **cluster}
    values = {f"values/{name}.yaml": VALUES for name in ("web", "api", "deep")}
    extra = {"settings/app.ini": INI, **values, **dict(files)}
    return generated({"stacks/prod.yaml": yaml.safe_dump(stack), **extra})


def directory(files, path):
    """Return the files of a directory by name."""
    base = f"clusters/prod/{path}/"
    inside = {
        each.removeprefix(base): data for each, data in files.items() if each.startswith(base)
    }
    return {name: data for name, data in inside.items() if "/" not in name}


def built(files, path, tmp_path):
    """Return what the real kustomize makes of a directory, by kind."""
    write(tmp_path, dict(files))
    command = [tool("kustomize"), "build", str(tmp_path / "clusters" / "prod" / path)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return {each["kind"]: each for each in yaml.safe_load_all(done.stdout)}


def kustomization(files, path):
    return yaml.safe_load(files[f"clusters/prod/{path}/kustomization.yaml"])


def problem(root, **more):
    with pytest.raises(InputError) as caught:
        fleet(root, **more)
    (finding,) = caught.value.findings
    return str(finding)


def test_what_brings_files_has_a_directory_of_its_own():
    """E11.1, E11.2, E11.7: also where applications are flat; the bytes are those of the author."""
    files = fleet(node("prod", leaf("apps", release("web")))).files
    assert directory(files, "apps").keys() == {"kustomization.yaml"}
    assert kustomization(files, "apps")["resources"] == ["web"]
    inside = directory(files, "apps/web")
    assert sorted(inside) == [
        "apps-helmrelease-web.yaml",
        "apps-helmrepository-web.yaml",
        "kustomization.yaml",
        "kustomizeconfig.yaml",
        "values.yaml",
    ]
    assert inside["values.yaml"] == VALUES.encode()


def test_a_file_that_is_not_there_is_a_fault_of_its_application():
    """E11.1: the message says which application wants which file."""
    root = node("prod", leaf("apps", {"path": "../apps/web.yaml"}))
    metadata = {"name": "web", "namespace": "apps"}
    document = release("web", valuesFile="../gone.yaml") | {"metadata": metadata}
    del document["name"], document["namespace"]
    document["apiVersion"] = "generators.gokure.dev/v1alpha1"
    text = yaml.safe_dump(document)
    words = problem(root, files={"apps/web.yaml": text})
    assert words == (
        "apps/web.yaml:13:15: spec.valuesFile: no file matches gone.yaml (paths start at the file "
        "that names them)"
    )


def test_several_in_one_bundle_do_not_collide(tmp_path):
    """E11.3: each has its own values.yaml, and kustomize builds all of them together."""
    files = fleet(node("prod", leaf("apps", release("web"), release("api")))).files
    assert kustomization(files, "apps")["resources"] == ["api", "web"]
    check(TreeReader(files, "clusters/prod"))
    assert built(files, "apps", tmp_path).keys() == {"ConfigMap", "HelmRelease", "HelmRepository"}


@pytest.mark.parametrize(
    ("layout", "beside"),
    [
        ({}, "apps-configmap-plain.yaml"),
        ({"applicationFileMode": "single"}, "plain.yaml"),
        ({"filePer": "kind", "fileNaming": "kind-name"}, "configmap.yaml"),
    ],
)
def test_plain_applications_of_the_bundle_stay_where_the_rules_say(layout, beside):
    """E11.4."""
    root = node("prod", leaf("apps", application("plain"), release("web")))
    files = fleet(root, layout=layout).files
    assert directory(files, "apps").keys() == {"kustomization.yaml", beside}
    assert kustomization(files, "apps")["resources"] == sorted([beside, "web"])


@pytest.mark.parametrize("name", ["", "prod", "platform"])
@pytest.mark.parametrize("nodes", ["name", "flat"])
@pytest.mark.parametrize("placement", ["separate", "integrated", "integrated-per-bundle"])
def test_every_root_and_grouping_keeps_extra_files(name, nodes, placement):
    """E10.8, E11.5, E11.9: under an unnamed root, in merged nodes, below umbrellas."""
    umbrella = bundle("all", children=[bundle("inner", release("deep"))])
    inner = node("infra", node("net", bundle=umbrella), bundle=bundle("tools", release("api")))
    root = node(name, inner, bundle=bundle("top", release("web")))
    layout = {"nodeGrouping": nodes, "fluxPlacement": placement}
    files = fleet(root, layout=layout).files
    extras = [path for path in files if path.endswith("/values.yaml")]
    assert sorted(path.split("/")[-2] for path in extras) == ["api", "deep", "web"]
    check(TreeReader(files, "clusters/prod"))


def test_a_package_brings_its_extra_files():
    """E11.6, E11.7: they lie in the package, in the tree as in its archive."""
    package = {"group": "source.toolkit.fluxcd.io", "version": "v1", "kind": "OCIRepository"}
    package["url"] = "oci://registry.example.com/shop"
    result = fleet(node("prod", leaf("shop", release("web")) | {"packageRef": package}))
    packed = operation.packages(result)
    (inside,) = [files for name, files in packed.items() if "oci-shop" in name]
    assert inside["shop/web/values.yaml"] == VALUES.encode()
    below = "clusters/prod/packages/oci-shop/shop/web/values.yaml"
    assert result.files[below] == VALUES.encode()


def test_the_disk_gets_the_bytes(tmp_path):
    """E11.7: line endings and all."""
    files = fleet(node("prod", leaf("apps", settings("web", "../settings/app.ini")))).files
    write_tree(tmp_path, files)
    assert (tmp_path / "clusters/prod/apps/web/app.ini").read_bytes() == INI.encode()


def test_generators_are_written_where_there_are_any():
    """E11.8: several entries, each with its files by key; no such block anywhere else."""
    more = {
        "configMaps": [
            {"name": "one", "files": ["../settings/app.ini", "web.ini=../settings/app.ini"]},
            {"name": "two", "files": ["../values/web.yaml"]},
        ]
    }
    wanted = {**settings("web"), "spec": more, "labels": {"own": "yes"}}
    labelled = bundle("apps", wanted, application("plain"), labels={"team": "a", "own": "no"})
    files = fleet(node("prod", {"name": "apps", "bundle": labelled})).files
    options = {"labels": {"own": "yes", "team": "a"}}
    assert kustomization(files, "apps/web") == {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [],
        "configMapGenerator": [
            {
                "name": "one",
                "namespace": "apps",
                "files": ["app.ini", "web.ini=app.ini"],
                "options": options,
            },
            {"name": "two", "namespace": "apps", "files": ["web.yaml"], "options": options},
        ],
        "configurations": ["kustomizeconfig.yaml"],
    }
    for path in ("apps", "flux-system"):
        assert kustomization(files, path).keys() == {"apiVersion", "kind", "resources"}


def test_applications_with_nothing_else_and_empty_values_are_fine(tmp_path):
    """E11.9: no manifests beside the ConfigMap, and a values file without a value."""
    files = fleet(
        node("prod", leaf("apps", settings("only", "../settings/app.ini"), release("web"))),
        files={"values/web.yaml": "# none yet\n"},
    ).files
    assert directory(files, "apps/only").keys() == {
        "app.ini",
        "kustomization.yaml",
        "kustomizeconfig.yaml",
    }
    assert built(files, "apps/web", tmp_path)["ConfigMap"]["data"] == {
        "values.yaml": "# none yet\n"
    }


def test_the_release_reads_the_config_map_by_its_whole_name(tmp_path):
    """The suffix reaches valuesFrom; other content is another name, and so a new release."""
    spec = {"valuesFrom": [{"kind": "Secret", "name": "passwords"}], "values": {"replicas": 3}}
    root = node("prod", leaf("apps", release("web", **spec)))
    names = []
    for index, values in enumerate([VALUES, "replicas: 4\n"]):
        files = fleet(root, files={"values/web.yaml": values}).files
        found = built(files, "apps", tmp_path / str(index))
        config_map, helm_release = found["ConfigMap"], found["HelmRelease"]
        assert config_map["data"] == {"values.yaml": values}
        assert config_map["metadata"]["namespace"] == "apps"
        assert helm_release["spec"]["valuesFrom"] == [
            {"kind": "ConfigMap", "name": config_map["metadata"]["name"]},
            {"kind": "Secret", "name": "passwords"},
        ]
        names.append(config_map["metadata"]["name"])
        written = tmp_path / f"{index}.yaml"
        written.write_text(yaml.safe_dump(helm_release))
        assert_valid([written])
    assert len(set(names)) == len(names)
    assert all(name.startswith("web-values-") for name in names)


def test_built_in_kinds_read_the_config_map_by_its_whole_name(tmp_path):
    """E11.8 for Argo CD too: what kustomize builds is the same."""
    volume = {"name": "settings", "configMap": {"name": "web"}}
    pod = {"containers": [{"name": "main", "image": "nginx"}], "volumes": [volume]}
    pods = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    deployment["spec"] = {"selector": {"matchLabels": {"app": "web"}}, "template": pods}
    wanted = settings("web", "../settings/app.ini", objects=[deployment])
    argocd = {"type": "argocd", "argocd": {"repoURL": "https://example.com/fleet.git"}}
    files = fleet(node("prod", leaf("apps", wanted)), gitops=argocd).files
    found = built(files, "apps", tmp_path)
    (mounted,) = found["Deployment"]["spec"]["template"]["spec"]["volumes"]
    assert mounted["configMap"]["name"] == found["ConfigMap"]["metadata"]["name"] != "web"
    assert found["ConfigMap"]["data"] == {"app.ini": INI}


def test_manifests_step_aside_for_extra_files():
    """A file of the author keeps its name; that of a manifest gets a digest."""
    name = "apps-configmap-web.yaml"
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}}
    wanted = settings("plain", f"../settings/{name}", objects=[config_map])
    files = fleet(node("prod", leaf("apps", wanted)), files={f"settings/{name}": "a: b\n"}).files
    inside = directory(files, "apps/plain")
    assert inside[name] == b"a: b\n"
    (other,) = kustomization(files, "apps/plain")["resources"]
    assert other != name
    assert b"kind: ConfigMap" in inside[other]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (["../settings/aux.ini"], "the extra file 'aux.ini' is a device on Windows"),
        (["../settings/kustomization.yaml"], "has a name that is taken by kustomize"),
        (["../settings/Kustomization"], "has a name that is taken by kustomize"),
        (["../settings/kustomizeconfig.yaml"], "has a name that is taken by kustomize"),
        (["../settings/a.ini", "../settings/A.ini"], "differs from another one in case only"),
        (["../settings/a-0123abcd.yaml"], "is called like a file with a digest in its name"),
        (["k=../settings/a=b.ini"], "has a =, which kustomize can't read"),
        (["a key=../settings/a.ini"], "can't have the key 'a key'"),
        (["../settings/a.ini", "b=../values/a.ini"], "would be one file in the application's"),
        (["../../a.ini"], "leaves the repository"),
        (["../settings"], "is a directory"),
    ],
)
def test_files_that_kustomize_could_not_read_are_findings(files, words):
    names = (
        "kustomization.yaml",
        "Kustomization",
        "kustomizeconfig.yaml",
        "a.ini",
        "A.ini",
        "a-0123abcd.yaml",
        "aux.ini",
    )
    there = {f"settings/{name}": "a: 1\n" for name in (*names, "a=b.ini")} | {"values/a.ini": ""}
    with pytest.raises(InputError) as caught:
        fleet(node("prod", leaf("apps", settings("web", *files))), files=there)
    assert all(words in str(each) for each in caught.value.findings)


@pytest.mark.parametrize(
    ("text", "at"),
    [("- a\n", "values/web.yaml:1:1"), ("a: 1\n---\nb: 1\n", "values/web.yaml:3:1")],
)
def test_a_values_file_is_one_mapping(text, at):
    root = node("prod", leaf("apps", release("web")))
    assert problem(root, files={"values/web.yaml": text}).startswith(f"{at}: these are no values")


def test_two_config_maps_of_one_name_are_refused_like_any_object():
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web-values"}}
    other = {"name": "other", "namespace": "apps", "kind": "Manifests"}
    other["spec"] = {"objects": [config_map]}
    words = problem(node("prod", leaf("apps", release("web")), leaf("infra", other)))
    assert "ConfigMap apps/web-values is defined " in words


def test_a_secret_that_kustomize_would_take_for_the_config_map_is_refused():
    same = {
        "valuesFrom": [{"kind": kind, "name": "web-values"} for kind in ("ConfigMap", "Secret")]
    }
    api = release("api", **same)
    words = problem(node("prod", leaf("apps", release("web"), api)))
    assert "kustomize would take Secret web-values for the ConfigMap of that name" in words
    assert "applications[1].spec.valuesFrom[1].name: kustomize" in words
    fleet(node("prod", leaf("apps", release("web")), leaf("infra", api)))  # another build
    written = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "api"},
        "spec": same,
    }
    objects = application("api") | {"spec": {"objects": [written]}}
    words = problem(node("prod", leaf("apps", release("web"), objects)))
    assert "applications[1].spec: kustomize would take Secret web-values" in words


def test_a_directory_that_something_else_wants_is_a_finding():
    child = leaf("web", application("child"))
    words = problem(node("prod", {**leaf("apps", release("web")), "children": [child]}))
    assert "both want clusters/prod/apps/web" in words


def test_validation_knows_what_is_no_object():
    """Neither the values file nor kustomize's own configuration is judged by a schema."""
    files = fleet(node("prod", leaf("apps", release("web")))).files
    assert {Path(path).name for path in data(files)} == {"values.yaml", "kustomizeconfig.yaml"}
