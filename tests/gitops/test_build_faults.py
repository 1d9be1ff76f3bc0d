"""Faults of kustomizations: each at its cause, and each one that the real kustomize has too."""

from textwrap import dedent

import pytest

from kure_hooks.files.tree import WorkTree
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Way
from tests.support.kustomize_builds import build

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n"
A = CONFIG.format("a")
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec: {replicas: 1}\n"
TAKES_A = "resources:\n- a.yaml\n"

# name: files below app/, the way, then line, column, key, problem and what is expected.
FAULTS = {
    "missing file": (
        {"kustomization.yaml": "resources:\n- a.yaml\n- deplyment.yaml\n", "deployment.yaml": A},
        (3, 3, "resources[1]", "deplyment.yaml does not exist", 'Did you mean "deployment.yaml"?'),
    ),
    "missing directory": (
        {"kustomization.yaml": "resources:\n- ../bsae\n", "../base/kustomization.yaml": TAKES_A},
        (2, 3, "resources[0]", "../bsae does not exist", 'Did you mean "base"?'),
    ),
    "directory without a kustomization": (
        {"kustomization.yaml": "resources:\n- ../base\n", "../base/a.yaml": A},
        (2, 3, "resources[0]", "../base has no kustomization.yaml", "Add one, or list its files."),
    ),
    "itself": (
        {"kustomization.yaml": "resources:\n- .\n"},
        (2, 3, "resources[0]", ". holds the directory itself", "Name a directory beside this one."),
    ),
    "above": (
        {"kustomization.yaml": "resources:\n- ..\n", "../kustomization.yaml": "resources: [app]\n"},
        (
            2,
            3,
            "resources[0]",
            ".. holds the directory itself",
            "Name a directory beside this one.",
        ),
    ),
    "two files": (
        {"kustomization.yaml": TAKES_A, "kustomization.yml": TAKES_A, "a.yaml": A},
        (
            0,
            0,
            "",
            "the directory has kustomization.yaml and kustomization.yml",
            "Keep one of them.",
        ),
    ),
    "unknown field": (
        {"kustomization.yaml": "resources: []\nresuorces: []\n"},
        (2, 1, "resuorces", "unknown key", 'Did you mean "resources"?'),
    ),
    "unknown field inside": (
        {"kustomization.yaml": "images:\n- name: a\n  tag: b\n"},
        (3, 3, "images[0].tag", "unknown key", 'Did you mean "newTag"?'),
    ),
    "field of another type": (
        {"kustomization.yaml": "resources: a.yaml\n", "a.yaml": A},
        (1, 12, "resources", "this is a string", "a list"),
    ),
    "number as a name": (
        {"kustomization.yaml": "namePrefix: 1\nresources: []\n"},
        (1, 13, "namePrefix", "this is a number", "a string"),
    ),
    "empty resources": (
        {"kustomization.yaml": "resources:\n"},
        (1, 1, "", "the file is empty", "List what it takes in under resources."),
    ),
    "empty file": (
        {"kustomization.yaml": ""},
        (0, 0, "", "the file is empty", "List what it takes in under resources."),
    ),
    "wrong kind": (
        {"kustomization.yaml": "kind: Kustomize\nresources: []\n"},
        (1, 1, "kind", "the kind is Kustomize", "Write Kustomization or Component."),
    ),
    "wrong version": (
        {"kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1\nresources: []\n"},
        (
            *(1, 1, "apiVersion", "the apiVersion is kustomize.config.k8s.io/v1"),
            "Write kustomize.config.k8s.io/v1beta1.",
        ),
    ),
    "file outside": (
        {"kustomization.yaml": "resources:\n- ../a.yaml\n", "../a.yaml": A},
        (
            *(2, 3, "resources[0]"),
            "../a.yaml is outside of its directory, and Argo CD reads no such file",
            "Move it below the directory, or take in a directory.",
        ),
    ),
    "patch without its object": (
        {
            "kustomization.yaml": f"{TAKES_A}patches:\n- path: p.yaml\n",
            "a.yaml": CONFIG.format("settings"),
            "p.yaml": CONFIG.format("setings"),
        },
        (
            *(4, 3, "patches[0]", "the patch is for ConfigMap setings, which is not there"),
            'Did you mean "settings"?',
        ),
    ),
    "missing patch": (
        {"kustomization.yaml": f"{TAKES_A}patches:\n- path: b.yaml\n", "a.yaml": A},
        (4, 3, "patches[0].path", "b.yaml does not exist", 'Did you mean "a.yaml"?'),
    ),
    "patch without text": (
        {"kustomization.yaml": f"{TAKES_A}patches:\n- target: {{kind: Job}}\n", "a.yaml": A},
        (4, 3, "patches[0]", "the patch has no text", "Set one of path and patch."),
    ),
    "operation without its path": (
        {
            "kustomization.yaml": (
                f"{TAKES_A}patches:\n- target: {{kind: ConfigMap}}\n"
                "  patch: '[{op: remove, path: /data/x}]'\n".replace("[{op", "- {op").replace(
                    "}]'", "}'"
                )
            ),
            "a.yaml": A,
        },
        (
            *(4, 3, "patches[0]", "remove finds nothing to change at /data/x of ConfigMap a"),
            "Correct the path, or take the operation out.",
        ),
    ),
    "no YAML": (
        {"kustomization.yaml": TAKES_A, "a.yaml": "a: [\n"},
        (
            *(2, 3, "resources[0]", "a.yaml can't be read: this is not valid YAML"),
            "Correct the file, or take the entry out.",
        ),
    ),
    "kustomization that is no YAML": (
        {"kustomization.yaml": "resources: [\n"},
        (2, 1, "resources[0]", "", ""),
    ),
    "no name": (
        {"kustomization.yaml": TAKES_A, "a.yaml": "apiVersion: v1\nkind: ConfigMap\n"},
        (
            *(2, 3, "resources[0]"),
            "a.yaml has an object of kind ConfigMap without metadata.name, in line 1",
            "Correct the file, or take the entry out.",
        ),
    ),
    "no kind": (
        {"kustomization.yaml": TAKES_A, "a.yaml": f"{A}---\nfoo: bar\n"},
        (
            *(2, 3, "resources[0]", "a.yaml has an object without a kind, in line 6"),
            "Correct the file, or take the entry out.",
        ),
    ),
    "text": (
        {"kustomization.yaml": TAKES_A, "a.yaml": "just a text\n"},
        (
            *(2, 3, "resources[0]"),
            "a.yaml has something that is no Kubernetes object, in line 1",
            "Correct the file, or take the entry out.",
        ),
    ),
    "kustomization as a resource": (
        {
            "kustomization.yaml": "resources:\n- base/kustomization.yaml\n",
            "base/kustomization.yaml": "resources: []\n",
        },
        (
            *(2, 3, "resources[0]"),
            "base/kustomization.yaml has an object without a kind, in line 1",
            "Correct the file, or take the entry out.",
        ),
    ),
    "component as a resource": (
        {
            "kustomization.yaml": "resources:\n- ../part\n",
            "../part/kustomization.yaml": "kind: Component\nresources: []\n",
        },
        (2, 3, "resources[0]", "../part is a Component", "List it under components."),
    ),
    "base as a component": (
        {
            "kustomization.yaml": "components:\n- ../base\n",
            "../base/kustomization.yaml": "resources: []\n",
        },
        (
            *(2, 3, "components[0]", "../base is no Component"),
            "List it under resources, or write kind: Component.",
        ),
    ),
    "file as a component": (
        {"kustomization.yaml": "components:\n- a.yaml\n", "a.yaml": A},
        (2, 3, "components[0]", "a.yaml is no directory", "Name a directory."),
    ),
    "replicas of nothing": (
        {
            "kustomization.yaml": f"{TAKES_A}replicas:\n- name: wbe\n  count: 1\n",
            "a.yaml": DEPLOYMENT,
        },
        (
            *(4, 3, "replicas[0]", "nothing that has replicas is named wbe"),
            'Did you mean "web"?',
        ),
    ),
    "missing input of a generator": (
        {
            "kustomization.yaml": "configMapGenerator:\n- name: a\n  files:\n  - x=data.txt\n",
            "data.text": "x",
        },
        (
            4,
            5,
            "configMapGenerator[0].files[0]",
            "data.txt does not exist",
            'Did you mean "data.text"?',
        ),
    ),
    "literal without value": (
        {"kustomization.yaml": "configMapGenerator:\n- name: a\n  literals:\n  - key\n"},
        (
            *(4, 5, "configMapGenerator[0].literals[0]", "the literal is no key=value"),
            "Write key=value.",
        ),
    ),
    "key twice": (
        {"kustomization.yaml": "configMapGenerator:\n- name: a\n  literals: [a=1, a=2]\n"},
        (
            *(3, 19, "configMapGenerator[0].literals[1]", "a has the key a twice"),
            "Keep one of the two.",
        ),
    ),
    "generator without name": (
        {"kustomization.yaml": "configMapGenerator:\n- literals: [a=1]\n"},
        (2, 3, "configMapGenerator[0]", "the generator has no name", "Give it a name."),
    ),
    "merge into nothing": (
        {"kustomization.yaml": "configMapGenerator:\n- name: a\n  behavior: merge\n"},
        (
            *(2, 3, "configMapGenerator[0]", "there is no ConfigMap a to merge"),
            "Name a generator of a base, or take the behavior out.",
        ),
    ),
    "entries on one line": (
        {
            "kustomization.yaml": "resources:\n- ../base\n - ../other\n",
            "../base/kustomization.yaml": "resources: []\n",
            "../other/kustomization.yaml": "resources: []\n",
        },
        (2, 3, "resources[0]", "../base - ../other does not exist", ""),
    ),
}
TWICE = {
    "same file": (
        {"kustomization.yaml": "resources:\n- a.yaml\n- ./a.yaml\n", "a.yaml": A},
        (3, 3, "resources[1]", "ConfigMap a is there already, from app/a.yaml", "Take it in once."),
    ),
    "two documents": (
        {"kustomization.yaml": TAKES_A, "a.yaml": f"{A}---\n{A}"},
        (2, 3, "resources[0]", "ConfigMap a is there already, from app/a.yaml", "Take it in once."),
    ),
    "default namespace": (
        {
            "kustomization.yaml": "resources:\n- a.yaml\n- b.yaml\n",
            "a.yaml": A,
            "b.yaml": f"{A}  namespace: default\n",
        },
        (
            *(3, 3, "resources[1]", "ConfigMap default/a is there already, from app/a.yaml"),
            "Take it in once.",
        ),
    ),
    "diamond": (
        {
            "kustomization.yaml": "resources:\n- ../b\n- ../c\n",
            "../b/kustomization.yaml": "resources:\n- ../c\n",
            "../c/kustomization.yaml": "resources:\n- a.yaml\n",
            "../c/a.yaml": A,
        },
        (3, 3, "resources[1]", "ConfigMap a is there already, from c/a.yaml", "Take it in once."),
    ),
    "one namespace for two": (
        {
            "kustomization.yaml": "namespace: x\nresources:\n- a.yaml\n",
            "a.yaml": f"{A}---\n{A}  namespace: y\n",
        },
        (1, 1, "namespace", "ConfigMap x/a is there already, from app/a.yaml", "Take it in once."),
    ),
    "generator of what is there": (
        {
            "kustomization.yaml": f"{TAKES_A}configMapGenerator:\n- name: a\n",
            "a.yaml": A,
        },
        (
            *(4, 3, "configMapGenerator[0]", "ConfigMap a is there already"),
            "Set behavior: merge or replace, or choose another name.",
        ),
    ),
}


