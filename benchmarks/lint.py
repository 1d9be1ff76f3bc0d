"""Measures lint: on real repositories, beside an in-sync check of a fleet, and as files grow.

Every run is a whole process, its start included. The machine may be busy with something else, which
only ever adds to a run, so that the fastest runs count; runs beside each other take turns.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from fleet import PROJECT, SIZES, Run, Size, fleet, kure_hooks, write

TREES = PROJECT.parent / "shared" / "data" / "trees"
GROWTH = (5, 10, 20)
"""Numbers of clusters; the time of each file should stay the same."""


def main() -> None:
    """Print a line for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each kind (default: 5)")
    parser.add_argument("--size", choices=SIZES, default="M", help="the fleet (default: M)")
    parser.add_argument("repository", nargs="*", type=Path, help="repositories (default: ours)")
    options = parser.parse_args()
    for directory in options.repository or sorted(filter(Path.is_dir, TREES.glob("*"))):
        runs = [lint(directory, expected=None) for _ in range(options.runs)]
        show(f"lint {directory.name}, {count(directory)} files", runs)
    beside_check(SIZES[options.size], options.runs)
    grow(options.runs)


def beside_check(size: Size, runs: int) -> None:
    """Show lint of a fleet beside its check, in turns."""
    with repository(size) as root:
        pairs = [(check(root), lint(root)) for _ in range(runs + 1)][1:]
        show("check of the fleet", [first for first, _ in pairs])
        show("lint of the fleet", [second for _, second in pairs])
        fastest = [min(run.seconds for run in column) for column in zip(*pairs, strict=True)]
        sys.stdout.write(f"{'ratio':<44}{fastest[1] / fastest[0]:8.2f}\n")


def grow(runs: int) -> None:
    """Show lint of manifests alone, of ever more clusters."""
    for clusters in GROWTH:
        with repository(Size(clusters, 5, 10), stacks=False) as root:
            files = count(root)
            taken = [lint(root, expected=None) for _ in range(runs)]
            show(f"lint of {files} manifests without stacks", taken)
            each = min(run.cpu for run in taken) / files * 1e6
            sys.stdout.write(f"{'microseconds of CPU for a file':<44}{each:8.0f}\n")


class repository:  # noqa: N801 - used like a function
    """A fleet in a directory of its own, generated; without `stacks` as if nobody had any."""

    def __init__(self, size: Size, *, stacks: bool = True) -> None:
        self.size = size
        self.stacks = stacks
        self.directory = TemporaryDirectory(prefix="kure-hooks-lint-")

    def __enter__(self) -> Path:
        """Write and generate it."""
        root = Path(self.directory.name)
        texts = dict(fleet(self.size))
        for path, text in texts.items():
            write(root / path, text)
        kure_hooks(1, "generate", "--root", str(root))
        if not self.stacks:
            for path in texts:
                (root / path).unlink()
            for path in sorted((root / "clusters").rglob("*.yaml")):
                path.write_text(path.read_text().partition("\n")[2])
        return root

    def __exit__(self, *_: object) -> None:
        """Remove it."""
        self.directory.cleanup()


def check(root: Path) -> Run:
    return kure_hooks(0, "check", "--root", str(root))


def lint(root: Path, expected: int | None = 0) -> Run:
    """Lint a repository; with None its findings may be errors or not."""
    command = ("lint", "--root", str(root))
    return kure_hooks(expected, *command)


def count(root: Path) -> int:
    return sum(1 for path in files(root) if path.suffix in (".yaml", ".yml"))


def files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)


def show(name: str, runs: Sequence[Run]) -> None:
    fastest = min(runs, key=lambda run: run.seconds)
    sys.stdout.write(
        f"{name:<44}{fastest.seconds:8.3f}{fastest.cpu:8.3f}{fastest.mebibytes:6.0f}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
