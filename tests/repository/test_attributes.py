"""Files that git stores in another form, with the same answer from every source."""

import os
import pickle

import pytest

from kure_hooks.errors import ReadError
from kure_hooks.files.tree import WorkTree
from kure_hooks.repository import CheckoutTree, IndexTree, RevisionTree
from kure_hooks.repository import attributes as module
from tests.support.git import commit_all, git, write

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"


def trees(top):
    return CheckoutTree(top), IndexTree(top), RevisionTree(top, "HEAD")


def conversions(top, *paths):
    """Return what all three sources say."""
    first, *others = [tree.conversions(paths) for tree in trees(top)]
    assert others == [first, first]
    return first


def asked(monkeypatch):
    """Return a list that grows with each conversation with `git check-attr`."""
    started = []
    real = module.converse

    def converse(root, *args, **options):
        started.append("check-attr" in args)
        return real(root, *args, **options)

    monkeypatch.setattr(module, "converse", converse)
    return started


@pytest.mark.parametrize(
    ("line", "conversion"),
    [
        ("*.json filter=lfs diff=lfs merge=lfs -text", "filter=lfs"),
        ("secrets/** filter=git-crypt", None),
        ("/d/a.json filter=git-crypt", "filter=git-crypt"),
        ("* filter", None),
        ("* -filter", None),
        ("* filter=lfs\n*.json filter=", None),
        ("* filter=lfs\n*.json -filter", None),
        ("* filter=lfs\n*.json !filter", None),
        ("[attr]big filter=lfs\n*.json big", "filter=lfs"),
        ("* ident", "ident"),
        ("* ident=other", None),
        ("* -ident", None),
        ("* working-tree-encoding=UTF-16", "working-tree-encoding=UTF-16"),
        ("* working-tree-encoding=utf-8", None),
        ("* working-tree-encoding=UTF8", None),
        ("* -working-tree-encoding", "-working-tree-encoding"),
        ("* working-tree-encoding=latin1\n*.json !working-tree-encoding", None),
        ("* ident filter=lfs working-tree-encoding=latin1", "filter=lfs"),
        ("* text=auto eol=crlf", None),
        ("* binary linguist-generated", None),
        ("* -text -diff -merge", None),
        ("# filter=lfs in a comment", None),
    ],
)
def test_attributes(top, line, conversion):
    write(top, {"d/a.json": "{}\n"})
    commit_all(top, "first")
    added = f"100644,{blob(top, line)},.gitattributes"
    git(top, "update-index", "--add", "--cacheinfo", added)
    git(top, "commit", "--quiet", "--message", "second")
    write(top, {".gitattributes": f"{line}\n"})
    assert conversions(top, "d/a.json") == ({"d/a.json": conversion} if conversion else {})


def blob(top, text):
    return git(top, "hash-object", "-w", "--stdin", stdin=text.encode()).strip()


@pytest.fixture(params=["file", "directory", "info", "user", "system", "named", "included", "-c"])
def filtering(request, top, tmp_path, monkeypatch):
    """A repository where a.json is under a filter, by each of the places that can say so."""
    line = "a.json filter=lfs\n"
    write(top, {"d/a.json": "{}\n", "d/b.json": "{}\n"})
    home = tmp_path / "home"
    write(home, {"attributes": line})
    monkeypatch.setenv("HOME", str(home))
    match request.param:
        case "file":
            write(top, {".gitattributes": line})
        case "directory":
            write(top, {"d/.gitattributes": line})
        case "info":
            write(top, {".git/info/attributes": line})
        case "user":
            write(home, {".config/git/attributes": line})
        case "system":
            monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "xdg"))
            write(home, {"xdg/git/attributes": line})
        case "named":
            git(top, "config", "core.attributesFile", str(home / "attributes"))
        case "included":
            write(home, {"more": f"[core]\nattributesFile = {home}/attributes\n"})
            git(top, "config", "include.path", str(home / "more"))
        case "-c":
            monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
            monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.attributesFile")
            monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(home / "attributes"))
    commit_all(top, "first")
    return top


def test_wherever_attributes_are_said(filtering):
    assert conversions(filtering, "d/a.json", "d/b.json") == {"d/a.json": "filter=lfs"}
    for tree in trees(filtering):
        assert tree.read("d/b.json") == b"{}\n"
        with pytest.raises(ReadError) as caught:
            tree.read("d/a.json")
        assert str(caught.value) == (
            "d/a.json has the git attribute filter=lfs, so that git stores something else than the "
            'work tree holds. Use another file, or add the line "/d/a.json -filter" to '
            ".gitattributes."
        )


def test_each_version_has_its_own_attributes(top):
    write(top, {"a.json": "{}\n"})
    commit_all(top, "first")
    write(top, {".gitattributes": "a.json filter=lfs\n"})
    work, index, revision = trees(top)
    found = {"a.json": "filter=lfs"}
    assert [tree.conversions(["a.json"]) for tree in (work, index, revision)] == [found, {}, {}]
    git(top, "add", ".gitattributes")
    assert IndexTree(top).conversions(["a.json"]) == found
    git(top, "commit", "--quiet", "--message", "second")
    (top / ".gitattributes").unlink()
    assert CheckoutTree(top).conversions(["a.json"]) == found
    git(top, "rm", "--quiet", ".gitattributes")
    work, index, revision = trees(top)
    assert [tree.conversions(["a.json"]) for tree in (work, index, revision)] == [{}, {}, found]
    assert RevisionTree(top, "HEAD~1").conversions(["a.json"]) == {}


