"""Arguments that choose stacks: their files, clusters, sources, directories and patterns."""

import pytest

from kure_hooks.errors import UsageError
from kure_hooks.operations.check import check, generate, produce
from kure_hooks.operations.choosing import choice
from kure_hooks.operations.generate import generate as write_trees
from kure_hooks.operations.workspace import open_workspace
from tests.support.git import write

ONE, TWO, THREE = "stacks/one.yaml", "stacks/more/two.yaml", "stacks/three.yaml"
APP = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: Manifests
metadata: {name: web}
spec: {files: [../manifests/web.yaml]}
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"


def bundle(application):
    return f"{{name: b, applications: [{application}]}}"


@pytest.fixture
def root(tmp_path):
    """Two stacks with an application, of which one has two clusters, and one without any."""
    web = bundle("{path: ../apps/web.yaml}")
    plain = "name: {name}\nnode: {{name: {name}, bundle: {web}}}\n"
    enveloped = (
        "apiVersion: stack.gokure.dev/v1alpha1\nkind: Cluster\nmetadata: {name: east}\n"
        "spec: {node: {name: east}}\n"
    )
    write(
        tmp_path,
        {
            ".kure-hooks.yaml": "stacks: ['stacks/*.yaml', 'stacks/more/*.yaml']\n",
            ONE: plain.format(name="prod", web=web),
            TWO: enveloped + "---\n" + enveloped.replace("east", "west"),
            THREE: plain.format(name="apps", web=bundle("{path: ../apps/web.yaml}")),
            "apps/web.yaml": APP,
            "manifests/web.yaml": SERVICE,
            "notes.md": "words",
        },
    )
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], []),
        ([ONE], [ONE]),
        (["./stacks/../stacks/one.yaml"], [ONE]),
        (["prod"], [ONE]),
        (["east"], [TWO]),
        (["west", "east", TWO], [TWO]),
        (["stacks"], [TWO, ONE, THREE]),
        (["."], [TWO, ONE, THREE]),
        (["stacks/more"], [TWO]),
        (["stacks/t*.yaml"], [THREE]),
        (["apps/web.yaml"], [ONE, THREE]),
        (["manifests/web.yaml"], [ONE, THREE]),
        (["manifests"], [ONE, THREE]),
        (["manifests/*.yaml"], [ONE, THREE]),
        (["clusters/prod"], [ONE]),
        (["clusters/west/flux-system/kustomization.yaml"], [TWO]),
        # A directory that stacks read goes before a cluster of its name.
        (["apps"], [ONE, THREE]),
    ],
)
def test_what_an_argument_means(root, arguments, expected):
    assert [*choice(open_workspace(root), arguments).stacks] == expected


def test_paths_are_seen_from_where_the_reader_is(root, monkeypatch):
    monkeypatch.chdir(root / "apps")
    assert [*choice(open_workspace(), ["web.yaml"]).stacks] == [ONE, THREE]
    assert [*choice(open_workspace(), ["../stacks/one.yaml", "east"]).stacks] == [TWO, ONE]


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("stacks/on.yaml", 'stacks/on.yaml is no stack of this repository. Did you mean "'),
        ("prodd", 'prodd is no stack of this repository. Did you mean "prod"?'),
        ("notes.md", "notes.md is no stack of this repository. "),
        ("none/*.yaml", "none/*.yaml is no stack of this repository. "),
        ("clusters/none", "clusters/none is no stack of this repository. "),
        ("../x", "../x is outside of "),
    ],
)
def test_what_means_nothing(root, argument, words):
    with pytest.raises(UsageError) as error:
        check(open_workspace(root), [argument])
    assert str(error.value).startswith(words)


def test_each_command_takes_them(root):
    workspace = open_workspace(root)
    for command in (generate, produce):
        fleet = command(workspace, ["prod"])
        assert set(fleet.directories) == {"clusters/prod"}
        assert not fleet.complete
    write_trees(workspace, ["apps/web.yaml"])
    assert {path.name for path in (root / "clusters").iterdir()} == {"prod", "apps"}
    assert check(open_workspace(root), ["manifests"]).exit_code == 0


def test_a_broken_stack_has_no_name_but_its_path(root):
    write(root, {ONE: "name: [\n"})
    workspace = open_workspace(root)
    assert [*choice(workspace, [ONE]).stacks] == [ONE]
    with pytest.raises(UsageError, match="prod is no stack"):
        choice(workspace, ["prod"])
