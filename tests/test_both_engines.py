"""The stacks of examples/fleet on the other engine, and the table that says what differs."""

import re
import subprocess
from functools import cache
from pathlib import Path

import msgspec
import pytest
import yaml

from kure_hooks import registry
from kure_hooks.engines.argocd.ordering.strategies import STRATEGIES
from kure_hooks.engines.argocd.rules.charts import IGNORED, REFUSED
from kure_hooks.engines.flux.tool import ENGINE as FLUX
from kure_hooks.errors import InputError
from kure_hooks.stack.bundle_options import BundleOptions
from tests.support.generate import REPOSITORY, application, generated, leaf, node
from tests.support.git import write
from tests.support.schemas import assert_valid
from tests.support.tools import tool
from tests.support.trees import TreeReader, check, group, identity

ROOT = Path(__file__).parents[1]
FLEET = ROOT / "examples" / "fleet"
TABLE = ROOT / "docs" / "engines.md"
CLUSTERS = ("edge", "production-eu", "staging")
GITOPS = ("toolkit.fluxcd.io", "fluxcd.controlplane.io", "argoproj.io")

each_cluster = pytest.mark.parametrize("cluster", CLUSTERS)
each_engine = pytest.mark.parametrize("engine", sorted(each.name for each in registry.engines()))


@cache
def fleet(cluster, engine):
    """Return what a stack of the example generates when its `gitops.type` is this engine."""
    texts = {
        path.relative_to(FLEET).as_posix(): path.read_text()
        for path in (FLEET / ".kure-hooks.yaml", *FLEET.rglob("*.yaml"))
        if path.relative_to(FLEET).parts[0] != "clusters"
        and (path.parent.name != "stacks" or path.stem == cluster)
    }
    stack = f"stacks/{cluster}.yaml"
    texts[stack], count = re.subn(
        r"^( +)type: (flux|argocd)$", rf"\1type: {engine}", texts[stack], flags=re.MULTILINE
    )
    assert count == 1
    return generated(texts)


def reader(cluster, engine):
    return TreeReader(fleet(cluster, engine).files, f"clusters/{cluster}")


def gitops(each):
    return group(each).endswith(GITOPS)


HALF_READ = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {{name: prod}}
spec:
  gitops: {gitops}
  node:
    name: prod
    bundle: base
    children:
    - {{name: web, bundle: {{name: web, dependsOn: [base], children: [{{name: inner}}]}}}}
    - {{name: late, bundle: {{name: late, dependsOn: [web]}}}}
---
apiVersion: stack.example.dev/v1
kind: Bundle
metadata: {{name: base}}
"""


@pytest.mark.parametrize(
    "gitops",
    [
        *(f"{{type: flux, flux: {{placement: {each}}}}}" for each in FLUX.tool.placements),
        *(f"{{type: argocd, argocd: {{ordering: {each}}}}}" for each in STRATEGIES),
    ],
)
def test_a_dependency_whose_document_cannot_be_read_is_a_finding_alone(gitops):
    with pytest.raises(InputError) as caught:
        generated({"stacks/prod.yaml": HALF_READ.format(gitops=gitops)})
    problems = [finding.problem for finding in caught.value.findings]
    assert any("unknown apiVersion" in problem for problem in problems)


@each_engine
@each_cluster
def test_the_tree_has_the_invariants(cluster, engine):
    tree = reader(cluster, engine)
    check(tree)
    foreign = "argoproj.io" if engine == "flux" else "fluxcd"
    assert tree.gitops
    assert not [each for each in tree.gitops if foreign in group(each)]


@each_engine
@each_cluster
def test_every_directory_builds(cluster, engine, tmp_path):
    write(tmp_path, fleet(cluster, engine).files)
    for file in sorted(tmp_path.rglob("kustomization.yaml")):
        done = subprocess.run(
            [tool("kustomize"), "build", file.parent], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@each_engine
@each_cluster
def test_every_gitops_object_is_valid(cluster, engine, tmp_path):
    found = [each for each in objects(cluster, engine) if gitops(each)]
    for index, each in enumerate(found):
        (tmp_path / f"{index}.yaml").write_text(yaml.safe_dump(each))
    assert_valid(sorted(tmp_path.iterdir()))


PRUNED_LAST = b"  annotations:\n    argocd.argoproj.io/sync-options: PruneLast=true\n"


@each_cluster
def test_both_apply_the_same_directories(cluster):
    """One object per bundle, with the bundle's name and the same path."""
    flux, argocd = (reader(cluster, engine).payloads for engine in ("flux", "argocd"))
    assert flux == argocd
    assert len(flux) >= 4


@each_cluster
def test_both_apply_the_same_workloads(cluster):
    """Byte for byte, in the same files, but for what tells Argo CD when to prune a ConfigMap."""
    flux, argocd = (workloads(cluster, engine) for engine in ("flux", "argocd"))
    assert {who: data.replace(PRUNED_LAST, b"") for who, data in argocd.items()} == flux
    assert len(flux) >= 10


