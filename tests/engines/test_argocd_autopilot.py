"""E17.15: Argo CD in the repository layout of argocd-autopilot (0.4)."""

import json
from pathlib import Path

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.clusters import ARGO_CD
from tests.support.generate import application, leaf, node
from tests.support.git import write
from tests.support.releases import documents, fleet, kustomized, release
from tests.support.schemas import assert_valid
from tests.support.trees import TreeReader, check, identity

GOLDEN = Path(__file__).parent / "golden" / "autopilot"
TOP = "clusters/prod/"
VENDORED = "vendor/argocd.yaml"
AUTOPILOT = {"argoCDMode": "autopilot", "manifests": VENDORED}
LITTLE = yaml.safe_dump_all(ARGO_CD)

ROOT = node(
    "prod",
    leaf("ingress", application("controller", "apps/v1 Deployment", "v1 Namespace")),
    leaf("web", application("web"), dependsOn=["ingress"]),
)


def generated(root=ROOT, text=LITTLE, bootstrap=AUTOPILOT, **argocd):
    return fleet(bootstrap, {VENDORED: text}, root, type="argocd", argocd=argocd)


def tree(*arguments, **options):
    """Return the files of the cluster by their path below its directory."""
    found = generated(*arguments, **options).files
    return {path.removeprefix(TOP): data.decode() for path, data in sorted(found.items())}


def refused(*arguments, **options):
    with pytest.raises(InputError) as caught:
        generated(*arguments, **options)
    return [str(each).partition(": ")[2] for each in caught.value.findings]


def directories(files):
    """Return the directories that Applications of the layout itself sync."""
    return {
        each["metadata"]["name"]: each["spec"]["source"]["path"]
        for name in ("autopilot-bootstrap", "argo-cd", "root")
        for each in documents(files[f"bootstrap/{name}.yaml"])
        if each["kind"] == "Application"
    }


def test_the_tree_is_that_of_argocd_autopilot(update_golden):
    found = tree()
    if update_golden:
        write(GOLDEN, found)
    golden = {
        path.relative_to(GOLDEN).as_posix(): path.read_text()
        for path in GOLDEN.rglob("*")
        if path.is_file()
    }
    assert found == golden


@pytest.mark.parametrize("project", ["", "team"])
@pytest.mark.parametrize("ordering", ["progressive", "waves", "resource-waves"])
@pytest.mark.parametrize("name", ["install-v3.5.1", "ha-install-v3.5.1"])
def test_a_real_release_has_the_invariants(name, ordering, project):
    text = release(f"argocd/{name}.yaml")
    more = {"project": project} if project else {}
    check(TreeReader(generated(text=text, ordering=ordering, **more).files, "clusters/prod"))


def test_each_object_is_synced_by_one_application_and_builds_with_the_real_kustomize(tmp_path):
    found = generated(text=release("argocd/install-v3.5.1.yaml"))
    write(tmp_path, dict(found.files))
    resources = f"{TOP}bootstrap/cluster-resources/in-cluster"
    built = [*directories(tree()).values(), resources]
    built += [f"{TOP}apps/{name}/overlays/prod" for name in ("ingress", "web")]
    objects = [each for path in built for each in documents(kustomized(tmp_path / path))]
    assert len(objects) == len(set(map(identity, objects)))
    of_release, namespace, applications, sets, projects, of_bundles = 59, 1, 3, 2, 2, 3
    own = namespace + applications + sets + projects
    assert len(objects) == of_release + own + of_bundles
    entry = map(identity, documents(kustomized(tmp_path / "clusters/prod")))
    assert set(entry) < set(map(identity, objects))


def test_what_starts_a_cluster_is_in_the_order_of_applying():
    credentials = {"externalSecret": {"store": "vault", "key": "git/fleet"}}
    bootstrap = {**AUTOPILOT, "repositoryCredentials": credentials}
    names = (
        "cluster-resources/in-cluster/namespace.yaml",
        "argo-cd/argocd-install.yaml",
        "argo-cd/repository.yaml",
        "autopilot-bootstrap.yaml",
        "argo-cd.yaml",
        "cluster-resources.yaml",
        "root.yaml",
    )
    (started,) = generated(bootstrap=bootstrap).starts.values()
    assert started.paths == tuple(f"{TOP}bootstrap/{name}" for name in names)


def test_the_tool_itself_can_read_what_it_looks_for():
    """Its `project list` and `app create` read these, at this place and in this order."""
    files = tree(namespace="gitops")
    project, rolling = documents(files["projects/prod.yaml"])
    assert (project["kind"], rolling["kind"]) == ("AppProject", "ApplicationSet")
    (argo_cd,) = documents(files["bootstrap/argo-cd.yaml"])
    assert argo_cd["spec"]["destination"]["namespace"] == "gitops"
    (cluster,) = (name for name in files if name.endswith(".json"))
    assert cluster == "bootstrap/cluster-resources/in-cluster.json"
    server = argo_cd["spec"]["destination"]["server"]
    assert json.loads(files[cluster]) == {"name": "in-cluster", "server": server}


def test_argo_cd_outlives_its_own_application():
    for name, text in tree(text=release("argocd/install-v3.5.1.yaml")).items():
        if name.startswith("bootstrap/") and not name.endswith((".json", "kustomization.yaml")):
            for each in documents(text):
                assert "finalizers" not in each["metadata"]
                kept = "argocd.argoproj.io/sync-options" in each["metadata"].get("annotations", {})
                assert kept == (each["kind"] in ("Namespace", "CustomResourceDefinition"))


