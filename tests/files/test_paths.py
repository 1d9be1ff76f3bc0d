import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.files.paths import (
    ancestors,
    collision_key,
    in_batches,
    is_below,
    join_relative,
    path_problem,
    reach_problem,
    segment_problem,
)

ATTACKS = [
    ("", "is empty"),
    (".", "is a step between directories, not a name"),
    ("..", "is a step between directories, not a name"),
    ("a/b", "holds a path separator"),
    ("a\\b", "holds a path separator"),
    ("\\\\server\\share", "holds a path separator"),
    ("C:x", "holds ':', which Windows doesn't allow"),
    ("a?", "holds '?', which Windows doesn't allow"),
    ("a\0b", "holds U+0000, a character that can't be seen"),
    ("a\nb", "holds U+000A, a character that can't be seen"),
    ("a\x7fb", "holds U+007F, a character that can't be seen"),
    ("a\x85b", "holds U+0085, a character that can't be seen"),
    ("a\u202eb", "holds U+202E, a character that can't be seen"),
    ("a\u2066b", "holds U+2066, a character that can't be seen"),
    ("a\u200bb", "holds U+200B, a character that can't be seen"),
    ("a\u2028b", "holds U+2028, a character that can't be seen"),
    ("\ufeffa", "holds U+FEFF, a character that can't be seen"),
    ("a\udcffb", "holds U+DCFF, a character that can't be seen"),
    (".g\u200cit", "holds U+200C, a character that can't be seen"),
    ("a.", "ends with a dot or a space, which Windows drops"),
    ("a ", "ends with a dot or a space, which Windows drops"),
    ("...", "ends with a dot or a space, which Windows drops"),
    ("CON", "is a device on Windows"),
    ("nul.yaml", "is a device on Windows"),
    ("Com1.tar.gz", "is a device on Windows"),
    ("lpt³", "is a device on Windows"),
    ("aux .txt", "is a device on Windows"),
    ("conin$", "is a device on Windows"),
    (".git", "is reserved for git's own data"),
    (".GIT", "is reserved for git's own data"),
    (".GIT ", "is reserved for git's own data"),
    (".git. .", "is reserved for git's own data"),
    ("git~1", "is reserved for git's own data"),
    ("GIT~1.", "is reserved for git's own data"),
    ("-rf", "starts with '-', which programs read as an option"),
    ("~", "starts with '~', which shells read as a home directory"),
    ("~root", "starts with '~', which shells read as a home directory"),
    ("a" * 201, "is longer than 200 bytes"),
    ("é" * 101, "is longer than 200 bytes"),
]

# `%2e%2e` is here on purpose: nothing decodes it.
HARMLESS = [
    *("frontend.yaml", ".github", ".gitignore", ".gitkeep", "a b", "a~1", "grüße", "%2e%2e"),
    *("console", "com10", "com", "nullable.yaml", "a" * 200, "\u017f", "\u212a"),
]


@pytest.mark.parametrize(("name", "problem"), ATTACKS)
def test_names_that_are_refused(name, problem):
    assert segment_problem(name) == problem


@pytest.mark.parametrize("name", HARMLESS)
def test_names_that_are_fine(name):
    assert segment_problem(name) is None
    assert path_problem(f"clusters/{name}/{name}") is None or len(name) == 200


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/etc/passwd", "is absolute, but must be relative to the repository"),
        ("//server/share", "is absolute, but must be relative to the repository"),
        ("C:/x", "starts with a drive letter"),
        ("c:x", "starts with a drive letter"),
        ("a\\b", "holds a backslash, where / belongs"),
        ("", "is empty"),
        ("nul", "is a device on Windows"),
        ("a/../b", "has a part '..' that is a step between directories, not a name"),
        ("a//b", "has a part '' that is empty"),
        ("a/", "has a part '' that is empty"),
        ("a/.git/config", "has a part '.git' that is reserved for git's own data"),
        ("a/\u202eb", r"has a part '\u202eb' that holds U+202E, a character that can't be seen"),
        ("/".join(["a" * 100] * 4), "is 403 bytes long, and the limit is 400"),
        ("/".join(["a"] * 2048), "is 4095 bytes long, and the limit is 400"),
    ],
)
def test_paths_that_are_refused(path, problem):
    assert path_problem(path) == problem


