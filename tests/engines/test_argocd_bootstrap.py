"""E17.15: what brings up Argo CD, on its real release manifests."""

from collections import Counter

import pytest
import yaml

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.argocd.health import CM_KEY, health_lua
from kure_hooks.errors import InputError
from tests.support.generate import REPOSITORY, bundle, leaf, node, objects, tree
from tests.support.git import write
from tests.support.releases import documents, fleet, kustomized, release
from tests.support.schemas import assert_valid, problems

CONTROL = "clusters/prod/argocd/"
VENDORED = "vendor/argocd.yaml"
KEPT = "Prune=false,Delete=false"
WAVE = "argocd.argoproj.io/sync-wave"
OPTIONS = "argocd.argoproj.io/sync-options"

HELM = {"argoCDMode": "helm", "chartVersion": "10.1.0"}

OBJECTS = {
    "install-v3.5.1": 59,
    "install-v2.14.21": 59,
    "ha-install-v3.5.1": 70,
    "namespace-install-v3.5.1": 50,
    "namespace-install-v2.14.21": 50,
}


def generated(bootstrap, files=None, **argocd):
    return fleet(bootstrap, files, type="argocd", argocd=argocd)


def start(bootstrap, files=None, **argocd):
    """Return the files of the control directory by name."""
    found = generated(bootstrap, files, **argocd).files
    return {
        path.removeprefix(CONTROL): data for path, data in found.items() if path.startswith(CONTROL)
    }


def by_name(text):
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in documents(text)}


def installed(name, **argocd):
    """Return the objects of a real release as they are written."""
    version = name.rpartition("-")[2]
    given = {"manifests": VENDORED, "argoCDVersion": version}
    files = start(given, {VENDORED: release(f"argocd/{name}.yaml")}, **argocd)
    return documents(files["argocd-install.yaml"])


def root(files):
    return by_name(files["root-app.yaml"])


def refused(bootstrap, files=None, **argocd):
    with pytest.raises(InputError) as caught:
        generated(bootstrap, files, **argocd)
    return [str(each).partition(": ")[2] for each in caught.value.findings]


def namespaces(manifest):
    yield manifest["metadata"].get("namespace")
    for each in manifest.get("subjects", ()):
        yield each["namespace"]


def test_without_a_mode_argo_cd_is_somebody_else_s():
    assert set(start({})) == {
        "argocd-application-web.yaml",
        "argocd-appproject-prod.yaml",
        "kustomization.yaml",
        "root-app.yaml",
    }


@pytest.mark.parametrize("name", OBJECTS)
def test_every_object_of_the_release_is_installed_once(name):
    found = installed(name)
    assert len(found) == OBJECTS[name]
    original = documents(release(f"argocd/{name}.yaml"))
    assert Counter(each["kind"] for each in found) == Counter(each["kind"] for each in original)


@pytest.mark.parametrize("name", OBJECTS)
def test_every_namespace_is_the_chosen_one(name):
    """A7: also in the subjects of the ClusterRoleBindings, which say argocd."""
    found = installed(name, namespace="gitops")
    assert {each for manifest in found for each in namespaces(manifest)} <= {"gitops", None}
    outside = {each["kind"] for each in found if "namespace" not in each["metadata"]}
    everywhere = {"CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding"}
    assert outside == (set() if name.startswith("namespace-") else everywhere)
    bindings = [each for each in found if each["kind"].endswith("RoleBinding")]
    assert all(one["namespace"] == "gitops" for each in bindings for one in each["subjects"])


def test_nothing_else_of_the_release_is_changed():
    original = by_name(release("argocd/install-v3.5.1.yaml"))
    for each in installed("install-v3.5.1"):
        given = original[f"{each['kind']}/{each['metadata']['name']}"]
        assert each["metadata"].get("labels") == given["metadata"].get("labels")
        if each["kind"] != "ConfigMap":
            rest = [key for key in given if key not in {"metadata", "subjects"}]
            assert {key: each[key] for key in rest} == {key: given[key] for key in rest}


@pytest.mark.parametrize("version", ["v3.5.1", "v2.14.21"])
def test_argocd_cm_tells_the_health_of_applications_and_keeps_the_rest(version):
    """A5.3: without it, waves between Applications do nothing; A7: with its label."""
    name = f"install-{version}"
    before = by_name(release(f"argocd/{name}.yaml"))["ConfigMap/argocd-cm"]
    (found,) = (each for each in installed(name) if each["metadata"]["name"] == "argocd-cm")
    assert found["metadata"]["labels"]["app.kubernetes.io/part-of"] == "argocd"
    assert found["data"].pop(CM_KEY) == health_lua(ArgocdOptions())
    assert found["data"] == (before.get("data") or {})


