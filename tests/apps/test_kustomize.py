"""The application kind Kustomize: directories that are taken in as they are; kustomize agrees."""

import subprocess

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import REPOSITORY, application, leaf, node, objects, tree
from tests.support.git import write
from tests.support.tools import tool

ENGINES = ("flux", "argocd")
POD = "spec: {containers: [{name: c, image: nginx}]}"
BASE = {
    "apps/web/kustomization.yaml": "resources: [web.yaml, namespace.yaml]\n",
    "apps/web/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
    "spec:\n  selector: {matchLabels: {app: web}}\n"
    f"  template: {{metadata: {{labels: {{app: web}}}}, {POD}}}\n",
    "apps/web/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n",
    "parts/tls/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\n"
    "kind: Component\nlabels: [{pairs: {tls: on-it}}]\n",
}


def taken(path="../apps/web", name="web", fields=None, **metadata):
    spec = {"path": path, **(fields or {})}
    return {"name": name, "namespace": "web", "kind": "Kustomize", "spec": spec, **metadata}


def generated(engine, *applications, files=BASE, **options):
    return tree(node("prod", leaf("web", *applications)), engine=engine, files=files, **options)


def refused(engine, *applications, files=BASE, **fields):
    with pytest.raises(InputError) as caught:
        tree(node("prod", leaf("web", *applications, **fields)), engine=engine, files=files)
    return [f"{each.key}: {each.message}" for each in caught.value.findings]


def built(directory, files, generated_files):
    """Return what kustomize makes of the bundle, by kind."""
    write(
        directory, files | {f"clusters/prod/{path}": text for path, text in generated_files.items()}
    )
    command = [tool("kustomize"), "build", str(directory / "clusters/prod/web")]
    done = subprocess.run(command, capture_output=True, check=True)
    return {each["kind"]: each for each in yaml.safe_load_all(done.stdout)}


