"""Builds the programs of a live cluster into .tools/live: `python -m tests.live.building`.

Each is built once from the modules that its directory below `builds/` pins, and again when one
of the files there, the command or the version of Go has changed. Debian has etcd, redis and a
registry; root installs them.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.live.programs import ARGOCD, BUCKETS, CLUSTER, DIRECTORY, FLUX, HELM, missing, program

_BUILDS = Path(__file__).parent / "builds"
_KUBERNETES = "v1.36.3"
_VERSION = "k8s.io/component-base/version.git"
_LDFLAGS = f"-X {_VERSION}Version={_KUBERNETES} -X {_VERSION}Major=1 -X {_VERSION}Minor=36"
_PACKAGES = {
    "etcd": "etcd-server",
    "redis-server": "redis-server",
    "docker-registry": "docker-registry",
}
_FLUX_CRDS = "config/crd/bases/"


@dataclass(frozen=True)
class Build:
    """A program, the directory of its module and the package of its `main`."""

    name: str
    module: str
    package: str
    ldflags: str = ""

    @property
    def command(self) -> list[str]:
        """The command of Go that builds it."""
        flags = f"-s -w {self.ldflags}".strip()
        target = str(DIRECTORY / self.name)
        return ["go", "build", "-mod=readonly", "-trimpath", "-ldflags", flags, "-o", target]

    def state(self, go: str) -> str:
        """Return what the program was made of, as one hash."""
        made = hashlib.sha256("\n".join([go, self.package, *self.command[:-1]]).encode())
        for path in sorted((_BUILDS / self.module).iterdir()):
            made.update(path.read_bytes())
        return made.hexdigest()


@dataclass(frozen=True)
class Definitions:
    """The CRDs in a module, without its code: `folder` is where they lie in it."""

    tool: str
    module: str
    sum: str
    folder: str


BUILDS = (
    Build("kube-apiserver", "kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver", _LDFLAGS),
    Build("kustomize-controller", "kustomize-controller", "github.com/fluxcd/kustomize-controller"),
    Build("source-controller", "source-controller", "github.com/fluxcd/source-controller"),
    Build("argo-cd", "argo-cd", ".", "-X github.com/argoproj/argo-cd/v3/common.version=3.5.7"),
    Build(
        "kube-controller-manager",
        "kubernetes",
        "k8s.io/kubernetes/cmd/kube-controller-manager",
        _LDFLAGS,
    ),
    Build("helm-controller", "helm-controller", "github.com/fluxcd/helm-controller"),
    Build("helm", "helm", "helm.sh/helm/v3/cmd/helm"),
    Build("gofakes3", "gofakes3", "github.com/johannesboyne/gofakes3/cmd/gofakes3"),
)
DEFINITIONS = (
    Definitions("flux", "github.com/fluxcd/kustomize-controller@v1.9.6", "", _FLUX_CRDS),
    Definitions("flux", "github.com/fluxcd/source-controller@v1.9.6", "", _FLUX_CRDS),
    Definitions("flux", "github.com/fluxcd/helm-controller@v1.6.0", "", _FLUX_CRDS),
    Definitions(
        "flux-operator",
        "github.com/controlplaneio-fluxcd/flux-operator@v0.59.0",
        "h1:jByuiWYtjSJxucGHuz68tV0DeVFz5CYrKQYfxAwE7lE=",
        _FLUX_CRDS,
    ),
    Definitions("argo-cd", "github.com/argoproj/argo-cd/v3@v3.5.7", "", "manifests/crds/"),
)


def complete() -> list[str]:
    """Return what a whole suite lacks: nothing when all is built."""
    tools = {each.tool for each in DEFINITIONS}
    crds = [f"the CRDs of {tool}" for tool in tools if not (DIRECTORY / "crds" / tool).is_dir()]
    return [*missing(*CLUSTER, *FLUX, *HELM, *ARGOCD, *_PACKAGES, "helm", *BUCKETS), *sorted(crds)]


def install() -> None:
    """Install what Debian has, without starting any of it."""
    absent = [package for name, package in _PACKAGES.items() if program(name) is None]
    if not absent:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"no {', '.join(absent)}: installing takes root and apt-get", file=sys.stderr)
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq"]
    subprocess.run([*apt, "update"], check=True, env=environment)
    install = [*apt, "install", "-y", "--no-install-recommends", *absent]
    subprocess.run(install, check=True, env=environment, stdout=subprocess.DEVNULL)


def build(wanted: Build, go: str) -> bool:
    """Build a program unless it is there already; tell whether it is there now."""
    stamp = DIRECTORY / "stamps" / wanted.name
    state = wanted.state(go)
    if (DIRECTORY / wanted.name).is_file() and stamp.is_file() and stamp.read_text() == state:
        print(f"{wanted.name} is already there")
        return True
    started = time.monotonic()
    command = [*wanted.command, wanted.package]
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-buildvcs=false"}
    done = subprocess.run(command, cwd=_BUILDS / wanted.module, env=environment, check=False)
    seconds = time.monotonic() - started
    if done.returncode != 0:
        print(f"{wanted.name} could not be built ({seconds:.0f} s)", file=sys.stderr)
        return False
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(state)
    print(f"{wanted.name} built in {seconds:.0f} s", flush=True)
    return True


def unpack(definitions: Definitions) -> bool:
    """Write the CRDs of a module; tell whether they are there now."""
    name, _, version = definitions.module.partition("@")
    stamp = DIRECTORY / "stamps" / f"{name.replace('/', '+')}.crds"
    if stamp.is_file() and stamp.read_text() == version:
        return True
    # A module that wants a newer Go is an error to Go, which fetches its archive all the same.
    command = ["go", "mod", "download", "-json", definitions.module]
    environment = os.environ | {"GOTOOLCHAIN": "local"}
    printed = subprocess.run(
        command, cwd=DIRECTORY, env=environment, capture_output=True, check=False
    )
    about = json.loads(printed.stdout or "{}")
    if "Zip" not in about or definitions.sum not in ("", about["Sum"]):
        print(f"{definitions.module} could not be fetched", file=sys.stderr)
        return False
    place = DIRECTORY / "crds" / definitions.tool
    place.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(about["Zip"]) as archive:
        for member in archive.namelist():
            folder, _, file = member.rpartition("/")
            if f"{folder}/".endswith(f"{version}/{definitions.folder}") and _is_definition(file):
                (place / file).write_bytes(archive.read(member))
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(version)
    return True


def _is_definition(file: str) -> bool:
    return file.endswith(".yaml") and file != "kustomization.yaml"


def main() -> int:
    """Build all, or tell with `--complete` whether all is there."""
    parser = argparse.ArgumentParser(prog="python -m tests.live.building", description=__doc__)
    parser.add_argument("--complete", action="store_true", help="build nothing, only look")
    if not parser.parse_args().complete:
        DIRECTORY.mkdir(parents=True, exist_ok=True)
        install()
        if shutil.which("go") is None:
            print("go is not installed, so nothing was built", file=sys.stderr)
            return 1
        go = subprocess.run(["go", "version"], capture_output=True, text=True, check=True).stdout
        for definitions in DEFINITIONS:
            unpack(definitions)
        for each in BUILDS:
            build(each, go)
    absent = complete()
    if absent:
        print(f"not there: {', '.join(absent)}", file=sys.stderr)
    return int(bool(absent))


if __name__ == "__main__":
    sys.exit(main())
