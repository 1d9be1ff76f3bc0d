"""The values of releases, judged by the schemas of charts that lie in the repository."""

import json

import pytest

from kure_hooks.files.archive import tar_gz
from kure_hooks.files.memory import MemoryTree
from kure_hooks.operations.validate import Choice, validate
from kure_hooks.operations.workspace import open_workspace
from kure_hooks.validators import Job, validator
from tests.support.git import git

SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["host", "image"],
    "additionalProperties": False,
    "properties": {
        "host": {"type": "string"},
        "replicas": {"type": "integer", "minimum": 1},
        "image": {
            "type": "object",
            "required": ["tag"],
            "properties": {"tag": {"type": "string"}, "pull": {"enum": ["Always", "Never"]}},
        },
        "ports": {"type": "array", "items": {"type": "integer"}},
    },
}
CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.0\n",
    "values.yaml": "replicas: 1\nimage: {tag: '1'}\n",
    "values.schema.json": json.dumps(SCHEMA),
}
IN_TREE = {f"charts/web/{name}": text for name, text in CHART.items()}
ARCHIVE = tar_gz({f"web/{name}": text.encode() for name, text in CHART.items()})

RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec:
  interval: 1h
  chart:
    spec:
      chart: ./charts/web
      sourceRef: {kind: GitRepository, name: fleet}
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc}
  source:
    repoURL: https://example.com/fleet.git
    path: charts/web
    targetRevision: main
"""
BY = "(by charts/web/values.schema.json)"


def verdict(text, tree=IN_TREE, name="a.yaml", origin=""):
    content = {
        path: each if isinstance(each, bytes) else each.encode() for path, each in tree.items()
    }
    content[name] = text.encode()
    job = Job({name: text.encode()}, "1.34", tree=MemoryTree(content), origin=lambda: origin)
    return validator("embedded").validate(job)


def told(*args, **options):
    return [f"{finding}" for finding in verdict(*args, **options).findings]


def test_values_that_the_schema_takes():
    assert told(f"{RELEASE}  values: {{host: a, replicas: 2}}\n") == []


def test_each_fault_is_at_its_own_line():
    values = """\
  values:
    host: 1
    replicaz: 2
    ports: [1, a]
    image:
      pull: Sometimes
