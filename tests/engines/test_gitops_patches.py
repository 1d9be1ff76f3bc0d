"""Patches of GitOps objects: applied, explained where they can't be, and never against the tree."""

import json
import subprocess

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import REPOSITORY, application, bundle, generated, leaf, node, objects
from tests.support.releases import GOTK, documents, release
from tests.support.schemas import assert_valid
from tests.support.tools import tool

CHART = {
    "name": "redis",
    "namespace": "cache",
    "kind": "HelmChart",
    "spec": {
        "chart": {"name": "redis", "version": "1.2.3"},
        "source": {"type": "HelmRepository", "url": "https://charts.example.com"},
    },
}
ROOT = node(
    "prod",
    leaf("infra", application("infra")),
    leaf("web", application("web"), CHART, dependsOn=["infra"]),
)
BOOTSTRAP = {"enabled": True, "sourceURL": REPOSITORY, "sourceRef": "main"}
WAVE = "argocd.argoproj.io/sync-wave"


def merge(spec, **target):
    head = {"apiVersion": "any/v1", "kind": "Any", "metadata": {"name": "any"}}
    return {"patch": yaml.safe_dump({**head, "spec": spec}), "target": target}


def operations(*operations, **target):
    return {"patch": yaml.safe_dump(list(operations)), "target": target}


def add(path, value, **target):
    return operations({"op": "add", "path": path, "value": value}, **target)


def made(*patches, engine="flux", root=ROOT, **gitops):
    return objects(root, engine=engine, gitops={"patches": list(patches), **gitops})


def refused(*patches, engine="flux", root=ROOT, **gitops):
    with pytest.raises(InputError) as caught:
        made(*patches, engine=engine, root=root, **gitops)
    return [f"{each.key}: {each.message}" for each in caught.value.findings]


@pytest.mark.parametrize("placement", ["separate", "integrated", "integrated-per-bundle"])
def test_a_merge_changes_what_its_target_means(placement):
    patch = merge({"retryInterval": "1m0s"}, kind="Kustomization", name="web")
    found = made(patch, flux={"placement": placement})
    assert found["Kustomization/web"]["spec"]["retryInterval"] == "1m0s"
    assert found["Kustomization/infra"]["spec"]["retryInterval"] == "2m0s"


def test_a_merge_may_name_its_object():
    text = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: web, namespace: flux-system, labels: {tier: front}}\n"
    )
    found = made({"patch": text})
    assert found["Kustomization/web"]["metadata"]["labels"] == {"tier": "front"}
    assert "labels" not in found["Kustomization/infra"]["metadata"]


def test_labels_select_what_is_patched():
    root = node("prod", leaf("a", labels={"tier": "front"}), leaf("b", labels={"tier": "back"}))
    patch = add("/spec/retryInterval", "1m", kind="Kustomization", labelSelector="tier=front")
    found = made(patch, root=root)
    assert found["Kustomization/a"]["spec"]["retryInterval"] == "1m"
    assert found["Kustomization/b"]["spec"]["retryInterval"] == "2m0s"


def test_patches_apply_in_their_order_the_cluster_first():
    own = {"gitops": {"patches": [add("/spec/retryInterval", "3m", kind="Kustomization")]}}
    root = node("prod", leaf("a", **own), leaf("b"))
    first = add("/spec/retryInterval", "1m", kind="Kustomization")
    second = add("/spec/retryInterval", "4m", kind="Kustomization")
    found = made(first, second, root=root)
    assert found["Kustomization/a"]["spec"]["retryInterval"] == "3m"
    assert found["Kustomization/b"]["spec"]["retryInterval"] == "4m"


@pytest.mark.parametrize(("kind", "name"), [("HelmRelease", "redis"), ("HelmRepository", "redis")])
def test_what_deploys_a_chart_is_a_gitops_object(kind, name):
    found = made(add("/spec/suspend", value=True, kind=kind))
    assert found[f"{kind}/{name}"]["spec"]["suspend"] is True


def test_objects_that_people_wrote_are_left_to_the_patches_of_bundles():
    release = application("own", "helm.toolkit.fluxcd.io/v2 HelmRelease")
    root = node("prod", leaf("web", CHART, release))
    found = made(add("/spec/suspend", value=True, kind="HelmRelease"), root=root)
    assert "spec" not in found["HelmRelease/own"]