@pytest.mark.parametrize(
    ("ordering", "data"),
    [
        ("waves", None),
        ("progressive", {"applicationsetcontroller.enable.progressive.syncs": "true"}),
    ],
)
def test_progressive_syncs_are_switched_on_where_they_are_used(ordering, data):
    found = installed("install-v3.5.1", ordering=ordering)
    (parameters,) = (each for each in found if each["metadata"]["name"] == "argocd-cmd-params-cm")
    assert parameters.get("data") == data


def test_argo_cd_never_removes_its_own_crds_and_namespace():
    found = installed("install-v3.5.1")
    kept = {each["kind"] for each in found if OPTIONS in each["metadata"].get("annotations", {})}
    assert kept == {"CustomResourceDefinition"}
    files = start({"manifests": VENDORED}, {VENDORED: release("argocd/install-v3.5.1.yaml")})
    (namespace,) = documents(files["namespace.yaml"])
    assert namespace["metadata"] == {"name": "argocd", "annotations": {OPTIONS: KEPT}}


def test_crds_are_upgraded_before_the_projects_that_may_use_them():
    files = start({"manifests": VENDORED}, {VENDORED: release("argocd/install-v3.5.1.yaml")})
    objects = [*documents(files["argocd-install.yaml"]), *root(files).values()]
    objects += documents(files["argocd-appproject-prod.yaml"])
    waves = {
        kind: {
            int(each["metadata"]["annotations"][WAVE]) for each in objects if each["kind"] == kind
        }
        for kind in ("CustomResourceDefinition", "AppProject")
    }
    assert max(waves["CustomResourceDefinition"]) < min(waves["AppProject"])


def test_a_namespace_of_the_release_keeps_its_own_sync_options():
    own = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "x", "annotations": {OPTIONS: "ServerSideApply=true"}},
    }
    text = release("argocd/namespace-install-v3.5.1.yaml")
    files = start({"manifests": VENDORED}, {VENDORED: text + "\n---\n" + yaml.safe_dump(own)})
    (namespace,) = documents(files["namespace.yaml"])
    expected = {OPTIONS: f"ServerSideApply=true,{KEPT}"}
    assert namespace["metadata"] == {"name": "argocd", "annotations": expected}
    assert len(documents(files["argocd-install.yaml"])) == OBJECTS["namespace-install-v3.5.1"]


MODES = [{}, {"manifests": VENDORED}, HELM, {"argoCDMode": "operator"}]


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
@pytest.mark.parametrize("bootstrap", MODES)
def test_the_root_may_apply_what_lies_beside_it_and_nothing_more(bootstrap, ordering):
    text = release("argocd/install-v3.5.1.yaml") if "manifests" in bootstrap else ""
    files = start(bootstrap, {VENDORED: text}, ordering=ordering)
    project = root(files)["AppProject/prod-root"]["spec"]
    outside = {each["kind"] for each in project.get("clusterResourceWhitelist", ())}
    inside = {each["kind"] for each in project["namespaceResourceWhitelist"]}
    everything = [
        each
        for name, text in files.items()
        if name != "kustomization.yaml"
        for each in documents(text)
    ]
    assert outside == {each["kind"] for each in everything if "namespace" not in each["metadata"]}
    needed = {each["kind"] for each in everything if "namespace" in each["metadata"]}
    # It can't permit itself a set at the moment at which the ordering changes.
    assert needed <= inside <= needed | {"Application", "ApplicationSet"}
    policy = root(files)["Application/prod-root"]["spec"]["syncPolicy"]
    assert policy["syncOptions"] == ["ServerSideApply=true"]


CHAIN = node("prod", leaf("web", dependsOn=["api"]), leaf("api", dependsOn=["db"]), leaf("db"))
UMBRELLA = node("prod", leaf("all", children=[bundle("one"), bundle("two", dependsOn=["one"])]))


def wave(manifest):
    return int(manifest["metadata"].get("annotations", {}).get(WAVE, 0))


