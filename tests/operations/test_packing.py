"""Every sink gets the same bytes, and what an archive unpacks to works (invariant g)."""

import io
import shutil
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kure_hooks.errors import ToolError, UsageError
from kure_hooks.files.archive import FORMATS
from kure_hooks.files.writer import write_tree
from kure_hooks.operations import package as operation
from tests.support.clusters import OUTPUT, clusters
from tests.support.generate import application, bundle, generated, leaf, node
from tests.support.tools import tool
from tests.support.trees import TreeReader

sinks = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

PACKAGE = {
    "group": "source.toolkit.fluxcd.io",
    "version": "v1",
    "kind": "OCIRepository",
    "url": "oci://registry.example.com/shop",
}
WEB = bundle("web", application("web", "apps/v1 Deployment", namespace="shop"))
ROOT = node(
    "prod",
    node("shop", node("web", bundle=WEB)),
    node("store", bundle=bundle("store", application("store")), packageRef=PACKAGE),
)


def fleet(root=ROOT, **layout):
    stack = {"name": "prod", "layout": layout, "node": root}
    return generated({"stacks/prod.yaml": yaml.safe_dump(stack)})


def unpacked(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as opened:
        return {
            each.name: opened.extractfile(each).read()
            for each in opened.getmembers()
            if each.isfile()
        }


def in_the_repository(name, files):
    """Return what an archive holds by the paths that it has in the repository."""
    cluster, _, package = name.removesuffix(".tar").partition(".")
    below = f"clusters/{cluster}/packages/{package}/" if package else ""
    return {f"{below}{path}": data for path, data in files.items()}


def on_disk(root):
    found = (each for each in sorted(Path(root).rglob("*")) if each.is_file())
    return {each.relative_to(root).as_posix(): each.read_bytes() for each in found}


@pytest.mark.parametrize("engine", ["flux", "argocd"])
@sinks
@given(data=st.data())
def test_invariant_g_tree_archives_and_dictionary_hold_the_same_bytes(engine, data):
    """E13.21, E13.23: each file is in exactly one archive."""
    found = generated(data.draw(clusters(engine)).texts())
    with TemporaryDirectory() as root:
        write_tree(Path(root), found.files)
        assert on_disk(root) == found.files
    archives = operation.archives(found, "tar")
    assert operation.archives(found, "tar") == archives
    parts = [in_the_repository(name, unpacked(each)) for name, each in archives.items()]
    assert sum(map(len, parts)) == len(found.files)
    assert {path: each for part in parts for path, each in part.items()} == found.files


def test_paths_and_sources_are_those_of_the_archives():
    """E13.24, E13.25: Flux's objects lie beside the payloads, never in one.

    The reference spreads them over `flux-system-<group>/kustomization-<app>.yaml`; here they are in
    `flux-system/`, a sibling of `<group>/<app>/` all the same.
    """
    archives = operation.archives(fleet(ROOT, fileNaming="kind-name"), "tar")
    own = unpacked(archives["prod.tar"])
    assert sorted(own) == [
        "clusters/prod/flux-system/kustomization-store.yaml",
        "clusters/prod/flux-system/kustomization-web.yaml",
        "clusters/prod/flux-system/kustomization.yaml",
        "clusters/prod/flux-system/ocirepository-store.yaml",
        "clusters/prod/kustomization.yaml",
        "clusters/prod/shop/web/deployment-web.yaml",
        "clusters/prod/shop/web/kustomization.yaml",
    ]
    objects = {
        name: yaml.safe_load(own[f"clusters/prod/flux-system/kustomization-{name}.yaml"])["spec"]
        for name in ("web", "store")
    }
    assert objects["web"]["path"] == "./clusters/prod/shop/web"
    assert objects["web"]["sourceRef"] == {"kind": "GitRepository", "name": "flux-system"}
    assert objects["store"]["path"] == "./store"
    assert objects["store"]["sourceRef"] == {"kind": "OCIRepository", "name": "store"}
    other = unpacked(archives["prod.oci-store.tar"])
    assert sorted(other) == ["store/configmap-store.yaml", "store/kustomization.yaml"]


@pytest.mark.parametrize("engine", ["flux", "argocd"])
@sinks
@given(data=st.data())
def test_what_an_object_applies_is_all_in_the_archive_of_its_source(engine, data):
    """E12.4, E13.25."""
    case = data.draw(clusters(engine))
    found = generated(case.texts())
    tree = TreeReader(found.files, f"{OUTPUT}/{case.cluster}", case.packages)
    inside = {
        base: {f"{base}/{path}".lstrip("/") for path in files}
        for base, files in by_root(operation.packages(found)).items()
    }
    for each, directory in tree.applied():
        assert set(tree.closure(directory)) <= inside[case.packages.get(source(each), "")]


def by_root(packages):
    """Return the files of each package by its artifact root in the repository."""
    parts = {name.partition("."): files for name, files in packages.items()}
    return {
        f"{OUTPUT}/{cluster}/packages/{name}" if name else "": files
        for (cluster, _, name), files in parts.items()
    }


def source(manifest):
    """Return what an object says of its source: a name for Flux, a URL for Argo CD."""
    spec = manifest["spec"]
    return spec["source"]["repoURL"] if "source" in spec else spec.get("sourceRef", {}).get("name")


@pytest.mark.parametrize("engine", ["flux", "argocd"])
@settings(parent=sinks, max_examples=5, phases=(Phase.generate,), derandomize=True)
@given(data=st.data())
def test_kustomize_builds_every_path_of_an_unpacked_archive(engine, data):
    kustomize = tool("kustomize")
    program = shutil.which("tar") or pytest.skip("there is no tar")
    found = generated(data.draw(clusters(engine)).texts())
    for archive in operation.archives(found, "tar.gz").values():
        with TemporaryDirectory() as root:
            subprocess.run([program, "-xz"], cwd=root, input=archive, check=True)
            for path in sorted(Path(root).rglob("kustomization.yaml")):
                command = [kustomize, "build", str(path.parent)]
                done = subprocess.run(command, capture_output=True, check=False)
                assert done.returncode == 0, done.stderr.decode()


def test_clusters_and_packages_never_share_an_archive():
    stacks = {
        "stacks/a.yaml": {"name": "prod", "node": ROOT},
        "stacks/b.yaml": {"name": "prod-oci-store", "node": node("a", leaf("b"))},
    }
    found = generated({path: yaml.safe_dump(each) for path, each in stacks.items()})
    assert list(operation.archives(found, "tar")) == [
        "prod.tar",
        "prod-oci-store.tar",
        "prod.oci-store.tar",
    ]


@pytest.mark.parametrize("ending", FORMATS)
def test_writing_makes_the_directory_and_leaves_other_files(tmp_path, ending):
    target = tmp_path / "dist" / "archives"
    archives = operation.archives(fleet(), ending)
    operation.write(target, archives)
    (target / "notes.txt").write_bytes(b"mine\n")
    operation.write(target, archives)
    assert on_disk(target) == archives | {"notes.txt": b"mine\n"}


def test_a_directory_that_can_not_be_made_is_an_error_of_the_file_system(tmp_path):
    (tmp_path / "dist").write_text("a file\n")
    with pytest.raises(ToolError, match="can't make the directory"):
        operation.write(tmp_path / "dist", {})


@pytest.mark.parametrize("ending", FORMATS)
def test_an_archive_replaces_earlier_ones_and_nothing_else(tmp_path, ending):
    archives = operation.archives(fleet(), ending)
    name = min(archives)
    operation.write(tmp_path, operation.archives(fleet(node("prod")), ending))
    operation.write(tmp_path, archives)
    assert on_disk(tmp_path)[name] == archives[name]
    other = FORMATS[ending]({"notes.txt": b"mine\n"})
    for mine in (b"mine\n", b"", other, other[:100], b"\x1f\x8bmine"):
        (tmp_path / name).write_bytes(mine)
        with pytest.raises(UsageError, match="is no archive of kure-hooks"):
            operation.write(tmp_path, archives)
        assert (tmp_path / name).read_bytes() == mine
