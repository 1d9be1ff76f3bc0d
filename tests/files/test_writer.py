import os
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.errors import ToolError, UsageError
from kure_hooks.files.tree import WorkTree
from kure_hooks.files.writer import Changes, write_file, write_tree
from tests.support.children import as_somebody_else, python, start

DEAD_PID = 4_194_305  # above the highest that Linux gives out


def content(root: Path) -> dict[str, bytes]:
    """Return every file below the root, temporaries too."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def directories(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_dir())


def test_new_files_and_directories(tmp_path):
    files = {"b.yaml": b"b", "clusters/prod/apps/a.yaml": b"a", "clusters/z.yaml": b""}
    assert write_tree(tmp_path, files) == Changes(tuple(sorted(files)), ())
    assert content(tmp_path) == files


def test_nothing_to_do(tmp_path):
    assert write_tree(tmp_path, {}) == Changes((), ())
    assert write_tree(tmp_path, {}, ["none.yaml", "no/such.yaml"]) == Changes((), ())


def test_equal_content_is_left_untouched(tmp_path):
    write_tree(tmp_path, {"a/same.yaml": b"same", "a/other.yaml": b"old"})
    before = (tmp_path / "a/same.yaml").stat()
    changes = write_tree(tmp_path, {"a/same.yaml": b"same", "a/other.yaml": b"new"})
    after = (tmp_path / "a/same.yaml").stat()
    assert changes == Changes(("a/other.yaml",), ())
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_run_without_changes_writes_nothing_at_all(tmp_path):
    files = {"a/b.yaml": b"b", "a/c.yaml": b"c"}
    write_tree(tmp_path, files)
    before = (tmp_path / "a").stat().st_mtime_ns
    assert write_tree(tmp_path, files) == Changes((), ())
    assert (tmp_path / "a").stat().st_mtime_ns == before


def test_a_replaced_file_keeps_its_mode_and_a_new_one_follows_the_umask(tmp_path):
    (tmp_path / "old").write_bytes(b"old")
    (tmp_path / "old").chmod(0o750)
    before = os.umask(0o027)
    try:
        write_tree(tmp_path, {"old": b"new", "new": b"new"})
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("old", "new")]
    assert modes == [0o750, 0o640]


def test_removals_take_emptied_directories_along(tmp_path):
    write_tree(tmp_path, dict.fromkeys(["a/b/c/1", "a/b/2", "a/x/y/3", "k/4", "k/5"], b""))
    (tmp_path / "already-empty").mkdir()
    changes = write_tree(tmp_path, {}, ["k/4", "a/b/2", "a/b/c/1"])
    assert changes == Changes((), ("a/b/2", "a/b/c/1", "k/4"))
    assert directories(tmp_path) == ["a", "a/x", "a/x/y", "already-empty", "k"]


def test_the_root_is_never_removed(tmp_path):
    write_tree(tmp_path, {"a/b": b""})
    write_tree(tmp_path, {}, ["a/b"])
    assert tmp_path.is_dir()
    assert directories(tmp_path) == []


def test_what_is_to_be_written_is_not_removed(tmp_path):
    assert write_tree(tmp_path, {"a": b"a"}, ["a"]) == Changes(("a",), ())
    assert content(tmp_path) == {"a": b"a"}


def test_a_directory_is_no_file_to_remove(tmp_path):
    write_tree(tmp_path, {"dir/a": b"a"})
    assert write_tree(tmp_path, {}, ["dir"]) == Changes((), ())
    assert content(tmp_path) == {"dir/a": b"a"}


def test_a_file_to_remove_makes_room_for_a_directory(tmp_path):
    write_tree(tmp_path, {"apps/web": b"a file"})
    changes = write_tree(tmp_path, {"apps/web/a.yaml": b"a"}, ["apps/web"])
    assert changes == Changes(("apps/web/a.yaml",), ("apps/web",))
    assert content(tmp_path) == {"apps/web/a.yaml": b"a"}


@pytest.mark.parametrize(
    ("files", "remove", "problem"),
    [
        ({"../x": b""}, [], "../x has a part '..' that is a step between directories, not a name"),
        ({"/x": b""}, [], "/x is absolute, but must be relative to the repository"),
        (
            {"a/.git/hooks/pre-commit": b""},
            [],
            "a/.git/hooks/pre-commit has a part '.git' that is reserved for git's own data",
        ),
        ({}, ["../x"], "../x has an empty part or a step such as '..'"),
        ({}, [".git/config"], ".git/config is part of git's own data"),
        (
            {"a": b"", "a/b": b""},
            [],
            "a can't be a file and the directory of a/b. Rename one of them.",
        ),
        ({"file/a": b""}, [], "file is a file, not a directory. Move it away."),
        ({"dir": b""}, [], "dir is a directory, not a file. Move it away."),
        ({"dir-link/a": b""}, [], "dir-link is a symbolic link, not a directory. Move it away."),
        ({"dir-link/x/a": b""}, [], "dir-link is a symbolic link, not a directory. Move it away."),
        ({"link": b"new"}, [], "link is a symbolic link, not a file. Move it away."),
        ({"broken": b""}, [], "broken is a symbolic link, not a file. Move it away."),
        ({}, ["link"], "link is a symbolic link, not a file to remove. Move it away."),
        ({}, ["dir-link/secret"], "dir-link is a symbolic link, not a directory. Move it away."),
        ({"link/a": b""}, ["link"], "link is a symbolic link, not a directory. Move it away."),
        ({"pipe": b""}, [], "pipe is a device, a pipe or a socket, not a file. Move it away."),
    ],
)
def test_refused_before_anything_is_changed(tmp_path, files, remove, problem):
    root, outside = tmp_path / "root", tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    write_tree(tmp_path, {"root/file": b"file", "root/dir/kept": b"kept", "root/gone": b"gone"})
    (root / "dir-link").symlink_to("../outside")
    (root / "link").symlink_to("../outside/secret")
    (root / "broken").symlink_to("../outside/new")
    os.mkfifo(root / "pipe")
    before = content(tmp_path)
    with pytest.raises(UsageError) as caught:
        write_tree(root, {"1-first": b"first", **files}, ["gone", *remove])
    assert str(caught.value) == problem
    assert content(tmp_path) == before


def test_a_link_put_in_place_while_writing_is_not_followed(tmp_path, monkeypatch):
    """Between the survey and the renaming, somebody swaps a directory for a link."""
    write_tree(tmp_path, {"root/a/f": b"old", "outside/f": b"old"})
    fsync = os.fsync

    def swap(file: int) -> None:
        fsync(file)
        monkeypatch.undo()
        (tmp_path / "root/a").rename(tmp_path / "root/b")
        (tmp_path / "root/a").symlink_to("../outside")

    monkeypatch.setattr(os, "fsync", swap)
    with pytest.raises(ToolError, match="can't make the directory a: Not a directory"):
        write_tree(tmp_path / "root", {"a/f": b"new"})
    assert (tmp_path / "outside/f").read_bytes() == b"old"


def test_the_root_may_be_reached_through_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write_tree(tmp_path / "link", {"a": b"a"})
    assert (tmp_path / "real/a").read_bytes() == b"a"


def test_a_missing_root(tmp_path):
    with pytest.raises(ToolError) as caught:
        write_tree(tmp_path / "none", {"a": b""})
    message = f"can't open the directory {tmp_path}/none: No such file or directory"
    assert str(caught.value) == message


def test_an_interruption_leaves_no_temporaries(tmp_path, monkeypatch):
    write_tree(tmp_path, {"a": b"old"})
    calls = []

    def interrupt(_: int) -> None:
        calls.append(sorted(path.name.split("-")[0] for path in tmp_path.rglob(".kure*")))
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_tree(tmp_path, {"a": b"new", "b/c": b"c"})
    assert calls == [[".kure", ".kure"]]
    assert content(tmp_path) == {"a": b"old"}
    assert directories(tmp_path) == []


def test_stale_temporaries_are_removed(tmp_path):
    stale, young, alive, other = (
        f".kure-tmp-{DEAD_PID}-0123456789abcdef",
        f".kure-tmp-{DEAD_PID}-fedcba9876543210",
        f".kure-tmp-{os.getpid()}-0123456789abcdef",
        f".kure-tmp-{DEAD_PID}-mine",
    )
    write_tree(tmp_path, {"a/b/c": b"old", "z/c": b"old"})
    old = time.time() - 7200
    for directory in ("", "a", "a/b", "z"):
        for name in (stale, young, alive, other):
            (tmp_path / directory / name).touch()
            if name != young:
                os.utime(tmp_path / directory / name, (old, old))
    write_tree(tmp_path, {"a/b/c": b"new"})
    left = {path.relative_to(tmp_path).parent.name for path in tmp_path.rglob(stale)}
    assert left == {"z"}
    for name in (young, alive, other):
        assert len(list(tmp_path.rglob(name))) == 4


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
TREES = st.dictionaries(PATHS, st.sampled_from([b"", b"x", b"y"])).map(
    lambda tree: {p: d for p, d in tree.items() if not any(o.startswith(f"{p}/") for o in tree)}
)


@settings(deadline=None)
@given(TREES, TREES)
def test_from_any_tree_to_any_other(tmp_path_factory, before, after):
    root = tmp_path_factory.mktemp("root")
    write_tree(root, before)
    gone = before.keys() - after.keys()
    if any(path.startswith(f"{new}/") for path in gone for new in after):
        with pytest.raises(UsageError, match="is a directory, not a file"):
            write_tree(root, after, gone)
        return
    changes = write_tree(root, after, gone)
    assert content(root) == after
    assert set(changes.written) == {p for p, d in after.items() if before.get(p) != d}
    assert set(changes.removed) == gone
    assert all(any((root / directory).iterdir()) for directory in directories(root))


def test_write_file(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write_file(tmp_path / "link/new/~report (1).json", b"{}")
    write_file(tmp_path / "link/new/~report (1).json", b"[]")
    assert content(tmp_path / "real") == {"new/~report (1).json": b"[]"}


def test_write_file_in_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_file(Path("report.json"), b"{}")
    assert content(tmp_path) == {"report.json": b"{}"}


@pytest.mark.parametrize("kind", ["symlink", "directory", "device"])
def test_write_file_replaces_only_files(tmp_path, kind):
    path = tmp_path / "report.json"
    if kind == "symlink":
        path.symlink_to("elsewhere")
    elif kind == "directory":
        path.mkdir()
    else:
        path = Path(os.devnull)
    with pytest.raises(
        UsageError, match=rf"^{path}: {path.name} is a .*, not a file. Move it away."
    ):
        write_file(path, b"{}")
    assert Path(os.devnull).is_char_device()


def test_write_file_below_a_file(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ToolError) as caught:
        write_file(tmp_path / "file/report.json", b"{}")
    assert str(caught.value) == f"can't make the directory {tmp_path}/file: File exists"


REPORT = """
from pathlib import Path
from kure_hooks.files.writer import write_tree
def attempt(root, files, remove=()):
    try:
        print(write_tree(Path(root), files, remove))
    except Exception as error:
        print(type(error).__name__, error)
