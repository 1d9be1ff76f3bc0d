import os
import pickle

import pytest

from kure_hooks.errors import ToolError, UsageError
from kure_hooks.repository import RevisionTree, history
from kure_hooks.repository.history import Commit, changed_by, last_commits, touches
from tests.support.git import commit_all, git, make_repository, write


def commit(top, message, files):
    """Write files, None to remove one, and commit; return the commit's id."""
    write(top, {path: data for path, data in files.items() if data is not None})
    for path in [path for path, data in files.items() if data is None]:
        (top / path).unlink()
    commit_all(top, message)
    return git(top, "rev-parse", "HEAD").strip()


def ids(top, *paths, revision="HEAD"):
    found = last_commits(RevisionTree(top, revision), paths)
    return {path: each.id for path, each in found.items()}


def test_the_last_commit_of_each_path(top):
    first = commit(top, "first", {"a/1": "1", "a/2": "1", "gone": "1", "b": "1"})
    second = commit(top, "second", {"a/1": "2"})
    third = commit(top, "third", {"gone": None})
    assert ids(top, "a/1", "a/2", "gone", "never") == {"gone": third, "a/1": second, "a/2": first}
    assert ids(top, "a/1", revision=first) == {"a/1": first}
    assert ids(top) == {}


def test_they_come_in_the_order_of_the_log(top):
    for name in "cab":
        commit(top, name, {name: ""})
    assert list(ids(top, "a", "b", "c")) == ["b", "a", "c"]


def test_a_directory_stands_for_what_is_or_was_in_it(top):
    commit(top, "first", {"a/b/1": "1", "a/c": "1", "ab/d": "1"})
    second = commit(top, "second", {"a/b/1": None})
    commit(top, "third", {"ab/d": "2"})
    assert ids(top, "a", "a/b", "nothing") == {"a": second, "a/b": second}


def test_a_commit(top):
    name = commit(top, "first", {"a": "1"})
    found = last_commits(RevisionTree(top, "HEAD"), ["a"])["a"]
    assert found == Commit(name, "2026-01-01")
    assert found.abbreviated == name[:7]
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - it was just made here


def test_the_date_is_the_author_s_own_day(top):
    commit(top, "first", {"a": "1"})
    when = "--date=2025-11-20T23:30:00-0800"
    git(top, "commit", "--amend", "--no-edit", "--quiet", when)
    assert last_commits(RevisionTree(top, "HEAD"), ["a"])["a"].date == "2025-11-20"


@pytest.mark.parametrize("where", ["dir/", ""])
def test_names_that_git_quotes_or_reads_as_patterns(top, where):
    names = ['q"uote', "back\\slash", "tab\t", "ä", os.fsdecode(b"caf\xe9"), ":(top)x", ":!x", "-x"]
    names += ["*", ":100644 1", " space", "a b", "[a]", "\x01", "--"]
    first = commit(top, "first", {where + name: "" for name in names} | {f"{where}other": ""})
    commit(top, "second", {f"{where}other": "2"})
    asked = [where + name for name in names]
    assert ids(top, *asked) == dict.fromkeys(asked, first)
    for path in asked:
        assert ids(top, path) == {path: first}


def test_a_newline_in_a_name_has_no_history(top):
    first = commit(top, "first", {"d/a\nb": "", "d/c": "1", "d/x": ""})
    commit(top, "second", {"d/c\n": "1", "\nd/c": "1"})
    assert ids(top, "d/a\nb", "d/c") == {"d/c": first}
    assert ids(top, *(f"d{number}" for number in range(200)), "d/c") == {"d/c": first}


def test_many_paths(top, monkeypatch):
    """A few directories are asked for in their place; the answer is the same."""
    monkeypatch.setattr(history, "_MOST_PATHSPECS", 3)
    first = commit(top, "first", {f"{one}/{two}/f": "1" for one in "abcd" for two in "xy"})
    commit(top, "second", {"a/x/other": "", "top": ""})
    third = commit(top, "third", {"a/x/f": "2"})
    asked = [f"{one}/{two}/f" for one in "abcd" for two in "xy"]
    assert ids(top, *asked, "never") == dict.fromkeys(asked, first) | {"a/x/f": third}


def test_more_paths_than_an_argument_list_can_hold(top):
    paths = [f"clusters/c{number % 50}/{'x' * 100}{number}" for number in range(30_000)]
    first = commit(top, "first", {paths[0]: ""})
    assert ids(top, *paths) == {paths[0]: first}


def merged(top, resolution):
    """Two branches that changed f, and one of them g, merged with this content of f."""
    base = commit(top, "base", {"f": "0", "g": "0"})
    git(top, "checkout", "--quiet", "-b", "side")
    side = commit(top, "side", {"f": "side", "g": "side"})
    git(top, "checkout", "--quiet", "main")
    main = commit(top, "main", {"f": "main", "h": "main"})
    with pytest.raises(AssertionError, match="git merge"):
        git(top, "merge", "--quiet", "side")
    merge = commit(top, "merge", {"f": resolution})
    return {base: "base", side: "side", main: "main", merge: "merge"}


@pytest.mark.parametrize(
    ("resolution", "who"), [("main", "main"), ("side", "side"), ("both", "merge"), (None, "merge")]
)
@pytest.mark.parametrize("below", ["", "sub"])
def test_a_merge(tmp_path, resolution, who, below):
    """The side whose work was discarded is not to blame; a merge is only for its own work."""
    top = make_repository(tmp_path / "top")
    root = top / below
    root.mkdir(exist_ok=True)
    names = merged(root, resolution)
    assert {path: names[each] for path, each in ids(root, "f", "g", "h").items()} == {
        "f": who,
        "g": "side",
        "h": "main",
    }


