"""The patch, judged by the programs that apply patches."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.drift.result import FileChange, Holding, Kind, Obstacle
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import Style, render
from tests.reports.outcomes import DIFF, OUTCOME, hostile
from tests.support.git import environment, git, make_repository

# Names that end or begin oddly, that need quotes, or that look like lines of a patch.
NAMES = (
    *("a", "b", "ü", "東京", "a b", " a", "a ", "b/a b/a", 'q"', "back\\slash", "tab\tstop"),
    *("\r", "\x7f", "\u202e", "\udcff", "-dash", "#", "'", "*", "%s", "\\012", "line\nfeed"),
    *("@@ -1 +1 @@", "--- a", "diff --git a b", "dev/null", "a.orig", ".gitignore"),
)
LINES = st.sampled_from(
    [
        *("", "a", "b", "c: d", "é", "-", "+", "# x", " ", "\t", "\r", "a\r", "\x00", "\x0c"),
        *("--- a/x", "+++ b/x", "@@ -1 +1 @@", "diff --git a/x b/x", "\u2028"),
        "\\ No newline at end of file",
    ]
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


class Link(str):
    """The target of a symbolic link."""

    __slots__ = ()


LINKS = st.sampled_from(["a", "../other.yaml", "/nowhere", "with blank", "ü"]).map(Link)


@st.composite
def edits(draw):
    """Two texts that have most lines in common."""
    lines = draw(st.lists(LINES, min_size=1, max_size=30))
    other = list(lines)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(other)))
        other[start : start + draw(st.integers(0, 3))] = draw(st.lists(LINES, max_size=3))
    return "\n".join(lines), "\n".join(other)


PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
FILES = st.one_of(
    edits(),
    st.tuples(st.none(), TEXTS),
    st.tuples(TEXTS, st.none()),
    st.tuples(LINKS, TEXTS),
)


def possible(paths):
    """Whether no path is a file and a directory as well."""
    return not any(other.startswith(f"{path}/") for path in paths for other in paths)


def side(files, number):
    return {path: sides[number] for path, sides in files.items() if sides[number] is not None}


def both_possible(files):
    return possible(side(files, 0)) and possible(side(files, 1))


TREES = st.dictionaries(PATHS, FILES, min_size=1, max_size=6).filter(both_possible)


def changes_of(files):
    """Return the changes as the drift engine makes them, but for renames."""
    for path, (before, after) in files.items():
        if before is None:
            yield FileChange(Kind.MISSING, path, "d", after=after)
        elif after is None:
            yield FileChange(Kind.UNEXPECTED, path, "d", before=before)
        elif before != after:
            kind = Kind.FORMATTING if before.split() == after.split() else Kind.CHANGED
            link = isinstance(before, Link)
            yield FileChange(kind, path, "d", before=before, after=after, link=link)


def patch(*changes):
    return render("diff", Outcome("check", drift=changes), Style())


def write_tree(root, tree):
    for path, content in tree.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            file.symlink_to(content)
        else:
            file.write_bytes(content.encode())


def read_tree(root):
    found = {}
    for file in root.rglob("*"):
        path = file.relative_to(root)
        if file.is_symlink():
            found[str(path)] = Link(file.readlink())
        elif file.is_file() and path.parts[0] != ".git":
            found[str(path)] = file.read_bytes().decode()
    return found


def apply(command, text, tree, *, repository=False):
    """Return the tree that a program makes of a tree by a patch."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory, "root")
        root.mkdir()
        write_tree(root, tree)
        if repository:
            make_repository(root)
            git(root, "add", "--all", "--force")
        # Without a repository of the test, git must not find one above.
        env = environment() | {"GIT_CEILING_DIRECTORIES": directory}
        done = subprocess.run(
            command, cwd=root, env=env, input=text.encode(), capture_output=True, check=False
        )
        assert done.returncode == 0, os.fsdecode(done.stdout + done.stderr) + text
        return read_tree(root)