CHANGES = {
    "components": ["../parts/tls"],
    "images": [{"name": "nginx", "newTag": "1.29"}],
    "patches": [
        {
            "patch": "- {op: add, path: /spec/replicas, value: 3}\n",
            "target": {"kind": "Deployment"},
        }
    ],
    "namePrefix": "a-",
}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_directory_is_named_by_relative_path_with_what_changes_it(engine):
    files = generated(engine, taken(fields=CHANGES, labels={"team": "shop"}), labels={"tier": "x"})
    assert yaml.safe_load(files["web/kustomization.yaml"])["resources"] == ["web"]
    assert yaml.safe_load(files["web/web/kustomization.yaml"]) == {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": ["../../../../apps/web"],
        "components": ["../../../../parts/tls"],
        "namespace": "web",
        "namePrefix": "a-",
        "labels": [{"pairs": {"team": "shop", "tier": "x"}}],
        "images": CHANGES["images"],
        "patches": CHANGES["patches"],
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_kustomize_builds_it_with_the_changes(engine, tmp_path):
    app = taken(fields=CHANGES, labels={"team": "shop"}, annotations={"example.com/owner": "shop"})
    found = built(tmp_path, BASE, generated(engine, app))
    deployment = found["Deployment"]
    assert deployment["metadata"] == {
        "name": "a-web",
        "namespace": "web",
        "labels": {"team": "shop", "tls": "on-it"},
        "annotations": {"example.com/owner": "shop"},
    }
    assert deployment["spec"]["replicas"] == 3
    template = deployment["spec"]["template"]
    assert template["metadata"] == {"labels": {"app": "web"}}
    assert template["spec"]["containers"][0]["image"] == "nginx:1.29"
    assert deployment["spec"]["selector"] == {"matchLabels": {"app": "web"}}
    assert found["Namespace"]["metadata"]["annotations"] == {"example.com/owner": "shop"}


@pytest.mark.parametrize("engine", ENGINES)
def test_it_stands_beside_other_applications(engine, tmp_path):
    files = generated(engine, taken(), application("extra", namespace="web"))
    assert set(built(tmp_path, BASE, files)) == {"Deployment", "Namespace", "ConfigMap"}


def test_a_component_is_taken_in_as_one():
    files = generated("flux", taken("../parts/tls"))
    text = yaml.safe_load(files["web/web/kustomization.yaml"])
    assert (text["resources"], text["components"]) == ([], ["../../../../parts/tls"])


def test_its_path_is_relative_to_the_file_that_has_it():
    document = {
        "apiVersion": "generators.gokure.dev/v1alpha1",
        "kind": "Kustomize",
        "metadata": {"name": "web", "namespace": "web"},
        "spec": {"path": "overlay"},
    }
    files = {
        "team/web.yaml": yaml.safe_dump(document),
        "team/overlay/kustomization.yaml": "resources: [../../apps/web]\n",
    }
    found = generated("flux", {"path": "../team/web.yaml"}, files=BASE | files)
    text = yaml.safe_load(found["web/web/kustomization.yaml"])
    assert text["resources"] == ["../../../../team/overlay"]


FAULTY = {
    "missing": ("../apps/none", "apps/none does not exist"),
    "outside": ("../../apps", "../../apps leaves the repository"),
    "a file": ("../apps/web/web.yaml", "is a file, not a directory"),
    "plain": ("../plain", "has no kustomization.yaml, so that kind Manifests fits"),
    "lost": ("../lost", "lost does not build: gone.yaml does not exist"),
    "generated": ("../clusters/prod/x", "is inside clusters/prod"),
    "unknown field": ("../typo", "has the unknown field resource"),
}
BAD = {
    "plain/a.yaml": "a: b\n",
    "lost/kustomization.yaml": "resources: [gone.yaml]\n",
    "typo/kustomization.yaml": "resource: []\n",
    "clusters/prod/x/kustomization.yaml": "resources: [../../../apps/web]\n",
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", FAULTY)
def test_what_is_taken_in_exists_and_builds(engine, case):
    path, problem = FAULTY[case]
    (said,) = refused(engine, taken(path), files=BASE | BAD)
    assert said.startswith("node.children[0].bundle.applications[0].spec.path: ")
    assert problem in said


def test_components_are_components():
    (said,) = refused("flux", taken(fields={"components": ["../apps/web"]}))
    assert "spec.components[0]: apps/web is of kind Kustomization, not Component" in said


def test_patches_can_be_read():
    (said,) = refused("flux", taken(fields={"patches": [{"patch": "5"}]}))
    assert "spec.patches[0].patch: this is neither a list of operations nor an object" in said


def test_each_tool_builds_by_its_own_restrictions():
    files = BASE | {"apps/out/kustomization.yaml": "resources: [../web/web.yaml]\n"}
    generated("flux", taken("../apps/out"), files=files)
    (said,) = refused("argocd", taken("../apps/out"), files=files)
    assert "../web/web.yaml is outside of the directory" in said


@pytest.mark.parametrize("key", ["postBuild", "argocd"])
def test_argo_cd_does_not_change_files_that_exist(key):
    value = {"substitute": {"a": "b"}} if key == "postBuild" else {"force": True}
    (said,) = refused("argocd", taken(), **{key: value})
    assert "for the files of application web" in said


def test_common_metadata_goes_into_the_kustomization_of_argo_cd():
    bundle = leaf("web", taken(), commonMetadata={"labels": {"a": "b"}})
    files = tree(node("prod", bundle), engine="argocd", files=BASE)
    assert yaml.safe_load(files["web/web/kustomization.yaml"])["labels"] == [{"pairs": {"a": "b"}}]


def test_resource_waves_are_annotations_of_all_that_is_taken_in(tmp_path):
    gitops = {"argocd": {"repoURL": REPOSITORY, "ordering": "resource-waves"}}
    files = generated("argocd", taken(), gitops=gitops)
    wave = {"argocd.argoproj.io/sync-wave": "0"}
    found = built(tmp_path, BASE, files)
    assert [each["metadata"]["annotations"] for each in found.values()] == [wave, wave]


def test_the_project_permits_what_is_taken_in():
    found = objects(node("prod", leaf("web", taken())), engine="argocd", files=BASE)
    spec = found["AppProject/prod"]["spec"]
    assert spec["clusterResourceWhitelist"] == [{"group": "", "kind": "Namespace"}]
    assert [each.get("namespace") for each in spec["destinations"]] == [None, "web"]


@pytest.mark.parametrize(
    "text", ["namePrefix: a-\nresources: [web.yaml]\n", "components: [../../parts/tls]\n"]
)
def test_manifests_that_meet_a_build_name_this_kind(text):
    files = BASE | {"apps/web/kustomization.yaml": text}
    spec = {"files": ["../apps/web"]}
    (said,) = refused("flux", {"name": "web", "kind": "Manifests", "spec": spec}, files=files)
    assert "does more than list resources" in said
    assert "Use an application of kind Kustomize with the path of the directory" in said


def test_an_object_that_is_also_taken_in_is_refused():
    twice = application("web", "apps/v1 Deployment", namespace="web")
    found = refused("flux", taken(), {**twice, "name": "twice"})
    assert "Deployment web/web is defined twice in stacks/prod.yaml" in found[0]
    generated("flux", taken(fields={"namePrefix": "a-"}), {**twice, "name": "twice"})


def test_one_base_may_be_taken_in_for_two_namespaces():
    one, two = taken(), {**taken(name="two"), "namespace": "two"}
    assert generated("flux", one, two)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_namespace_that_nothing_makes_is_made_where_the_stack_asks_for_it(engine, tmp_path):
    files = BASE | {"apps/web/kustomization.yaml": "resources: [web.yaml]\n"}
    options = {"createNamespaces": True, "argocd": {"repoURL": REPOSITORY}}
    found = generated(engine, taken(), files=files, gitops=options)
    if engine == "flux":
        assert built(tmp_path, files, found)["Namespace"]["metadata"]["name"] == "web"
    else:
        text = yaml.safe_load(found["argocd/argocd-application-web.yaml"])
        assert "CreateNamespace=true" in text["spec"]["syncPolicy"]["syncOptions"]
