"""The command `cache`."""

import os
from pathlib import Path

from kure_hooks.stamps import place
from tests.support.git import git


def kept(kure):
    code, out, err = kure("cache", "info")
    assert (code, err) == (0, "")
    return {line.split(": ")[0].rpartition("/")[2]: line for line in out.splitlines()}


def test_what_is_kept_is_told_and_removed(fleet, kure):
    git(fleet, "init", "-q")
    kure("generate")
    git(fleet, "add", ".")
    for _ in range(3):
        assert kure("check") == (0, "", "")
    lines = kept(kure)
    assert sorted(lines) == ["definitions", "renders", "results", "stamps", "verdicts"]
    assert ": 1 of 1 KiB: clusters that were found to be valid" in lines["verdicts"]
    assert ": 1 of 2 KiB: runs that found nothing to do" in lines["stamps"]
    assert kure("cache", "clear") == (0, "", "")
    assert [": 0 of 0 KiB: " in line for line in kept(kure).values()] == [True] * 5
    assert kure("check") == (0, "", "")


def test_only_entries_are_removed(fleet, kure):
    kure("generate")
    directory = Path(os.environ["XDG_CACHE_HOME"], "kure-hooks/verdicts")
    (directory / "mine.txt").write_text("mine")
    kure("cache", "clear")
    assert [file.name for file in directory.iterdir()] == ["mine.txt"]


def test_caches_that_are_turned_off_are_not_told(fleet, kure, monkeypatch):
    monkeypatch.setenv("KURE_HOOKS_CACHE", "0")
    assert kure("cache", "info") == (0, "\n", "")


def test_a_stamp_that_goes_meanwhile_is_none(fleet, kure, monkeypatch):
    git(fleet, "init", "-q")
    monkeypatch.setattr(place, "names", lambda _: ["0" * 64])
    assert ": 0 of 0 KiB: runs" in kept(kure)["stamps"]