"""


def test_a_file_over_the_size_that_the_system_allows(tmp_path):
    write_tree(tmp_path, {"a": b"old", "b": b"old"})
    done = python(
        REPORT,
        f"""
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        attempt({str(tmp_path)!r}, {{"a": b"new", "b": b"x" * 2000}})
        """,
    )
    assert done.stdout == "ToolError can't write b: File too large\n"
    assert content(tmp_path) == {"a": b"old", "b": b"old"}


def test_a_directory_that_may_not_be_written(tmp_path):
    root = tmp_path / "root"
    write_tree(tmp_path, {"root/open/a": b"old", "root/closed/a": b"old"})
    (root / "open").chmod(0o777)
    (root / "closed").chmod(0o555)
    said = as_somebody_else(
        root,
        REPORT,
        """
        attempt(".", {"open/a": b"new", "closed/a": b"new"})
        attempt(".", {"open/a": b"new"}, ["closed/a"])
        attempt(".", {"new/a": b"new"})
        """,
    )
    assert said.splitlines() == [
        "ToolError can't write closed/a: Permission denied",
        "ToolError can't remove closed/a: Permission denied",
        "ToolError can't write new/a: Permission denied",
    ]
    assert content(root) == {"open/a": b"new", "closed/a": b"old"}


def test_eight_processes_write_the_same_tree(tmp_path):
    """Eight of one mind: none fails, and the tree is what one alone would have made."""
    write_tree(tmp_path, {f"old/{i}/f": b"old" for i in range(20)})
    lines = f"""
    files = {{f"new/{{i % 7}}/{{i}}.yaml": b"x" * i for i in range(100)}}
    remove = [f"old/{{i}}/f" for i in range(20)]
    for _ in range(5):
        write_tree(Path({str(tmp_path)!r}), files, remove)
    print("done")
    """
    processes = [start(REPORT, lines) for _ in range(8)]
    said = [process.communicate()[0] for process in processes]
    assert said == ["done\n"] * 8
    assert content(tmp_path) == {f"new/{i % 7}/{i}.yaml": b"x" * i for i in range(100)}
    assert WorkTree(tmp_path).paths("old") == ()
