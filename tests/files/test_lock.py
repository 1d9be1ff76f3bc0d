import os
import re
import stat

import pytest

from kure_hooks.errors import ToolError
from kure_hooks.files.lock import exclusive
from tests.support.children import start


def hold(path):
    """Start a process that holds the lock until it is killed or its parent is gone."""
    holder = start(
        f"""
        import sys, time
        from pathlib import Path
        from kure_hooks.files.lock import exclusive
        with exclusive(Path({str(path)!r})):
            print("held", flush=True)
            time.sleep(60)
        """
    )
    assert holder.stdout.readline() == "held\n"
    return holder


def end(holder):
    holder.kill()
    holder.communicate()


def test_the_lock_names_its_holder_and_stays_behind_empty(tmp_path):
    path = tmp_path / "state/kure-hooks.lock"
    with exclusive(path):
        assert path.read_text() == f"{os.getpid()}\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == ""
    with exclusive(path):
        pass


def test_a_held_lock_is_waited_for_and_then_reported(tmp_path):
    path = tmp_path / "lock"
    holder = hold(path)
    try:
        with pytest.raises(ToolError) as caught, exclusive(path, wait=0.2):
            pytest.fail("both hold the lock")
    finally:
        end(holder)
    assert str(caught.value) == (
        f"kure-hooks is already writing here (process {holder.pid} holds {path}). "
        "Wait for it to end and run again."
    )


def test_a_killed_holder_frees_the_lock(tmp_path):
    path = tmp_path / "lock"
    end(hold(path))
    assert re.fullmatch(r"\d+\n", path.read_text())
    with exclusive(path, wait=0):
        assert path.read_text() == f"{os.getpid()}\n"


def test_an_exception_frees_the_lock(tmp_path):
    with pytest.raises(KeyError), exclusive(tmp_path / "lock"):
        raise KeyError
    with exclusive(tmp_path / "lock", wait=0):
        pass


def test_only_one_at_a_time(tmp_path):
    """Eight processes count to fifty in one file, which goes wrong without a lock."""
    counter = tmp_path / "counter"
    counter.write_text("0")
    processes = [
        start(
            f"""
            from pathlib import Path
            from kure_hooks.files.lock import exclusive
            counter = Path({str(counter)!r})
            for _ in range(50):
                with exclusive(counter.with_name("lock"), wait=60):
                    counter.write_text(str(int(counter.read_text()) + 1))
            """
        )
        for _ in range(8)
    ]
    for process in processes:
        process.communicate()
    assert counter.read_text() == "400"


def test_a_link_is_not_locked(tmp_path):
    (tmp_path / "target").write_text("precious")
    (tmp_path / "lock").symlink_to("target")
    with pytest.raises(ToolError, match=r"can't open the lock file .*/lock: "):
        exclusive(tmp_path / "lock").__enter__()
    assert (tmp_path / "target").read_text() == "precious"