@pytest.mark.parametrize(
    ("kind", "bootstrap"),
    [
        ("FluxInstance", {}),
        ("GitRepository", {"fluxMode": "gotk"}),
        ("Kustomization", {"fluxMode": "gotk"}),
    ],
)
def test_the_bootstrap_of_flux_can_be_patched(kind, bootstrap):
    name = {"FluxInstance": "flux"}.get(kind, "flux-system")
    patch = add("/metadata/annotations", {"a": "b"}, kind=kind, name=name)
    found = made(patch, bootstrap=BOOTSTRAP | bootstrap)
    assert found[f"{kind}/{name}"]["metadata"]["annotations"] == {"a": "b"}


@pytest.mark.parametrize("name", ["prod", "prod-root", "prod-web"])
def test_objects_of_argo_cd_can_be_patched(name):
    kinds = {"prod": "AppProject", "prod-root": "Application", "prod-web": "Application"}
    root = node("prod", leaf("prod-web", application("web")))
    patch = add("/metadata/labels", {"a": "b"}, kind=kinds[name], name=name)
    found = made(patch, engine="argocd", root=root, bootstrap=BOOTSTRAP)
    assert found[f"{kinds[name]}/{name}"]["metadata"]["labels"] == {"a": "b"}


def test_a_release_of_a_chart_can_be_patched_under_argo_cd():
    patch = add("/spec/source/helm/skipTests", value=True, name="web-redis")
    found = made(patch, engine="argocd")
    assert found["Application/web-redis"]["spec"]["source"]["helm"]["skipTests"] is True


def test_the_project_permits_what_a_patch_adds():
    more = {"repoURL": "https://example.com/more.git", "path": "x", "targetRevision": "main"}
    patch = operations(
        {"op": "move", "from": "/spec/source", "path": "/spec/first"},
        {"op": "add", "path": "/spec/sources", "value": [more]},
        {"op": "move", "from": "/spec/first", "path": "/spec/sources/0"},
        {"op": "add", "path": "/spec/destination/namespace", "value": "elsewhere"},
        kind="Application",
        name="web",
    )
    found = made(patch, engine="argocd")
    assert len(found["Application/web"]["spec"]["sources"]) == 2
    project = found["AppProject/prod"]["spec"]
    assert more["repoURL"] in project["sourceRepos"]
    assert "elsewhere" in {each.get("namespace") for each in project["destinations"]}


def test_a_rolling_set_has_patched_applications():
    patch = add("/spec/revisionHistoryLimit", 3, kind="Application", name="web")
    of_set = add("/spec/strategy/rollingSync/steps/0/maxUpdate", 1, kind="ApplicationSet")
    found = made(patch, of_set, engine="argocd", argocd=PROGRESSIVE)
    spec = found["ApplicationSet/prod"]["spec"]
    elements = {
        each["name"]: each["patch"]["spec"] for each in spec["generators"][0]["list"]["elements"]
    }
    assert elements["web"]["revisionHistoryLimit"] == 3
    assert "revisionHistoryLimit" not in elements["infra"]
    assert spec["strategy"]["rollingSync"]["steps"][0]["maxUpdate"] == 1


PROGRESSIVE = {"repoURL": REPOSITORY, "ordering": "progressive"}


