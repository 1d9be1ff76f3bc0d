import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "kure_hooks"

ROWS = (
    "findings",
    "errors origin secrecy stages safe_text",
    "files manifests yamlio process",
    "decoding",
    "registry",
    "repository config kustomize",
    "stack drift validators",
    "apps layout outcome graphs",
    "engines builder",
    "operations reports hooks",
    "api plugin",
    "cli",
)
RANK = {name: rank for rank, row in enumerate(ROWS) for name in row.split()}


def home(module):
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


MODULES = sorted(PACKAGE.rglob("*.py"))
INSIDE = [each for each in MODULES if home(each) in RANK]


def imports(module):
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            if node.module == "kure_hooks":
                yield from (alias.name for alias in node.names)
            elif node.module and node.module.startswith("kure_hooks."):
                yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (
                alias.name.split(".")[1]
                for alias in node.names
                if alias.name.startswith("kure_hooks.")
            )


@pytest.mark.parametrize("module", INSIDE, ids=lambda each: str(each.relative_to(PACKAGE)))
def test_imports_point_down(module):
    others = {name for name in imports(module) if name in RANK} - {home(module)}
    assert [name for name in sorted(others) if RANK[name] >= RANK[home(module)]] == []


def test_every_package_has_a_row():
    assert {home(module) for module in MODULES} - {"__init__", "__main__"} == set(RANK)


def functions(module):
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node.end_lineno - node.lineno + 1, f"{module.relative_to(PACKAGE)}:{node.name}"


def test_modules_and_functions_stay_small():
    assert [each for each in MODULES if len(each.read_text().splitlines()) > 300] == []
    assert [each for module in MODULES for each in functions(module) if each[0] > 45] == []


def test_only_short_words_are_compared_with_difflib():
    """Its work is cubic; sequences are compared by drift.alignment."""
    users = [each for each in MODULES if "difflib import" in each.read_text()]
    assert [str(each.relative_to(PACKAGE)) for each in users] == ["decoding/suggest.py"]
