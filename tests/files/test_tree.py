import os
import pickle
import socket
import subprocess

import pytest

from kure_hooks.errors import ReadError
from kure_hooks.files.tree import MAX_FILE, WorkTree
from tests.support.children import as_somebody_else


@pytest.fixture
def root(tmp_path):
    (tmp_path / "root/apps/web").mkdir(parents=True)
    (tmp_path / "root/apps/web/a.yaml").write_bytes(b"a")
    (tmp_path / "root/apps-old.yaml").write_bytes(b"old")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_bytes(b"secret")
    return tmp_path / "root"


def refusal(root, path):
    with pytest.raises(ReadError) as caught:
        WorkTree(root).read(path)
    assert caught.value.path == path
    return caught.value.reason


def test_paths_are_sorted_and_relative(root):
    assert WorkTree(root).paths() == ["apps-old.yaml", "apps/web/a.yaml"]
    assert WorkTree(root).paths("apps") == ["apps/web/a.yaml"]


def test_paths_at_a_file_are_the_file(root):
    assert list(WorkTree(root).paths("apps-old.yaml")) == ["apps-old.yaml"]


@pytest.mark.parametrize("under", ["nothing", "apps-old.yaml/below", "apps/web/none"])
def test_paths_below_nothing_are_none(root, under):
    assert list(WorkTree(root).paths(under)) == []


def test_git_s_own_data_and_temporaries_are_not_listed(root):
    (root / ".git").mkdir()
    (root / ".git/config").touch()
    (root / "apps/.git").touch()
    (root / "apps/.kure-tmp-12-0123456789abcdef").touch()
    (root / "apps/.kure-tmp-notes").touch()
    assert WorkTree(root).paths("apps") == ["apps/.kure-tmp-notes", "apps/web/a.yaml"]
    assert ".git/config" not in WorkTree(root).paths()


def test_links_are_listed_but_not_followed(root):
    (root / "apps/dir").symlink_to(root.parent / "outside")
    (root / "apps/file").symlink_to(root.parent / "outside/secret")
    (root / "apps/loop").symlink_to(root)
    tree = WorkTree(root)
    assert tree.paths("apps") == ["apps/dir", "apps/file", "apps/loop", "apps/web/a.yaml"]
    assert list(tree.paths("apps/dir")) == ["apps/dir"]
    assert list(tree.paths("apps/dir/secret")) == []
    assert list(tree.paths("apps/loop/apps")) == []


def test_pipes_and_sockets_are_not_listed(root):
    os.mkfifo(root / "apps/pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "s"))
        assert WorkTree(root).paths() == ["apps-old.yaml", "apps/web/a.yaml"]


def test_names_that_are_not_utf8(root):
    (root / os.fsdecode(b"caf\xe9.yaml")).write_bytes(b"latin")
    tree = WorkTree(root)
    assert "caf\udce9.yaml" in tree.paths()
    assert tree.read("caf\udce9.yaml") == b"latin"


def test_read(root):
    assert WorkTree(root).read("apps/web/a.yaml") == b"a"


@pytest.mark.parametrize("path", ["none", "none/below", "apps/none"])
def test_reading_what_is_not_there(root, path):
    assert refusal(root, path) == "does not exist"


def test_reading_below_a_file(root):
    reason = refusal(root, "apps-old.yaml/a")
    assert reason == ("can't be reached: apps-old.yaml is a file")


@pytest.mark.parametrize("target", ["../outside/secret", "apps/web/a.yaml", "nowhere", "apps"])
def test_a_link_is_never_read(root, target):
    (root / "link").symlink_to(target)
    assert refusal(root, "link") == "is a symbolic link"


@pytest.mark.parametrize("path", ["link/secret", "link/deeper/secret"])
def test_nothing_is_read_through_a_link(root, path):
    (root / "link").symlink_to("../outside")
    reason = "can't be reached: link is a symbolic link"
    assert refusal(root, path) == reason


@pytest.mark.parametrize("path", ["../outside/secret", "/etc/passwd", "apps/../apps-old.yaml", ""])
def test_nothing_is_read_outside(root, path):
    assert refusal(root, path)
    with pytest.raises(ReadError):
        WorkTree(root).holds(path, b"")


def test_git_s_own_data_is_not_read(root):
    (root / ".git").mkdir()
    (root / ".git/config").write_text("token")
    assert refusal(root, ".git/config") == "is part of git's own data"


def test_only_regular_files_are_read(root):
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "s"))
    assert refusal(root, "apps") == "is a directory, not a regular file"
    assert refusal(root, "pipe") == "is a device, a pipe or a socket, not a regular file"
    assert refusal(root, "s") == "is a device, a pipe or a socket, not a regular file"