def write(root, files):
    """Write files below app/."""
    for name, text in files.items():
        path = root / "app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))


def payload(root, way=Way.KUSTOMIZE, directory="app"):
    return Builds(Files(WorkTree(root))).payload(directory, way)


CIRCLES = {
    "two": {
        "kustomization.yaml": "resources:\n- ../b\n",
        "../b/kustomization.yaml": "resources:\n- ../app\n",
    },
    "component": {
        "kustomization.yaml": "components:\n- ../b\n",
        "../b/kustomization.yaml": "kind: Component\ncomponents:\n- ../c\n",
        "../c/kustomization.yaml": "kind: Component\ncomponents:\n- ../b\n",
    },
    "above by a way round": {
        "kustomization.yaml": "resources: []\n",
        "inner/kustomization.yaml": "resources:\n- ../../b\n",
        "../b/kustomization.yaml": "resources:\n- ../app\n",
    },
}


@pytest.mark.parametrize("first", ["app", "b"])
@pytest.mark.parametrize("name", CIRCLES)
def test_circle_is_one_fault_whoever_is_built_first(tmp_path, name, first):
    write(tmp_path, CIRCLES[name])
    builds = Builds(Files(WorkTree(tmp_path)))
    builds.payload(first, Way.KUSTOMIZE)
    for directory in ("app", "b", "app/inner"):
        if not (tmp_path / directory).exists():
            continue
        faults = builds.payload(directory, Way.KUSTOMIZE).faults
        fails = isinstance(build(tmp_path / directory, Way.KUSTOMIZE), str)
        assert bool(faults) == fails, directory
        assert len(faults) <= 1