@pytest.mark.parametrize(
    "nodes", [node("prod", leaf("web")), CHAIN, UMBRELLA], ids=["flat", "chain", "umbrella"]
)
@pytest.mark.parametrize("ordering", ["waves", "progressive", "resource-waves"])
@pytest.mark.parametrize("mode", [*MODES, {"argoCDMode": "autopilot", "manifests": VENDORED}])
def test_what_syncs_its_own_directory_is_in_the_last_wave_of_it(mode, ordering, nodes):
    """Argo CD waits for all waves but the last, so the root would wait for the end of itself."""
    text = release("argocd/install-v3.5.1.yaml") if "manifests" in mode else ""
    options = {"type": "argocd", "argocd": {"ordering": ordering}}
    found = fleet(mode, {VENDORED: text}, nodes, **options).files
    at_home: dict[str, list[dict]] = {}
    for path, data in found.items():
        if not path.endswith(("kustomization.yaml", ".json")):
            at_home.setdefault(path.rpartition("/")[0], []).extend(documents(data))
    synced = [
        (each, others)
        for directory, others in at_home.items()
        for each in others
        if each["kind"] == "Application" and each["spec"].get("source", {}).get("path") == directory
    ]
    (itself, others), *more = synced
    assert not more
    assert wave(itself) == max(map(wave, others))


def test_the_wave_of_the_root_is_that_of_the_bundles_that_nothing_waits_for():
    files = fleet({}, {}, CHAIN, type="argocd").files
    found = by_name(files[f"{CONTROL}root-app.yaml"])
    assert found["Application/prod-root"]["metadata"]["annotations"] == {WAVE: "2"}
    flat = root(start({}))["Application/prod-root"]["metadata"]
    assert flat == {"name": "prod-root", "namespace": "argocd"}


@pytest.mark.parametrize(
    ("version", "retry"),
    [
        (None, {"limit": -1, "refresh": True}),
        ("3.2", {"limit": -1, "refresh": True}),
        ("3.1", {"limit": -1}),
    ],
)
def test_the_root_retries_with_the_newest_commit(version, retry):
    """Argo CD 3.2; before, the commit that mends a failing sync is never tried."""
    given = {"argoCDVersion": version} if version else {}
    found = root(start(given))["Application/prod-root"]
    assert found["spec"]["syncPolicy"]["retry"] == retry


def test_the_root_stays_with_argo_cd_where_bundles_go_elsewhere():
    found = root(start({}, destination={"name": "elsewhere"}))["Application/prod-root"]
    here = {"server": "https://kubernetes.default.svc", "namespace": "argocd"}
    assert found["spec"]["destination"] == here


def test_the_real_kustomize_builds_it(tmp_path):
    given = {"manifests": VENDORED}
    found = generated(given, {VENDORED: release("argocd/install-v3.5.1.yaml")}, namespace="gitops")
    write(tmp_path, dict(found.files))
    built = by_name(kustomized(tmp_path / "clusters/prod"))
    assert len(built) == OBJECTS["install-v3.5.1"] + len(
        ["Namespace", "root", "its project", "web", "its project"]
    )
    subjects = built["ClusterRoleBinding/argocd-server"]["subjects"]
    assert [each["namespace"] for each in subjects] == ["gitops"]


def test_what_starts_a_cluster_is_in_the_order_of_applying():
    text = release("argocd/install-v3.5.1.yaml")
    credentials = {"externalSecret": {"store": "vault", "key": "git/fleet"}}
    given = {"manifests": VENDORED, "repositoryCredentials": credentials}
    names = ("namespace.yaml", "argocd-install.yaml", "repository.yaml", "root-app.yaml")
    (started,) = generated(given, {VENDORED: text}).starts.values()
    assert started.paths == tuple(f"{CONTROL}{name}" for name in names)


@pytest.mark.parametrize(
    ("version", "wanted", "problem"),
    [
        ("v3.5.1", None, None),
        ("v3.5.1", "3.5", None),
        ("v3.5.1", "v3.5.1", None),
        ("v2.14.21", "2.14", None),
        (
            "v3.5.1",
            "v3.5.0",
            f"{VENDORED} is Argo CD 3.5.1. Write 3.5.1, the version of the manifests.",
        ),
        (
            "v3.5.1",
            "3.5.10",
            f"{VENDORED} is Argo CD 3.5.1. Write 3.5.1, the version of the manifests.",
        ),
        (
            "v2.14.21",
            None,
            f"{VENDORED} is Argo CD 2.14.21. Write 2.14.21, the version of the manifests.",
        ),
    ],
)
def test_the_objects_are_for_the_version_that_is_installed(version, wanted, problem):
    text = release(f"argocd/namespace-install-{version}.yaml")
    given = {"manifests": VENDORED} | ({"argoCDVersion": wanted} if wanted else {})
    if problem is None:
        assert "argocd-install.yaml" in start(given, {VENDORED: text})
    else:
        assert refused(given, {VENDORED: text}) == [f"gitops.bootstrap.argoCDVersion: {problem}"]


