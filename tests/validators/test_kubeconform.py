import os
from pathlib import Path

import pytest

from kure_hooks.errors import ToolError, UsageError
from kure_hooks.findings import Skipped
from kure_hooks.validators import Job, Verdict, full_version, validator

pytestmark = pytest.mark.usefixtures("kubeconform")

REAL_SCHEMAS = Path(__file__).parents[2].parent / "shared" / "data" / "crds" / "schemas"


def widget(name="a", spec="{size: 1}", kind="Widget"):
    return f"apiVersion: example.com/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n"


def lines(verdict):
    return [str(finding) for finding in verdict.findings]


def test_valid_objects_are_counted(validate, schemas):
    verdict = validate({"a.yaml": f"{widget('a')}---\n# nothing\n---\n{widget('b')}"})
    assert verdict == Verdict((), (), 2, {str(schemas): 2})


def test_every_leaf_is_a_finding_at_its_line_in_a_stable_order(validate):
    spec = "\n  size: big\n  parts: [a, 2]\n  nope:\n    a: 1\n  port: true"
    port = "this is true or false. Write a whole number or a text."
    assert lines(validate({"b/a.yaml": widget(spec=spec)})) == [
        "b/a.yaml:5:3: Widget a: spec.size: this is a text. Write a whole number.",
        "b/a.yaml:6:14: Widget a: spec.parts[1]: this is a number. Write a text.",
        "b/a.yaml:7:3: Widget a: spec.nope: unknown key",
        f"b/a.yaml:9:3: Widget a: spec.port: {port}",
    ]


def test_a_missing_key_is_reported_where_its_parent_stands(validate):
    assert lines(validate({"a.yaml": widget(spec="{}")})) == [
        "a.yaml:4:7: Widget a: spec.size: this required key is missing"
    ]


def test_no_value_is_repeated(validate):
    (line,) = lines(validate({"a.yaml": widget(spec="{size: 1, token: S3CRET}")}))
    assert line == (
        "a.yaml:4:17: Widget a: spec.token: this does not match the pattern. Write a string "
        "that matches ^[a-z]+$."
    )


def test_documents_of_one_file_are_told_apart_even_with_equal_names(validate):
    text = "---\n".join(widget(spec=spec) for spec in ("{size: x}", "{size: 1}", "{size: y}"))
    verdict = validate({"a.yaml": text})
    assert [finding.at.line for finding in verdict.findings] == [4, 14]
    assert verdict.checked == 3


def test_the_items_of_a_list_are_judged_one_by_one(validate):
    text = (
        "apiVersion: v1\nkind: List\nitems:\n"
        "- {apiVersion: example.com/v1, kind: Widget, spec: {size: 1}}\n"
        "- apiVersion: example.com/v1\n  kind: Widget\n  metadata: {generateName: b-}\n"
        "  spec: {size: x}\n"
    )
    verdict = validate({"a.yaml": text})
    assert lines(verdict) == [
        "a.yaml:8:10: Widget b-: spec.size: this is a text. Write a whole number."
    ]
    assert verdict.checked == 2


def test_metadata_of_another_shape(validate):
    assert lines(validate({"a.yaml": widget(name="[a]")})) == [
        "a.yaml:3:12: Widget: metadata.name: this is a list. Write a text."
    ]


def test_a_key_that_is_there_twice(validate):
    (line,) = lines(validate({"a.yaml": widget(spec="{size: 1, size: 2}")}))
    assert line.startswith("a.yaml:4:17: ")
    assert "twice" in line


def test_a_key_that_a_merge_brings_again(validate):
    (line,) = lines(validate({"a.yaml": f"<<: {{kind: Gadget}}\n{widget()}"}))
    assert line == (
        "a.yaml:1:1: Widget a: kubeconform can't read this: error converting YAML to JSON: yaml:"
        ' unmarshal errors: line 3: key "kind" already set in map'
    )


def test_a_kind_that_would_choose_its_schema_never_reaches_the_program(
    validate, tmp_path, monkeypatch
):
    program = tmp_path / "bin" / "kubeconform"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    kinds = {"up.yaml": "../../evil", "template.yaml": "'{{.Group}}'"}
    verdict = validate({name: widget(kind=kind) for name, kind in kinds.items()})
    assert lines(verdict) == [
        f"{name}:2:1: kind: this is not valid. Write a name such as Deployment."
        for name in ("template.yaml", "up.yaml")
    ]
    assert not (tmp_path / "ran").exists()


def test_one_refused_file_does_not_hide_the_others(validate):
    verdict = validate({"a.yaml": "- a\n", "b.yaml": widget(spec="{size: x}")})
    assert [finding.at.path for finding in verdict.findings] == ["a.yaml", "b.yaml"]


