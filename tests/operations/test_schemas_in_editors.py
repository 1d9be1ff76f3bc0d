"""The JSON Schemas in editors: problems, texts at the pointer, and keys to choose from."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

from kure_hooks.operations.schema import SCHEMAS
from kure_hooks.stack.documents import APPLICATION_API, STACK_API
from tests.support.language_server import Session, diagnostics

ROOT = Path(__file__).parents[2]

STACK = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {name: prod}
spec:
  gitops:
    type: flux
    flux:
      interval: 1h
    bootstrap:
      enabled: true
      tolerations: [{key: a}]
  layout:
    preset: SiblingControlPlane
  node:
    name: prod
    children:
    - path: nodes/web.yaml
    bundle:
      name: web
      interval: 10m
      prune: true
      deletionPolicy: Delete
      dependsOn: [crds, {name: ingress, readyExpr: "true"}]
      sourceRef: {kind: GitRepository, name: fleet, url: "https://example.com/fleet.git"}
      argocd:
        syncPolicy: {syncOptions: [ServerSideApply=true]}
      applications:
      - path: ../apps/shop.yaml
      - name: raw
        kind: Manifests
        spec:
          files: [raw/*.yaml]
      - name: web
        kind: AppWorkload
        spec:
          workload: Deployment
          containers:
          - name: web
            image: ghcr.io/acme/web:1.4.2
            ports: [{containerPort: 8080}]
"""
APPLICATION = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: HelmChart
metadata: {name: valkey}
spec:
  chart: {name: valkey, version: 1.2.3}
  source:
    type: HelmRepository
    url: https://charts.example.com
  release:
    crds: Skip
  values: {}
"""
SETTINGS = """\
version: 1
output: clusters
drift:
  mode: exact
lint:
  select: [FX]
validate:
  kubernetes: "1.34"
"""
PROFILE = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: ClusterProfile
metadata: {name: eu}
spec:
  storageClass: fast
  limits: {replicas: 10}
"""
RIGHT = {"stack": STACK, "application": APPLICATION, "settings": SETTINGS, "profile": PROFILE}


def values(*names):
    quoted = ", ".join(name if name == "null" else f'"{name}"' for name in names)
    return f"Value is not accepted. Valid values: {quoted}."


