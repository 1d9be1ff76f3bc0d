"""Directories that our own reader of kustomize does not follow, built by the program itself."""

import pytest
import yaml

from kure_hooks.files.memory import MemoryTree
from kure_hooks.findings import Severity
from kure_hooks.gitops.budget import MAX_RESOURCES, TOO_LONG
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.entries import find_units
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Way
from kure_hooks.gitops.program import Program, merged
from kure_hooks.lint.running import Run, run
from kure_hooks.lint.selection import Selection
from kure_hooks.manifests import value_at
from tests.support.kustomize_builds import Comparison, compare
from tests.support.linting import config_map, fleet, kustomization, model
from tests.support.tools import tool

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1
          args: [$(HOST)]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}]}
"""
UNFOLLOWED = {
    "replacements": """\
replacements:
  - source: {kind: Service, name: web, fieldPath: metadata.name}
    targets:
      - select: {kind: Deployment}
        fieldPaths: [spec.template.spec.containers.0.name]
""",
    "vars": """\
vars:
  - name: HOST
    objref: {kind: Service, name: web, apiVersion: v1}
""",
    "transformers": """\
transformers:
  - |
    apiVersion: builtin
    kind: PrefixTransformer
    metadata: {name: prefix}
    prefix: blue-
    fieldSpecs: [{path: metadata/name}]
""",
    "namespace": """\
transformers: [namespace.yaml]
""",
    "configurations": """\
namePrefix: green-
configurations: [names.yaml]
""",
    "generators": """\
generators:
  - |
    apiVersion: builtin
    kind: ConfigMapGenerator
    metadata: {name: made}
    literals: [a=b]
""",
    "labels": """\
crds: [names.yaml]
commonLabels: {team: shop}
""",
}
FILES = {
    "app/web.yaml": WEB,
    "app/names.yaml": "namePrefix: [{path: metadata/name}]\n",
    "app/namespace.yaml": """\