@pytest.mark.parametrize("name", ["-schema-location=http:x.yaml", "-h.yaml", "a b\n'c.yaml", "-"])
def test_no_file_name_is_a_flag(validate, name):
    verdict = validate({f"{name}/x.yaml": widget(), name + ".yml": widget(spec="{size: x}")})
    assert (verdict.checked, [each.at.path for each in verdict.findings]) == (2, [name + ".yml"])


def test_a_missing_schema_is_a_skip_with_its_reason(validate, schemas):
    verdict = validate({"a.yaml": f"{widget()}---\n{widget('g', kind='Gadget')}"})
    reason = (
        "there is no schema for Gadget of example.com/v1 (Kubernetes 1.34.0);"
        " add a directory that has it to validate.schemaLocations"
    )
    skipped = (Skipped("a.yaml: Gadget g", reason),)
    assert verdict == Verdict((), skipped, 1, {str(schemas): 1})


def test_the_schemas_that_come_with_us_judge_without_a_network(validate):
    texts = {
        "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndatum: {}\n",
        "b.yaml": "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n"
        "metadata: {name: a}\nspec: {interval: 1m}\n",
    }
    verdict = validate(texts, schemas=())
    assert lines(verdict) == [
        "a.yaml:4:1: ConfigMap a: datum: unknown key",
        "b.yaml:4:7: GitRepository a: spec.url: this required key is missing",
    ]
    assert [name.rpartition(" ")[0] for name in verdict.judges] == [
        "the schemas of Flux",
        "the schemas of Kubernetes",
    ]


def test_documents_that_the_program_does_not_see_are_reported(validate):
    inline = f"{widget()}--- {{apiVersion: example.com/v1, kind: Widget, spec: {{size: x}}}}\n"
    verdict = validate({"a.yaml": inline, "b.txt": widget()})
    rule = "it splits files at lines that start with --- and hold nothing else"
    assert verdict.skipped == (Skipped("a.yaml", f"kubeconform saw only 1 of 2 objects: {rule}"),)
    assert verdict.checked == 2


def test_kustomize_files_are_left_out(validate):
    verdict = validate({"a/kustomization.yaml": "resources: [x.yaml]\n"})
    reason = "is read by kustomize and holds no Kubernetes object"
    assert verdict == Verdict((), (Skipped("a/kustomization.yaml", reason),), 0)


def test_without_the_program_nothing_is_green(validate, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError) as raised:
        validate({"a.yaml": widget(spec="{}")})
    assert str(raised.value) == (
        "kubeconform is not installed, so nothing was validated. Install it with"
        " `go install github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0` and put it on PATH."
    )


def test_a_program_of_the_checkout_is_not_run(tmp_path, monkeypatch):
    program = tmp_path / "checkout/bin/kubeconform"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/trace\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    job = Job({"a.yaml": b""}, "1.34", checkouts=(tmp_path / "checkout",))
    with pytest.raises(ToolError) as raised:
        validator("kubeconform").validate(job)
    assert str(raised.value).startswith(
        f"kubeconform is only found inside the repository, as {program}, where a pull request could"
        " have put it, so nothing was validated. Install it with"
    )
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize(("given", "full"), [("1.34", "1.34.0"), ("1.34.2", "1.34.2")])
def test_versions(given, full):
    assert full_version(given) == full


@pytest.mark.parametrize(
    "version",
    ["", "1", "v1.34", "1.34.", "1.34.2.1", "master", "1.34\n", "2.0", "01.34", "1.034", "1.99999"],
)
def test_what_is_no_version(version):
    with pytest.raises(UsageError) as raised:
        full_version(version)
    assert str(raised.value) == (
        f"{version!r} is no Kubernetes version. Write one such as 1.34 or 1.34.2."
    )


def test_the_version_reaches_the_program(validate):
    with pytest.raises(UsageError):
        validate({"a.yaml": widget()}, kubernetes="latest")


@pytest.mark.skipif(not REAL_SCHEMAS.is_dir(), reason="needs ../shared with the real schemas")
def test_real_flux_and_argo_cd_schemas(validate):
    text = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps}
spec:
  interval: ten
  prune: true
  sourceRef: {kind: GitRepository, name: fleet}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: apps}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc}
  source:
    repoURL: https://example.com/fleet.git
    targetRevison: main
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet}
spec: {interval: 1m, url: https://example.com/fleet.git}
"""
    interval = (
        r"this does not match the pattern. Write a string that matches "
        r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$."
    )
    verdict = validate({"a.yaml": text}, schemas=[REAL_SCHEMAS])
    assert lines(verdict) == [
        f"a.yaml:5:3: Kustomization apps: spec.interval: {interval}",
        "a.yaml:17:5: Application apps: spec.source.targetRevison: unknown key",
    ]
    assert (verdict.skipped, verdict.checked) == ((), 3)