def test_below_the_top(top):
    first = commit(top, "first", {"sub/a/f": "1", "sub/g": "1", "a/f": "1"})
    commit(top, "second", {"a/f": "2", "submarine": "2"})
    assert ids(top / "sub", "a/f", "g", "a") == {"a/f": first, "g": first, "a": first}


SETTINGS = {
    "log.follow": "true",
    "log.showSignature": "true",
    "log.diffMerges": "first-parent",
    "diff.renames": "copies",
    "diff.relative": "true",
    "diff.noprefix": "true",
    "color.ui": "always",
    "core.quotePath": "true",
    "core.abbrev": "4",
}


@pytest.mark.parametrize("below", ["", "sub"])
def test_settings_of_the_user_change_nothing(top, below):
    for name, value in SETTINGS.items():
        git(top, "config", name, value)
    (top / below).mkdir(exist_ok=True)
    commit(top / below, "first", {"old": "1\n" * 50})
    moved = commit(top / below, "second", {"old": None, "new": "1\n" * 50})
    for path in ("new", "old"):
        assert ids(top / below, path) == {path: moved}


@pytest.fixture
def shallow(top, tmp_path):
    """Return a function that clones three commits with this depth."""
    commit(top, "first", {"a": "1", "b": "1", "c": "1"})
    commit(top, "second", {"b": "2"})
    commit(top, "third", {"c": "3"})

    def clone(depth):
        git(tmp_path, "clone", "--quiet", f"--depth={depth}", f"file://{top}", f"clone{depth}")
        return tmp_path / f"clone{depth}"

    return clone


@pytest.mark.parametrize(("depth", "known"), [(1, ""), (2, "c"), (3, "bc"), (4, "abc")])
def test_a_shallow_clone_tells_where_it_ends(shallow, depth, known):
    """To git the third of three commits is an end as well: it might have parents."""
    found = last_commits(RevisionTree(shallow(depth), "HEAD"), ["a", "b", "c"])
    assert {path for path, each in found.items() if not each.boundary} == set(known)
    assert found.keys() == set("abc")


def test_a_linked_work_tree_of_a_shallow_clone(shallow, tmp_path):
    git(shallow(1), "worktree", "add", "--quiet", str(tmp_path / "linked"))
    assert last_commits(RevisionTree(tmp_path / "linked", "HEAD"), ["a"])["a"].boundary


def test_without_a_commit(top):
    with pytest.raises(UsageError, match="the repository has none yet"):
        last_commits(RevisionTree(top, "HEAD"), ["a"])


def test_a_broken_history(top):
    first = commit(top, "first", {"a": "1"})
    commit(top, "second", {"b": "1"})
    (top / ".git/objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(ToolError, match="ended unexpectedly"):
        last_commits(RevisionTree(top, "HEAD"), ["a"])


def touched(top, path, revision="HEAD"):
    found = touches(RevisionTree(top, revision), [path])[path]
    return [(each.commit.id, len(each.before), each.after) for each in found]


def blob(top, path, revision="HEAD"):
    return git(top, "rev-parse", f"{revision}:{path}").strip()


def test_what_made_a_file_what_it_is(top):
    first = commit(top, "first", {"a": "1", "b": "1"})
    second = commit(top, "second", {"a": "2"})
    commit(top, "third", {"b": "2"})
    one, two = blob(top, "a", first), blob(top, "a")
    assert touched(top, "a") == [(second, 1, two), (first, 1, one)]
    found = touches(RevisionTree(top, "HEAD"), ["a", "never"])
    assert [each.before for each in found["a"]] == [(one,), ("",)]
    assert found["never"] == []
    assert touches(RevisionTree(top, "HEAD"), []) == {}


def test_only_back_to_when_it_was_added(top):
    commit(top, "first", {"a": "1"})
    removed = commit(top, "second", {"a": None})
    assert [name for name, _, _ in touched(top, "a")][:1] == [removed]
    again = commit(top, "third", {"a": "1"})
    assert [name for name, _, _ in touched(top, "a")] == [again]


def test_what_a_merge_discarded_made_nothing(top):
    first = commit(top, "first", {"a": "1"})
    git(top, "checkout", "--quiet", "-b", "side")
    commit(top, "side", {"a": "2"})
    git(top, "checkout", "--quiet", "main")
    commit(top, "main", {"b": "1"})
    git(top, "merge", "--quiet", "--no-edit", "--strategy=ours", "side")
    assert [name for name, _, _ in touched(top, "a")] == [first]


def test_a_merge_has_a_blob_of_each_parent(top):
    commit(top, "first", {"a": "1"})
    git(top, "checkout", "--quiet", "-b", "side")
    commit(top, "side", {"a": "2"})
    git(top, "checkout", "--quiet", "main")
    commit(top, "main", {"a": "3"})
    git(top, "merge", "--quiet", "--no-commit", "--strategy=ours", "side")
    merged = commit(top, "merge", {"a": "4"})
    assert touched(top, "a")[0] == (merged, 2, blob(top, "a"))
    assert changed_by(top, merged) == {"a"}


def test_so_many_commits_of_a_file(top, monkeypatch):
    monkeypatch.setattr(history, "_MOST_TOUCHES", 2)
    names = [commit(top, name, {"a": name}) for name in "xyz"]
    assert [name for name, _, _ in touched(top, "a")] == names[:0:-1]


def test_what_a_commit_changed(top):
    first = commit(top, "first", {"a": "1", "d/b": "1"})
    second = commit(top, "second", {"a": None, "ü": "1"})
    assert changed_by(top, first) == {"a", "d/b"}
    assert changed_by(top, second) == {"a", "ü"}
    assert changed_by(top / "d", first) == {"b"}