def test_bundles_that_share_an_application_are_patched_together():
    umbrella = bundle("web", application("web"), children=[bundle("inside", application("in"))])
    root = node("prod", {"name": "web", "bundle": umbrella})
    waves = {"repoURL": REPOSITORY, "ordering": "resource-waves"}
    patch = add("/spec/revisionHistoryLimit", 3, kind="Application", name="web")
    found = made(patch, engine="argocd", root=root, argocd=waves)
    assert found["Application/web"]["spec"]["revisionHistoryLimit"] == 3
    nowhere = add("/spec/revisionHistoryLimit", 3, kind="Application", name="inside")
    (said,) = refused(nowhere, engine="argocd", root=root, argocd=waves)
    assert said.startswith("gitops.patches[0].target: cluster prod has no GitOps object that is")


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        (
            merge({"wait": True}, kind="Kustomization", name="wbe"),
            (
                "[0].target: cluster prod has no GitOps object that is "
                'kind Kustomization, name wbe. Did you mean "web"?'
            ),
        ),
        (
            merge({"wait": True}, kind="Application"),
            (
                "[0].target: cluster prod has no GitOps object that is kind Application. "
                "Name one of "
                "Kustomization flux-system/infra, Kustomization flux-system/web, "
                "HelmRelease cache/redis, HelmRepository cache/redis."
            ),
        ),
        (
            {"patch": "apiVersion: v1\nkind: Kustomization\nmetadata: {name: web}\n"},
            (
                "[0].patch: cluster prod has no GitOps object that is v1 Kustomization web. "
                "Name one of "
                "Kustomization flux-system/infra, Kustomization flux-system/web, "
                "HelmRelease cache/redis, HelmRepository cache/redis."
            ),
        ),
        (
            add("/spec/wait", value=True, name="(web"),
            "[0].target.name: (web is no regular expression",
        ),
        (
            add("/spec/wait", value=True, name="w[e]b"),
            (
                "[0].patch: it is not certain that the target means HelmRelease "
                "cache/redis. Write plain names, or patterns without groups that repeat."
            ),
        ),
        (
            operations({"op": "remove", "path": "/spec/none"}, name="web"),
            ("[0].patch: remove finds nothing at /spec/none of Kustomization flux-system/web"),
        ),
        (
            merge({"prune": {"a": 1}}, name="web"),
            (
                "[0].patch: spec.prune is a single value, and the patch has a mapping for it. "
                "Write a single value."
            ),
        ),
        (
            add("/spec/timeout", None, name="web"),
            (
                "[0].patch: spec.timeout of Kustomization flux-system/web would be null. "
                "Write a value, or an operation that removes it."
            ),
        ),
        (
            add("/metadata/labels", {"a": 1}, name="web"),
            (
                "[0].patch: metadata.labels.a: this is a number, and Kubernetes takes only "
                "strings here. Write the value in quotes."
            ),
        ),
        (
            operations({"op": "remove", "path": "/metadata"}, name="web"),
            "[0].patch: metadata.name: this required key is missing. Write a string.",
        ),
    ],
)
def test_a_patch_that_is_none_is_said_at_its_own_line(patch, said):
    assert refused(patch)[0] == f"gitops.patches{said}"


def _fixed(path):
    return (
        f"a patch can't change {path}. Leave {path.partition(' of ')[0]} as it is, "
        "or set it in the stack where a key for it exists."
    )


WEB = "Kustomization flux-system/web"


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("/apiVersion", "v1", "apiVersion"),
        ("/kind", "Other", "kind"),
        ("/metadata/name", "other", "metadata.name"),
        ("/metadata/namespace", "other", "metadata.namespace"),
        ("/spec/path", "./elsewhere", "spec.path"),
        ("/spec/sourceRef/name", "other", "spec.sourceRef"),
        ("/spec/dependsOn", [], "spec.dependsOn"),
        ("/spec/targetNamespace", "other", "spec.targetNamespace"),
    ],
)
def test_what_the_tree_of_flux_stands_on_stays(path, value, named):
    said, *_ = refused(add(path, value, kind="Kustomization", name="web"))
    assert said == f"gitops.patches[0].patch: {_fixed(f'{named} of {WEB}')}"


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("/spec/project", "default", "spec.project"),
        ("/spec/source/path", "other", f"the source {REPOSITORY} path clusters/prod/infra"),
        ("/spec/sources", [{"repoURL": "x", "path": "y"}], "clusters/prod/infra"),
        ("/metadata/annotations/argocd.argoproj.io~1sync-wave", "9", f"the annotation {WAVE}"),
        ("/metadata/labels", {"level": "9"}, "the label level"),
    ],
)
def test_what_the_tree_of_argo_cd_stands_on_stays(path, value, named):
    (said,) = refused(add(path, value, kind="Application", name="infra"), engine="argocd")
    assert f"{named} of Application argocd/infra" in said


@pytest.mark.parametrize(
    "path",
    [
        "/spec/generators",
        "/spec/templatePatch",
        "/spec/template/spec/project",
        "/spec/strategy/type",
        "/spec/strategy/rollingSync/steps",
    ],
)
def test_what_a_rolling_set_stands_on_stays(path):
    patch = operations({"op": "remove", "path": path}, kind="ApplicationSet")
    assert refused(patch, engine="argocd", argocd=PROGRESSIVE)


def test_the_sync_of_an_instance_stays():
    patch = add("/spec/sync/path", "./other", kind="FluxInstance")
    (said,) = refused(patch, bootstrap=BOOTSTRAP)
    assert "can't change spec.sync.path of FluxInstance flux-system/flux" in said


def test_a_bundle_patches_its_own_objects_alone():
    own = {"gitops": {"patches": [add("/spec/suspend", value=True, kind="Kustomization")]}}
    found = made(root=node("prod", leaf("a", **own), leaf("b")))
    assert found["Kustomization/a"]["spec"]["suspend"] is True
    assert "suspend" not in found["Kustomization/b"]["spec"]
    elsewhere = {"gitops": {"patches": [add("/spec/suspend", value=True, name="b")]}}
    (said,) = refused(root=node("prod", leaf("a", **elsewhere), leaf("b")))
    assert said == (
        "node.children[0].bundle.gitops.patches[0].target: bundle a has no GitOps object that is "
        "name b. Name one of Kustomization flux-system/a."
    )