def test_manifests_of_something_else_are_refused():
    text = release("flux-operator/install-v0.53.0.yaml")
    faults = refused({"manifests": VENDORED}, {VENDORED: text})
    assert [each.partition(". ")[0] for each in faults] == [
        f"gitops.bootstrap.manifests: {VENDORED} has no {what}"
        for what in (
            "ConfigMap argocd-cm",
            "ConfigMap argocd-cmd-params-cm",
            "StatefulSet argocd-application-controller",
        )
    ]


@pytest.mark.parametrize(
    ("kind", "rest"),
    [
        ("ConfigMap", {"data": ["text"]}),
        ("StatefulSet", {"spec": {"template": {"spec": {"containers": []}}}}),
        ("RoleBinding", {"roleRef": "admin"}),
    ],
)
def test_an_object_that_can_t_be_read_is_refused(kind, rest):
    text = release("argocd/namespace-install-v3.5.1.yaml")
    odd = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "odd"}, **rest}
    broken = text + "\n---\n" + yaml.safe_dump(odd)
    (fault,) = refused({"manifests": VENDORED}, {VENDORED: broken})
    assert fault.startswith(f"{kind} odd is not as Kubernetes has it")


@pytest.mark.parametrize(
    ("bootstrap", "fault"),
    [
        ({"argoCDMode": "manifests"}, "manifests: this required key is missing"),
        ({"argoCDMode": "helm"}, "chartVersion: this required key is missing"),
        ({"chartVersion": "10.1.0"}, "chartVersion: this means nothing with argoCDMode unset"),
        (
            {"argoCDMode": "operator", "chartVersion": "10.1.0"},
            "chartVersion: this means nothing with argoCDMode operator",
        ),
        ({"sha256": "0" * 64}, "sha256: there are no manifests"),
    ],
)
def test_each_mode_has_what_it_is_made_of(bootstrap, fault):
    (found,) = refused(bootstrap)
    assert found.startswith(f"gitops.bootstrap.{fault}")


def test_an_unknown_mode_is_refused_with_those_that_are_known():
    (fault,) = refused({"argoCDMode": "capd"})
    assert all(mode in fault for mode in ("manifests", "helm", "operator"))


@pytest.mark.parametrize("version", ["10.x", "^10.1.0", "10.1", "latest"])
def test_a_chart_is_pinned(version):
    (fault,) = refused({"argoCDMode": "helm", "chartVersion": version})
    assert "the exact version of a chart, such as 10.1.0" in fault


def test_the_chart_manages_itself_from_a_project_of_its_own():
    found = by_name(start(HELM)["argocd.yaml"])
    spec = found["Application/argocd"]["spec"]
    values = spec["source"].pop("helm")
    assert spec == {
        "project": "argocd",
        "source": {
            "repoURL": "https://argoproj.github.io/argo-helm",
            "chart": "argo-cd",
            "targetRevision": "10.1.0",
        },
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "argocd"},
        "syncPolicy": {
            "automated": {"prune": True, "selfHeal": True},
            "syncOptions": ["ServerSideApply=true"],
        },
    }
    assert "finalizers" not in found["Application/argocd"]["metadata"]
    assert values["releaseName"] == "argocd"
    assert values["valuesObject"] == {"configs": {"cm": {CM_KEY: health_lua(ArgocdOptions())}}}
    project = found["AppProject/argocd"]["spec"]
    assert project["sourceRepos"] == ["https://argoproj.github.io/argo-helm"]
    kinds = [each["kind"] for each in project["clusterResourceWhitelist"]]
    assert kinds == ["CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding"]


def test_the_chart_gets_the_parameters_of_the_ordering():
    found = by_name(start(HELM, ordering="progressive")["argocd.yaml"])
    configs = found["Application/argocd"]["spec"]["source"]["helm"]["valuesObject"]["configs"]
    assert configs["params"] == {"applicationsetcontroller.enable.progressive.syncs": "true"}


