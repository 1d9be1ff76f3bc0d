"""Hostile stack files end quickly, in little memory, and with a finding that names the file."""

import json
import subprocess
import sys

import pytest

from tests.support.attacks import ATTACKS
from tests.support.children import environment
from tests.support.pace import ENDLESS, timed

MEBIBYTE = 1 << 20
MOST_MEMORY = 200 * MEBIBYTE
MOST_SECONDS = 1.0

# Memory is measured from a process of its own: a child's peak is never below that of the process
# which starts it, and the one that runs the tests is large.
RUNNER = """
import json, resource, subprocess, sys
seconds = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
done = subprocess.run(sys.argv[2:], capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
output = (done.stdout + done.stderr).decode(errors="replace")
print(json.dumps([done.returncode, output, used.ru_utime, used.ru_maxrss * 1024]))
"""


def check(root):
    """Return seconds of user time and (exit code, output, bytes of memory) of a real `check`."""
    command = [sys.executable, "-m", "kure_hooks", "check", "--root", str(root)]
    done = subprocess.run(
        [sys.executable, "-S", "-c", RUNNER, str(ENDLESS), *command],
        capture_output=True,
        check=True,
        env=environment(),
    )
    code, output, seconds, memory = json.loads(done.stdout)
    return seconds, (code, output, memory)


def stack(root, data):
    file = root / "stacks" / "attack.yaml"
    file.parent.mkdir()
    file.write_bytes(data)


@pytest.fixture(scope="module")
def startup(tmp_path_factory):
    """What a run takes that has almost nothing to read."""
    root = tmp_path_factory.mktemp("startup")
    stack(root, b"name: prod\n")
    return timed(lambda: check(root), float("inf"))[0]


@pytest.mark.parametrize("data", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_refused_at_little_cost(data, tmp_path, startup):
    stack(tmp_path, data)
    seconds, (code, output, memory) = timed(lambda: check(tmp_path), MOST_SECONDS + startup)
    assert code == 2, output[-2000:]
    assert "stacks/attack.yaml" in output.splitlines()[0]
    assert "Traceback" not in output
    assert seconds <= MOST_SECONDS + startup
    assert memory <= MOST_MEMORY