def test_the_project_of_the_bootstrap_permits_what_it_applies_and_nothing_more():
    files = tree(text=release("argocd/install-v3.5.1.yaml"))
    (project,) = (
        each["spec"]
        for each in documents(files["bootstrap/autopilot-bootstrap.yaml"])
        if each["kind"] == "AppProject"
    )
    applied = [
        each
        for name, text in files.items()
        if name.startswith(("bootstrap/", "projects/"))
        and not name.endswith((".json", "kustomization.yaml"))
        for each in documents(text)
    ]
    outside = {each["kind"] for each in project["clusterResourceWhitelist"]}
    inside = {each["kind"] for each in project["namespaceResourceWhitelist"]}
    assert outside == {each["kind"] for each in applied if "namespace" not in each["metadata"]}
    assert inside == {each["kind"] for each in applied if "namespace" in each["metadata"]}


@pytest.mark.parametrize(
    ("options", "kinds", "others"),
    [
        ({}, ["AppProject", "ApplicationSet"], []),
        ({"project": "prod"}, ["ApplicationSet"], []),
        ({"ordering": "waves"}, ["AppProject"], ["ingress", "web"]),
        ({"ordering": "waves", "project": "prod"}, [], ["ingress", "web"]),
    ],
)
def test_applications_are_in_the_set_of_the_project_or_beside_it(options, kinds, others):
    files = tree(**options)
    own = documents(files.pop("projects/prod.yaml", ""))
    assert [each["kind"] for each in own] == kinds
    beside = [name for name in files if name.startswith("projects/argocd-application-")]
    assert beside == [f"projects/argocd-application-{name}.yaml" for name in others]


def test_a_project_called_as_no_file_can_be_has_a_file():
    files = tree(project="kustomization")
    (name,) = (each for each in files if each.startswith("projects/kustomization-"))
    assert [each["kind"] for each in documents(files[name])] == ["ApplicationSet"]
    assert "apps/web/overlays/kustomization/kustomization.yaml" in files


def test_nodes_and_umbrellas_have_no_directories():
    inner = {"name": "db", "applications": [application("db")]}
    names = ("bootstrap", "projects", "apps")
    root = node("prod", *(node(each, leaf(f"of-{each}")) for each in names))
    root["bundle"] = {"name": "platform", "wait": True, "children": [inner]}
    files = tree(root)
    assert {name.split("/")[0] for name in files} == {*names, "kustomization.yaml"}
    bundles = {name.split("/")[1] for name in files if name.startswith("apps/")}
    assert bundles == {"db", "platform", *(f"of-{each}" for each in names)}


def test_values_of_a_chart_are_read_from_the_base():
    chart = {
        "chart": {"name": "web", "version": "1.2.3"},
        "source": {"type": "HelmRepository", "url": "https://charts.example.com"},
        "valuesFile": "../values.yaml",
    }
    release_of_web = {"name": "chart", "namespace": "web", "kind": "HelmChart", "spec": chart}
    found = fleet(
        AUTOPILOT,
        {VENDORED: LITTLE, "values.yaml": "replicas: 2\n"},
        node("prod", leaf("web", release_of_web)),
        type="argocd",
    ).files
    check(TreeReader(found, "clusters/prod"))
    (text,) = (data for path, data in found.items() if path == f"{TOP}projects/prod.yaml")
    assert b"$values/clusters/prod/apps/web/base/chart/values.yaml" in text


def test_what_argo_cd_defines_is_valid(tmp_path):
    files = {name: text for name, text in tree().items() if name.startswith(("boot", "proj"))}
    defined = [
        each
        for name, text in files.items()
        if not name.endswith("kustomization.yaml")
        for each in documents(text)
        if each.get("apiVersion") == "argoproj.io/v1alpha1"
    ]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(defined))
    assert_valid([tmp_path / "all.yaml"])


@pytest.mark.parametrize("name", ["argo-cd", "root", "autopilot-bootstrap"])
def test_the_names_of_the_layout_are_taken(name):
    said = (
        f"the bundle name {name} is taken by an Application of the bootstrap. Choose another name."
    )
    assert refused(node("prod", leaf(name))) == [f"node.children[0].bundle.name: {said}"]


@pytest.mark.parametrize(
    ("bootstrap", "fault"),
    [
        (
            {"argoCDMode": "autopilot"},
            (
                "gitops.bootstrap.manifests: this required key is missing. "
                "Write the release manifests of Argo CD."
            ),
        ),
        (
            {**AUTOPILOT, "chartVersion": "10.1.0"},
            (
                "gitops.bootstrap.chartVersion: this means nothing with argoCDMode autopilot. "
                "Write argoCDMode helm."
            ),
        ),
        (
            {"argoCDMode": "helm", "chartVersion": "10.1.0", "manifests": VENDORED},
            (
                "gitops.bootstrap.manifests: this means nothing with argoCDMode helm. "
                "Write argoCDMode manifests or autopilot."
            ),
        ),
    ],
)
def test_it_is_made_of_release_manifests(bootstrap, fault):
    assert refused(bootstrap=bootstrap) == [fault]


def test_a_suspended_bundle_can_be_in_the_set_or_not():
    suspended = node("prod", leaf("web", suspend=True))
    assert "projects/argocd-application-web.yaml" not in tree(suspended)
    assert "projects/argocd-application-web.yaml" in tree(suspended, ordering="waves")


def test_without_a_bootstrap_the_layout_is_the_usual_one():
    files = tree(bootstrap={**AUTOPILOT, "enabled": False})
    assert {name.split("/")[0] for name in files} == {
        "argocd",
        "ingress",
        "web",
        "kustomization.yaml",
    }


def test_a_cluster_without_bundles_still_has_what_root_syncs():
    assert "projects/kustomization.yaml" in tree(node("prod"))
