"""A settings file that is no file is an error, never as if it were not there."""

import os

import pytest


def make_pipe(path):
    os.mkfifo(path)


def make_link(path):
    (path.parent / "elsewhere.yaml").write_text("output: elsewhere\n")
    path.symlink_to("elsewhere.yaml")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (make_pipe, "it is a device, a pipe or a socket, not a regular file"),
        (os.mkdir, "it is a directory, not a regular file"),
        (make_link, "it is a symbolic link. Put the file itself in its place."),
    ],
    ids=["pipe", "directory", "link"],
)
def test_what_is_no_file_is_refused(make, reason, fleet, kure):
    make(fleet / ".kure-hooks.yaml")
    assert kure("check") == (2, f".kure-hooks.yaml: {reason}\n", "")


def test_a_pipe_named_as_settings_is_refused_and_not_waited_for(fleet, kure):
    os.mkfifo(fleet / "pipe")
    code, _, err = kure("check", "--config", "pipe")
    assert code == 2
    assert err == "error: --config pipe is no regular file. Name a file with settings.\n"


def test_a_file_of_faults_is_told_in_part(fleet, kure):
    lines = "".join(f"key{number}: {number}\n" for number in range(3_000))
    (fleet / "stacks/prod.yaml").write_text(f"name: prod\n{lines}")
    code, out, _ = kure("check")
    assert code == 2
    assert 100 <= len(out.splitlines()) <= 101
