"""The direction of imports, and figures of the code that may only fall.

A limit is the number that was counted last: whoever brings the number down writes the new one.
"""

import ast
import re
from collections import defaultdict
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import msgspec
import pytest

from kure_hooks.config import Settings

ROOT = Path(__file__).parents[1]
PACKAGE = Path(__file__).parents[1] / "kure_hooks"

ROWS = (
    "findings",
    "errors origin rules secrecy stages safe_text stamps times",
    "cel files manifests yamlio process",
    "decoding package_code",
    "registry",
    "repository config kustomize schemas",
    "objects",
    "stack drift validators",
    "apps layout outcome graphs",
    "engines builder",
    "gitops",
    "importing lint setup",
    "operations pipelines reports hooks",
    "api forges plugin",
    "cli",
)
RANK = {name: rank for rank, row in enumerate(ROWS) for name in row.split()}

# The rooms of each engine: modules and packages, and modules that stand apart in their package.
ENGINES = {
    "flux": (
        "charts dependencies effects placement readiness source_ignore sources substitution",
        "rules.definitions",
        "namespaces",
        "resources",
        "bootstrap",
        "rules",
        "tool",
    ),
    "argocd": (
        "applications health versions",
        "bootstrap.rules ordering.interface",
        "effects projects rendering sync_policy",
        "bundle_applications",
        "helm_applications namespaces",
        "ordering",
        "placement resources",
        "bootstrap",
        "headerless rules",
        "tool",
    ),
}

# Modules with one importer that lies in their own package; such a module goes home to it, unless
# it is a chapter of its own.
ONE_IMPORTER = 67
# Packages whose modules are chapters of one table, or of an engine's rules.
TABLES = ("rules", "checks", "beside")
# Variables have the noun's name.
BINDINGS = {"each": 445, "found": 193}
# A first sentence is a noun phrase or an imperative.
QUESTION = re.compile(r"(What|Which|Where|How|Who|When|Why|Whether)\b")


def home(module):
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


MODULES = sorted(PACKAGE.rglob("*.py"))
INSIDE = [each for each in MODULES if home(each) in RANK]


def imports(module):
    for node in ast.walk(tree_of(module)):
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


def name_of(module):
    return ".".join(
        ("kure_hooks", *module.relative_to(PACKAGE).with_suffix("").parts)
    ).removesuffix(".__init__")


NAMES = {name_of(module): module for module in MODULES}


@cache
def tree_of(module):
    return ast.parse(module.read_text())


def imported(nodes):
    """Yield the modules of the package that are imported; of a name in a module, the module."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            inside = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in NAMES else node.module for name in inside)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def graph(nodes_of):
    return {
        name: {other for other in imported(nodes_of(tree_of(module))) if other in NAMES} - {name}
        for name, module in NAMES.items()
    }


def test_imports_make_no_circle():
    """Module by module, as Python loads them; within the engines, imports in functions too."""
    TopologicalSorter(graph(lambda tree: tree.body)).prepare()
    engines = {
        name: others
        for name, others in graph(ast.walk).items()
        if name.startswith("kure_hooks.engines.")
    }
    TopologicalSorter(engines).prepare()


def engine_of(name):
    """Return the engine that a module belongs to, None for one that all engines share."""
    package, _, inner = name.removeprefix("kure_hooks.").partition(".")
    engine = inner.partition(".")[0]
    return engine if package == "engines" and engine in ENGINES else None


def room_of(name, engine):
    """Return the row and the name of a module's room; the engine itself is above all of them."""
    inner = name.removeprefix(f"kure_hooks.engines.{engine}").removeprefix(".")
    if not inner:
        return len(ENGINES[engine]), ""
    rooms = {room: row for row, names in enumerate(ENGINES[engine]) for room in names.split()}
    room = inner if inner in rooms else inner.partition(".")[0]
    assert room in rooms, f"{name} has no row in ENGINES"
    return rooms[room], room


