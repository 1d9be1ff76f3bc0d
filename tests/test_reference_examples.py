"""The reference implementation's own examples load here as they are."""

import shutil
from itertools import product
from pathlib import Path

import msgspec
import pytest
import yaml

from kure_hooks import config
from kure_hooks.config import Settings
from kure_hooks.config.layout import LayoutSpec
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.tree import WorkTree
from kure_hooks.operations import fleet
from tests.support import trees
from tests.support.git import write
from tests.support.schemas import assert_valid

EXAMPLES = Path(__file__).parents[1].parent / "shared" / "data" / "reference-examples"
SETTINGS = """\
stacks: [{stack}]
argocd:
  repoURL: https://github.com/acme/fleet.git
"""
ONE_APPLICATION = """\
name: one
node:
  name: all
  bundle:
    name: all
    applications:
      - path: {path}
"""
GITOPS = ("toolkit.fluxcd.io", "fluxcd.controlplane.io", "argoproj.io")

pytestmark = pytest.mark.skipif(
    not EXAMPLES.is_dir(), reason=f"the reference examples are not at {EXAMPLES}"
)


def files(*, applications):
    """Return the examples that are applications, or those that are stacks."""
    found = {str(path.relative_to(EXAMPLES)): path for path in sorted(EXAMPLES.rglob("*.yaml"))}
    mark = "apiVersion: generators.gokure.dev/"
    return [name for name, path in found.items() if (mark in path.read_text()) == applications]


@pytest.fixture
def generate(tmp_path):
    """Generate one stack of a copy of the examples and return documents by path."""
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)

    def run(stack):
        write(tmp_path, {".kure-hooks.yaml": SETTINGS.format(stack=stack)})
        tree = WorkTree(tmp_path)
        generated = fleet.generate(tree, config.load(tree), ()).files
        write(tmp_path, generated)
        return {path: list(yaml.safe_load_all(data)) for path, data in generated.items()}

    return run


def of_gitops(documents):
    return [
        path
        for path, (first, *_) in documents.items()
        if first["apiVersion"].rpartition("/")[0].endswith(GITOPS)
    ]


def test_nothing_is_left_out():
    assert len(files(applications=True)) + len(files(applications=False)) >= 20


@pytest.mark.parametrize("stack", files(applications=False))
def test_a_stack_generates(generate, tmp_path, stack):
    """E19.1, E19.5: each variant, with GitOps objects that are valid."""
    documents = generate(stack)
    (name,) = {each["name"] for each in yaml.safe_load_all((EXAMPLES / stack).read_text())}
    assert f"clusters/{name}/kustomization.yaml" in documents
    if found := of_gitops(documents):
        assert_valid(tmp_path / each for each in found)


@pytest.mark.parametrize("path", files(applications=True))
def test_an_application_generates_its_objects(generate, tmp_path, path):
    """E19.4: app-workloads/app-workload.yaml is one of them."""
    write(tmp_path, {"one.yaml": ONE_APPLICATION.format(path=path)})
    documents = generate("one.yaml")
    written = {
        each["metadata"]["name"] for each in yaml.safe_load_all((EXAMPLES / path).read_text())
    }
    found = {
        each["metadata"]["name"]
        for name, parts in documents.items()
        for each in parts
        if name.startswith("clusters/one/all/") and not name.endswith("/kustomization.yaml")
    }
    assert written <= found


@pytest.mark.parametrize("kind", ["fluxhelm", "fluxhelm-oci"])
def test_a_release_is_valid_for_flux(generate, tmp_path, kind):
    write(tmp_path, {"one.yaml": ONE_APPLICATION.format(path=f"generators/{kind}.yaml")})
    documents = generate("one.yaml")
    found = [path for path in of_gitops(documents) if path.startswith("clusters/one/all/")]
    assert len(found) == 2
    assert_valid(tmp_path / each for each in found)


def test_a_release_from_a_helm_repository(generate, tmp_path):
    write(tmp_path, {"one.yaml": ONE_APPLICATION.format(path="generators/fluxhelm.yaml")})
    documents = generate("one.yaml")
    (release,) = documents["clusters/one/all/database-helmrelease-postgresql.yaml"]
    (source,) = documents["clusters/one/all/database-helmrepository-postgresql.yaml"]
    assert source["spec"] == {"interval": "10m", "url": "https://charts.bitnami.com/bitnami"}
    values = release["spec"].pop("values")
    assert values["auth"]["existingSecret"] == "postgres-credentials"
    assert release["spec"] == {
        "chart": {
            "spec": {
                "chart": "postgresql",
                "version": "12.0.0",
                "sourceRef": {"kind": "HelmRepository", "name": "postgresql"},
            }
        },
        "interval": "30m",
        "timeout": "10m",
        "maxHistory": 5,
        "install": {"createNamespace": True, "disableWait": False},
        "upgrade": {"cleanupOnFail": True, "disableWait": False},
    }


# What the examples are examples of.

BASIC = {
    "cluster": ("demo/flux-system-control", "gotk-sync"),
    "cluster-flux-operator": ("demo-flux-operator/flux-system-control", "flux-instance"),
    "cluster-argocd": ("demo-argocd/argocd", "root-app"),
}
WORKLOADS = {
    "apps": {"backend": "Deployment", "database": "StatefulSet", "frontend": "Deployment"},
    "infra": {"logging": "DaemonSet", "metrics": "StatefulSet", "networking": "Deployment"},
}


def resources(documents, directory):
    (listing,) = documents[f"clusters/{directory}/kustomization.yaml"]
    return listing["resources"]


