"""The merge driver beside the hooks of pre-commit and prek, under real git."""

import pytest

from tests.hooks.checkout import run_kure
from tests.support.git import make_repository

SHARED = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: Manifests
metadata: {name: shared, namespace: web}
spec:
  objects:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: shared, namespace: web}
    data: {size: small}
"""
APPLICATION = """\
      - name: NAME
        kind: Manifests
        spec:
          objects:
          - apiVersion: v1
            kind: ConfigMap
            metadata: {name: NAME, namespace: web}
"""
STACK = "stacks/one.yaml"
KUSTOMIZATION = "clusters/one/apps/kustomization.yaml"


def stack(cluster, *names):
    applications = "".join(
        "      - path: ../apps/shared.yaml\n"
        if name == "shared"
        else APPLICATION.replace("NAME", name)
        for name in names
    )
    return f"""\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {{name: {cluster}}}
spec:
  node:
    name: {cluster}
    bundle:
      name: apps
      applications:
{applications}"""


@pytest.fixture
def merging(checkout, tmp_path):
    """A checkout with both hooks, the merge driver and a remote."""
    made = checkout("kure-generate", "kure-check")
    make_repository(tmp_path / "remote", "--bare")
    made.git("remote", "add", "origin", "../remote")
    made.git("config", "merge.kure-hooks.driver", "kure-hooks merge-driver %O %A %B %P")
    made.write(".gitattributes", "clusters/** text eol=lf merge=kure-hooks\n")
    made.write("apps/shared.yaml", SHARED)
    save(made, STACK, stack("one", "shared"))
    return made


def save(checkout, path, text):
    """Write a file, regenerate and commit."""
    checkout.write(path, text)
    finish(checkout)
    checkout.accepted()


def finish(checkout):
    run_kure("generate", cwd=checkout.path)
    checkout.git("add", "--all")


def two_sides(checkout):
    """Let both branches add an application: in the stack file apart, as generated side by side."""
    checkout.git("checkout", "--quiet", "-b", "side")
    save(checkout, STACK, stack("one", "cart", "shared"))
    checkout.git("checkout", "--quiet", "main")
    save(checkout, STACK, stack("one", "shared", "catalog"))


def is_in_sync(checkout):
    return run_kure("check", "--source", "HEAD", cwd=checkout.path).returncode == 0


@pytest.mark.parametrize(
    "command", [("merge", "--no-edit", "side"), ("rebase", "side"), ("cherry-pick", "side")]
)
def test_what_both_sides_add_arrives_without_a_conflict(merging, command):
    two_sides(merging)
    worked, said = merging.runs(*command)
    assert worked, said
    assert {"cart", "catalog"} <= set(merging.read(KUSTOMIZATION).replace(".", "-").split("-"))
    assert is_in_sync(merging)
    worked, said = merging.push()
    assert worked, said


def test_without_the_driver_generate_settles_the_conflict(merging):
    merging.git("config", "--remove-section", "merge.kure-hooks")
    two_sides(merging)
    worked, said = merging.runs("merge", "--no-edit", "side")
    assert not worked
    assert f"Merge conflict in {KUSTOMIZATION}" in said
    told = run_kure("check", cwd=merging.path)
    assert (told.returncode, "merge conflict in line" in told.stdout) == (1, True)
    done = run_kure("generate", cwd=merging.path)
    assert "edited" not in done.stdout + done.stderr
    finish(merging)
    merging.accepted("--no-edit")
    assert is_in_sync(merging)


def cluster_beside_a_change(checkout):
    """Add a cluster on one side, and change what it takes from the other one's: git asks nobody."""
    checkout.git("checkout", "--quiet", "-b", "side")
    save(checkout, "apps/shared.yaml", SHARED.replace("small", "large"))
    checkout.git("checkout", "--quiet", "main")
    save(checkout, "stacks/two.yaml", stack("two", "shared"))


def test_a_merge_that_nobody_was_asked_about_stops_at_the_hook(merging):
    cluster_beside_a_change(merging)
    worked, said = merging.runs("merge", "--no-edit", "side")
    assert not worked
    assert "web-configmap-shared.yaml" in said
    merging.git("add", "--all")
    merging.accepted("--no-edit")
    assert is_in_sync(merging)


def test_a_rebase_that_nobody_was_asked_about_stops_at_the_push(merging):
    cluster_beside_a_change(merging)
    worked, said = merging.runs("rebase", "side")
    assert worked, said
    worked, said = merging.push()
    assert not worked
    assert "apps/shared.yaml" in said
    finish(merging)
    merging.accepted()
    worked, said = merging.push()
    assert worked, said
