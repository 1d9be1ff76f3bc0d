"""However a run ends, nothing that it started goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.live.fleet import Fleet
from tests.live.programs import FLUX, ROOT, SERVER, missing
from tests.live.services import ended_with_parents
from tests.live.shapes import STACK, bundle, namespaces, stack

SIGNALS = {
    "impatient interrupts": [signal.SIGINT, signal.SIGINT],
    "a request to end": [signal.SIGTERM],
    "a kill": [signal.SIGKILL],
}


def running(place):
    """Return the command lines of the processes that work for the cluster at this place."""
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(place) in command:
                found[int(process.name)] = command
    return found


def awaited(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.2)
    return condition()


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("name", SIGNALS)
def test_nothing_goes_on_after(name, place, tmp_path):
    if absent := missing(*SERVER, *FLUX):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    if name == "a kill" and not ended_with_parents():
        pytest.skip("no setpriv here, so that nothing ends what a killed run started")
    fleet = Fleet.of(tmp_path / "fleet", stack("flux", bundle("base", namespaces("web"))), STACK)
    world = place / "kept"
    command = [sys.executable, "-m", "tests.live", str(fleet.directory), STACK, "--keep", world]
    started = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    try:
        servers = ("etcd", "kube-apiserver", "source-controller")
        assert awaited(lambda: all(server in str(running(world)) for server in servers))
        for number in SIGNALS[name]:
            started.send_signal(number)
            time.sleep(0.05)
        assert started.wait(timeout=30) != 0
        assert awaited(lambda: not running(world), seconds=5), running(world)
    finally:
        started.kill()
