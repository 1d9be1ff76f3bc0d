"""The objects that `validate` judges where nobody names any."""

import os
from pathlib import Path

import pytest
import yaml

from tests.support.git import write
from tests.support.objects import MISSPELT, SPELT
from tests.support.tools import tool

WORDS = 'Deployment web: spec.replicaz: unknown key. Did you mean "replicas"?'
PATCH = (
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: web}, "
    "spec: {replicaz: null}}"
)
OTHER = {"kind": "GitRepository", "name": "other", "url": "https://example.com/o", "branch": "m"}


@pytest.fixture
def kustomize(monkeypatch):
    monkeypatch.setenv("PATH", str(Path(tool("kustomize")).parent), prepend=os.pathsep)


def stack(name, *bundles, engine="flux"):
    gitops = {"type": engine}
    if engine == "argocd":
        gitops["argocd"] = {"repoURL": "https://example.com/fleet.git"}
    nodes = [{"name": bundle["name"], "bundle": bundle} for bundle in bundles]
    return yaml.safe_dump(
        {"name": name, "gitops": gitops, "node": {"name": "a", "children": nodes}}
    )


def payload(name, path, **fields):
    return {"name": name, "payload": {"path": path}, **fields}


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_payloads_of_this_repository_are_validated_once(tmp_path, kure, engine):
    names = ("dev", "prod")
    stacks = {
        f"stacks/{name}.yaml": stack(name, payload("web", "apps/web"), engine=engine)
        for name in names
    }
    write(tmp_path, {**stacks, "apps/web/web.yaml": MISSPELT, "apps/idle/web.yaml": MISSPELT})
    code, out, err = kure("validate")
    assert (code, err) == (1, "")
    assert [line for line in out.splitlines() if "Deployment" in line] == [
        f"apps/web/web.yaml:5:3: {WORDS}"
    ]


def test_payloads_are_built_as_kustomize_does(tmp_path, kure, kustomize):
    files = {
        "stacks/prod.yaml": stack("prod", payload("dev", "apps/dev"), payload("web", "apps/web")),
        "apps/base/web.yaml": MISSPELT,
        "apps/base/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/dev/kustomization.yaml": yaml.safe_dump(
            {"resources": ["../base"], "patches": [{"patch": PATCH}]}
        ),
        "apps/web/kustomization.yaml": "namePrefix: a-\nresources: [../base]\n",
    }
    write(tmp_path, files)
    code, out, _ = kure("validate")
    lines = [line for line in out.splitlines() if "Deployment" in line]
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith("apps/base/web.yaml:5:3: Deployment a-web: spec.replicaz")


def test_payloads_of_other_sources_are_not_looked_at(tmp_path, kure):
    elsewhere = payload("web", "apps/web", sourceRef=OTHER)
    bootstrap = {"bootstrap": {"sourceURL": "https://example.com/fleet", "sourceRef": "main"}}
    text = yaml.safe_load(stack("prod", elsewhere))
    text["gitops"] |= bootstrap
    write(tmp_path, {"stacks/prod.yaml": yaml.safe_dump(text), "apps/web/web.yaml": MISSPELT})
    assert kure("validate")[0] == 0


def test_generated_files_and_payloads_are_counted_together(tmp_path, kure):
    right = SPELT
    write(tmp_path, {"stacks/prod.yaml": stack("prod", payload("web", "apps"))})
    write(tmp_path, {"apps/web.yaml": right})
    code, out, _ = kure("validate", "--format", "json")
    schemas = yaml.safe_load(out)["schemas"]
    assert (code, schemas["the schemas of Kubernetes 1.34.4"]) == (0, 1)
    assert any("Flux" in name for name in schemas)


@pytest.mark.parametrize("version", ["1.99", "1.20"])
def test_every_command_that_judges_says_what_an_unknown_version_is_judged_as(
    tmp_path, kure, version
):
    right = SPELT
    texts = {f"stacks/{name}.yaml": stack(name, payload("web", "apps")) for name in "ab"}
    settings = f'validate: {{kubernetes: "{version}"}}\n'
    write(tmp_path, {**texts, "apps/web.yaml": right, ".kure-hooks.yaml": settings})
    for command in ("generate", "check", "validate"):
        _, out, _ = kure(command)
        told = f"skipped: Kubernetes {version}: there are no schemas for it, so objects"
        assert out.count(told) == 1, command
    assert "no schemas for it" not in kure("validate", "--kubernetes", "1.34")[1]


@pytest.mark.parametrize("version", ["2.0", "0.9", "01.34", "1.99999", "1.34.x"])
def test_a_version_of_no_kubernetes_is_refused(tmp_path, kure, version):
    settings = f'validate: {{kubernetes: "{version}"}}\n'
    write(tmp_path, {"apps/web.yaml": MISSPELT, ".kure-hooks.yaml": settings})
    code, out, err = kure("validate", "apps")
    assert (code, "Traceback" in err) == (2, False)
    assert out.startswith(".kure-hooks.yaml:1:")
    (tmp_path / ".kure-hooks.yaml").unlink()
    for command in (("validate", "apps"), ("schemas", "list")):
        code, _, err = kure(*command, "--kubernetes", version)
        assert (code, err.count("\n")) == (2, 1), command
        assert "is no Kubernetes version. Write one such as 1.34" in err