# The document, what is right, what is written, and the line, column and words of what is told.
TYPOS = [
    ("stack", "interval: 10m", "intervall: 10m", 20, 7, "Property intervall is not allowed."),
    ("stack", "interval: 10m", "interval: 10 minutes", 20, 17,
     "Expected a duration above zero such as 10m, 90s or 1h30m."),
    ("stack", "name: web\n      i", "name: Web\n      i", 19, 13,
     "Expected a name of lower-case letters, digits and dashes (at most 63), such as web-1."),
    ("stack", "prune: true", "prune: sometimes", 21, 14, 'Incorrect type. Expected "boolean".'),
    ("stack", "kind: Cluster", "kind: Clustr", 2, 7,
     values("Cluster", "Node", "Bundle", "ClusterProfile", "ClusterSet")),
    ("stack", "apiVersion: stack.gokure.dev/v1alpha1\n", "", 1, 1,
     'Missing property "apiVersion".'),
    ("stack", "kind: Cluster\n", "", 1, 1, 'Missing property "kind".'),
    ("stack", "stack.gokure.dev", "stack.gokube.dev", 1, 13,
     values(STACK_API, APPLICATION_API)),
    ("stack", "metadata: {name: prod}", "metadata: {}", 3, 1, 'Missing property "name".'),
    ("stack", "  node:", "  nodes:", 14, 3, "Property nodes is not allowed."),
    ("stack", "type: flux", "type: fluxx", 6, 11,
     values("argo", "argocd", "flux", "fluxcd")),
    ("stack", "key: a", "kee: a", 11, 22, "Property kee is not allowed."),
    ("stack", "key: a", "key: a, tolerationSeconds: 3", 11, 30,
     "Property tolerationSeconds is not allowed."),
    ("stack", "preset: Sibling", "preset: Central", 13, 13,
     values("CentralizedControlPlane", "SiblingControlPlane", "ParentDeployedControl", "null")),
    ("stack", "- path: nodes/web.yaml", "- path: nodes/web.yaml\n      children: []", 18, 7,
     "The file that path names holds the node, so this key has to be set there."),
    ("stack", "deletionPolicy: Delete", "deletionPolicy: delete", 22, 23,
     values("MirrorPrune", "Delete", "WaitForTermination", "Orphan", "null")),
    ("stack", "readyExpr", "readyExp", 23, 41, "Property readyExp is not allowed."),
    ("stack", "kind: GitRepository", "kind: GitRepo", 24, 25,
     values("GitRepository", "OCIRepository", "Bucket", "ExternalArtifact")),
    ("stack", '"https://example.com', '"example.com', 24, 58,
     "Expected a URL such as https://github.com/acme/fleet.git."),
    ("stack", "ServerSideApply=true", "ServerSideApply=yes", 26, 36,
     "Expected a sync option that an Application of Argo CD 3.5 has, such as PruneLast=true."),
    ("stack", "../apps/shop.yaml", "../apps/shop.yaml\n        name: shop", 29, 9,
     "Property name is not allowed."),
    ("stack", "kind: Manifests", "kind: Manifest", 30, 15,
     values("AppWorkload", "FluxHelm", "HelmChart", "Kustomize", "Manifests")),
    ("stack", "files: [", "file: [", 32, 11, "Property file is not allowed."),
    ("stack", "workload: Deployment", "workload: Deploy", 36, 21,
     values("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "null")),
    ("stack", "          workload: Deployment\n", "", 35, 9, 'Missing property "workload".'),
    ("stack", "8080", "80800", 40, 37, "Value is above the maximum of 65535."),
    ("application", "kind: HelmChart", "kind: Helmchart", 2, 7,
     values("AppWorkload", "FluxHelm", "HelmChart", "Kustomize", "Manifests")),
    ("application", "    type: HelmRepository\n", "", 6, 3, 'Missing property "type".'),
    ("application", "crds: Skip", "crds: Never", 10, 11,
     values("Create", "CreateReplace", "Skip", "null")),
    ("application", "values: {}", "value: {}", 11, 3, "Property value is not allowed."),
    ("settings", "mode: exact", "mode: exactly", 4, 9,
     values("exact", "semantic")),
    ("settings", 'kubernetes: "1.34"', "kubernetes: 1.34", 8, 15,
     'Incorrect type. Expected "string".'),
    ("settings", "version: 1", "version: 2", 1, 10, "Value is above the maximum of 1."),
    ("settings", "output:", "ouput:", 2, 1, "Property ouput is not allowed."),
    ("profile", "storageClass", "storgeClass", 5, 3, "Property storgeClass is not allowed."),
]  # fmt: skip


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """Write each schema, and return the paths."""
    directory = tmp_path_factory.mktemp("schemas")
    written = {name: directory / f"{name}.schema.json" for name in SCHEMAS}
    for name, path in written.items():
        path.write_text(json.dumps(SCHEMAS[name]()))
    return written


@pytest.fixture(scope="module")
def told(paths):
    """Return what is told of each typo, by its number."""
    answers = {}
    for name, path in paths.items():
        numbered = {
            str(number): RIGHT[name].replace(right, wrong, 1)
            for number, (document, right, wrong, *_) in enumerate(TYPOS)
            if document == name
        }
        problems = diagnostics(numbered | {"right": RIGHT[name]}, path, columns=True)
        assert problems.pop("right") == []
        answers |= problems
    return answers


@pytest.mark.parametrize("number", range(len(TYPOS)), ids=lambda number: TYPOS[number][2][:24])
def test_a_typo_is_told_once_at_its_place_in_plain_words(number, told):
    document, right, _, line, column, message = TYPOS[number]
    assert right in RIGHT[document]
    assert f"{line}:{column}: {message}" in told[str(number)]
    # An unknown key in the place of a required one is two problems, and so are a wrong kind's keys.
    assert len(told[str(number)]) <= 2, told[str(number)]


HOVERS = [
    ("stack", "kind: Cluster", "* `Bundle`: A bundle, which nodes and umbrellas name."),
    ("stack", "type: flux", "* `argocd`: Applications and AppProjects for Argo CD 3.5."),
    ("stack", "interval: 1h", "How often Flux compares the cluster with the source"),
    ("stack", "interval: 10m", "Argo CD has one interval for all Applications and ignores this."),
    ("stack", "prune: true", "for Argo CD it is automated.prune. Default: `true`."),
    ("stack", "deletionPolicy", "* `WaitForTermination`: They are deleted, and Flux waits until"),
    ("stack", "preset: Sib", "* `CentralizedControlPlane`: All nodes in one directory"),
    ("stack", "sourceRef", "The source that holds the bundle's files."),
    ("stack", "kind: Manifests", "* `Kustomize`: A kustomize base, overlay or component"),
    ("stack", "spec:\n  gitops", "What the cluster consists of: its GitOps tool"),
    ("stack", "spec:\n          files", "What the application consists of."),
    ("stack", "files: [", "Files, directories and patterns of manifests, relative to"),
    ("stack", "workload: Dep", "See <https://kubernetes.io/docs/concepts/workloads/>"),
    ("stack", "containerPort", "container listens on.\n\nExample:\n\n```yaml\n8080"),
    ("application", "crds: Skip", "What is done with the CRDs of the chart."),
    ("application", "values: {}", "They win over all files and `valuesFrom`."),
    ("settings", "mode: exact", "* `semantic`: By their objects, so that formatting"),
    ("settings", "output:", "Cluster NAME is written to OUTPUT/NAME. Default: `clusters`."),
]  # fmt: skip


def test_texts_at_the_pointer_say_what_a_key_means(paths):
    for name, path in paths.items():
        text = RIGHT[name]
        with Session(path) as session:
            session.open("file:///a.yaml", text)
            session.published()
            for document, at, words in HOVERS:
                if document == name:
                    before = text[: text.index(at)].rpartition("\n")
                    line, column = before[0].count("\n") + bool(before[1]) + 1, len(before[2]) + 2
                    assert words in session.hover("file:///a.yaml", line, column), at


HELM = {"chart", "source", "values", "valuesFile", "release", "install"}
# The document, the line below which a line with a first letter is begun, what has to be offered,
# and what of another kind must not be.
OFFERS = [
    ("stack", "kind: Cluster", "", {"metadata", "spec"}, {"node", "name", "chart"}),
    ("stack", "spec:\n  gitops", "  ", {"gitops", "layout", "node"}, {"bundle", "files"}),
    ("stack", "    type: flux", "    ", {"argocd", "patches", "createNamespaces"}, {"node"}),
    ("stack", "      interval: 1h", "      ", {"namespace", "retryInterval"}, {"prune"}),
    ("stack", "      prune: true", "      ", {"wait", "patches"}, {"node"}),
    ("stack", "      argocd:", "        ", {"wave", "project"}, {"repoURL", "interval"}),
    ("stack", "          files: [raw/*.yaml]", "          ", {"objects", "configMaps"},
     {"containers", "chart", "path"}),
    ("stack", "          workload: Deployment", "          ", {"services", "ingress"},
     {"files", "chart", "objects"}),
    ("stack", "            image: ghcr.io/acme/web:1.4.2", "            ", {"env", "livenessProbe"},
     {"replicas", "services"}),
    ("application", "spec:", "  ", HELM,
     {"containers", "files", "workload"}),
    ("application", "    type: HelmRepository", "    ", {"interval", "secretRef"}, {"chart"}),
    ("settings", "version: 1", "", {"stacks", "flux", "policies"}, {"mode", "node", "kind"}),
    ("settings", "drift:", "  ", {"keep", "reveal"}, {"select", "output"}),
]  # fmt: skip


def test_the_keys_of_a_kind_are_offered_and_no_others(paths):
    for name, path in paths.items():
        with Session(path) as session:
            chosen = [offer for offer in OFFERS if offer[0] == name]
            for number, (_, above, indent, some, others) in enumerate(chosen):
                text, uri = RIGHT[name], f"file:///{number}.yaml"
                line = above.split("\n", maxsplit=1)[0]
                at = text.index(above) + len(line) + 1
                session.open(uri, f"{text[:at]}{indent}\n")
                session.published()
                row = text[:at].count("\n") + 1
                labels = {item["label"] for item in session.completion(uri, row, len(indent) + 1)}
                assert some <= labels, (above, sorted(labels))
                assert not others & labels, (above, sorted(labels))


# --- Fresh repositories --------------------------------------------------------------------------


@pytest.fixture
def fresh(tmp_path, monkeypatch, kure):
    """Set up an empty repository with the schemas in it, and return its root."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    monkeypatch.chdir(tmp_path)
    code, _, err = kure("init", "--local-schemas", "--cluster", "prod")
    assert (code, err) == (0, "")
    return tmp_path


def test_the_first_lines_of_a_fresh_repository_work_without_a_network(fresh):
    files = {"stacks/prod.yaml": "spec:", ".kure-hooks.yaml": "output:"}
    with Session() as session:
        for name, key in files.items():
            text = (fresh / name).read_text()
            assert text.startswith("# yaml-language-server: $schema=.")
            for number, content in enumerate((text, text.replace(key, f"x{key}"))):
                uri = (fresh / name).with_suffix(f".{number}.yaml").as_uri()
                session.open(uri, content)
                told = [problem["message"] for problem in session.published()[1]]
                expected = [f"Property x{key.rstrip(':')} is not allowed."] if number else []
                assert [words for words in told if "Missing" not in words] == expected


def test_schemas_in_the_repository_are_renewed_by_init(fresh, kure):
    path = fresh / ".kure-hooks" / "stack.schema.json"
    text = path.read_text()
    assert text == kure("schema", "stack")[1]
    path.write_text("{}\n")
    assert kure("init", "--local-schemas")[0] == 1
    assert path.read_text() == "{}\n"
    assert kure("init", "--local-schemas", "--yes")[0] == 0
    assert path.read_text() == text


# --- Everything of ours --------------------------------------------------------------------------

SNIPPET = re.compile(r"^```yaml\n(.+?)^```", re.DOTALL | re.MULTILINE)


@cache
def snippets():
    """Return the documents of ours in the pages, whole ones alone, by page and number."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    found = {}
    for page in pages:
        for number, text in enumerate(SNIPPET.findall(page.read_text())):
            loaded = [each for each in yaml.safe_load_all(text) if isinstance(each, dict)]
            apis = {str(each.get("apiVersion", "")) for each in loaded}
            if apis and apis <= {STACK_API, APPLICATION_API}:
                found[f"{page.stem}-{number}"] = text
    return found


@cache
def inputs():
    """Return the files of ours among the inputs of the tests."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("*.yaml")):
        if "invalid" in path.parts or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        if re.search(rf"^apiVersion: ({STACK_API}|{APPLICATION_API})$", text, re.MULTILINE):
            found[str(path.relative_to(ROOT))] = text
    return found


def test_editors_find_nothing_in_pages_and_inputs(paths):
    texts = snippets() | inputs()
    answers = diagnostics(texts, paths["stack"])
    assert {name: problems for name, problems in answers.items() if problems} == {}
    assert len(snippets()) > 2