@pytest.mark.parametrize(("variant", "expected"), BASIC.items(), ids=BASIC)
def test_the_basic_cluster(generate, variant, expected):
    """E19.1: the same workloads for each tool, and one GitOps object for every application."""
    control, entry = expected
    root = f"{control.partition('/')[0]}/{'argocd' if 'argocd' in variant else 'flux'}-system"
    documents = generate(f"clusters/basic/{variant}.yaml")
    for node, names in WORKLOADS.items():
        for name, kind in names.items():
            path = f"clusters/{root}/{node}/{name}/{node}-{kind.lower()}-{name}.yaml"
            assert [each["kind"] for each in documents[path]] == [kind]
            assert any(each.endswith(f"-{name}.yaml") for each in resources(documents, control))
    assert f"{entry}.yaml" in resources(documents, control)


UMBRELLA = ("platform", "platform-apps", "platform-infra", "platform-services")


@pytest.mark.parametrize("placement", ["separate", "integrated"])
def test_the_umbrella(generate, tmp_path, placement):
    """E19.2: four Kustomizations, each listed once, where the objects that apply them are."""
    stack = yaml.safe_load((EXAMPLES / "clusters/umbrella/cluster.yaml").read_text())
    layout = {"layout": {"fluxPlacement": placement}}
    write(tmp_path, {"clusters/umbrella/placed.yaml": yaml.safe_dump(stack | layout)})
    documents = generate("clusters/umbrella/placed.yaml")
    top = "umbrella-demo/flux-system"
    listed = [
        entry
        for path in documents
        if path.endswith("/kustomization.yaml")
        for entry in resources(documents, path.removeprefix("clusters/").rpartition("/")[0])
        if entry.startswith("flux-system-kustomization-")
    ]
    assert sorted(listed) == sorted(f"flux-system-kustomization-{name}.yaml" for name in UMBRELLA)
    directories = {path.rpartition("/")[0] for path in documents}
    assert {f"clusters/{top}/{name}" for name in UMBRELLA[1:]} <= directories
    if placement == "integrated":
        children = {f"flux-system-kustomization-{name}.yaml" for name in UMBRELLA[1:]}
        assert children <= set(resources(documents, top))
    else:
        assert set(listed) <= set(resources(documents, f"{top}-control"))


def test_three_packages(generate):
    """E19.3, and E12.1: each in a directory of its own, and applied from its root."""
    documents = generate("multi-oci/cluster.yaml")
    top = "clusters/multi-oci-demo/packages/"
    found = {path.removeprefix(top).split("/")[0] for path in documents if path.startswith(top)}
    assert found == {"oci-web", "oci-database", "git-monitoring"}
    control = "clusters/multi-oci-demo/flux-system/flux-system-kustomization"
    for name, kind in (("database", "OCIRepository"), ("monitoring", "GitRepository")):
        (applied,) = documents[f"{control}-{name}.yaml"]
        assert applied["spec"]["path"] == f"./{name}"
        assert applied["spec"]["sourceRef"]["kind"] == kind
        assert applied["spec"]["sourceRef"]["name"] == name


BOOTSTRAPS = {
    "gitops-toolkit": ("bootstrap-demo/flux-system-control/gotk-sync.yaml", "OCIRepository"),
    "flux-operator": (
        "bootstrap-flux-operator-demo/flux-system-control/flux-instance.yaml",
        "FluxInstance",
    ),
    "argocd": ("bootstrap-argocd-demo/argocd/root-app.yaml", "Application"),
}


@pytest.mark.parametrize(("name", "expected"), BOOTSTRAPS.items(), ids=BOOTSTRAPS)
def test_bootstraps(generate, name, expected):
    """E19.5: what the tool starts from is there and is listed."""
    path, kind = expected
    documents = generate(f"bootstrap/{name}.yaml")
    assert kind in {each["kind"] for each in documents[f"clusters/{path}"]}
    directory, _, file = path.rpartition("/")
    assert file in resources(documents, directory)


MATRIX = {
    "node_grouping": ("name", "flat"),
    "bundle_grouping": ("name", "flat"),
    "application_grouping": ("name", "flat"),
    "application_file_mode": ("resource", "single"),
    "file_per": ("resource", "kind"),
    "file_naming": ("default", "kind-name"),
    "kustomization_mode": ("explicit", "recursive"),
    "flatten_single_tier": (False, True),
}
PLACEMENTS = ("separate", "integrated", "integrated-per-bundle")


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("stack", ["basic", "umbrella"])
def test_the_invariants_hold_under_every_rule(stack, placement):
    """E19.6: everything builds, every path exists, every GitOps object is reachable."""
    tree = MemoryTree(
        {str(path.relative_to(EXAMPLES)): path.read_bytes() for path in EXAMPLES.rglob("*.yaml")}
    )
    name = f"clusters/{stack}/cluster.yaml"
    cluster = f"clusters/{yaml.safe_load(tree.read(name))['name']}"
    for values in product(*MATRIX.values()):
        layout = LayoutSpec(flux_placement=placement, **dict(zip(MATRIX, values, strict=True)))
        found = fleet.generate(tree, Settings(stacks=(name,), layout=layout), (), jobs=1)
        trees.check(trees.TreeReader(found.files, cluster))


def test_the_matrix_has_every_rule():
    """E19.6: a rule that is added has to be tried with all others."""
    rules = {each.name for each in msgspec.structs.fields(LayoutSpec)}
    assert rules == {*MATRIX, "flux_placement", "preset", "profile"}
