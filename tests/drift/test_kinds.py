import ast
from pathlib import Path

import pytest

from kure_hooks.drift.kinds import Kind, Weight
from kure_hooks.drift.result import FileChange, Obstacle

PACKAGE = Path(__file__).parents[2] / "kure_hooks"
EVERY = pytest.mark.parametrize("kind", Kind)


@EVERY
def test_every_kind_is_explained(kind):
    facts = kind.facts
    assert all(text and text == text.strip() for text in (facts.title, facts.meaning, facts.remedy))
    assert facts.meaning.endswith(".")
    assert facts.remedy.endswith(".")
    assert not facts.title.endswith(".")
    assert kind.rule == f"drift/{kind}"


def test_no_two_kinds_are_explained_alike():
    assert len({kind.facts.title for kind in Kind}) == len(Kind)
    assert len({kind.facts.meaning for kind in Kind}) == len(Kind)


@EVERY
def test_a_kind_without_a_difference_to_show_has_a_note(kind):
    """Of the others the difference itself says what is wrong, or the cause does."""
    facts = kind.facts
    if not facts.compared or facts.harmless or (facts.of_revisions and not facts.in_place):
        assert facts.note


FATES = {
    Kind.CHANGED: {"stays"},
    Kind.MISSING: {"comes"},
    Kind.REMOVED: {"goes"},
    Kind.ADDED: {"comes"},
    Kind.RENAMED: {"comes", "goes"},
    Kind.UNEXPECTED: {"goes"},
    Kind.UNTRACKED: {"comes"},
    Kind.FORMATTING: {"stays"},
    Kind.FOREIGN: set(),
}


def fates(kind):
    facts = kind.facts
    known = {"comes": facts.is_new, "goes": facts.is_gone, "stays": facts.in_place}
    return {fate for fate, has in known.items() if has}


@EVERY
def test_a_file_comes_goes_or_stays(kind):
    assert fates(kind) == FATES.get(kind, fates(kind))
    assert fates(kind) == {"stays"} or "stays" not in fates(kind)


@pytest.mark.parametrize("kind", FATES)
def test_only_what_a_cluster_does_not_see_is_harmless(kind):
    assert kind.facts.harmless is (kind in (Kind.FORMATTING, Kind.FOREIGN))
    assert kind.facts.harmless is (kind.facts.weight is not Weight.MAJOR)


@pytest.mark.parametrize("kind", FATES)
def test_only_a_file_that_is_checked_in_can_be_pointed_at(kind):
    assert kind.facts.checked_in is (kind not in (Kind.MISSING, Kind.ADDED, Kind.REMOVED))


def test_a_foreign_file_has_another_side_only_in_the_place_of_a_generated_one():
    alone = FileChange(Kind.FOREIGN, "c/a", "c")
    blocking = FileChange(Kind.FOREIGN, "c/a", "c", obstacle=Obstacle.FILE)
    around = FileChange(Kind.FOREIGN, "c/a", "c", obstacle=Obstacle.DIRECTORY)
    assert [each.generated for each in (alone, blocking, around)] == [False, True, False]
    assert [each.compared for each in (alone, blocking, around)] == [False, True, False]
    assert [each.harmless for each in (alone, blocking, around)] == [True, False, False]
    assert [each.rule for each in (alone, blocking, around)] == [
        "drift/foreign",
        "drift/in-the-way",
        "drift/in-the-way",
    ]


def test_only_a_file_that_moved_has_an_old_path():
    assert FileChange(Kind.RENAMED, "c/new", "c", was="c/old").old_path == "c/old"
    assert FileChange(Kind.CHANGED, "c/new", "c").old_path == "c/new"


def listed(node):
    """Return the kinds that an expression lists, or that a match statement tells apart."""
    items = []
    if isinstance(node, ast.Set | ast.Tuple | ast.List):
        items = node.elts
    elif isinstance(node, ast.Dict):
        items = node.keys
    elif isinstance(node, ast.Match):
        items = [
            case.pattern.value for case in node.cases if isinstance(case.pattern, ast.MatchValue)
        ]
    return {found for item in items if (found := named(item))}


def named(node):
    match node:
        case ast.Attribute(value=ast.Name(id="Kind"), attr=name) if name in Kind.__members__:
            return Kind[name]
        case ast.Constant(value=str(text)):
            name = text.removeprefix("drift/")
            return Kind(name) if name in set(Kind) else None
    return None


def test_no_other_module_lists_kinds():
    """A set or a table of kinds elsewhere is a fact that a new kind would lack."""
    lists = [
        f"{module.relative_to(PACKAGE)}:{node.lineno}"
        for module in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(module.read_text()))
        if len(listed(node)) > 1
    ]
    assert lists == []


def test_lists_of_kinds_are_seen():
    seen = [
        "frozenset({Kind.CHANGED, Kind.MISSING})",
        "kind in (Kind.CHANGED, Kind.MISSING)",
        '{"changed": 1, "missing": 2}',
        '{"drift/changed": 1, "drift/missing": 2}',
        "match kind:\n case Kind.CHANGED:\n  pass\n case Kind.MISSING:\n  pass",
    ]
    for source in seen:
        assert any(len(listed(node)) == 2 for node in ast.walk(ast.parse(source))), source