@pytest.mark.parametrize("name", [name for name, _ in ATTACKS if "/" not in name])
def test_a_bad_part_spoils_the_path(name):
    assert path_problem(f"clusters/{name}/a.yaml") is not None


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/a", "is absolute, but must be relative to the repository"),
        ("a\0", "holds a NUL character"),
        ("", "has an empty part or a step such as '..'"),
        ("a//b", "has an empty part or a step such as '..'"),
        ("../a", "has an empty part or a step such as '..'"),
        ("a/./b", "has an empty part or a step such as '..'"),
        (".git/config", "is part of git's own data"),
        ("sub/.GIT/config", "is part of git's own data"),
    ],
)
def test_paths_out_of_reach(path, problem):
    assert reach_problem(path) == problem


@pytest.mark.parametrize("path", ["a", "a b /c:d", "-rf", "nul", "\udcff", ".gitignore"])
def test_whatever_a_file_is_called_it_is_in_reach(path):
    assert reach_problem(path) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Apps/a.yaml", "apps/A.yaml"),
        ("caf\u00e9", "cafe\u0301"),
        ("\u017f", "s"),
        ("\u212a", "k"),
        ("ß", "SS"),
        ("a./b ", "a/b"),
    ],
)
def test_paths_that_some_file_system_confuses(one, other):
    assert collision_key(one) == collision_key(other)


def test_paths_that_differ_keep_different_keys():
    paths = ["a", "b", "a/b", "a/c", "ab", "a.b", "e", "é"]
    assert len({collision_key(path) for path in paths}) == len(paths)


@settings(deadline=None)
@given(st.text())
def test_the_collision_key_ignores_composition(text):
    decomposed, composed = (unicodedata.normalize(form, text) for form in ("NFD", "NFC"))
    assert collision_key(decomposed) == collision_key(composed)


@pytest.mark.parametrize(
    ("base", "reference", "expected"),
    [
        ("", "a.yaml", "a.yaml"),
        ("stacks", "../apps/x.yaml", "apps/x.yaml"),
        ("stacks", "./x//y.yaml", "stacks/x/y.yaml"),
        ("stacks", "..", ""),
        ("stacks", "", "stacks"),
        ("a/b", "../../c/", "c"),
        ("stacks", "/etc/passwd", None),
        ("stacks", "../../etc/passwd", None),
        ("", "..", None),
        ("a", "../../a/b", None),
        ("a", "b/../../../a", None),
    ],
)
def test_join_relative(base, reference, expected):
    assert join_relative(base, reference) == expected


SEGMENTS = st.sampled_from(["a", "b", "..", ".", ""])


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "b"])), st.lists(SEGMENTS))
def test_a_joined_path_stays_inside_and_is_normal(base, steps):
    joined = join_relative("/".join(base), "/".join(steps))
    if joined:
        assert reach_problem(joined) is None
        assert join_relative("", joined) == joined


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "b"])), st.lists(SEGMENTS))
def test_join_relative_agrees_with_walking(base, steps):
    place = PurePosixPath("/top", *base)
    inside = True
    for step in steps:
        place = place.parent if step == ".." else place / step
        inside = inside and place.is_relative_to("/top")
    expected = str(place.relative_to("/top")).removeprefix(".") if inside else None
    if not "/".join(steps).startswith("/"):
        assert join_relative("/".join(base), "/".join(steps)) == expected


def test_ancestors():
    assert ancestors("a/b/c") == ["a", "a/b"]
    assert ancestors("a") == []


def test_is_below():
    assert is_below("a/b", "")
    assert is_below("a/b", "a")
    assert is_below("a", "a")
    assert not is_below("ab", "a")


def test_paths_are_sent_in_batches_of_bytes():
    paths = ["aa", "bb", "c" * 9, "ä", "d"]
    assert list(in_batches(paths, str, 6)) == [["aa", "bb"], ["c" * 9], ["ä", "d"]]
    assert list(in_batches(paths, str, 5)) == [["aa"], ["bb"], ["c" * 9], ["ä", "d"]]
    assert list(in_batches([], str, 5)) == []