apiVersion: builtin
kind: NamespaceTransformer
metadata: {name: namespaces, namespace: shop}
setRoleBindingSubjects: allServiceAccounts
fieldSpecs: [{path: metadata/namespace, create: true}]
""",
}


def program():
    return Program(tool("kustomize"))


def builds(files, program):
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return Builds(Files(tree), program)


def written(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.mark.parametrize("way", [Way.FLUX, Way.KUSTOMIZE], ids=lambda way: way.name)
@pytest.mark.parametrize("name", UNFOLLOWED)
def test_the_program_builds_what_is_not_followed(tmp_path, name, way):
    files = {**FILES, "app/kustomization.yaml": f"resources: [web.yaml]\n{UNFOLLOWED[name]}"}
    assert builds(files, None).payload("app", way).unknown
    payload = builds(files, program()).payload("app", way)
    if name == "labels":  # this file is no OpenAPI definition, which kustomize says
        assert payload.faults
    else:
        assert compare(written(tmp_path, files), payload).kind is Comparison.EQUAL


def test_the_program_builds_the_outermost_directories_with_gitops_objects():
    unfollowed = UNFOLLOWED["transformers"]
    files = {
        **FILES,
        "app/kustomization.yaml": f"resources: [web.yaml]\n{unfollowed}",
        "base/kustomization.yaml": f"resources: [all.yaml]\n{unfollowed}",
        "base/all.yaml": kustomization("all"),
        "over/kustomization.yaml": f"resources: [../base]\n{unfollowed}",
    }
    made = builds(files, None)
    list(find_units(made.files, made))
    assert list(made.unbuilt) == ["over"]


def test_the_program_builds_nothing_once_the_budget_is_spent():
    files = {
        **FILES,
        "app/kustomization.yaml": f"resources: [web.yaml]\n{UNFOLLOWED['transformers']}",
    }
    made = builds(files, program())
    made.budget.spend(MAX_RESOURCES)
    payload = made.payload("app", Way.FLUX)
    assert (payload.resources, payload.unknown) == ((), (TOO_LONG,))


def test_a_directory_above_is_built_with_what_it_takes_in(tmp_path):
    files = {
        **FILES,
        "app/kustomization.yaml": f"resources: [web.yaml]\n{UNFOLLOWED['transformers']}",
        "over/kustomization.yaml": "resources: [../app]\nnamespace: shop\n",
    }
    payload = builds(files, program()).payload("over", Way.FLUX)
    assert compare(written(tmp_path, files), payload).kind is Comparison.EQUAL
    assert {"app/web.yaml", "over/kustomization.yaml"} <= payload.files
    service, web = payload.resources
    assert (web.name, web.who.namespace) == ("blue-web", "shop")
    assert str(web.at("spec", "replicas")) == "app/web.yaml:5:3"
    assert str(service.at("metadata", "namespace")) == "over/kustomization.yaml:1:1"


CHANGES = {
    "namespace": "shop",
    "namePrefix": "eu-",
    "images": [{"name": "registry.example.com/web", "newTag": "3"}],
    "patches": [
        {
            "patch": "- {op: replace, path: /spec/replicas, value: 3}",
            "target": {"kind": "Deployment"},
        }
    ],
}


def test_fields_of_a_kustomization_are_built_into_the_file(tmp_path):
    own = (
        f"resources: [web.yaml]\n{UNFOLLOWED['replacements']}"
        "images: [{name: registry.example.com/web, newTag: '2'}]\n"
        "patches:\n"
        "  - patch: '{apiVersion: v1, kind: Service, metadata: {name: web, labels: {a: b}}}'\n"
    )
    files = {**FILES, "app/kustomization.yaml": own}
    text = kustomization("app", "./app", targetNamespace="shop")
    (of,) = model({"x.yaml": text, "app/a.yaml": config_map("a")}).clusters[0].entries
    payload = builds(files, program()).changed("app", Way.FLUX, CHANGES, of)
    fields = yaml.safe_load(own)
    fields["images"] = CHANGES["images"]
    fields["patches"] += CHANGES["patches"]
    fields |= {key: CHANGES[key] for key in ("namespace", "namePrefix")}
    root = written(tmp_path, {**files, "app/kustomization.yaml": yaml.safe_dump(fields)})
    assert compare(root, payload).kind is Comparison.EQUAL
    web = next(item for item in payload.resources if item.kind == "Deployment")
    assert value_at(web.manifest, "spec", "replicas") == 3


def test_fields_are_merged_as_controllers_write_them():
    fields = {"images": [{"name": "a"}, {"name": "b"}], "labels": [1], "commonLabels": {"a": "b"}}
    changes = {
        "images": [{"name": "b", "newTag": "2"}],
        "labels": [2],
        "commonLabels": {"c": "d"},
        "namespace": "shop",
    }
    assert merged(fields, changes) == {
        "images": [{"name": "a"}, {"name": "b", "newTag": "2"}],
        "labels": [1, 2],
        "commonLabels": {"a": "b", "c": "d"},
        "namespace": "shop",
    }


def test_a_refusal_is_a_fault_at_the_cause():
    broken = UNFOLLOWED["replacements"].replace("kind: Service", "kind: Ingress")
    files = {**FILES, "app/kustomization.yaml": f"resources: [web.yaml]\n{broken}"}
    (fault,) = builds(files, program()).payload("app", Way.FLUX).faults
    assert (str(fault.at), fault.rule) == ("app/kustomization.yaml:2:1", "KZ001")
    assert fault.problem.startswith("kustomize can't build this: ")
    assert "nothing selected by Ingress" in fault.problem


@pytest.mark.parametrize(
    "text",
    [
        "resources: [web.yaml, 'https://git.example.com/acme/base?ref=main']\nvars: [{name: A}]\n",
        "resources: [web.yaml]\nhelmCharts: [{name: web}]\n",
        "resources: [web.yaml]\ntransformers: [plugin.yaml]\n",
        f"kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n{UNFOLLOWED['vars']}",
    ],
    ids=["network", "charts", "plugin", "component"],
)
def test_what_needs_more_than_kustomize_stays_unknown(text):
    plugin = "apiVersion: acme.example.com/v1\nkind: Plugin\nmetadata: {name: a}\n"
    files = {**FILES, "app/kustomization.yaml": text, "app/plugin.yaml": plugin}
    payload = builds(files, program()).payload("app", Way.FLUX)
    assert payload.unknown
    assert not payload.faults


def test_an_old_program_is_not_asked(tmp_path):
    old = tmp_path / "kustomize"
    old.write_text("#!/bin/sh\n[ $1 = version ] && echo v4.5.7 && exit\nexit 1\n")
    old.chmod(0o755)
    files = {**FILES, "app/kustomization.yaml": f"resources: [web.yaml]\n{UNFOLLOWED['vars']}"}
    payload = builds(files, Program(str(old))).payload("app", Way.FLUX)
    assert (bool(payload.unknown), payload.faults) == (True, ())


def test_the_number_of_builds_is_bounded(monkeypatch):
    monkeypatch.setattr("kure_hooks.gitops.program.MOST_BUILDS", 1)
    files = {
        f"{name}/{path.removeprefix('app/')}": text
        for name in ("a", "b")
        for path, text in {
            **FILES,
            "app/kustomization.yaml": f"resources: [web.yaml]\n{UNFOLLOWED['vars']}",
        }.items()
    }
    made = builds(files, program())
    assert not made.payload("a", Way.FLUX).unknown
    assert made.payload("b", Way.FLUX).unknown
    assert list(made.unbuilt) == ["b"]
    assert "kustomize builds no more than" in made.unbuilt["b"]


def test_rules_are_sure_of_what_the_program_builds():
    """Objects that end up without a namespace are errors once all of the build is known."""
    files = {
        **fleet(kustomization("shop"), shop=WEB),
        "apps/shop/kustomization.yaml": (
            f"resources: [manifests.yaml]\n{UNFOLLOWED['transformers']}"
        ),
    }
    before = [item for item in run(model(files)) if item.rule == "FX022"]
    after = [item for item in run(model(files, program=program())) if item.rule == "FX022"]
    assert before == []
    assert [(item.object, str(item.at), item.severity) for item in after] == [
        ("Deployment blue-web", "apps/shop/manifests.yaml:3:11", Severity.ERROR),
        ("Service blue-web", "apps/shop/manifests.yaml:17:11", Severity.ERROR),
    ]


def test_without_the_program_it_is_said():
    text = f"resources: [manifests.yaml]\n{UNFOLLOWED['transformers']}"
    files = fleet(kustomization("shop"), kustomization("web"), shop=WEB, web=WEB)
    files |= {f"apps/{name}/kustomization.yaml": text for name in ("shop", "web")}
    (skipped,) = Run(model(files), Selection(), ()).skipped
    assert skipped.subject == "apps/shop and 1 more"
    assert "Put kustomize 5 or newer on PATH" in skipped.reason
    assert Run(model(files, program=program()), Selection(), ()).skipped == ()


def test_a_program_that_does_not_end_well_is_said(tmp_path):
    broken = tmp_path / "kustomize"
    broken.write_text("#!/bin/sh\n[ $1 = version ] && echo v5.8.2 && exit\nkill -9 $$\n")
    broken.chmod(0o755)
    files = {**FILES, "app/kustomization.yaml": f"resources: [web.yaml]\n{UNFOLLOWED['vars']}"}
    made = builds(files, Program(str(broken)))
    payload = made.payload("app", Way.FLUX)
    assert (bool(payload.unknown), payload.faults) == (True, ())
    assert made.unbuilt == {
        "app": "kustomize did not build it within its limits, so not all that it builds is known"
    }