def assert_applies(text, before, after):
    if not text:
        assert before == after
        return
    assert apply(("git", "apply", "--check"), text, before) == before
    assert apply(("git", "apply"), text, before) == after
    assert apply(("git", "apply", "--index"), text, before, repository=True) == after


@given(TREES)
@settings(deadline=None)
def test_git_turns_one_side_into_the_other(files):
    assert_applies(patch(*changes_of(files)), side(files, 0), side(files, 1))


@given(PATHS, PATHS, edits(), TREES)
@settings(deadline=None)
def test_git_renames_and_edits_at_once(path, was, sides, files):
    other = {name: sides for name, sides in files.items() if name not in (path, was)}
    everything = {was: (sides[0], None), path: (None, sides[1])} | other
    if path == was or not both_possible(everything):
        return
    change = FileChange(Kind.RENAMED, path, "d", was=was, before=sides[0], after=sides[1])
    text = patch(change, *changes_of(other))
    assert_applies(text, side(everything, 0), side(everything, 1))


def gnu_patch_can(files):
    """Whether no name has a line feed, no empty file goes and no file makes way for a directory."""
    odd = any("\n" in path or sides == ("", None) for path, sides in files.items())
    return possible(files) and not odd


@pytest.mark.skipif(not shutil.which("patch"), reason="the program patch is not installed")
@given(TREES.filter(gnu_patch_can))
@settings(deadline=None)
def test_gnu_patch_does_the_same(files):
    text = patch(*changes_of(files))
    if text:
        assert apply(("patch", "-p1", "--force"), text, side(files, 0)) == side(files, 1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sides", [("", None), (None, ""), ("a\n", "b\n"), (Link("x"), "a\n")])
def test_every_odd_name_can_be_patched(name, sides):
    files = {f"clusters/{name}": sides}
    assert_applies(patch(*changes_of(files)), side(files, 0), side(files, 1))


def test_a_root_below_the_top_is_named_to_git(tmp_path):
    make_repository(tmp_path)
    files = {"clusters/a.yaml": ("a\n", "b\n"), "clusters/b.yaml": (None, "c\n")}
    root = tmp_path / "fleet"
    root.mkdir()
    write_tree(root, side(files, 0))
    command = ("git", "apply", "--directory=fleet")
    text = patch(*changes_of(files))
    subprocess.run(command, cwd=root, env=environment(), input=text.encode(), check=True)
    assert read_tree(root) == side(files, 1)


def test_the_mode_of_a_file_stays(tmp_path):
    write_tree(tmp_path, {"a": "a\n"})
    (tmp_path / "a").chmod(0o755)
    text = patch(*changes_of({"a": ("a\n", "b\n")}))
    subprocess.run(
        ("git", "apply"), cwd=tmp_path, env=environment(), input=text.encode(), check=True
    )
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o755


def comments(text):
    return [line for line in text.split("\n") if line.startswith("# ")]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (FileChange(Kind.UNTRACKED, "a", "d"), "up to date, but not added to git"),
        (
            FileChange(Kind.FOREIGN, "a", "d"),
            "not generated; remove it or list it under drift.keep",
        ),
        (
            FileChange(
                Kind.FOREIGN,
                "a",
                "d",
                obstacle=Obstacle.FILE,
                held=Holding.COMMITTED,
                before="x",
                after="y",
            ),
            "in the way, without the header of kure-hooks; its content is committed",
        ),
        (
            FileChange(Kind.CHANGED, "a", "d", before="x", after="y", masked=True),
            "it holds secrets, which are hidden in reports",
        ),
        (FileChange(Kind.CHANGED, "a", "d", note="it is too large", after="y"), "it is too large"),
        (FileChange(Kind.CHANGED, "a", "d", after="y"), "its text is not known"),
        (FileChange(Kind.UNEXPECTED, "a", "d", after="y"), "its text is not known"),
        (FileChange(Kind.RENAMED, "a", "d", was="b", after="y"), "its text is not known"),
        (FileChange(Kind.MISSING, "a", "d", after="\udcff"), "it is not UTF-8"),
    ],
)
def test_what_is_not_in_the_patch_is_said(change, why):
    assert patch(change) == f"# a: not in this patch: {why}\n"


