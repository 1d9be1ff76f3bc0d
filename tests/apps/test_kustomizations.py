"""What directories and globs of Manifests do with files of kustomize's; the real one agrees."""

import subprocess

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import generated
from tests.support.git import write
from tests.support.tools import tool

HEAD = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"


def config_map(name):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"


def stack(reference):
    application = {"name": "web", "kind": "Manifests", "spec": {"files": [reference]}}
    bundle = {"name": "web", "applications": [application]}
    return yaml.safe_dump({"name": "prod", "node": {"bundle": bundle}}, sort_keys=False)


def names(texts, reference="../manifests"):
    """Return the names of the objects that are taken."""
    found = generated({"stacks/prod.yaml": stack(reference), **texts})
    objects = (
        each
        for path, data in sorted(found.files.items())
        if not path.endswith("kustomization.yaml") and "/flux-system/" not in path
        for each in yaml.safe_load_all(data)
    )
    return [each["metadata"]["name"] for each in objects]


def refused(texts, reference="../manifests"):
    with pytest.raises(InputError) as caught:
        names(texts, reference)
    (finding,) = caught.value.findings
    assert (finding.key, finding.at.line) == ("node.bundle.applications[0].spec.files[0]", 10)
    return finding.message


MORE = {
    "patches": "patches: [{patch: 'a'}]",
    "images": "images: [{name: nginx, newTag: '1'}]",
    "configMapGenerator": "configMapGenerator: [{name: a, literals: [a=b]}]",
    "namespace": "namespace: other",
    "components": "components: [../c]",
    "replacements": "replacements: []",
    "commonLabels": "commonLabels: {a: b}",
    "namePrefix": "namePrefix: x-",
}


@pytest.mark.parametrize("field", MORE)
@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
@pytest.mark.parametrize("reference", ["../manifests", "../manifests/**"])
def test_one_that_does_more_than_list_is_refused_with_its_fields(field, name, reference):
    texts = {
        f"manifests/{name}": f"{HEAD}resources: [a.yaml]\n{MORE[field]}\nsortOptions: {{}}\n",
        "manifests/a.yaml": config_map("a"),
    }
    assert refused(texts, reference) == (
        f"manifests/{name} does more than list resources: it has {field}, sortOptions. "
        "Use an application of kind Kustomize with the path of the directory, or list the files "
        "with its objects: kustomize is not run on them here."
    )


@pytest.mark.parametrize("head", ["", HEAD])
def test_a_plain_list_adds_nothing_and_is_no_object(head, tmp_path):
    texts = {
        "manifests/kustomization.yaml": f"{head}resources: [a.yaml, ./deep, sub/c.yaml]\n",
        "manifests/a.yaml": config_map("a"),
        "manifests/deep/kustomization.yml": "resources: [b.yaml]\n",
        "manifests/deep/b.yaml": config_map("b"),
        "manifests/sub/c.yaml": config_map("c"),
    }
    assert names(texts) == ["a", "b", "c"]
    write(tmp_path, texts)
    command = [tool("kustomize"), "build", str(tmp_path / "manifests")]
    built = subprocess.run(command, capture_output=True, check=True).stdout
    assert [each["metadata"]["name"] for each in yaml.safe_load_all(built)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("resources", "problem"),
    [
        ("[a.yaml]", "does not list manifests/b.yaml, which is taken"),
        ("[a.yaml, b.yaml, ../base]", "lists ../base, which is not taken"),
        ("[a.yaml, b.yaml, https://example.com/x]", "lists https://example.com/x, which is not"),
        ("[a.yaml, b.yaml, c.yaml]", "lists c.yaml, which is not taken"),
    ],
)
def test_a_list_and_what_is_taken_agree(resources, problem):
    texts = {
        "manifests/kustomization.yaml": f"resources: {resources}\n",
        "manifests/a.yaml": config_map("a"),
        "manifests/b.yaml": config_map("b"),
        "base/kustomization.yaml": "resources: []\n",
    }
    assert refused(texts).startswith(f"manifests/kustomization.yaml {problem}")


def test_a_glob_that_leaves_it_out_takes_the_files():
    texts = {
        "manifests/kustomization.yaml": "namePrefix: x-\nresources: [a.yaml]\n",
        "manifests/a.yaml": config_map("a"),
        "manifests/b.json": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}',
    }
    assert names(texts, "../manifests/[!k]*") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("kind: Component\nresources: [a.yaml]\n", "does more than list resources: it has kind"),
        ("resourcez: [a.yaml]\n", "has the unknown field resourcez, which kustomize refuses"),
        ("", "is empty, which kustomize refuses"),
        (
            "resources: a.yaml\n",
            "has resources that are no list of strings, which kustomize refuses",
        ),
        (HEAD, "is empty, which kustomize refuses"),
        ("- a\n", "is no mapping, which kustomize refuses"),
    ],
)
def test_one_that_kustomize_refuses_is_refused(text, problem, tmp_path):
    texts = {"manifests/kustomization.yaml": text, "manifests/a.yaml": config_map("a")}
    assert refused(texts).startswith(f"manifests/kustomization.yaml {problem}")
    write(tmp_path, texts | {"all/kustomization.yaml": "resources: [../manifests]\n"})
    command = [tool("kustomize"), "build", str(tmp_path / "all")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_two_in_a_directory_are_refused():
    texts = {
        "manifests/kustomization.yaml": "resources: [a.yaml]\n",
        "manifests/kustomization.yml": "resources: [a.yaml]\n",
        "manifests/a.yaml": config_map("a"),
    }
    problem = "has kustomization.yaml and kustomization.yml, of which kustomize takes only one"
    assert refused(texts).startswith(f"manifests {problem}")


def test_one_named_by_itself_is_no_object():
    texts = {"manifests/kustomization.yaml": f"{HEAD}metadata: {{name: a}}\nresources: []\n"}
    problem = "manifests/kustomization.yaml is a file of kustomize's, which is no object"
    assert refused(texts, "../manifests/kustomization.yaml").startswith(problem)


def test_one_under_another_name_is_no_object_either():
    texts = {"manifests/web.yaml": f"{HEAD}metadata: {{name: a}}\nresources: []\n"}
    with pytest.raises(InputError) as caught:
        names(texts)
    (finding,) = caught.value.findings
    assert (finding.at.path, finding.at.line, finding.key) == (
        "manifests/web.yaml",
        1,
        "apiVersion",
    )
    assert finding.problem == "this is for kustomize, not for a cluster"
