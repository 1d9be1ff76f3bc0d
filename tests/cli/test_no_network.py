"""`validate` needs no network: it opens no socket, and works where there is none."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "kure_hooks", "validate")
STRACE = ("strace", "-f", "-qq", "-e", "trace=%network")
NO_NETWORK = ("unshare", "--user", "--map-root-user", "--net")
ROUTE = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec:
  parentRefs: [{name: edge}]
  rules: [{backendRefs: [{name: web, port: 80}]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: registry.example.com/web:1}]}
"""


@pytest.fixture
def fleet(tmp_path):
    """The example of a fleet, with a custom resource that has rules and one without a schema."""
    root = tmp_path / "fleet"
    shutil.copytree(ROOT / "examples/fleet", root)
    (root / "route.yaml").write_text(ROUTE)
    (root / "wrong.yaml").write_text(ROUTE.replace("port: 80", "prot: 80").replace("image", "i"))
    unknown = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n"
    (root / "unknown.yaml").write_text(unknown)
    return root


def usable(*command):
    """Skip the test where a program is missing or may not do what it is asked for."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip(f"{command[0]} may not do its work here")
    return command


def validate(fleet, *paths, under=()):
    command = [*under, *COMMAND, *paths]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=fleet, env=environment, capture_output=True, text=True, check=False
    )


CASES = [((), 0), (("route.yaml",), 0), (("route.yaml", "unknown.yaml"), 0), (("wrong.yaml",), 1)]


@pytest.mark.parametrize(("paths", "code"), CASES)
def test_no_socket_is_opened(fleet, paths, code, tmp_path):
    log = tmp_path / "calls"
    done = validate(fleet, *paths, under=(*usable(*STRACE), "-o", str(log)))
    assert done.returncode == code, done.stdout + done.stderr
    assert re.findall(r"\b(?:socket|connect|sendto|bind)\(.*", log.read_text()) == []


def test_a_socket_would_be_seen(tmp_path):
    log = tmp_path / "calls"
    opens = "import socket; socket.socket()"
    command = [*usable(*STRACE), "-o", str(log), sys.executable, "-c", opens]
    subprocess.run(command, check=True)
    assert re.search(r"\bsocket\(AF_INET", log.read_text())


@pytest.mark.parametrize(("paths", "code"), CASES)
def test_the_verdict_is_the_same_where_there_is_no_network(fleet, paths, code):
    cut_off = validate(fleet, *paths, under=usable(*NO_NETWORK))
    assert cut_off.returncode == code, cut_off.stdout + cut_off.stderr
    assert cut_off.stdout == validate(fleet, *paths).stdout