def test_every_fault_of_every_patch_is_told_at_once():
    said = refused(
        add("/spec/path", "x", name="web"),
        merge({}, name="nobody"),
        operations({"op": "remove", "path": "/spec/x"}, kind="Kustomization"),
    )
    assert [each.partition(":")[0] for each in said] == [
        "gitops.patches[0].patch",
        "gitops.patches[1].target",
        "gitops.patches[2].patch",
        "gitops.patches[2].patch",
    ]


def test_a_finding_names_the_line_of_the_patch():
    text = (
        "name: prod\ngitops:\n  patches:\n    - target: {kind: Nothing}\n      patch: |\n"
        "        - {op: add, path: /spec/wait, value: true}\nnode: {bundle: {name: web}}\n"
    )
    with pytest.raises(InputError) as caught:
        generated({"stacks/prod.yaml": text})
    (finding,) = caught.value.findings
    assert str(finding.at) == "stacks/prod.yaml:4:15"


def test_copies_that_double_an_object_are_refused():
    doubling = [{"op": "copy", "from": "/spec", "path": f"/spec/x{at}"} for at in range(40)]
    (said,) = refused(operations(*doubling, kind="Kustomization", name="web"))
    assert "copies more than" in said


def test_without_patches_nothing_changes():
    assert made() == objects(ROOT)


def test_the_version_of_argo_cd_judges_patches_too():
    patch = add("/spec/source/tagPrefix", "v", kind="Application", name="web")
    (said,) = refused(patch, engine="argocd", bootstrap={"argoCDVersion": "3.0"})
    assert "Application web needs source.tagPrefix" in said


SETS = [
    merge({"retryInterval": "1m", "timeout": "3m"}, kind="Kustomization"),
    add("/metadata/annotations", {"a": "b"}, kind="Kustomization|HelmRelease"),
    merge({"values": {"a": {"b": [1]}}, "install": {"crds": "Skip"}}, kind="HelmRelease"),
    operations({"op": "remove", "path": "/spec/interval"}, kind="HelmRepository"),
    merge({"suspend": True}, group="kustomize.toolkit.fluxcd.io", name="w.*"),
]


def test_the_objects_are_those_that_kustomize_makes(tmp_path):
    before, after = objects(ROOT), made(*SETS)
    before = {key: each for key, each in before.items() if not key.startswith("ConfigMap")}
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(before.values()))
    config = {"resources": ["all.yaml"], "patches": SETS}
    (tmp_path / "kustomization.yaml").write_text(json.dumps(config))
    command = [tool("kustomize"), "build", str(tmp_path)]
    built = subprocess.run(command, capture_output=True, check=True).stdout
    found = {
        f"{each['kind']}/{each['metadata']['name']}": each for each in yaml.safe_load_all(built)
    }
    assert found == {key: after[key] for key in before}


OF_CONTROLLERS = [
    merge(
        {
            "template": {
                "spec": {
                    "priorityClassName": "system-cluster-critical",
                    "containers": [
                        {
                            "name": "manager",
                            "env": [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}],
                            "resources": {"limits": {"memory": "2Gi", "cpu": None}},
                        }
                    ],
                    "volumes": [{"name": "ca", "secret": {"secretName": "ca"}}],
                }
            }
        },
        kind="Deployment",
    ),
    add(
        "/spec/template/spec/containers/0/args/-",
        "--concurrent=9",
        kind="Deployment",
        name="source-.*",
    ),
    merge({}, kind="CustomResourceDefinition"),
    {
        "target": {"kind": "Namespace"},
        "patch": "kind: A\nmetadata: {name: a, labels: {a: b}, annotations: {c: d}}\n",
    },
]
OF_ARGO_CD = [
    {
        "target": {"kind": "ConfigMap", "name": "argocd-cm"},
        "patch": 'kind: A\nmetadata: {name: a}\ndata: {exec.enabled: "true"}\n',
    },
    merge(
        {
            "replicas": 2,
            "template": {
                "spec": {
                    "containers": [
                        {
                            "name": "argocd-application-controller",
                            "env": [{"name": "ARGOCD_CONTROLLER_REPLICAS", "value": "2"}],
                        }
                    ],
                    "tolerations": [{"key": "a", "operator": "Exists"}],
                }
            },
        },
        kind="StatefulSet",
    ),
]