@pytest.mark.parametrize("location", ["nope", "nope.yaml", "nope/{{.Group}}.json"])
def test_schemas_that_are_not_there_are_told_in_the_settings(tmp_path, kure, location):
    settings = f"validate:\n  schemaLocations:\n  - apps\n  - '{location}'\n"
    write(tmp_path, {"apps/web.yaml": MISSPELT, ".kure-hooks.yaml": settings})
    code, out, _ = kure("validate", "apps")
    assert code == 2
    assert out == (
        f".kure-hooks.yaml:4:5: validate.schemaLocations[1]: there is no {location} in the"
        " repository. Name a file of CRDs, or a directory with CRDs or JSON Schemas.\n"
    )


MERGE = "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> side\n"


@pytest.mark.parametrize(
    "path",
    ["values.yaml", "chart/values.yaml", "chart/templates/web.yaml", "chart/templates/_a.tpl"],
)
def test_merges_are_told_in_files_without_objects(tmp_path, kure, path):
    right = SPELT
    files = {"web.yaml": right, "chart/Chart.yaml": "name: a\nversion: 1.0.0\n", path: MERGE}
    write(tmp_path, files)
    code, out, _ = kure("validate")
    words = 'unresolved merge conflict ("<<<<<<< HEAD"). Resolve it and remove the markers.'
    assert (code, out.splitlines()[0]) == (1, f"{path}:2:1: {words}")


def test_merges_are_told_in_files_beside_payloads_and_in_data(tmp_path, kure, kustomize):
    right = SPELT
    generator = {"name": "a", "files": ["settings.yaml"]}
    kustomization = {"resources": ["web.yaml"], "configMapGenerator": [generator]}
    files = {
        "stacks/prod.yaml": stack("prod", payload("web", "apps")),
        "apps/web.yaml": right,
        "apps/values.yaml": MERGE,
        "apps/settings.yaml": MERGE,
        "apps/kustomization.yaml": yaml.safe_dump(kustomization),
    }
    write(tmp_path, files)
    code, out, _ = kure("validate")
    assert code == 1
    assert [line.split(":")[0] for line in out.splitlines() if "unresolved merge" in line] == [
        "apps/settings.yaml",
        "apps/values.yaml",
    ]


def test_files_that_nobody_can_read_are_warnings(tmp_path, kure):
    right = SPELT
    write(tmp_path, {"web.yaml": right, "values.yaml": "a:\n\tb: 1\n"})
    code, out, _ = kure("validate")
    assert (code, out.startswith("warning: values.yaml:2:1: a: this is not valid YAML")) == (
        0,
        True,
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("kind: ConfigMap\nmetadata: {name: a}\n", "apiVersion: this required key is missing"),
        ("apiVersion: v1\nmetadata: {name: a}\n", "kind: this required key is missing"),
        ("apiversion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", "apiversion: unknown key"),
        ("kind: DaemonSet\nrbac: {apiVersion: v1}\n", ""),
        ("kind: DaemonSet\nmetadata: [a]\n", ""),
        ("apiVersion: v2\nname: chart\n", ""),
    ],
)
def test_objects_that_lack_a_part_are_told_from_values(tmp_path, kure, text, fault):
    right = SPELT
    write(tmp_path, {"web.yaml": right, "b/other.yaml": text})
    code, out, _ = kure("validate", ".")
    assert (code, fault in out, "other.yaml" in out) == (int(bool(fault)), True, bool(fault))


def removing(key):
    patch = f"- {{op: remove, path: /spec/{key}}}\n"
    return {"target": {"kind": "Deployment"}, "patch": patch}


def adding(key, value):
    patch = f"- {{op: add, path: /spec/{key}, value: {value}}}\n"
    return {"target": {"kind": "Deployment"}, "patch": patch}


def deployments(out):
    return [line for line in out.splitlines() if "Deployment" in line]


@pytest.mark.parametrize("engine", ["flux", "argocd"])
@pytest.mark.parametrize("kustomized", [True, False])
def test_payloads_are_judged_as_their_bundle_patches_them(tmp_path, kure, engine, kustomized):
    """Without kustomize on PATH; nothing is said to have been left out."""
    patches = [removing("replicaz"), adding("paused", "maybe")]
    bundle = payload("web", "apps/web", patches=patches)
    files = {
        "stacks/prod.yaml": stack("prod", bundle, engine=engine),
        "apps/web/web.yaml": MISSPELT,
    }
    if kustomized or engine == "argocd":
        files["apps/web/kustomization.yaml"] = "resources: [web.yaml]\n"
    write(tmp_path, files)
    code, out, _ = kure("validate")
    (line,) = deployments(out)
    assert line.startswith(
        "apps/web/web.yaml:4:1: Deployment web: spec.paused: this is a text, after"
    )
    assert (code, "skipped" in out) == (1, False)
    place = line.partition("after the patch at ")[2].partition(". ")[0]
    kure("generate")
    path, _, number = place.partition(":")
    text = (tmp_path / path).read_text().splitlines()
    assert "patch: " in text[int(number) - 1]