def test_the_operator_is_told_the_health_of_applications():
    files = start({"argoCDMode": "operator"}, namespace="gitops")
    (found,) = documents(files["argocd.yaml"])
    (check,) = found["spec"].pop("resourceHealthChecks")
    assert found == {
        "apiVersion": "argoproj.io/v1beta1",
        "kind": "ArgoCD",
        "metadata": {"name": "argocd", "namespace": "gitops", "annotations": {OPTIONS: KEPT}},
        "spec": {},
    }
    assert (check["group"], check["kind"]) == ("argoproj.io", "Application")
    assert check["check"] == health_lua(ArgocdOptions())


def test_the_operator_runs_progressive_syncs():
    (found,) = documents(start({"argoCDMode": "operator"}, ordering="progressive")["argocd.yaml"])
    assert found["spec"]["applicationSet"] == {"enabled": True}
    progressive = {"applicationsetcontroller.enable.progressive.syncs": "true"}
    assert found["spec"]["cmdParams"] == progressive


def test_credentials_are_a_reference():
    credentials = {"externalSecret": {"store": "vault", "key": "git/fleet"}}
    files = start({"repositoryCredentials": credentials})
    (secret,) = documents(files["repository.yaml"])
    assert secret["kind"] == "ExternalSecret"
    assert secret["spec"]["dataFrom"] == [{"extract": {"key": "git/fleet"}}]
    template = secret["spec"]["target"]["template"]
    assert template["metadata"]["labels"] == {"argocd.argoproj.io/secret-type": "repository"}
    assert template["data"] == {"type": "git", "url": REPOSITORY}
    permitted = root(files)["AppProject/prod-root"]["spec"]["namespaceResourceWhitelist"]
    assert {"group": "external-secrets.io", "kind": "ExternalSecret"} in permitted


@pytest.mark.parametrize("bootstrap", [{}, HELM, {"argoCDMode": "operator"}])
def test_what_argo_cd_defines_is_valid(tmp_path, bootstrap):
    names = [name for name in start(bootstrap) if name != "kustomization.yaml"]
    for name in names:
        found = documents(start(bootstrap)[name])
        defined = [each for each in found if each["apiVersion"] == "argoproj.io/v1alpha1"]
        (tmp_path / name).write_text(yaml.safe_dump_all(defined))
    assert_valid(tmp_path / name for name in names)


@pytest.mark.parametrize("bootstrap", [{}, {"bootstrap": {"enabled": False}}])
def test_nothing_asked_for_is_nothing_written(bootstrap):
    """E17.2, E17.8."""
    options = {"argocd": {"repoURL": REPOSITORY}} | bootstrap
    assert list(tree({}, engine="argocd", gitops=options)) == ["kustomization.yaml"]
    names = objects(node("prod", leaf("web")), engine="argocd", gitops=options)
    assert sorted(names) == ["AppProject/prod", "Application/web"]


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
def test_the_object_of_the_operator_is_valid_against_its_own_crd(ordering):
    """argocd-operator 0.18."""
    files = start({"argoCDMode": "operator"}, ordering=ordering)
    (found,) = documents(files["argocd.yaml"])
    assert problems(found, "argoproj.io_argocds.yaml") == []
    wrong = {**found, "spec": {**found["spec"], "cmdParameters": {}}}
    assert len(problems(wrong, "argoproj.io_argocds.yaml")) == 1


def test_the_external_secret_is_valid_against_its_own_crd():
    """external-secrets 0.20."""
    credentials = {"externalSecret": {"store": "vault", "key": "git/fleet"}}
    (found,) = documents(start({"repositoryCredentials": credentials})["repository.yaml"])
    assert problems(found, "external-secrets.io_externalsecrets.yaml") == []
    wrong = {**found, "spec": {**found["spec"], "refreshInterval": 1}}
    assert len(problems(wrong, "external-secrets.io_externalsecrets.yaml")) == 1


def test_what_the_root_syncs_lists_no_directory_of_a_bundle():
    """E17.16: else the root would apply the objects of bundles beside their own Applications."""
    options = {"bootstrap": {"enabled": True, "sourceURL": REPOSITORY}}
    children = [leaf("web"), {"name": "apps", "bundle": bundle("apps", children=[bundle("in")])}]
    files = tree(node("prod", *children), engine="argocd", gitops=options)
    roots = yaml.safe_load_all(files["argocd/root-app.yaml"])
    (root,) = (each for each in roots if each["kind"] == "Application")
    synced = root["spec"]["source"]["path"].removeprefix("clusters/prod/")
    listed = yaml.safe_load(files[f"{synced}/kustomization.yaml"])["resources"]
    assert "argocd-application-web.yaml" in listed
    assert [path for path in listed if "/" in path or not path.endswith(".yaml")] == []