def test_the_size_limit(root):
    (root / "full").write_bytes(b"x" * MAX_FILE)
    (root / "over").write_bytes(b"x" * (MAX_FILE + 1))
    assert len(WorkTree(root).read("full")) == MAX_FILE
    assert refusal(root, "over") == "is 1048577 bytes long, and the limit is 1048576"
    assert WorkTree(root).holds("over", b"x" * (MAX_FILE + 1)) is True


def test_holds(root):
    tree = WorkTree(root)
    assert tree.holds("apps/web/a.yaml", b"a") is True
    assert tree.holds("apps/web/a.yaml", b"b") is False
    assert tree.holds("apps/web/a.yaml", b"ab") is False
    assert tree.holds("apps/web", b"") is False
    assert tree.holds("none", b"") is None
    assert tree.holds("none/below", b"") is None
    assert tree.holds("apps-old.yaml/below", b"") is None


def test_a_link_holds_nothing(root):
    (root / "link").symlink_to("apps/web/a.yaml")
    (root / "dir").symlink_to("apps")
    tree = WorkTree(root)
    assert tree.holds("link", b"a") is False
    assert tree.holds("dir/web/a.yaml", b"a") is None


def test_a_pipe_is_not_waited_for(root):
    os.mkfifo(root / "pipe")
    assert WorkTree(root).holds("pipe", b"") is False


def test_a_file_that_may_not_be_read(root):
    (root / "apps-old.yaml").chmod(0)
    (root / "apps").chmod(0)
    said = as_somebody_else(
        root,
        "from kure_hooks.files.tree import Path, ReadError, WorkTree",
        """
        tree = WorkTree(Path())
        for attempt in (
            lambda: tree.read("apps-old.yaml"),
            lambda: tree.holds("apps-old.yaml", b"old"),
            lambda: tree.read("apps/web/a.yaml"),
            lambda: tree.paths(),
        ):
            try:
                attempt()
            except ReadError as error:
                print(error)
        """,
    )
    assert said.splitlines() == [
        "apps-old.yaml can't be read: Permission denied",
        "apps-old.yaml can't be read: Permission denied",
        "apps/web/a.yaml can't be read: Permission denied",
        "apps can't be listed: Permission denied",
    ]


def test_pickling_keeps_no_cache(root):
    tree = WorkTree(root)
    tree.read("apps/web/a.yaml")
    again = pickle.loads(pickle.dumps(tree))  # noqa: S301 - it was just made here
    assert again == tree
    assert vars(again) == {"root": root}
    assert again.read("apps/web/a.yaml") == b"a"


@pytest.fixture
def deep(root):
    """A directory deeper than Python may recurse; pytest could not remove it either."""
    directory = os.open(root, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=directory)
        below = os.open("d", os.O_RDONLY, dir_fd=directory)
        os.close(directory)
        directory = below
    os.close(os.open("f", os.O_CREAT, dir_fd=directory))
    os.close(directory)
    yield root
    subprocess.run(["rm", "-rf", root / "d"], check=True)


def test_very_deep_directories_are_listed(deep):
    assert WorkTree(deep).paths("d") == ["d/" * 1200 + "f"]
    assert WorkTree(deep).read("d/" * 1200 + "f") == b""