@each_cluster
def test_both_install_the_same_charts(cluster):
    flux = {
        (each["metadata"]["name"], each["metadata"]["namespace"], str(each["spec"].get("values")))
        for each in objects(cluster, "flux")
        if each["kind"] == "HelmRelease"
    }
    argocd = {
        (
            each["spec"]["source"]["helm"]["releaseName"],
            each["spec"]["destination"]["namespace"],
            str(each["spec"]["source"]["helm"].get("valuesObject")),
        )
        for each in objects(cluster, "argocd")
        if each["kind"] == "Application" and "helm" in each["spec"]["source"]
    }
    assert flux == argocd
    assert bool(flux) == (cluster == "production-eu")


def objects(cluster, engine):
    return [each for found in reader(cluster, engine).documents.values() for each in found]


def workloads(cluster, engine):
    tree = reader(cluster, engine)
    return {
        (path, identity(each)): tree.files[path]
        for path, found in tree.documents.items()
        for each in found
        if not gitops(each) and group(each) != "kustomize.config.k8s.io"
    }


def rows():
    """Return the cells of the table, without its head."""
    text = TABLE.read_text()
    (table,) = (part for part in text.split("\n\n") if re.match(r"\| [^|]+\| Flux", part))
    lines = table.splitlines()
    return [[cell.strip() for cell in each.strip("|").split("|")] for each in lines[2:]]


def test_the_document_has_one_table_of_whole_rows():
    found = rows()
    assert {len(each) for each in found} == {3}
    assert all(all(each) for each in found)


@pytest.mark.parametrize(
    "key", [each.encode_name for each in msgspec.structs.fields(BundleOptions)]
)
def test_the_table_has_every_key_of_a_bundle(key):
    known = any(f"`{key}`" in first for first, *_ in rows())
    assert known, f"give {key} a row in docs/engines.md: what each engine makes of it"


# A value of each field of a bundle that is not its default.
FIELDS = {
    "description": "The shop",
    "interval": "7m",
    "timeout": "7m",
    "retryInterval": "7m",
    "prune": False,
    "wait": True,
    "force": True,
    "suspend": True,
    "deletionPolicy": "Orphan",
    "targetNamespace": "shop",
    "namePrefix": "my-",
    "nameSuffix": "-my",
    "components": ["../../../components/a"],
    "ignoreMissingComponents": True,
    "images": [{"name": "nginx", "newTag": "1"}],
    "patches": [{"patch": "[]", "target": {"kind": "ConfigMap"}}],
    "commonMetadata": {"labels": {"team": "shop"}},
    "buildMetadata": ["originAnnotations"],
    "ignore": [{"paths": ["/data"], "target": {"kind": "ConfigMap"}}],
    "postBuild": {"substitute": {"a": "b"}, "substituteFrom": [{"kind": "Secret", "name": "a"}]},
    "serviceAccountName": "shop",
    "decryption": {"provider": "sops"},
    "kubeConfig": {"secretRef": {"name": "kubeconfig"}},
    "healthChecks": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "web"}],
    "healthCheckExprs": [{"apiVersion": "v1", "kind": "ConfigMap", "current": "true"}],
    "flux": {"labels": {"team": "shop"}},
    "argocd": {"labels": {"team": "shop"}},
    "gitops": {"patches": [{"patch": "[{op: add, path: /metadata/labels, value: {a: b}}]"}]},
}
# Those that an engine has no use for by their meaning, and says so in docs/engines.md.
UNUSED = {"flux": {"description", "argocd"}, "argocd": {"description", "flux", "wait"}}


def heard(engine, **fields):
    """Return all that an engine makes of the fields of a bundle: files, warnings and errors."""
    argocd = {"argocd": {"repoURL": REPOSITORY}} if engine == "argocd" else {}
    root = node("prod", leaf("web", application("web"), **fields))
    stack = {"name": "prod", "gitops": {"type": engine} | argocd, "node": root}
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    try:
        found = generated(
            {
                "stacks/prod.yaml": yaml.safe_dump(stack),
                "clusters/components/a/kustomization.yaml": component,
            }
        )
    except InputError as error:
        return {finding.problem for finding in error.findings}
    return found.files, {finding.problem for finding in found.warnings}


def test_every_field_of_a_bundle_has_a_value_here():
    assert FIELDS.keys() == {each.encode_name for each in msgspec.structs.fields(BundleOptions)}


@each_engine
@pytest.mark.parametrize("key", FIELDS)
def test_every_field_of_a_bundle_is_written_refused_or_told(key, engine):
    beside = {"wait": True} if key.startswith("healthCheckExprs") else {}
    changed = heard(engine, **beside, **{key: FIELDS[key]}) != heard(engine, **beside)
    assert changed == (key not in UNUSED[engine])


@pytest.mark.parametrize("key", sorted({*REFUSED, *IGNORED}))
def test_the_table_has_what_a_release_loses(key):
    """A refused key is named under "error", one without effect under "warning"."""
    word = "error" if key in REFUSED else "warning"
    found = [each for each in rows() if each[0].startswith("Release:") and f"`{key}`" in each[0]]
    assert [each[2].startswith(word) for each in found] == [True]
