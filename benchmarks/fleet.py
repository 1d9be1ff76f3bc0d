"""Measures kure-hooks on synthetic fleets, beside the plain reading and hashing of their files.

Every run is a whole process. Runs of all kinds take turns, so that what else the machine does
hits all alike; the table shows medians. CPU time counts all processes of a run, peak memory is
that of the largest one.
"""

import argparse
import hashlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).resolve().parents[1]
KURE_HOOKS = (sys.executable, "-m", "kure_hooks")
IN_SYNC, CHANGED = 0, 1
MEBIBYTE = 1 << 20
PLAIN = "read and hash"
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
GITOPS = {
    "flux": "{type: flux}",
    "argocd": "{type: argocd, argocd: {repoURL: https://git.example.com/fleet.git}}",
}


@dataclass(frozen=True)
class Size:
    """A fleet: an application of this kind becomes three objects."""

    clusters: int
    nodes: int
    applications: int


SIZES = {
    "S": Size(1, 5, 10),
    "M": Size(20, 5, 10),
    "L": Size(200, 5, 10),
    "XL": Size(1_000, 5, 10),
    "XXL": Size(5_000, 5, 10),
}
USUAL = ("S", "M", "L")

APPLICATION = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: AppWorkload
metadata:
  name: {name}
  namespace: {namespace}
  labels:
    team: {namespace}
spec:
  workload: Deployment
  replicas: 3
  containers:
  - name: main
    image: registry.example.com/{name}:1.{number}.0
    args: [--verbose, --listen=:8080]
    env:
    - name: LOG_LEVEL
      value: info
    - name: POD_NAME
      valueFrom:
        fieldRef:
          fieldPath: metadata.name
    ports:
    - name: http
      containerPort: 8080
    resources:
      requests: {{cpu: 100m, memory: 64Mi}}
      limits: {{memory: 128Mi}}
  config:
    settings.ini: |
      region = {cluster}
      number = {number}
  services:
  - name: {name}
    port: 80
    targetPort: http
"""

SET = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: ClusterSet
metadata: {name: fleet}
spec:
  parameters: [{name: name}, {name: region, pattern: "region-[0-9]"}]
  clusters: {from: ../tables/fleet.csv}
  template:
    metadata: {name: "${params.name}", labels: {region: "${params.region}"}}
    spec:
"""


@dataclass(frozen=True)
class Run:
    """What one run took: by the clock, of all processors, and memory of its largest process."""

    seconds: float
    cpu: float
    mebibytes: float


