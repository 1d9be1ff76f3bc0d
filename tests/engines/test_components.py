"""Components of bundles: directories of the repository that build as such; kustomize agrees."""

import subprocess

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import application, generated, leaf, node, objects
from tests.support.git import write
from tests.support.tools import tool

HEAD = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
LABELS = "labels: [{pairs: {a: b}}]\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\n"
PLACE = "node.children[0].bundle.components[0]"
COMPONENT = "../../../components/tls"


def stack(*components, engine="flux", **fields):
    root = node("prod", leaf("web", application("web"), components=list(components), **fields))
    gitops = {"type": engine, "argocd": {"repoURL": "https://example.com/fleet.git"}}
    return yaml.safe_dump({"name": "prod", "gitops": gitops, "node": root}, sort_keys=False)


def files(text=HEAD + LABELS, name="kustomization.yaml", **more):
    extra = {path.replace("__", "/"): each for path, each in more.items()}
    return {f"components/tls/{name}": text, **extra}


def refused(texts, component=COMPONENT, **options):
    with pytest.raises(InputError) as caught:
        generated({"stacks/prod.yaml": stack(component, **options), **texts})
    (finding,) = caught.value.findings
    assert finding.key == PLACE
    return finding.message


def builds(texts, directory):
    """Whether kustomize builds something that takes the component in."""
    write(directory, texts | {"all/kustomization.yaml": "components: [../components/tls]\n"})
    command = [tool("kustomize"), "build", str(directory / "all")]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


GOOD = {
    "with a head": files(),
    "without apiVersion": files("kind: Component\n" + LABELS),
    "kustomization.yml": files(name="kustomization.yml"),
    "Kustomization": files(name="Kustomization"),
    "that does nothing": files(HEAD + "resources: []\n"),
    "with files": files(
        HEAD + "resources: [a.yaml]\npatches: [{path: p.yaml, target: {kind: X}}]\n"
        "configMapGenerator: [{name: g, files: [k=a.txt], envs: [a.env]}]\n",
    )
    | {
        "components/tls/a.yaml": CONFIG_MAP,
        "components/tls/p.yaml": "[]",
        "components/tls/a.txt": "x",
        "components/tls/a.env": "A=b\n",
    },
    "with another": files(HEAD + "components: [../more]\n")
    | {"components/more/kustomization.yaml": HEAD + LABELS},
    "with a base": files(HEAD + "resources: [../base]\n")
    | {"components/base/kustomization.yaml": "resources: [a.yaml]\n"}
    | {"components/base/a.yaml": CONFIG_MAP},
}


@pytest.mark.parametrize("engine", ["flux", "argocd"])
@pytest.mark.parametrize("case", GOOD)
def test_a_component_is_taken_in(case, engine, tmp_path):
    assert generated({"stacks/prod.yaml": stack(COMPONENT, engine=engine), **GOOD[case]}).files
    assert builds(GOOD[case], tmp_path)


BAD = {
    "of another kind": (files("kind: Kustomization\n" + LABELS), "is of kind Kustomization, not"),
    "without a kind": (files(LABELS), "is of kind Kustomization, not Component"),
    "of another version": (
        files("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Component\n" + LABELS),
        "has the apiVersion kustomize.config.k8s.io/v1beta1, not",
    ),
    "empty": (files(""), "kustomization.yaml is empty, which kustomize refuses"),
    "with nothing": (files(HEAD), "kustomization.yaml is empty, which kustomize refuses"),
    "unknown field": (files(HEAD + "labelz: {}\n"), "has the unknown field labelz, which"),
    "twice": (
        files() | files(name="kustomization.yml"),
        "has kustomization.yaml and kustomization.yml, of which kustomize takes only one",
    ),
    "no YAML": (files("a: ["), "does not build: components/tls/kustomization.yaml"),
    "no file of kustomize's": ({"components/tls/a.yaml": CONFIG_MAP}, "has no kustomization.yaml"),
    "resource that is not there": (files(HEAD + "resources: [a.yaml]\n"), "a.yaml does not exist"),
    "resource that is no object": (
        files(HEAD + "resources: [a.yaml]\n") | {"components/tls/a.yaml": "a: b\n"},
        "a.yaml holds something that is no Kubernetes object",
    ),
    "resource that is a component": (
        files(HEAD + "resources: [../more]\n")
        | {"components/more/kustomization.yaml": HEAD + LABELS},
        "../more is of kind Component, not Kustomization",
    ),
    "component that is a base": (
        files(HEAD + "components: [../more]\n")
        | {"components/more/kustomization.yaml": "resources: []\n"},
        "../more is of kind Kustomization, not Component",
    ),
    "patch that is not there": (files(HEAD + "patches: [{path: p.yaml}]\n"), "p.yaml does not"),
    "file of a generator": (
        files(HEAD + "configMapGenerator: [{name: g, files: [k=a.txt]}]\n"),
        "a.txt does not exist",
    ),
    "circle": (
        files(HEAD + "components: [../more]\n")
        | {"components/more/kustomization.yaml": HEAD + "components: [../tls]\n"},
        "../tls takes itself in",
    ),
    "itself": (files(HEAD + "components: [../tls]\n"), "../tls holds the directory itself"),
}


