"""Blocks of YAML that no page should show are found by what judges the right ones."""

import pytest

from tests.documentation import fragments
from tests.documentation.worlds import World
from tests.support.pages import blocks

WORKFLOW = "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
HOOK = f"repos:\n- repo: {fragments.HOME}\n  rev: v0.1.0\n  hooks:\n"


PAGE = """\
<!-- repository: fleet -->
<!-- run: true -->
```sh
ls
```

1. A list:

    <!-- not run: it needs
    a cluster -->
    ```console
    $ ls
    ```

<!-- run: false -->
"""


def test_remarks_belong_to_the_next_block():
    first, second, last = blocks(PAGE)
    assert (first.language, first.text) == ("sh", "ls\n")
    assert first.remarks == (("repository", "fleet"), ("run", "true"))
    assert (second.indent, second.text) == ("    ", "$ ls\n")
    assert second.remark("not run").split() == ["it", "needs", "a", "cluster"]
    assert (last.text, last.remarks) == ("", (("run", "false"),))


@pytest.fixture
def world(tmp_path):
    return World(tmp_path / "world", tmp_path / "hooks")


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("", "bundle: {name: web, depends: [a]}\n", "unknown key"),
        ("", "prune: sometimes\n", "prune"),
        ("", "gitops: {type: fluxx}\n", "fluxx"),
        ("", "drift: {mode: loose}\n", "mode"),
        ("", "flavour: sweet\n", "nothing reads a mapping with the keys flavour"),
        ("", "spec: {chart: {path: ../shop}, capabilities: {kubeVersion: '1.34'}}\n", "no effect"),
        ("", "spec: {chart: {path: ../shop}, rendered: true}\n", "rendered"),
        ("", "spec: {chart: {path: ../shop}, render: true}\nchart: {}\n", "the keys spec, chart"),
        (".kure-hooks.yaml", "output: ''\n", "output"),
        ("stacks/a.yaml", "name: a\nnodes: {}\n", "nodes"),
        (".pre-commit-config.yaml", "repos: [{repo: 1}]\n", "repo"),
        (".pre-commit-config.yaml", f"{HOOK}  - id: kure-fix\n", "kure-fix"),
        ("prek.toml", "repos = 1\n", "repos"),
        (".github/workflows/a.yaml", f"{WORKFLOW}    - runs: ls\n", "runs"),
        (".github/workflows/a.yaml", f"{WORKFLOW}    - run: echo ${{{{ github.evnt }}}}\n", "evnt"),
        (".forgejo/workflows/a.yaml", "on: push\njobs: []\n", "jobs"),
        (".gitlab-ci.yml", "job: {scripts: [ls]}\n", "job"),
        ("lefthook.yml", "pre-comit: {commands: {a: {run: ls}}}\n", "pre-comit"),
    ],
)
def test_a_wrong_block_is_found(name, text, problem, world):
    assert problem in fragments.fault(name, text, world)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "bundle: {name: web, dependsOn: [a]}\n"),
        ("", "deletionPolicy: Orphan\n"),
        ("", "# a line for editors\n"),
        ("", "metadata: {annotations: {a: b}}\n"),
        ("", "spec: {chart: {name: shop, version: 1.x}, render: true}\n"),
        (".pre-commit-config.yaml", f"{HOOK}  - id: kure-lint\n"),
        (".github/workflows/a.yaml", f"{WORKFLOW}    - run: ls\n"),
        ("lefthook.yml", "pre-push: {commands: {a: {run: ls}}}\n"),
    ],
)
def test_a_right_block_is_none(name, text, world):
    assert fragments.fault(name, text, world) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("# stacks/dev.yaml\nname: dev\n", "stacks/dev.yaml"),
        ("# .kure-hooks.yaml\n", ".kure-hooks.yaml"),
        ("# a comment about dev.yaml\n", ""),
        ("name: dev\n", ""),
    ],
)
def test_a_first_line_may_name_a_file(text, name):
    assert fragments.name_of(text) == name