def main() -> None:
    """Print a table for each size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "sizes", nargs="*", metavar="SIZE", help="S, M, L, XL, XXL, or all for S M L"
    )
    parser.add_argument("--runs", type=int, default=5, help="runs of each kind (default: 5)")
    parser.add_argument("--jobs", type=int, default=0, help="processes of each run; 0: one a core")
    parser.add_argument("--git", action="store_true", help="make the fleet a git repository")
    parser.add_argument("--set", action="store_true", help="make the clusters of one ClusterSet")
    parser.add_argument("--engine", choices=GITOPS, default="flux", help="the GitOps tool")
    parser.add_argument("--against", type=Path, help="another checkout, measured in turns")
    given = parser.parse_args()
    sizes = given.sizes or ["S", "M"]
    chosen = list(USUAL) if sizes == ["all"] else sizes
    if unknown := [each for each in chosen if each not in SIZES]:
        parser.error(f"unknown size {unknown[0]}; choose among {', '.join(SIZES)} and all")
    for name in chosen:
        with TemporaryDirectory(prefix="kure-hooks-fleet-") as directory:
            measure(name, Path(directory), given)


def measure(name: str, root: Path, given: argparse.Namespace) -> None:
    """Write a fleet, measure and print its table."""
    size = SIZES[name]
    inputs = cluster_set if given.set else fleet
    for path, text in inputs(size, given.engine):
        write(root / path, text)
    if given.git:
        git(root, "init", "--quiet")
    checkouts = {"": PROJECT} | ({" (other)": given.against.resolve()} if given.against else {})
    for checkout in checkouts.values():
        deque(once(root, checkout, given), maxlen=0)
    taken: dict[str, list[Run]] = {}
    for _ in range(given.runs):
        for suffix, checkout in checkouts.items():
            for what, run in once(root, checkout, given):
                taken.setdefault(f"{what}{suffix}", []).append(run)
        taken.setdefault(PLAIN, []).append(read_and_hash(root))
    print(f"\n{name}: {given.engine}, {title(size, root)}; runs: {given.runs}\n")
    print_table(taken)


def once(root: Path, checkout: Path, given: argparse.Namespace) -> Iterator[tuple[str, Run]]:
    """Yield what each command of a checkout takes, one after the other."""
    options = ("--root", str(root), "--jobs", str(given.jobs), "--quiet")
    remove_generated(root)
    yield "generate", kure_hooks(CHANGED, "generate", *options, checkout=checkout)
    if given.git:
        git(root, "add", "--all")
    yield "check", kure_hooks(IN_SYNC, "check", *options, "--no-cache", checkout=checkout)
    if given.git:
        # The first run tells the second what to look at, which leaves the stamp for the third.
        for _ in range(2):
            kure_hooks(IN_SYNC, "check", *options, checkout=checkout)
        yield "git status", timed(("git", "status", "--porcelain"), root)
        yield "check again", kure_hooks(IN_SYNC, "check", *options, checkout=checkout)
        application = next(path for path in sorted(files(root / "apps")))
        text = application.read_text(encoding="utf-8")
        write(application, text.replace("replicas: 3", "replicas: 4"))
        yield "one changed", kure_hooks(CHANGED, "check", *options, checkout=checkout)
        write(application, text)
    yield "--version", kure_hooks(IN_SYNC, "--version", checkout=checkout)


def fleet(size: Size, engine: str = "flux") -> Iterator[tuple[str, str]]:
    """Yield path and text of every input file."""
    yield ".kure-hooks.yaml", "version: 1\nstacks: [stacks/*.yaml]\n"
    for cluster in range(size.clusters):
        name = f"cluster-{cluster:03}"
        nodes = [f"{name}-team-{node}" for node in range(size.nodes)]
        yield f"stacks/{name}.yaml", stack(name, nodes, size.applications, GITOPS[engine])
        for node in nodes:
            for number in range(size.applications):
                text = APPLICATION.format(
                    name=f"app-{number:02}", namespace=node, number=number, cluster=name
                )
                yield f"apps/{name}/{node}/app-{number:02}.yaml", text


def cluster_set(size: Size, engine: str = "flux") -> Iterator[tuple[str, str]]:
    """Yield the same for a fleet of one ClusterSet, whose clusters share their applications."""
    yield ".kure-hooks.yaml", "version: 1\nstacks: [stacks/*.yaml]\n"
    name = "${params.name}"
    nodes = [f"{name}-team-{node}" for node in range(size.nodes)]
    plain = stack(name, nodes, size.applications, GITOPS[engine])
    spec = plain.replace(f"../apps/{name}/{name}-", "../apps/").partition("\n")[2]
    spec = re.sub(r"\$\{params\.name\}[-\w]*", r'"\g<0>"', spec)
    yield "stacks/fleet.yaml", SET + "".join(f"      {line}\n" for line in spec.splitlines())
    rows = [f"cluster-{cluster:04},region-{cluster % 7}" for cluster in range(size.clusters)]
    yield "tables/fleet.csv", "\n".join(["name,region", *rows]) + "\n"
    for node in range(size.nodes):
        for number in range(size.applications):
            values = {"name": f"app-{number:02}", "namespace": f"team-{node}", "number": number}
            text = APPLICATION.format(cluster="any", **values)
            yield f"apps/team-{node}/app-{number:02}.yaml", text


def stack(cluster: str, nodes: Sequence[str], applications: int, gitops: str) -> str:
    """Return a stack whose bundles wait for each other in a row."""
    lines = [f"name: {cluster}", f"gitops: {gitops}", "node:", f"  name: {cluster}"]
    lines.append("  children:")
    for before, node in zip((None, *nodes), nodes, strict=False):
        waits = f", dependsOn: [{before}]" if before else ""
        lines += [f"  - name: {node}", f"    bundle: {{name: {node}{waits}, applications: ["]
        lines += [
            f"      {{path: ../apps/{cluster}/{node}/app-{number:02}.yaml}},"
            for number in range(applications)
        ]
        lines.append("    ]}")
    return "\n".join(lines) + "\n"


def kure_hooks(expected: int | None, *arguments: str, checkout: Path = PROJECT) -> Run:
    """Run kure-hooks and return what it took; an unexpected exit code ends the benchmark.

    None expects any.
    """
    return timed((*KURE_HOOKS, *arguments), checkout, expected)


def timed(command: Sequence[str], cwd: Path, expected: int | None = 0) -> Run:
    """Run a program and return what it took, with all that it waited for."""
    # As it is installed: with bytecode, which a first run that is not measured leaves behind.
    environment = {key: text for key, text in os.environ.items() if key != NO_BYTECODE}
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if expected is not None and process.returncode != expected:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}, not {expected}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def git(root: Path, *arguments: str) -> None:
    """Run git, which has to be on PATH."""
    subprocess.run([shutil.which("git") or "git", "-C", str(root), *arguments], check=True)


def read_and_hash(root: Path) -> Run:
    """Read every input and every generated file once and hash it."""
    start, used = time.perf_counter(), time.process_time()
    for path in files(root):
        hashlib.sha256(path.read_bytes()).digest()
    return Run(time.perf_counter() - start, time.process_time() - used, 0)


def print_table(taken: dict[str, list[Run]]) -> None:
    """Print medians, memory and the ratio to plain reading."""
    medians = {name: statistics.median(run.seconds for run in runs) for name, runs in taken.items()}
    print(f"{'':<20}{'seconds':>9}{'fastest':>9}{'CPU':>9}{'ratio':>8}{'MiB':>6}")
    for name, runs in taken.items():
        numbers = (
            medians[name],
            min(run.seconds for run in runs),
            statistics.median(run.cpu for run in runs),
        )
        ratio = medians[name] / medians[PLAIN]
        peak = max(run.mebibytes for run in runs)
        row = f"{name:<20}" + "".join(f"{each:>9.3f}" for each in numbers) + f"{ratio:>8.1f}"
        print(f"{row}{peak:>6.0f}" if peak else row)


def title(size: Size, root: Path) -> str:
    """Return what the fleet is made of."""
    applications = size.clusters * size.nodes * size.applications
    found = list(files(root / "clusters"))
    data = sum(path.stat().st_size for path in found) / MEBIBYTE
    clusters = f"{size.clusters} cluster{'s' if size.clusters > 1 else ''}"
    return f"{clusters}, {applications:,} applications, {len(found):,} files of {data:.1f} MiB"


def files(root: Path) -> Iterator[Path]:
    """Yield the regular files below a directory, without git's own."""
    for directory, names, found in os.walk(root):
        names[:] = [each for each in names if each != ".git"]
        yield from (Path(directory, each) for each in found)


def remove_generated(root: Path) -> None:
    """Remove every generated file and the directories that held them."""
    for directory, _, found in os.walk(root / "clusters", topdown=False):
        for name in found:
            Path(directory, name).unlink()
        Path(directory).rmdir()


def write(path: Path, text: str) -> None:
    """Write a file and the directories above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
