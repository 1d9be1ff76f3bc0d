import hashlib
import subprocess

import pytest

from kure_hooks.errors import InputError
from kure_hooks.files.recorder import Recorder
from kure_hooks.files.tree import MAX_LARGE, WorkTree
from kure_hooks.stack.bootstrapping import Instance
from kure_hooks.stack.gitops import Bootstrap
from kure_hooks.stack.release import objects, read_release
from kure_hooks.stack.vendor_lock import LOCK, checksum, manifest_files
from kure_hooks.yamlio import Document
from kure_hooks.yamlio.place import Place
from tests.support.generate import generated
from tests.support.git import write
from tests.support.releases import GOTK, archive, documents, release

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"
ROLE = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: b}\n"


class Cluster:
    """What reading a release asks of a cluster."""

    def __init__(self, manifests="vendor/flux", **fields):
        self.bootstrap = Bootstrap(enabled=True, manifests=manifests, **fields)

    def key(self, *steps):
        return Place(Document("stacks/prod.yaml", {}, 0, 0, {}), steps)


def read(root, manifests="vendor/flux", **fields):
    found = read_release(WorkTree(root), Cluster(manifests, **fields))
    return [f"{each['kind']}/{each['metadata']['name']}" for each in found.manifests]


def refused(root, manifests="vendor/flux", **fields):
    with pytest.raises(InputError) as caught:
        read(root, manifests, **fields)
    (finding,) = caught.value.findings
    return str(finding)


SHAPES = {
    "file": {"vendor/flux": NAMESPACE + "---\n" + ROLE},
    "directory": {
        "vendor/flux/a.yaml": NAMESPACE,
        "vendor/flux/more/b.yml": ROLE,
        "vendor/flux/kustomization.yaml": "resources: [a.yaml]\n",
        "vendor/flux/README.md": "# no manifest",
    },
    "archive": {
        "vendor/flux": archive(
            {"./b.yaml": ROLE.encode(), "./a.yaml": NAMESPACE.encode(), "NOTES": b"x"}
        )
    },
    "list": {
        "vendor/flux": "apiVersion: v1\nkind: List\nitems:\n"
        f"- {NAMESPACE.replace(chr(10), chr(10) + '  ').rstrip()}\n"
        f"- {ROLE.replace(chr(10), chr(10) + '  ').rstrip()}\n"
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_release_is_a_file_a_directory_or_an_archive(shape, tmp_path):
    """E16.19."""
    write(tmp_path, SHAPES[shape])
    assert read(tmp_path) == ["Namespace/a", "ClusterRole/b"]
    assert read(tmp_path, "./vendor/../vendor/flux") == ["Namespace/a", "ClusterRole/b"]


def test_real_manifests_are_read_whole(tmp_path):
    write(tmp_path, {"flux.yaml": release(GOTK)})
    found = read_release(WorkTree(tmp_path), Cluster("flux.yaml"))
    assert list(found.manifests) == documents(release(GOTK))


def test_the_largest_real_manifests_are_read():
    """Over the limit of other input."""
    text = release("argocd/ha-install-v3.5.1.yaml").encode()
    assert len(text) > 1 << 20
    assert len(objects("install.yaml", text)) == 70


def test_without_manifests_there_is_no_release(tmp_path):
    cluster = Cluster()
    cluster.bootstrap = Bootstrap(enabled=True)
    assert read_release(WorkTree(tmp_path), cluster) is None
    cluster.bootstrap = Bootstrap(enabled=False, manifests="not/there", instance=Instance())
    assert read_release(WorkTree(tmp_path), cluster) is None


@pytest.mark.parametrize(
    ("files", "manifests", "problem"),
    [
        ({}, "vendor/flux", "vendor/flux is no file and no directory with .yaml files"),
        ({"vendor/flux/README.md": ""}, "vendor/flux", "is no file and no directory with .yaml"),
        ({}, "../flux.yaml", "../flux.yaml is no file or directory inside the repository"),
        ({}, "/etc/passwd", "/etc/passwd is no file or directory inside the repository"),
        ({}, ".", ". is no file or directory inside the repository"),
        ({}, ".git/config", ".git/config is part of git's own data"),
        ({"vendor/flux": archive({"NOTES": b""})}, "vendor/flux", "without .yaml files"),
        ({"vendor/flux": b"#" * (MAX_LARGE + 1)}, "vendor/flux", "the limit is 8388608"),
        (
            {f"vendor/flux/{n}.yaml": b"#" * (6 << 20) for n in range(3)},
            "vendor/flux",
            "vendor/flux has more than 16777216 bytes",
        ),
    ],
)
def test_what_is_no_release_is_refused_where_the_stack_names_it(
    files, manifests, problem, tmp_path
):
    write(tmp_path, files)
    said = refused(tmp_path, manifests)
    assert said.startswith("stacks/prod.yaml:1:1: gitops.bootstrap.manifests: ")
    assert problem in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: Namespace\n", "vendor/flux:1:1: "),
        ("a: [", "vendor/flux:"),
        (
            f"{NAMESPACE}---\n{NAMESPACE}",
            "vendor/flux:5:1: Namespace a is also at vendor/flux:1:1. Give the",
        ),
    ],
)
def test_what_is_wrong_inside_is_said_of_the_file(text, said, tmp_path):
    write(tmp_path, {"vendor/flux": text})
    with pytest.raises(InputError) as caught:
        read(tmp_path)
    assert str(caught.value.findings[0]).startswith(said)