"""
    result = verdict(RELEASE + values)
    assert [f"{finding}" for finding in result.findings] == [
        (
            f"a.yaml:11:5: HelmRelease web: spec.values.host: this is a whole number"
            f" {BY}. Write a text, so put the value in quotes."
        ),
        (
            f"a.yaml:12:5: HelmRelease web: spec.values.replicaz: unknown key {BY}."
            ' Did you mean "replicas"?'
        ),
        (
            f"a.yaml:13:16: HelmRelease web: spec.values.ports[1]: this is a text {BY}."
            " Write a whole number."
        ),
        (
            f"a.yaml:15:7: HelmRelease web: spec.values.image.pull: this is not an allowed value"
            f" {BY}."
            " Write one of Always, Never."
        ),
    ]
    assert {finding.rule for finding in result.findings} == {"VA020"}


def test_a_missing_value_is_told_where_it_would_be():
    assert told(RELEASE) == [
        f"a.yaml:5:3: HelmRelease web: spec.values.host: this required key is missing {BY}"
    ]
    assert told(f"{RELEASE}  values: {{host: a, image: {{tag: null}}}}\n") == [
        f"a.yaml:10:29: HelmRelease web: spec.values.image.tag: this required key is missing {BY}"
    ]


def test_values_from_elsewhere_leave_open_what_is_required():
    source = "  valuesFrom: [{kind: Secret, name: x}]\n"
    assert told(f"{RELEASE}{source}") == []
    assert told(f"{RELEASE}{source}  values: {{replicas: x}}\n") == [
        (
            f"a.yaml:11:12: HelmRelease web: spec.values.replicas: this is a text {BY}."
            " Write a whole number."
        )
    ]


def test_files_of_values_are_judged_at_their_own_lines():
    release = RELEASE.replace(
        "      sourceRef", "      valuesFiles: [charts/web/values.yaml, prod.yaml]\n      sourceRef"
    )
    tree = {**IN_TREE, "prod.yaml": "host: a\nreplicas: many\n"}
    assert told(release, tree) == [
        (
            f"prod.yaml:2:1: HelmRelease web: spec.values.replicas: this is a text {BY}."
            " Write a whole number."
        )
    ]
    assert told(f"{release}  values: {{replicas: 2}}\n", tree) == []
    assert told(release) == []  # the file may be generated


def test_a_variable_of_flux_may_be_anything():
    assert told(f"{RELEASE}  values: {{host: a, replicas: '${{replicas}}'}}\n") == []


@pytest.mark.parametrize(
    "reference",
    ["{tag: v1}", "{semver: '>=1.0.0'}", "{commit: '0123456789012345678901234567890123456789'}"],
)
def test_a_chart_of_another_state_is_not_the_one_here(reference):
    source = (
        "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n"
        "metadata: {name: fleet, namespace: web}\n"
        f"spec: {{interval: 1m, url: 'https://example.com/a', ref: {reference}}}\n"
    )
    assert told(RELEASE + source) == []
    assert len(told(RELEASE + source.replace(reference, "{branch: main}"))) == 1


def test_a_chart_that_is_not_here_and_one_without_a_schema():
    assert told(RELEASE, {}) == []
    without = {path: text for path, text in IN_TREE.items() if "schema" not in path}
    assert told(RELEASE, without) == []


def repository_release(version):
    return RELEASE.replace("./charts/web", f"web\n      version: {version}").replace(
        "GitRepository", "HelmRepository"
    )


def test_a_vendored_archive_has_the_schema():
    tree = {"vendor/web-1.2.0.tgz": ARCHIVE}
    assert told(repository_release("1.2.0"), tree) == [
        (
            "a.yaml:5:3: HelmRelease web: spec.values.host: this required key is missing"
            " (by vendor/web-1.2.0.tgz/values.schema.json)"
        )
    ]
    assert told(repository_release("1.3.0"), tree) == []
    assert told(repository_release('"1.x"'), tree) == []


def test_an_archive_that_a_path_or_an_artifact_names():
    tree = {"charts/web-1.2.0.tgz": ARCHIVE}
    assert len(told(RELEASE.replace("charts/web", "charts/web-1.2.0.tgz"), tree)) == 1
    artifact = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec:
  interval: 1h
  chartRef: {kind: OCIRepository, name: web}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: web, namespace: web}
spec: {interval: 1h, url: 'oci://example.com/charts/web', ref: {tag: 1.2.0}}
"""
    assert len(told(artifact, tree)) == 1


def test_what_can_not_be_used_is_said():
    broken = verdict(repository_release("1.2.0"), {"vendor/web-1.2.0.tgz": b"\x1f\x8bx"})
    assert [skip.subject for skip in broken.skipped] == ["vendor/web-1.2.0.tgz"]
    for schema in ("{", '{"$ref": "https://example.com/x.json"}', '{"pattern": "(?=a)"}', "1"):
        tree = {**IN_TREE, "charts/web/values.schema.json": schema}
        result = verdict(RELEASE, tree)
        assert result.findings == ()
        assert [skip.subject for skip in result.skipped] == ["charts/web/values.schema.json"]


def test_a_newer_dialect():
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.com/web.json",
        "$defs": {"port": {"type": "integer"}},
        "properties": {"ports": {"prefixItems": [{"$ref": "#/$defs/port"}]}},
    }
    tree = {**IN_TREE, "charts/web/values.schema.json": json.dumps(schema)}
    assert len(told(f"{RELEASE}  values: {{ports: [a]}}\n", tree)) == 1


def test_the_charts_of_an_application():
    helm = "    helm:\n      valuesObject:\n        host: a\n        replicas: x\n"
    assert told(APPLICATION + helm) == [
        (
            f"a.yaml:14:9: Application web: spec.source.helm.valuesObject.replicas: this is a text"
            f" {BY}."
            " Write a whole number."
        )
    ]
    assert told(APPLICATION) == [
        f"a.yaml:8:5: Application web: spec.source.host: this required key is missing {BY}"
    ]
    assert told(APPLICATION.replace("main", "v1.2.0")) == []