@pytest.mark.parametrize(
    "path", ["../a", "/a", "a/../../b", ".git/config", "a\0b", "\ud800", "a//b"]
)
@pytest.mark.parametrize("old", [False, True])
def test_no_patch_reaches_outside_of_the_tree(path, old):
    names = ("x", path) if old else (path, "x")
    change = FileChange(Kind.RENAMED, names[0], "d", was=names[1], before="a\n", after="a\n")
    assert len(comments(patch(change))) == 1
    assert "diff --git" not in patch(change)


def test_what_is_below_a_file_that_stays_is_not_in_the_patch():
    foreign = FileChange(Kind.FOREIGN, "d/a", "d")
    text = patch(foreign, FileChange(Kind.MISSING, "d/a/b", "d", after="x\n"))
    assert comments(text)[1] == "# d/a/b: not in this patch: d/a is in its way"
    assert "diff --git" not in text


def test_clusters_of_one_side_only_are_said():
    text = render("diff", DIFF, Style())
    assert comments(text) == ["# clusters/test: not in this patch: the cluster as a whole is added"]
    assert_applies(
        text, {DIFF.drift[1].path: DIFF.drift[1].before}, {DIFF.drift[0].path: DIFF.drift[0].after}
    )


def test_a_hostile_outcome_patches_nothing():
    lines = render("diff", hostile(), Style()).splitlines()
    assert len(lines) == 2
    assert all(line.startswith("# clusters/::error::x\\x0a##[error]y") for line in lines)


@pytest.mark.parametrize(
    "name", ["\ndiff --git a/x b/x", "\n--- a/x", "\n@@ -1 +1 @@", "\r\n--- a"]
)
def test_a_comment_is_no_header(name):
    """Git stops at a hunk without a header; here the one patch beside the comment applies."""
    foreign = FileChange(Kind.FOREIGN, name, "d", note=name)
    text = patch(foreign, *changes_of({"x": ("a\n", "b\n")}))
    assert_applies(text, {"x": "a\n"}, {"x": "b\n"})


def test_the_outcome_of_all_tests_applies():
    text = render("diff", OUTCOME, Style())
    left_out = {line[2:].split(": ")[0] for line in comments(text)}
    patched = [each for each in OUTCOME.drift if each.path not in left_out]
    before, after = {}, {}
    for each in patched:
        if each.before is not None:
            before[each.was or each.path] = Link(each.before) if each.link else each.before
        if each.after is not None:
            after[each.path] = each.after
    assert len(patched) == len(OUTCOME.drift) - 4
    assert_applies(text, before, after)


def test_nothing_drifted_is_no_patch():
    view = ClusterView("clusters/a", "stacks/a.yaml")
    assert render("diff", Outcome("check", clusters=(view,), written=("a",)), Style()) == ""


def test_the_patch_of_a_real_check_mends_the_tree(kure, fleet):
    """Whatever drifted: changed, formatted, missing, unexpected, renamed."""
    kure("generate")
    make_repository(fleet)
    git(fleet, "add", "--all")
    apps = fleet / "clusters/prod/apps"
    wanted = read_tree(fleet)
    files = sorted(path for path in apps.iterdir() if "deployment" not in path.name)
    assert len(files) >= 2
    files[0].rename(apps / "renamed.yaml")
    files[1].write_bytes(files[1].read_bytes().replace(b"\n", b"\r\n"))
    top = fleet / "clusters/prod/kustomization.yaml"
    (apps / "old.yaml").write_text(top.read_text().splitlines()[0] + "\n")
    top.unlink()
    patch_file = fleet.with_name("drift.patch")
    assert kure("check", "--quiet", "--output", f"diff={patch_file}") == (1, "", "")
    assert "rename from " in patch_file.read_text()
    assert comments(patch_file.read_text()) == []
    git(fleet, "apply", str(patch_file))
    assert read_tree(fleet) == wanted
    assert kure("check", "--format", "diff")[:2] == (0, "")