@pytest.mark.parametrize("engine", ["flux", "argocd"])
@pytest.mark.parametrize("case", BAD)
def test_what_does_not_build_is_refused(case, engine, tmp_path):
    texts, problem = BAD[case]
    assert problem in refused(texts, engine=engine)
    assert not builds(texts, tmp_path)


def test_the_nearest_directory_is_offered_as_it_is_written():
    assert refused(files(), "../../../components/tsl") == (
        'components/tsl does not exist. Did you mean "../../../components/tls"?'
    )


def test_a_component_is_inside_of_the_repository():
    assert refused(files(), "../../../../elsewhere").startswith("../../../../elsewhere leaves")


def test_a_missing_component_may_be_ignored():
    found = generated({"stacks/prod.yaml": stack(COMPONENT, ignoreMissingComponents=True)})
    assert found.files
    broken = files("kind: Kustomization\n" + LABELS)
    assert "is of kind Kustomization" in refused(broken, ignoreMissingComponents=True)


def test_files_outside_of_a_component_are_refused_for_argo_cd():
    """Flux gives kustomize the whole repository, Argo CD the directory that names a file."""
    texts = files(HEAD + "resources: [../a.yaml]\n") | {"components/a.yaml": CONFIG_MAP}
    assert generated({"stacks/prod.yaml": stack(COMPONENT), **texts}).files
    assert "../a.yaml is outside of the directory" in refused(texts, engine="argocd")


def test_a_component_of_a_package_is_in_the_package():
    """What the artifact of a package holds is the directory of the package."""
    package = {"group": "g", "version": "v1", "kind": "OCIRepository", "name": "shop"}
    inside = leaf("web", application("web"), components=[COMPONENT]) | {"packageRef": package}
    document = yaml.safe_dump({"name": "prod", "node": node("prod", inside)})
    with pytest.raises(InputError, match="components/tls is not in the package clusters/prod/pack"):
        generated({"stacks/prod.yaml": document, **files()})


def test_a_part_of_a_bundle_names_its_components_from_its_own_directory():
    configured = {
        "name": "settings",
        "kind": "Manifests",
        "spec": {"configMaps": [{"name": "settings", "files": ["../note.txt"]}]},
    }
    root = node("prod", leaf("web", application("web"), configured, components=[COMPONENT]))
    found = objects(root, layout={"fluxPlacement": "integrated"}, files=files() | {"note.txt": "x"})
    assert found["Kustomization/web"]["spec"]["components"] == [COMPONENT]
    assert found["Kustomization/web-settings"]["spec"]["components"] == [f"../{COMPONENT}"]


def test_long_chains_of_directories_end_in_a_finding():
    chain = {
        f"components/c{at}/kustomization.yaml": HEAD + f"components: [../c{at + 1}]\n"
        for at in range(400)
    }
    said = refused(files(HEAD + "components: [../c0]\n") | chain)
    assert "is behind more than 50 directories" in said


def test_the_hint_is_another_directory_than_the_faulty_one():
    other = {"components/tsl/kustomization.yaml": HEAD + LABELS}
    words = refused(files("resources: []\n") | other)
    assert "is of kind Kustomization, not Component" in words
    assert words.endswith('. Did you mean "../../../components/tsl"?')