def test_a_payload_that_one_bundle_applies_as_it_is_is_judged_as_before(tmp_path, kure):
    patched = payload("patched", "apps/web", patches=[removing("replicaz")], targetNamespace="b")
    stacks = {
        "stacks/dev.yaml": stack("dev", patched),
        "stacks/prod.yaml": stack("prod", payload("web", "apps/web")),
    }
    write(tmp_path, {**stacks, "apps/web/web.yaml": MISSPELT})
    code, out, _ = kure("validate")
    assert (code, deployments(out)) == (1, [f"apps/web/web.yaml:5:3: {WORDS}"])


def test_what_is_not_known_of_a_payload_is_judged_as_before(tmp_path, kure):
    bundle = payload("web", "apps/web", patches=[removing("gone")])
    write(tmp_path, {"stacks/prod.yaml": stack("prod", bundle), "apps/web/web.yaml": MISSPELT})
    code, out, _ = kure("validate")
    assert (code, deployments(out)) == (1, [f"apps/web/web.yaml:5:3: {WORDS}"])


def test_a_base_is_not_judged_without_the_overlay_that_a_bundle_patches(tmp_path, kure, kustomize):
    bundle = payload("web", "apps", patches=[removing("replicaz")])
    files = {
        "stacks/prod.yaml": stack("prod", bundle),
        "apps/base/web.yaml": MISSPELT,
        "apps/base/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/kustomization.yaml": "resources: [base]\n",
    }
    write(tmp_path, files)
    assert kure("validate") == (0, "", "")


def test_kubeconform_gets_what_comes_to_the_api_server(tmp_path, kure, monkeypatch):
    monkeypatch.setenv("PATH", str(Path(tool("kubeconform")).parent), prepend=os.pathsep)
    bundle = payload("web", "apps/web", patches=[removing("replicaz"), adding("paused", "maybe")])
    write(tmp_path, {"stacks/prod.yaml": stack("prod", bundle), "apps/web/web.yaml": MISSPELT})
    code, out, _ = kure("validate", "--backend", "kubeconform")
    (line,) = deployments(out)
    assert (code, line.partition(": Deployment web: spec.paused: ")[0]) == (
        1,
        "apps/web/web.yaml:4:1",
    )
    assert "after the patch at clusters/prod/" in line


UNFILLED = MISSPELT.replace("  replicaz: 2\n", "  replicas: {{ replicas }}\n")


def test_templates_in_directories_are_told_and_not_judged(tmp_path, kure):
    right = SPELT
    chart = {"chart/Chart.yaml": "name: a\nversion: 1.0.0\n", "chart/templates/web.yaml": UNFILLED}
    write(tmp_path, {"web.yaml": right, "roles/templates/web.yaml": UNFILLED, **chart})
    code, out, _ = kure("validate")
    words = "this line is of a template, so the file was not validated"
    warning, skipped, *_ = out.splitlines()
    assert (code, warning.startswith(f"warning: roles/templates/web.yaml:5:14: {words}. ")) == (
        0,
        True,
    )
    assert skipped.startswith("skipped: the templates of 1 chart: they are no objects before Helm")


def test_templates_that_are_named_or_applied_are_wrong(tmp_path, kure):
    write(tmp_path, {"apps/web.yaml": UNFILLED})
    assert kure("validate", "apps/web.yaml")[0] == 1
    write(tmp_path, {"stacks/prod.yaml": stack("prod", payload("web", "apps"))})
    code, out, _ = kure("validate")
    assert (code, "apps/web.yaml:5:14: " in out, "warning" in out) == (2, True, False)


def test_patches_in_the_old_spelling_are_no_objects(tmp_path, kure):
    patch = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: 2}}\n"
    files = {"kustomization.yaml": "resources: [gone.yaml]\npatches: [patch.yaml]\n"}
    write(tmp_path, {**files, "patch.yaml": patch})
    _, out, _ = kure("validate")
    assert "patch.yaml" not in out
    assert "gone.yaml does not exist" in out


def test_a_directory_without_schemas_is_refused(tmp_path, kure):
    (tmp_path / "schemas" / "inner").mkdir(parents=True)
    write(tmp_path, {"web.yaml": SPELT, "schemas/README.md": "a\n"})
    code, out, err = kure("validate", "--schemas", "schemas", "web.yaml")
    assert (code, out) == (2, "")
    assert "--schemas schemas holds no file of CRDs and no JSON Schema. Name a directory" in err
    write(tmp_path, {"schemas/inner/a.json": "{}\n"})
    assert kure("validate", "--schemas", "schemas", "web.yaml")[0] == 0
