"""Measures how long drift takes to explain, as whole processes that take turns.

Three cases: 200 changed objects in manifests of 780 KB, beside the plain reading and hashing of the
same files; 5,000 files of which 10 drifted, edited by hand or stale, beside the check of the same
files in sync; and single objects that invite a lot of work, see hostile.py, beside the plain
reading and hashing of their repository. All are git repositories, so that the reasons are looked
for as well.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from fleet import (
    CHANGED,
    IN_SYNC,
    KURE_HOOKS,
    PROJECT,
    Run,
    Size,
    files,
    fleet,
    git,
    kure_hooks,
    read_and_hash,
    write,
)
from hostile import Pair, cases

IDENTITY = ("-c", "user.name=Bench", "-c", "user.email=bench@example.com")
# Otherwise git packs what was committed in the background, while it is cloned.
AT_REST = ("-c", "maintenance.auto=false", "-c", "gc.auto=0")

# An application becomes three objects, which are a file each or, in single mode, one together.
OBJECTS = Size(clusters=1, nodes=44, applications=10)
FILES = Size(clusters=31, nodes=5, applications=10)
SINGLE = "version: 1\nlayout: {applicationFileMode: single}\n"

# Nobody waits longer for the report about one object.
PATIENCE = 120
HOSTILE_STACK = """\
name: c
node:
  name: c
  bundle:
    name: b
    applications:
    - {name: a, kind: Manifests, spec: {files: [../case.json]}}
"""


def main() -> None:
    """Print a table for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each kind (default: 5)")
    parser.add_argument("--hostile", action="store_true", help="only the hostile objects")
    options = parser.parse_args()
    if not options.hostile:
        with TemporaryDirectory(prefix="kure-hooks-drift-") as directory:
            many_objects(Path(directory), options.runs)
        with TemporaryDirectory(prefix="kure-hooks-drift-") as directory:
            few_files(Path(directory), options.runs)
    sys.stdout.write(f"\nHostile objects\n\n{'':<26}{'seconds':>9}{'ratio':>9}\n")
    for name, pair in cases():
        with TemporaryDirectory(prefix="kure-hooks-drift-") as directory:
            hostile_object(Path(directory), name, pair)


def many_objects(root: Path, runs: int) -> None:
    """Explain 200 objects that were edited, with three objects in a file."""
    make(root, OBJECTS, SINGLE)
    edit(root / "clusters", 200)
    size = sum(path.stat().st_size for path in files(root / "clusters")) / 1000
    taken = measure(
        runs,
        {
            "check": check(root, CHANGED),
            "read and hash": lambda: read_and_hash(root),
        },
    )
    count = len(list(files(root / "clusters")))
    show(f"200 changed objects in {size:.0f} KB, {count} files", taken, "read and hash")


def few_files(root: Path, runs: int) -> None:
    """Check 5,000 files in sync, with 10 of them edited, and with 10 inputs that changed since.

    The edited files are in as many clusters; the inputs are those of one cluster, or of ten.
    """
    make(root, FILES)
    names = ("in sync", "10 edited", "10 stale in 1", "10 stale in 10")
    copies = {name: root / name for name in names}
    for path in copies.values():
        git(root, "clone", "--quiet", ".", str(path))
    edit(copies["10 edited"] / "clusters", 10)
    edit(copies["10 stale in 1"] / "apps/cluster-000", 10)
    edit(copies["10 stale in 10"] / "apps", 10)
    codes = {name: IN_SYNC if name == "in sync" else CHANGED for name in copies}
    taken = measure(runs, {name: check(path, codes[name]) for name, path in copies.items()})
    count = len(list(files(copies["in sync"] / "clusters")))
    show(f"{count:,} files of {FILES.clusters} clusters", taken, "in sync")


def hostile_object(root: Path, name: str, pair: Pair) -> None:
    """Check one object that differs, once, and print what it took; give up after PATIENCE."""
    write(root / "stacks/c.yaml", HOSTILE_STACK)
    generated, checked_in = (json.dumps(manifest) for manifest in pair)
    for text in (checked_in, generated):
        write(root / "case.json", text)
        if text == checked_in:
            kure_hooks(CHANGED, "generate", "--quiet", "--root", str(root))
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, *IDENTITY, *AT_REST, "commit", "--quiet", "--message", "A case")
    command = [*KURE_HOOKS, "check", "--root", str(root), "--output", f"html={root / 'report'}"]
    start = time.perf_counter()
    try:
        done = subprocess.run(
            command, cwd=PROJECT, stdout=subprocess.DEVNULL, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        sys.stdout.write(f"{name:<26}{f'> {PATIENCE}':>9}\n")
        return
    seconds = time.perf_counter() - start
    if done.returncode != CHANGED:
        sys.exit(f"the check of {name} ended with {done.returncode}")
    (root / "report").unlink()
    ratio = seconds / read_and_hash(root).seconds
    sys.stdout.write(f"{name:<26}{seconds:>9.3f}{ratio:>9.1f}\n")
    sys.stdout.flush()


def make(root: Path, size: Size, settings: str = "") -> None:
    """Write, generate and commit a fleet."""
    for path, text in fleet(size):
        write(root / path, text)
    if settings:
        write(root / ".kure-hooks.yaml", settings)
    git(root, "init", "--quiet")
    kure_hooks(CHANGED, "generate", "--quiet", "--root", str(root))
    git(root, "add", "--all")
    git(root, *IDENTITY, *AT_REST, "commit", "--quiet", "--message", "A fleet")


def edit(directory: Path, count: int) -> None:
    """Change the replicas in the first so many files that have any, spread over all of them."""
    found = [path for path in sorted(files(directory)) if "replicas: 3" in path.read_text()]
    step = len(found) // count
    for path in found[: step * count : step]:
        write(path, path.read_text().replace("replicas: 3", "replicas: 5"))


def check(root: Path, code: int) -> Callable[[], Run]:
    """Return the check of a repository, which has to end with a code."""
    return lambda: kure_hooks(code, "check", "--root", str(root))


def measure(runs: int, commands: dict[str, Callable[[], Run]]) -> dict[str, list[Run]]:
    """Run the commands in turns."""
    taken: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(command())
    return taken


def show(title: str, taken: dict[str, list[Run]], base: str) -> None:
    """Print medians and their ratio to those of the base."""
    medians = {name: statistics.median(run.seconds for run in runs) for name, runs in taken.items()}
    sys.stdout.write(f"\n{title}\n\n{'':<15}{'seconds':>9}{'CPU':>9}{'ratio':>8}\n")
    for name, runs in taken.items():
        cpu = statistics.median(run.cpu for run in runs)
        ratio = medians[name] / medians[base]
        sys.stdout.write(f"{name:<15}{medians[name]:>9.3f}{cpu:>9.3f}{ratio:>8.2f}\n")


if __name__ == "__main__":
    main()
