"""The writer when the kernel stops it: killed at each renaming, a full disk, a failing disk."""

import os
import shutil
import subprocess
import time

import pytest

from kure_hooks.files.writer import MANY, write_tree
from tests.support.children import python

BEFORE = {
    "a/1": b"old",
    "a/2": b"old",
    "b/kept": b"kept",
    "b/gone": b"gone",
    "c/d/gone": b"gone",
    "e": b"in the way",
}
AFTER = {"a/1": b"new", "a/2": b"new", "b/kept": b"kept", "e/f/3": b"new", "g/h/4": b"new"}
GONE = sorted(BEFORE.keys() - AFTER.keys())
RENAMES = 4
UNLINKS = 3


@pytest.fixture(scope="module", autouse=True)
def _can_trace():
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    command = [strace, "-f", "-e", "inject=getppid:retval=1:when=1", "true"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("strace may not trace processes here")


FILES = {f"many/{number:03}": b"new" for number in range(MANY)}
"""So many files that there is one waiting for all of them."""


def write_under_strace(root, *faults, files=AFTER):
    inject = (option for fault in faults for option in ("-e", f"inject={fault}"))
    return python(
        "from pathlib import Path",
        "from kure_hooks.files.writer import write_tree",
        f"write_tree(Path({str(root)!r}), {files!r}, {GONE!r})",
        under=("strace", "-f", "-o", os.devnull, *inject),
    )


def content(root):
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def temporaries(root):
    return list(root.rglob(".kure-tmp-*"))


def age(root):
    """Make what a killed run left look over an hour old."""
    old = time.time() - 7200
    for path in temporaries(root):
        os.utime(path, (old, old))


def assert_old_or_new(root):
    for path, data in content(root).items():
        if ".kure-tmp-" not in path:
            assert data in {BEFORE.get(path), AFTER.get(path)}, path
    missing = (BEFORE.keys() & AFTER.keys()) - content(root).keys()
    assert not missing


@pytest.mark.parametrize(
    ("calls", "when"),
    [
        *(("rename,renameat,renameat2", when) for when in range(1, RENAMES + 1)),
        *(("unlink,unlinkat", when) for when in range(1, UNLINKS + 1)),
        *(("mkdir,mkdirat", when) for when in range(1, 4)),
        *(("fsync", when) for when in (1, RENAMES, RENAMES + 1)),
        ("fchmod", 2),
    ],
)
def test_killed_at_any_moment_each_file_is_old_or_new(tmp_path, calls, when):
    root = tmp_path / "root"
    write_tree(tmp_path, {f"root/{path}": data for path, data in BEFORE.items()})
    done = write_under_strace(root, f"{calls}:signal=SIGKILL:when={when}")
    assert done.returncode == -9
    assert_old_or_new(root)
    age(root)
    write_tree(root, AFTER, GONE)
    assert content(root) == AFTER
    assert temporaries(root) == []


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("fsync:error=EIO:when=2", "can't write a/2: Input/output error"),
        ("fsync:error=ENOSPC:when=4", "can't write g/h/4: No space left on device"),
        ("fchmod:error=EIO:when=2", "can't write a/2: Input/output error"),
        ("mkdir,mkdirat:error=ENOSPC:when=1", "can't make the directory e/f: No space left on"),
        ("rename,renameat,renameat2:error=EIO:when=2", "can't write a/2: Input/output error"),
        ("unlink,unlinkat:error=EROFS:when=1", "can't remove e: Read-only file system"),
    ],
)
def test_a_failing_disk_leaves_no_temporaries(tmp_path, fault, message):
    write_tree(tmp_path, BEFORE)
    done = write_under_strace(tmp_path, fault)
    assert f"kure_hooks.errors.ToolError: {message}" in done.stderr
    assert_old_or_new(tmp_path)
    assert temporaries(tmp_path) == []


def test_a_disk_that_is_full_from_the_first_byte(tmp_path):
    write_tree(tmp_path, BEFORE)
    done = write_under_strace(tmp_path, "write:error=ENOSPC:when=1+")
    assert done.returncode != 0
    assert content(tmp_path) == BEFORE


def test_a_file_system_that_can_t_sync_directories(tmp_path):
    write_tree(tmp_path, BEFORE)
    done = write_under_strace(tmp_path, f"fsync:error=EINVAL:when={RENAMES + 1}+")
    assert done.returncode == 0, done.stderr
    assert content(tmp_path) == AFTER


@pytest.mark.parametrize("when", [1, 2])
def test_killed_while_waiting_for_many_each_file_is_old_or_new(tmp_path, when):
    write_tree(tmp_path, BEFORE)
    done = write_under_strace(tmp_path, f"syncfs:signal=SIGKILL:when={when}", files=AFTER | FILES)
    assert done.returncode == -9
    made = content(tmp_path)
    assert len(temporaries(tmp_path)) == (len(FILES) + RENAMES if when == 1 else 0)
    assert made == AFTER | FILES if when == 2 else BEFORE.items() <= made.items()
    age(tmp_path)
    write_tree(tmp_path, AFTER | FILES, GONE)
    assert content(tmp_path) == AFTER | FILES


def test_a_disk_that_fails_while_waiting_for_many_leaves_no_temporaries(tmp_path):
    write_tree(tmp_path, BEFORE)
    done = write_under_strace(tmp_path, "syncfs:error=EIO:when=1", files=AFTER | FILES)
    assert "ToolError: can't finish writing in a: Input/output error" in done.stderr
    assert content(tmp_path) == BEFORE


def test_many_are_waited_for_one_by_one_where_nothing_else_is_possible(tmp_path):
    log = tmp_path / "log"
    root = tmp_path / "root"
    write_tree(tmp_path, {f"root/{path}": data for path, data in BEFORE.items()})
    done = python(
        "from pathlib import Path",
        "from kure_hooks.files.writer import write_tree",
        f"write_tree(Path({str(root)!r}), {AFTER | FILES!r}, {GONE!r})",
        under=(
            *("strace", "-f", "-o", str(log), "-e", "trace=fsync,syncfs,rename,renameat,renameat2"),
            *("-e", "inject=syncfs:error=ENOSYS"),
        ),
    )
    assert done.returncode == 0, done.stderr
    assert content(root) == AFTER | FILES
    before, _, _ = log.read_text().partition("rename")
    assert before.count("fsync(") == RENAMES + len(FILES)