def test_base_that_does_not_build_is_one_fault_for_all_that_take_it_in(tmp_path):
    files = {"../base/kustomization.yaml": "resources:\n- none.yaml\n"}
    for number in range(3):
        files[f"../over{number}/kustomization.yaml"] = "resources:\n- ../base\n"
    write(tmp_path, files)
    builds = Builds(Files(WorkTree(tmp_path)))
    faults = {
        fault for number in range(3) for fault in builds.payload(f"over{number}", Way.FLUX).faults
    }
    assert [str(fault.at) for fault in faults] == ["base/kustomization.yaml:2:3"]


@pytest.mark.parametrize("name", [*FAULTS, *TWICE])
def test_fault_is_at_its_cause_and_kustomize_fails(tmp_path, name):
    files, (line, column, key, problem, expected) = (FAULTS | TWICE)[name]
    write(tmp_path, files)
    faults = payload(tmp_path).faults
    rule = "KZ002" if name in TWICE else "KZ001"
    if name == "missing file":
        assert faults[0].problem.endswith("a.yaml does not exist")
        faults = faults[1:]
    assert len(faults) == 1, faults
    fault = faults[0]
    assert (fault.rule, fault.at.line, fault.at.column, fault.key) == (rule, line, column, key)
    assert problem in fault.problem
    assert fault.problem.startswith("kustomize can't build this: ")
    assert fault.expected == expected or not expected
    assert isinstance(build(tmp_path / "app", Way.KUSTOMIZE), str)