def test_two_releases_in_one_directory_are_one_fault(tmp_path):
    text = f"{NAMESPACE}---\n{ROLE}"
    write(tmp_path, {"vendor/flux/v1.yaml": text, "vendor/flux/v2.yaml": text})
    assert "v2.yaml:1:1: Namespace a is also at vendor/flux/v1.yaml:1:1, like 1 others" in refused(
        tmp_path
    )


@pytest.mark.parametrize("inside", ["vendor/flux", "vendor/flux/a.yaml", "vendor"])
def test_links_are_not_followed(inside, tmp_path):
    write(tmp_path, {"outside/flux/a.yaml": NAMESPACE, "outside/a.yaml": NAMESPACE})
    link = tmp_path / inside
    link.parent.mkdir(parents=True, exist_ok=True)
    targets = {"vendor/flux": "outside/flux", "vendor": "outside"}
    link.symlink_to(tmp_path / targets.get(inside, "outside/a.yaml"))
    assert "gitops.bootstrap.manifests: " in refused(tmp_path)


def test_a_file_has_the_checksum_of_its_bytes(tmp_path):
    write(tmp_path, {"vendor/flux": NAMESPACE})
    right = hashlib.sha256(NAMESPACE.encode()).hexdigest()
    assert read(tmp_path, sha256=right) == ["Namespace/a"]
    assert f"vendor/flux has the sha256 {right}, not {'0' * 64}" in refused(
        tmp_path, sha256="0" * 64
    )


def test_a_directory_has_the_checksum_that_sha256sum_gives(tmp_path):
    write(tmp_path, SHAPES["directory"])
    files = manifest_files(WorkTree(tmp_path), "vendor/flux")
    command = ["sha256sum", "a.yaml", "more/b.yml"]
    lines = subprocess.run(command, cwd=tmp_path / "vendor/flux", capture_output=True, check=True)
    assert checksum(files, "vendor/flux") == hashlib.sha256(lines.stdout).hexdigest()


def lock(**entries):
    listed = "".join(
        f"- {{path: vendor/{name}, sha256: '{hashlib.sha256(text.encode()).hexdigest()}'}}\n"
        for name, text in entries.items()
    )
    return f"vendored:\n{listed}"


def test_vendored_manifests_are_what_the_lock_file_records(tmp_path):
    write(tmp_path, {"vendor/flux": NAMESPACE, LOCK: lock(flux=NAMESPACE)})
    assert read(tmp_path) == ["Namespace/a"]
    write(tmp_path, {"vendor/flux": ROLE})
    found = hashlib.sha256(ROLE.encode()).hexdigest()
    said = f"vendor/flux is not what {LOCK} records: its sha256 is {found}, not "
    assert said in refused(tmp_path)
    write(tmp_path, {LOCK: lock(argocd=NAMESPACE)})
    assert f"vendor/flux is not in {LOCK}; run kure-hooks vendor" in refused(tmp_path)


def test_a_file_inside_of_a_recorded_directory_is_looked_at_as_well(tmp_path):
    write(tmp_path, {"vendor/flux/a.yaml": NAMESPACE, "vendor/flux/b.yaml": ROLE})
    files = manifest_files(WorkTree(tmp_path), "vendor/flux")
    entry = f"{{path: vendor/flux, sha256: '{checksum(files, 'vendor/flux')}'}}"
    write(tmp_path, {LOCK: f"vendored: [{entry}]\n"})
    assert read(tmp_path, "vendor/flux/a.yaml") == ["Namespace/a"]
    write(tmp_path, {"vendor/flux/b.yaml": ROLE + "# edited\n"})
    said = "vendor/flux/a.yaml has vendor/flux, which is not what"
    assert said in refused(tmp_path, "vendor/flux/a.yaml")


def test_manifests_elsewhere_need_no_lock(tmp_path):
    write(tmp_path, {"manifests/flux.yaml": NAMESPACE, LOCK: lock(argocd=NAMESPACE)})
    assert read(tmp_path, "manifests/flux.yaml") == ["Namespace/a"]


def test_a_broken_lock_file_is_a_finding(tmp_path):
    write(tmp_path, {"vendor/flux": NAMESPACE, LOCK: "vendored: 7\n"})
    assert refused(tmp_path).startswith(LOCK)


def test_what_was_read_is_known(tmp_path):
    """Whatever looks for the cause of drift asks for these inputs."""
    write(tmp_path, {"vendor/flux": NAMESPACE, LOCK: lock(flux=NAMESPACE)})
    recorder = Recorder(WorkTree(tmp_path))
    read_release(recorder, Cluster())
    assert recorder.inputs.files == ("vendor/flux", LOCK)


def test_faults_of_manifests_come_with_those_of_the_stack():
    stack = (
        "name: prod\n"
        "gitops: {bootstrap: {enabled: true, manifests: nope, sourceURL: 'https://h/f'}}\n"
        "node: {name: prod}\n"
    )
    with pytest.raises(InputError) as caught:
        generated({"stacks/prod.yaml": stack})
    keys = [each.key for each in caught.value.findings]
    assert keys == ["gitops.bootstrap.sourceRef", "gitops.bootstrap.manifests"]
