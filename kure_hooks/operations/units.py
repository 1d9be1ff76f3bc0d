"""Units of work, each a stack or one member of a cluster set, and the processes that do them."""

import gc
import os
import signal
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from kure_hooks import stages
from kure_hooks.config import Settings
from kure_hooks.errors import ReadError
from kure_hooks.files.tree import Tree
from kure_hooks.operations.compile import Request, StackResult, generate_stack
from kure_hooks.stack.documents import SET_KIND
from kure_hooks.stack.files import Files

if TYPE_CHECKING:  # few stacks are sets
    from kure_hooks.operations.cluster_sets import Opened
    from kure_hooks.stack.cluster_set import ClusterSet

# Below this many units for each process, starting it costs more than it brings.
_UNITS_FOR_A_PROCESS = 4

# A parcel has no more units, so that few results wait at a time.
_LARGEST_PARCEL = 16


class Unit(NamedTuple):
    """A stack to generate, or one member of a cluster set, by its index."""

    stack: str
    member: int | None = None


class Work(NamedTuple):
    """The units of some stacks: one for a plain stack, whose value is None, many for a set."""

    sets: Mapping[str, "Opened | None"]

    @classmethod
    def of(cls, tree: Tree, stacks: Iterable[str], only: Mapping[str, Collection[str]]) -> "Work":
        """Return the work of stacks; of the sets in `only` the clusters with the names there."""
        return cls({stack: _opened(tree, stack, only.get(stack, ())) for stack in stacks})

    @property
    def units(self) -> list[Unit]:
        """All units, in the order of the stacks and of the members of each."""
        return [
            unit
            for stack, members in self.sets.items()
            for unit in (members.units if members else (Unit(stack),))
        ]

    def among(self, units: Iterable[Unit]) -> "Work":
        """Return the work that is some of these units; a faulty set is told of in any case."""
        some = frozenset(units)
        parts = {
            stack: members and members.among(some)
            for stack, members in self.sets.items()
            if members or Unit(stack) in some
        }
        return Work(
            {
                stack: part
                for stack, part in parts.items()
                if part is None or part.members or part.findings
            }
        )

    def joined(self, results: Iterator[StackResult]) -> Iterator[StackResult]:
        """Yield a result for each stack of those of the units, the members of a set joined."""
        for members in self.sets.values():
            if members is None:
                yield next(results)
                continue
            from kure_hooks.operations import cluster_sets  # noqa: PLC0415 - few stacks are sets

            yield cluster_sets.joined(members, islice(results, len(members.members)))


def _opened(tree: Tree, stack: str, names: Collection[str]) -> "Opened | None":
    """Return the set in a stack file, None for a file without one."""
    try:
        if SET_KIND.encode() not in tree.read(stack):
            return None
    except ReadError:
        return None  # a finding, when the stack is generated
    from kure_hooks.operations import cluster_sets  # noqa: PLC0415 - few stacks are sets

    return cluster_sets.opened(tree, stack, names)


def run(tree: Tree, settings: Settings, units: Sequence[Unit], jobs: int) -> Iterator[StackResult]:
    """Yield the result of each unit, in their order, from as many processes as asked for.

    `jobs` is their number, 0 for as many as there are cores; few units need no more than one.
    """
    jobs = min(jobs or os.cpu_count() or 1, len(units) // _UNITS_FOR_A_PROCESS)
    generator = Generator(tree, settings)
    # What the first unit loads, modules and schemas, a process that begins later has already.
    alone = 1 if jobs > 1 else len(units)
    for unit in units[:alone]:
        stages.enter(f"generating {unit.stack}")
        yield generator.generate(unit)
    units = units[alone:]
    if not units:
        return
    gc.freeze()  # looking for garbage in what processes share would copy all of it
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - most runs need no pool

    with ProcessPoolExecutor(jobs, initializer=_Worker.start, initargs=(tree, settings)) as pool:
        # Parcels are small enough to keep every process busy.
        parcel = min(max(1, len(units) // (jobs * 8)), _LARGEST_PARCEL)
        results = pool.map(_Worker.generate, units, chunksize=parcel)
        for unit in units:
            stages.enter(f"generating {unit.stack} or a stack after it")
            yield next(results)


class Generator:
    """Generates unit after unit; what the members of a set share is read once."""

    def __init__(self, tree: Tree, settings: Settings) -> None:
        self.tree = tree
        self.settings = settings
        self._set: ClusterSet | None = None

    def generate(self, unit: Unit, tree: Tree | None = None) -> StackResult:
        """Return the result of one unit, from a `tree` that may know more than that of the others.

        What other units have read of a set has to be the same in it.
        """
        tree = tree or self.tree
        self.read_set(unit, tree)
        return generate_stack(Request(tree, self.settings, *unit), self._set)

    def read_set(self, unit: Unit, tree: Tree) -> None:
        """Read the set of a member, unless it was the last that was read."""
        if unit.member is not None and (self._set is None or self._set.path != unit.stack):
            from kure_hooks.stack.cluster_set import cluster_set  # noqa: PLC0415 - few are sets

            self._set = cluster_set(Files(tree), unit.stack)


class _Worker:
    """A process of the pool; its tree asks git for its files once, not for every stack."""

    generator: ClassVar[Generator]

    @classmethod
    def start(cls, tree: Tree, settings: Settings) -> None:
        # An interrupt from the keyboard reaches every process; the one that asked deals with it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        cls.generator = Generator(tree, settings)

    @classmethod
    def generate(cls, unit: Unit) -> StackResult:
        return cls.generator.generate(unit)
