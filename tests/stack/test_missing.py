"""The words about files that a stack names and that are not there."""

import pytest

from kure_hooks.errors import InputError
from kure_hooks.operations.check import check
from kure_hooks.operations.workspace import open_workspace
from tests.support.git import commit_all, git, write

APP = "apps/catalog.yaml"
DIRECTORY = "infrastructure/controllers"
CERTS = "infrastructure/controllers/cert-manager.yaml"
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"
CATALOG = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: Manifests
metadata: {name: catalog}
spec: {objects: [{apiVersion: v1, kind: Namespace, metadata: {name: shop}}]}
"""
START = "paths start at the file that names them"


def stack(application):
    return f"name: dev\nnode: {{name: dev, bundle: {{name: b, applications: [{application}]}}}}\n"


def manifests(path):
    return stack(f"{{name: m, kind: Manifests, spec: {{files: [{path}]}}}}")


def fault(root, source="worktree"):
    with pytest.raises(InputError) as error:
        check(open_workspace(root, source=source))
    (finding,) = error.value.findings
    return str(finding).partition(": ")[2].partition(": ")[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            manifests(CERTS),
            f"no file matches stacks/{CERTS} ({START}). Did you mean ../{CERTS}?",
        ),
        (
            manifests("../infrastructure/controllers/cert-manger.yaml"),
            f"no file matches {CERTS.replace('ager', 'ger')} ({START}). Did you mean ../{CERTS}?",
        ),
        (
            manifests("infrastructure/controllers"),
            f"no file matches stacks/{DIRECTORY} ({START}). Did you mean ../{DIRECTORY}?",
        ),
        (manifests("../none/*.yaml"), f"no file matches none/*.yaml ({START})"),
        (manifests("dev.yml"), f"no file matches stacks/dev.yml ({START})"),
        (
            stack("{path: apps/catalog.yaml}"),
            f"no file matches stacks/{APP} ({START}). Did you mean ../{APP}?",
        ),
        (
            stack("{name: c, kind: Manifests, spec: {configMaps: [{name: a, files: [a=x.ini]}]}}"),
            f"no file matches stacks/x.ini ({START}). Did you mean ../x.ini?",
        ),
    ],
)
def test_a_file_that_is_not_there(tmp_path, text, words):
    write(
        tmp_path,
        {"stacks/dev.yaml": text, CERTS: NAMESPACE, "apps/catalog.yaml": CATALOG, "x.ini": "a=1"},
    )
    assert fault(tmp_path) == words


def test_a_directory_without_manifests(tmp_path):
    write(tmp_path, {"stacks/dev.yaml": manifests("../notes"), "notes/a.txt": ""})
    problem = "../notes has no file that ends in .yaml, .yml or .json"
    assert fault(tmp_path) == f"{problem}. Name one that has."


@pytest.mark.parametrize(
    ("text", "path", "content"),
    [
        (stack("{path: ../apps/catalog.yaml}"), "apps/catalog.yaml", CATALOG),
        (manifests("../apps/my app.yaml"), "apps/my app.yaml", NAMESPACE),
    ],
)
def test_a_file_that_the_index_lacks(tmp_path, text, path, content):
    write(tmp_path, {"stacks/dev.yaml": text, path: content})
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "stacks")
    quoted = f"'{path}'" if " " in path else path
    assert fault(tmp_path, "index") == (
        f"{path} is used here, but it is not staged. Stage it: git add {quoted}"
    )
    commit_all(tmp_path, "all")
    git(tmp_path, "rm", "--quiet", "--cached", path)
    command = f"git restore --staged --worktree {quoted}"
    deleted = f"{path} is used here, but you staged its deletion"
    words = f"{deleted}. Remove this line, or restore the file: {command}"
    assert fault(tmp_path, "index") == words
    (tmp_path / path).unlink()
    assert fault(tmp_path, "index") == words
    git(tmp_path, "commit", "--quiet", "-m", "gone")
    assert fault(tmp_path, "index") == f"no file matches {path} in the index ({START})"
    assert fault(tmp_path, "HEAD") == f"no file matches {path} in HEAD ({START})"