@pytest.mark.parametrize(
    ("engine", "name", "patches", "bootstrap"),
    [
        pytest.param("flux", GOTK, OF_CONTROLLERS, {"fluxMode": "gotk"}, id="gotk"),
        pytest.param(
            "argocd",
            "argocd/install-v3.5.1.yaml",
            OF_ARGO_CD,
            {"argoCDMode": "manifests"},
            id="install",
        ),
    ],
)
def test_real_releases_are_patched_as_kustomize_does(engine, name, patches, bootstrap, tmp_path):
    files = {"vendor/tool.yaml": release(name)}
    given = {"bootstrap": BOOTSTRAP | bootstrap | {"manifests": "vendor/tool.yaml"}}
    if engine == "argocd":
        given |= {"argocd": {"repoURL": REPOSITORY}}
    root = node("prod")

    def found(*patches):
        gitops = {"type": engine, "patches": list(patches), **given}
        stack = {"name": "prod", "gitops": gitops, "node": root}
        made = generated({"stacks/prod.yaml": yaml.safe_dump(stack), **files}).files
        (data,) = (
            data
            for path, data in made.items()
            if path.endswith(("components.yaml", "install.yaml"))
        )
        return documents(data)

    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(found()))
    config = {"resources": ["all.yaml"], "patches": patches, "sortOptions": {"order": "fifo"}}
    (tmp_path / "kustomization.yaml").write_text(json.dumps(config))
    command = [tool("kustomize"), "build", str(tmp_path)]
    built = subprocess.run(command, capture_output=True, check=False)
    assert built.returncode == 0, built.stderr
    assert documents(built.stdout) == found(*patches)


def test_patched_objects_fit_their_schemas(tmp_path):
    found = made(*SETS, bootstrap=BOOTSTRAP)
    for key, manifest in found.items():
        if not key.startswith("ConfigMap"):
            (tmp_path / f"{key.replace('/', '-')}.yaml").write_text(yaml.safe_dump(manifest))
    assert_valid(tmp_path.iterdir())


@pytest.mark.parametrize("ordering", ["waves", "progressive", "resource-waves"])
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/spec", 3),
        ("/spec/destination", "x"),
        ("/spec/destination/server", 3),
        ("/spec/source", "x"),
        ("/spec/sources", "x"),
        ("/spec/sources", [3]),
        ("/spec/sources", [{"path": "x"}]),
        ("/spec/syncPolicy", "x"),
        ("/spec/syncPolicy/automated", "x"),
        ("/spec/syncPolicy/automated/enabled", "x"),
        ("/spec/syncPolicy/syncOptions", "x"),
        ("/metadata/labels", "x"),
    ],
)
def test_an_application_that_would_be_none_is_refused(path, value, ordering):
    argocd = {"repoURL": REPOSITORY, "ordering": ordering}
    root = node("prod", leaf("web", application("web")))
    said = refused(add(path, value, kind="Application"), engine="argocd", root=root, argocd=argocd)
    assert {each.partition(":")[0] for each in said} == {"gitops.patches[0].patch"}


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
@pytest.mark.parametrize("path", ["/spec/syncPolicy", "/spec/syncPolicy/automated"])
def test_an_application_may_be_synced_by_hand(path, ordering):
    argocd = {"repoURL": REPOSITORY, "ordering": ordering}
    patch = operations({"op": "remove", "path": path}, kind="Application")
    assert made(patch, engine="argocd", argocd=argocd)


@pytest.mark.parametrize("kind", ["AppProject", "ApplicationSet", "Application"])
def test_an_object_keeps_its_spec(kind):
    patch = operations({"op": "remove", "path": "/spec"}, kind=kind, name="prod.*")
    given = {"argocd": PROGRESSIVE, "bootstrap": BOOTSTRAP}
    assert "spec of" in refused(patch, engine="argocd", **given)[0]


@pytest.mark.parametrize("kind", ["Kustomization", "HelmRelease", "HelmRepository"])
@pytest.mark.parametrize(
    ("key", "value"), [("suspend", "yes"), ("interval", "1d"), ("interval", 3), ("timeout", "x")]
)
def test_values_of_flux_keep_their_types(kind, key, value):
    said = refused(add(f"/spec/{key}", value, kind=kind))
    assert all("is not as its kind has it any more: " in each for each in said)
    assert all(f"spec.{key}" in each for each in said)
