import fnmatch
import glob
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.files.globs import is_glob, literal_prefix, matches, matches_segment, select


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("stacks/*.yaml", "stacks/prod.yaml"),
        ("a/b", "a/b"),
        ("**", "a"),
        ("**", "a/b/c"),
        ("**/c", "c"),
        ("**/c", "a/b/c"),
        ("a/**/c", "a/c"),
        ("a/**/c", "a/b/b/c"),
        ("a/**/**/c", "a/c"),
        ("clusters/*/notes/**", "clusters/prod/notes/x/y.md"),
        ("[ab].yaml", "a.yaml"),
        ("[!ab].yaml", "c.yaml"),
        ("a?c", "abc"),
        (".*", ".gitkeep"),
        ("a/.github/**", "a/.github/x"),
    ],
)
def test_matches(pattern, path):
    assert matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("stacks/*.yaml", "stacks/old/prod.yaml"),
        ("*", "a/b"),
        ("a/b", "a"),
        ("a", "a/b"),
        ("a/**", "a"),
        ("a/**", "ab/c"),
        ("*.yaml", "a.YAML"),
        ("*", ".hidden"),
        ("?hidden", ".hidden"),
        ("[.]hidden", ".hidden"),
        ("**", ".hidden/a"),
        ("**/a", ".hidden/a"),
        ("a/*/", "a/b"),
        ("", "a"),
    ],
)
def test_does_not_match(pattern, path):
    assert not matches(pattern, path)


def test_a_pattern_made_to_explode_is_answered():
    assert not matches("/".join(["**", "a"] * 60), "/".join(["a"] * 200 + ["b"]))
    assert not matches("*a" * 60, "a" * 190 + "b")


@pytest.mark.parametrize(
    "pattern",
    [
        "/".join(["**"] * 130),
        "/".join(["**", "a"] * 80),
        "/".join(["*"] * 200),
        "*a" * 200,
        "[" * 400,
        "[a-" * 130,
        "*" * 400,
        "?" * 400,
    ],
)
def test_no_pattern_makes_a_tree_take_long(pattern):
    """Without a bound on the work each of these would take minutes or for ever."""
    deep = ["/".join(["a"] * 100 + [f"b{number}"]) for number in range(300)]
    wide = [f"{'a' * 200}{number}" for number in range(300)]
    assert len(select(pattern, [*deep, *wide])) <= 600


def test_select_keeps_the_order():
    paths = ["stacks/b.yaml", "apps/a.yaml", "stacks/a.yaml", "stacks/a.txt"]
    assert select("stacks/*.yaml", paths) == ["stacks/b.yaml", "stacks/a.yaml"]


@pytest.mark.parametrize(
    ("pattern", "directory"),
    [
        ("stacks/*.yaml", "stacks"),
        ("clusters/*/notes/**", "clusters"),
        ("a/b/c.yaml", "a/b"),
        ("**/x", ""),
        ("x.yaml", ""),
        ("a/[b]/c/d", "a"),
    ],
)
def test_literal_prefix(pattern, directory):
    assert literal_prefix(pattern) == directory


def test_is_glob():
    assert all(map(is_glob, ("*", "a?", "[a]")))
    assert not is_glob("a/b.yaml")


NAMES = st.sampled_from(["a", "b", "ab", ".a", "a.b"])
PARTS = st.sampled_from(["**", "*", "a*", "?", "[ab]", "a", "b", "ab", ".a", ".*", "*b"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PATTERNS = st.lists(PARTS, min_size=1, max_size=5).map("/".join)


@settings(deadline=None)
@given(PATTERNS, st.lists(PATHS))
def test_select_is_matches_for_each(pattern, paths):
    assert select(pattern, paths) == [path for path in paths if matches(pattern, path)]


@pytest.fixture(scope="module")
def real_files(tmp_path_factory):
    """Every path of up to three of the names, as a real file `f` in a real directory."""
    top = tmp_path_factory.mktemp("tree")
    names = ["a", "b", "ab", ".a"]
    directories = [""]
    for _ in range(3):
        directories += [f"{above}{name}/" for above in directories for name in names]
    for directory in set(directories):
        (top / directory).mkdir(parents=True, exist_ok=True)
        (top / directory / "f").touch()
    return top


@settings(deadline=None)
@given(PATTERNS)
def test_agrees_with_the_standard_library_on_real_files(real_files: Path, pattern: str):
    pattern = f"{pattern}/f"
    every = [str(path.relative_to(real_files)) for path in real_files.rglob("f")]
    # Path.glob differs: there, a star matches a leading dot.
    found = glob.glob(pattern, root_dir=real_files, recursive=True)  # noqa: PTH207
    assert set(select(pattern, every)) == set(found)


def test_a_path_that_ends_with_a_slash_is_a_directory_and_no_file():
    for pattern in ("clusters/*/lib", "clusters/*/lib/**", "clusters/*/lib/*", "clusters/**"):
        assert matches(pattern, "clusters/one/lib/")
    for pattern in ("clusters/*/lib/*.yaml", "clusters/*", "lib", "clusters/*/lib/?"):
        assert not matches(pattern, "clusters/one/lib/")
    assert select("stacks/**", ["stacks/a.yaml", "stacks/lib/"]) == ["stacks/a.yaml"]
    assert select("stacks/*", ["stacks/lib/"]) == []


_SEGMENT = st.text(st.sampled_from("ab*?[]!-^."), max_size=9)
_NAME = st.text(st.sampled_from("ab*?[]!-^."), max_size=9)


@given(_SEGMENT, _NAME)
@settings(max_examples=500)
def test_a_segment_matches_what_fnmatch_matches(segment, name):
    assert matches_segment(segment, name) == fnmatch.fnmatchcase(name, segment)