def test_only_an_engine_knows_its_modules():
    crossing = {
        (name.removeprefix("kure_hooks."), other.removeprefix("kure_hooks.engines."))
        for name, others in graph(ast.walk).items()
        for other in others
        if engine_of(other) not in (None, engine_of(name))
    }
    assert crossing == set()


@pytest.mark.parametrize("engine", ENGINES)
def test_imports_inside_an_engine_point_down(engine):
    upwards = [
        (name, other)
        for name, others in graph(ast.walk).items()
        for other in others
        if engine_of(name) == engine_of(other) == engine
        and room_of(name, engine)[1] != room_of(other, engine)[1]
        and room_of(name, engine)[0] <= room_of(other, engine)[0]
    ]
    assert upwards == []


def test_modules_with_one_importer_are_at_home():
    importers = defaultdict(set)
    for name, others in graph(ast.walk).items():
        for other in others:
            importers[other].add(name)
    alone = [
        name
        for name, module in NAMES.items()
        if not module.stem.startswith("__")
        and module.parent.name not in TABLES
        and len(importers[name]) == 1
        and {NAMES[other].parent for other in importers[name]} == {module.parent}
    ]
    assert len(alone) <= ONE_IMPORTER, alone


@pytest.mark.parametrize("name", BINDINGS)
def test_variables_have_the_name_of_a_noun(name):
    places = [
        f"{module.relative_to(ROOT)}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name
    ]
    assert len(places) <= BINDINGS[name], places


def test_docstrings_begin_with_no_question_word():
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef
    questions = [
        f"{module.relative_to(ROOT)}: {summary}"
        for module in MODULES
        for node in ast.walk(tree_of(module))
        if isinstance(node, kinds) and QUESTION.match(summary := ast.get_docstring(node) or "")
    ]
    assert questions == []


def structs(hint):
    """Yield the structs that a type is made of."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for inner in getattr(hint, "__args__", ()):
        yield from structs(inner)
    if (origin := getattr(hint, "__origin__", None)) is not None:
        yield from structs(origin)


def settings_keys(struct=Settings, above=()):
    """Yield the path of each key of the settings file, with the attribute that holds its value."""
    for field in msgspec.structs.fields(struct):
        path = (*above, field.encode_name)
        yield path, field.name
        for inner in structs(field.type):
            yield from settings_keys(inner, path)


KEYS = dict(settings_keys())


@cache
def words_of_docs():
    texts = [path.read_text() for path in (ROOT / "README.md", *ROOT.glob("docs/*.md"))]
    return frozenset(re.findall(r"\w+", " ".join(texts)))


@cache
def attributes():
    nodes = (node for module in MODULES for node in ast.walk(tree_of(module)))
    return frozenset(node.attr for node in nodes if isinstance(node, ast.Attribute))


@cache
def copied():
    """Return the keys that docs/fields.md maps to fields: they are copied with all below them."""
    table = (ROOT / "docs/fields.md").read_text()
    return frozenset(re.findall(r"`gitops\.([A-Za-z.]+)`", table))


def is_copied(path):
    return any(".".join(path[:length]) in copied() for length in range(2, len(path) + 1))


@pytest.mark.parametrize("path", KEYS, ids=".".join)
def test_every_key_of_the_settings_is_read_and_documented(path):
    assert KEYS[path] in attributes() or is_copied(path)
    assert path[-1] in words_of_docs() or is_copied(path)


def functions(module):
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.FunctionDef):
            yield node.end_lineno - node.lineno + 1, f"{module.relative_to(PACKAGE)}:{node.name}"


def test_modules_and_functions_stay_small():
    assert [each for each in MODULES if len(each.read_text().splitlines()) > 300] == []
    assert [each for module in MODULES for each in functions(module) if each[0] > 45] == []


def test_only_short_words_are_compared_with_difflib():
    """Its work is cubic; sequences are compared by drift.alignment."""
    users = [each for each in MODULES if "difflib import" in each.read_text()]
    assert [str(each.relative_to(PACKAGE)) for each in users] == ["decoding/suggest.py"]