def test_untracked_attributes_count_in_the_work_tree(top):
    write(top, {"d/e/a.json": "{}\n", "d/.gitattributes": "*.json filter=x\n"})
    assert CheckoutTree(top).conversions(["d/e/a.json"]) == {"d/e/a.json": "filter=x"}
    with pytest.raises(ReadError, match="filter=x"):
        CheckoutTree(top).read("d/e/a.json")


def test_attributes_of_any_length(top):
    write(top, {"a.json": "{}\n", ".gitattributes": "*.json filter=lfs\n" + "# long\n" * 200_000})
    commit_all(top, "first")
    assert conversions(top, "a.json") == {"a.json": "filter=lfs"}


def test_below_the_top(top):
    write(top, {"sub/a.json": "{}\n", ".gitattributes": "sub/*.json filter=lfs\n"})
    commit_all(top, "first")
    assert CheckoutTree(top / "sub").conversions(["a.json"]) == {"a.json": "filter=lfs"}


def test_git_is_not_asked_where_nothing_converts(top, monkeypatch):
    write(top, {"d/a.json": "{}\n", ".gitattributes": "* text=auto linguist-generated\n"})
    write(top, {"d/.gitattributes": "*.json -text\n"})
    commit_all(top, "first")
    started = asked(monkeypatch)
    for tree in trees(top):
        assert tree.conversions(["d/a.json", "new/b"]) == {}
        tree.read("d/a.json")
    assert started == []


def test_git_is_asked_once_for_all(top, monkeypatch):
    paths = [f"d/{'x' * 100}{number}" for number in range(500)]
    write(top, dict.fromkeys(paths, "x") | {".gitattributes": "*7 filter=lfs\n"})
    commit_all(top, "first")
    started = asked(monkeypatch)
    tree = CheckoutTree(top)
    assert set(tree.conversions(paths)) == {path for path in paths if path.endswith("7")}
    tree.read(paths[0])
    assert started == [True]


def test_names_that_git_quotes(top):
    names = ['q"uote', "back\\slash", "tab\t", "new\nline", "ä", os.fsdecode(b"\xe9"), "-x", ":!x"]
    write(top, dict.fromkeys(names, "x") | {".gitattributes": "* filter=lfs\n"})
    commit_all(top, "first")
    assert conversions(top, *names) == dict.fromkeys(names, "filter=lfs")


@pytest.mark.parametrize("options", ["--cone", "--cone --sparse-index", "--no-cone"])
def test_attributes_outside_of_a_sparse_checkout(top, options):
    write(top, {"d/a.json": "{}\n", "e/a.json": "{}\n", "e/.gitattributes": "* filter=lfs\n"})
    commit_all(top, "first")
    git(top, "sparse-checkout", "set", *options.split(), "d")
    assert conversions(top, "d/a.json", "e/a.json") == {"e/a.json": "filter=lfs"}


def test_a_pickle_knows_the_attributes(top):
    write(top, {"d/a.json": "{}\n", "d/.gitattributes": "* filter=lfs\n"})
    commit_all(top, "first")
    for tree in trees(top):
        again = pickle.loads(pickle.dumps(tree))  # noqa: S301 - it was just made here
        assert again.conversions(["d/a.json"]) == {"d/a.json": "filter=lfs"}


def test_no_filter_is_run(top, tmp_path):
    """Neither by reading nor by asking."""
    for kind in ("clean", "smudge", "process"):
        git(top, "config", f"filter.evil.{kind}", f"touch {tmp_path}/trace; cat")
    write(top, {"a.json": "{}\n"})
    commit_all(top, "first")
    write(top, {".gitattributes": "* filter=evil\n"})
    for tree in (CheckoutTree(top), IndexTree(top)):
        tree.conversions(["a.json"])
        assert tree.holds("a.json", b"{}\n") is True
    assert not (tmp_path / "trace").exists()


def test_a_missing_file_is_just_missing(top):
    write(top, {".gitattributes": "* filter=lfs\n"})
    commit_all(top, "first")
    for tree in trees(top):
        with pytest.raises(ReadError, match="does not exist"):
            tree.read("none.json")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (POINTER, "is a pointer of Git LFS"),
        (POINTER.replace("git-lfs.github", "hawser.github"), "is a pointer of Git LFS"),
        ("\0GITCRYPT\0\x01\x02", "is encrypted with git-crypt"),
        ("/annex/objects/SHA256E-s1--00\n", "is a pointer of git-annex"),
    ],
)
def test_what_stands_for_a_file_is_never_its_content(top, data, problem):
    """Where no attribute says so any more, as in an archive of the repository, or a fork."""
    write(top, {"a.json": data})
    commit_all(top, "first")
    said = set()
    for tree in (*trees(top), WorkTree(top)):
        with pytest.raises(ReadError, match=problem) as caught:
            tree.read("a.json")
        said.add(str(caught.value))
    assert len(said) == 1


def test_what_only_speaks_of_pointers_is_content(top):
    write(top, {"a.md": f"A pointer begins with\n{POINTER}"})
    commit_all(top, "first")
    assert len({tree.read("a.md") for tree in trees(top)}) == 1