def test_values_in_a_text_are_judged_at_their_own_lines():
    helm = "    helm:\n      values: |\n        host: a\n        image:\n          pull: x\n"
    (line,) = told(APPLICATION + helm)
    assert line.startswith("a.yaml:15:11: Application web: spec.source.helm.values.image.pull: ")
    quoted = '    helm:\n      values: "host: a\\nreplicas: x"\n'
    (line,) = told(APPLICATION + quoted)
    assert line.startswith("a.yaml:12:")


def test_parameters_go_over_values_and_files_below_them():
    helm = """\
    helm:
      valueFiles: [../../prod.yaml]
      parameters:
      - {name: image.pull, value: x}
      - {name: replicas, value: "3"}
"""
    tree = {**IN_TREE, "prod.yaml": "host: 1\nreplicas: x\n"}
    lines = told(APPLICATION + helm, tree)
    assert [line.split(": ")[0] for line in lines] == ["a.yaml:14:28", "prod.yaml:1:1"]
    assert told(APPLICATION + helm) == [lines[0]]  # without the file nothing else is certain
    assert told(APPLICATION + helm.replace("image.pull", "'image[0]'"), tree) == []


def test_several_sources():
    text = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc}
  sources:
  - repoURL: https://example.com/fleet.git
    ref: values
  - repoURL: https://charts.example.com
    chart: web
    targetRevision: 1.2.0
    helm: {valueFiles: [$values/envs/prod.yaml]}
"""
    tree = {"x/web-1.2.0.tgz": ARCHIVE, "envs/prod.yaml": "host: [a]\n"}
    (line,) = told(text, tree)
    assert line.startswith("envs/prod.yaml:1:1: Application web: spec.sources[1].helm.")


@pytest.mark.parametrize(
    "values", ["1", "[a]", "null", "{ports: {a: 1}}", "{image: null}", "{image: 1}", "{host: {}}"]
)
def test_values_of_any_shape_are_no_fall(values):
    verdict(f"{RELEASE}  values: {values}\n")
    verdict(f"{APPLICATION}    helm: {values}\n")
    verdict(f"{APPLICATION}    helm: {{valuesObject: {values}}}\n")
    verdict(f"{APPLICATION}    helm: {{values: '{values}'}}\n")
    verdict(RELEASE.replace("./charts/web", values))
    verdict(APPLICATION.replace("path: charts/web", f"path: {values}"))
    verdict(f"{RELEASE}  valuesFrom: {values}\n")


@pytest.mark.parametrize(
    ("origin", "count"),
    [
        ("https://example.com/fleet.git", 1),
        ("https://token@example.com/fleet", 1),
        ("git@example.com:fleet.git", 1),
        ("ssh://git@example.com:2222/Fleet.git", 1),
        ("", 1),
        ("https://example.com/other.git", 0),
        ("/srv/git/fleet.git", 1),
    ],
)
def test_a_chart_of_another_repository_is_not_the_one_here(origin, count):
    assert len(told(APPLICATION, origin=origin)) == count
    source = (
        "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n"
        "metadata: {name: fleet, namespace: web}\n"
        "spec: {interval: 1m, url: 'https://example.com/fleet.git', ref: {branch: main}}\n"
    )
    assert len(told(RELEASE + source, origin=origin)) == count
    assert len(told(RELEASE, origin=origin)) == 1


def test_the_command_asks_git_for_the_url(tmp_path):
    for name, text in {**IN_TREE, "a.yaml": APPLICATION}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "-q")
    outcome = validate(open_workspace(tmp_path), Choice((".",)))
    assert [finding.rule for finding in outcome.findings] == ["VA020"]
    git(tmp_path, "remote", "add", "origin", "https://example.com/other.git")
    assert validate(open_workspace(tmp_path), Choice((".",))).findings == ()
