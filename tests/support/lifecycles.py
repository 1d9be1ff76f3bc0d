"""The life of built-in API versions, as the modules of Kubernetes mark it.

`python -m tests.support.lifecycles` prints the rows of validators/admission/rules/lifecycles.py. It
reads the Go modules below from the module cache, where `go mod download` puts them; the older ones
have kinds that newer ones have no longer.
"""

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

MODULES = (
    "k8s.io/api@v0.22.17",
    "k8s.io/api@v0.25.16",
    "k8s.io/api@v0.28.15",
    "k8s.io/api@v0.31.14",
    "k8s.io/api@v0.34.2",
    "k8s.io/api@v0.37.2",
    "k8s.io/apiextensions-apiserver@v0.37.2",
    "k8s.io/kube-aggregator@v0.36.3",
)
_MARKERS = "zz_generated.prerelease-lifecycle.go"
_GROUP = re.compile(r'GroupName\s*=\s*"([^"]*)"')
_FUNCTION = r"func \(in \*(\w+)\) APILifecycle"
_RELEASE = re.compile(_FUNCTION + r"(Deprecated|Removed)\(\)[^{]*\{\s*return (\d+), (\d+)")
_INTRODUCED = re.compile(_FUNCTION + r"Introduced\(\)")
_REPLACEMENT = re.compile(
    _FUNCTION + r"Replacement\(\)[^{]*\{\s*return schema\.GroupVersionKind\{"
    r'Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"'
)


def directory(module):
    """Return where Go keeps a module; None where it has not been downloaded."""
    if shutil.which("go") is None:
        return None
    home = pwd.getpwuid(os.getuid()).pw_dir  # where the cache is, whatever a test makes of HOME
    answer = subprocess.run(
        ["go", "mod", "download", "-json", module],
        capture_output=True,
        text=True,
        cwd="/",
        env=os.environ | {"GOPROXY": "off", "GOFLAGS": "-mod=mod", "HOME": home},
        check=False,
    )
    return Path(json.loads(answer.stdout)["Dir"]) if answer.returncode == 0 else None


def lives(directories):
    """Return by API version and kind the releases of deprecation and removal, and the successor."""
    found = defaultdict(lambda: {"Deprecated": "", "Removed": "", "successor": ""})
    served = defaultdict(set)
    for module in directories:
        for path in sorted(module.rglob(_MARKERS)):
            version = api_version(path.parent)
            text = path.read_text()
            for kind in _INTRODUCED.findall(text):
                served[kind].add(version)
            for kind, what, major, minor in _RELEASE.findall(text):
                found[version, kind][what] = f"{major}.{minor}"
            for kind, group, number, successor in _REPLACEMENT.findall(text):
                other = f"{group}/{number}" if group else number
                same = successor in (kind, f"{kind}List")  # as one marker says by mistake
                found[version, kind]["successor"] = other if same else f"{other} {successor}"
    for (version, kind), life in found.items():
        life["successor"] = life["successor"] or _newer(version, served[kind])
    return {key: tuple(life.values()) for key, life in found.items() if not key[1].endswith("List")}


def _newer(version, others):
    """Return the stable version of the same group, or its newest beta; empty without any."""
    group, _, number = version.rpartition("/")
    numbers = {other.rpartition("/")[2] for other in others if other.rpartition("/")[0] == group}
    stable = sorted(name for name in numbers if re.fullmatch(r"v[0-9]+", name))
    betas = sorted(name for name in numbers if "beta" in name and name > number)
    newest = (stable or betas or [""])[-1]
    return f"{group}/{newest}" if newest and newest != number else ""


def api_version(package):
    """Return group and version of a package of types."""
    registers = (package / "register.go", package.parent / "register.go")
    groups = [_GROUP.search(path.read_text()) for path in registers if path.is_file()]
    group = next(match.group(1) for match in groups if match)
    return f"{group}/{package.name}" if group else package.name


def rows(directories):
    """Return the lines of the table, sorted."""
    for (version, kind), (deprecated, removed, successor) in sorted(lives(directories).items()):
        if deprecated or removed:
            newer = successor.removeprefix(f"{version.rpartition('/')[0]}/")
            yield f"{version} {kind} {deprecated or '-'} {removed or '-'} {newer}".rstrip()


if __name__ == "__main__":
    sys.stdout.write("\n".join(rows(map(directory, MODULES))) + "\n")
