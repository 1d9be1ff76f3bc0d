"""The user's cache: it saves time, is never trusted blindly and never stands in the way."""

import os
import stat

import pytest

from kure_hooks.files import cache
from kure_hooks.files.cache import Cache, user_directory

KEY = "a" * 64
OTHER = "b" * 64


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "kept"


def test_an_entry_comes_back(directory):
    Cache(directory).put(KEY, b"data")
    assert Cache(directory).get(KEY) == b"data"
    assert Cache(directory).get(OTHER) is None


def test_only_the_user_may_read_it(directory):
    Cache(directory).put(KEY, b"data")
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()] == [0o600]
    assert [file.name for file in directory.iterdir()] == [KEY]


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777])
def test_a_directory_that_others_may_write_into_is_not_trusted(directory, mode):
    Cache(directory).put(KEY, b"data")
    directory.chmod(mode)
    assert Cache(directory).get(KEY) is None
    Cache(directory).put(OTHER, b"data")
    assert not (directory / OTHER).exists()


@pytest.mark.parametrize("mode", [0o660, 0o602])
def test_an_entry_that_others_may_write_is_not_trusted(directory, mode):
    Cache(directory).put(KEY, b"data")
    (directory / KEY).chmod(mode)
    assert Cache(directory).get(KEY) is None


def test_what_belongs_to_another_user_is_not_trusted(directory, monkeypatch):
    Cache(directory).put(KEY, b"data")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert Cache(directory).get(KEY) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
@pytest.mark.parametrize("name", ["", KEY])
def test_what_was_given_to_another_user_is_not_trusted(directory, name):
    Cache(directory).put(KEY, b"data")
    os.chown(directory / name, 12345, -1)
    assert Cache(directory).get(KEY) is None


def test_links_and_pipes_are_no_entries(directory, tmp_path):
    Cache(directory).put(OTHER, b"data")
    (tmp_path / "secret").write_bytes(b"secret")
    (directory / KEY).symlink_to(tmp_path / "secret")
    assert Cache(directory).get(KEY) is None
    (directory / KEY).unlink()
    os.mkfifo(directory / KEY)
    assert Cache(directory).get(KEY) is None


def test_a_linked_directory_is_not_used(directory, tmp_path):
    (tmp_path / "real").mkdir()
    directory.symlink_to(tmp_path / "real")
    Cache(directory).put(KEY, b"data")
    assert list((tmp_path / "real").iterdir()) == []


def test_a_place_that_can_not_be_written_is_as_good_as_none(tmp_path):
    (tmp_path / "file").touch()
    for directory in (tmp_path / "file", tmp_path / "file" / "below", None):
        Cache(directory).put(KEY, b"data")
        assert Cache(directory).get(KEY) is None


def test_too_large_an_entry_is_not_kept(directory, monkeypatch):
    monkeypatch.setattr(cache, "LARGEST", 3)
    Cache(directory).put(KEY, b"data")
    assert Cache(directory).get(KEY) is None


@pytest.mark.parametrize("together", [True, False], ids=["one-run", "many-runs"])
@pytest.mark.parametrize(("most", "many"), [(1_000, 4_000), (1 << 20, 10)])
def test_the_least_used_entries_go(directory, together, most, many):
    kept = Cache(directory, most=most, many=many)
    for number in range(40):
        if not together:
            kept = Cache(directory, most=most, many=many)
        kept.put(f"{number:064x}", b"x" * 100)
        os.utime(directory / f"{number:064x}", (number, number))
        if number:
            os.utime(directory / f"{0:064x}", (number, number))
        files = list(directory.iterdir())
        assert len(files) <= many
        assert sum(file.stat().st_size for file in files) <= most
    assert {f"{0:064x}", f"{39:064x}"} <= {file.name for file in directory.iterdir()}


def test_reading_an_entry_is_a_use(directory):
    Cache(directory).put(KEY, b"data")
    os.utime(directory / KEY, (1, 1))
    Cache(directory).get(KEY)
    assert (directory / KEY).stat().st_mtime > 1


def test_only_checksums_are_keys(directory):
    for key in ("../x", "", "A" * 64):
        with pytest.raises(ValueError, match="is no SHA-256"):
            Cache(directory).put(key, b"data")


@pytest.mark.parametrize(
    ("variables", "directory"),
    [
        ({}, "/home/me/.cache/kure-hooks/definitions"),
        ({"XDG_CACHE_HOME": "/caches"}, "/caches/kure-hooks/definitions"),
        ({"XDG_CACHE_HOME": "caches"}, "/home/me/.cache/kure-hooks/definitions"),
        ({"KURE_HOOKS_CACHE": "/mine", "XDG_CACHE_HOME": "/caches"}, "/mine/definitions"),
        ({"KURE_HOOKS_CACHE": ""}, "None"),
        ({"KURE_HOOKS_CACHE": "mine"}, "None"),
        ({"HOME": ""}, "None"),
    ],
)
def test_the_directory_is_the_user_s(monkeypatch, variables, directory):
    monkeypatch.delenv("XDG_CACHE_HOME")
    for name, value in {"HOME": "/home/me", **variables}.items():
        monkeypatch.setenv(name, value)
    assert str(user_directory("definitions")) == directory
