"""Units of work done elsewhere, by any executor: what they read of the repository goes with them.

A worker has kure-hooks and nothing of the repository. It is given the answers to what a unit asks
of the tree; what it can't answer it sends back as questions, and the unit is done again with their
answers. So no worker sees a file that none of its units reads.
"""

import pickle
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from hashlib import sha256
from secrets import token_bytes
from threading import Lock
from typing import Any, ClassVar, NamedTuple, TypeAlias

from msgspec import Struct, field

import kure_hooks
from kure_hooks import stages
from kure_hooks.config import Settings
from kure_hooks.errors import KureHooksError, ToolError
from kure_hooks.files.answered import AnsweredTree, Question
from kure_hooks.files.tree import Tree
from kure_hooks.operations.compile import StackResult
from kure_hooks.operations.units import Generator, Unit
from kure_hooks.package_code import versions

# So many units are on their way at a time, so that few results wait for those before them.
_WINDOW = 64

# A unit asks for its stack, then for what that names, and so on. Profiles and charts are deepest.
_MOST_ROUNDS = 64

# A worker may be lost by chance; one unit that takes several with it has another reason.
_MOST_LOSSES = 3

Jobs: TypeAlias = int | Executor
"""The number of processes, 0 for as many as there are cores, or an executor that does the work."""


class Parcel:
    """A value on its way to or from a worker, whose logs shall not quote it."""

    def __init__(self, value: Any) -> None:
        self.data = pickle.dumps(value)

    def __repr__(self) -> str:
        return f"<{len(self.data)} bytes>"

    def opened(self) -> Any:
        """Return the value, which only those may have made who may run programs here anyway."""
        return pickle.loads(self.data)  # noqa: S301 - as executors themselves do


class _Shared(NamedTuple):
    """The part of the work that many units of a run have in common.

    Workers outlive runs, between which files change; so the `run` has a name of its own.
    """

    run: bytes
    versions: Mapping[str, str]
    content: Parcel


class _Asked(NamedTuple):
    """The reply of a worker that lacks answers."""

    questions: Sequence[Question]


class _Differs(NamedTuple):
    """The reply of a worker that is no twin: what it has in other versions."""

    versions: Mapping[str, str]


class _Worker:
    """A process that does units, one after the other; what they share is unpacked once."""

    lock: ClassVar[Lock] = Lock()
    key: ClassVar[bytes] = b""
    settings: ClassVar[Settings]
    answers: ClassVar[Mapping[Question, Any]]
    generator: ClassVar[Generator | None] = None

    @classmethod
    def take(cls, shared: _Shared) -> None:
        """Unpack what units share, unless it is what those before shared."""
        key = shared.run + sha256(shared.content.data).digest()
        if key != cls.key:
            cls.settings, cls.answers = shared.content.opened()
            cls.key, cls.generator = key, None

    @classmethod
    def do(cls, unit: Unit, more: Mapping[Question, Any]) -> StackResult | _Asked:
        """Do a unit with answers of its own besides the shared ones."""
        tree = AnsweredTree({**cls.answers, **more})
        generator = cls.generator or Generator(tree, cls.settings)
        # What is read while answers are missing is not the set of the units that follow.
        cls.generator = None
        generator.read_set(unit, tree)
        if tree.open:  # the set may lack the very member
            return _Asked(tree.questions)
        result = generator.generate(unit, tree)
        cls.generator = generator
        return _Asked(tree.questions) if tree.open else result


def work(shared: _Shared, parcel: Parcel) -> Parcel:
    """Do a unit in the process of a worker; an error is a part of the reply.

    An executor would log an error that is raised, with what the worker was given.
    """
    mine = versions()
    if mine != shared.versions:
        return Parcel(_Differs(mine))
    with _Worker.lock:
        try:
            _Worker.take(shared)
            return Parcel(_Worker.do(*parcel.opened()))
        except KureHooksError as error:
            return Parcel(error)
        except Exception:  # noqa: BLE001 - the run that asked tells of it
            import traceback  # noqa: PLC0415 - only for bugs

            return Parcel(RuntimeError(f"on a worker:\n{traceback.format_exc()}"))


class _Job(Struct):
    """A unit on its way: what it is given, and how often it was sent."""

    unit: Unit
    shared: Any
    answers: dict[Question, Any] = field(default_factory=dict)
    rounds: int = 0
    losses: int = 0
    result: StackResult | None = None


class _Run:
    """The units of a run and the executor that does them."""

    def __init__(self, tree: Tree, settings: Settings, executor: Executor) -> None:
        self.tree = tree
        self.settings = settings
        self.executor = executor
        self.name = token_bytes(16)
        self.pending: dict[Future[Parcel], _Job] = {}
        self.sets: dict[str, Any] = {}
        self.plain = self._scattered({})

    def results(self, units: Sequence[Unit]) -> Iterator[StackResult]:
        """Yield the result of each unit, in their order; leave nothing running behind."""
        waiting = deque(units)
        jobs: deque[_Job] = deque()
        try:
            while waiting or jobs:
                while waiting and len(jobs) < _WINDOW and self._may_start(waiting[0], jobs):
                    jobs.append(self._started(waiting.popleft()))
                self._collect()
                while jobs and jobs[0].result is not None:
                    yield jobs.popleft().result or StackResult("")
        finally:
            for future in self.pending:
                future.cancel()

    def _may_start(self, unit: Unit, jobs: Sequence[_Job]) -> bool:
        """Let the first member of a set go ahead, for the others share what it turns out to ask."""
        is_first = unit.member is not None and unit.stack not in self.sets
        return not (is_first and any(job.unit.stack == unit.stack for job in jobs))

    def _started(self, unit: Unit) -> _Job:
        job = _Job(unit, self.sets.get(unit.stack, self.plain))
        self._send(job)
        return job

    def _scattered(self, answers: Mapping[Question, Any]) -> Any:
        """Return what units share in the form in which the executor takes it to all workers."""
        shared = _Shared(self.name, versions(), Parcel((self.settings, answers)))
        scatter = getattr(self.executor, "scatter", None)
        return scatter(shared) if scatter else shared

    def _send(self, job: _Job) -> None:
        stages.enter(f"generating {job.unit.stack} on a worker")
        job.rounds += 1
        if job.rounds > _MOST_ROUNDS:
            raise RuntimeError(f"{job.unit.stack} is not done with all answers to its questions")
        parcel = Parcel((job.unit, job.answers))
        try:
            future = self.executor.submit(work, job.shared, parcel)
        except BrokenExecutor as error:
            raise ToolError(f"the executor is broken: {error}. Start another one.") from error
        self.pending[future] = job

    def _collect(self) -> None:
        """Wait for some replies and deal with them."""
        done, _ = wait(self.pending, return_when=FIRST_COMPLETED)
        for future in done:
            job = self.pending.pop(future)
            try:
                reply = future.result().opened()
            except (ImportError, AttributeError) as error:
                raise ToolError(
                    f"the workers have no kure-hooks {kure_hooks.__version__}: {error}. Install it "
                    "there, with the same packages as here."
                ) from error
            except (CancelledError, Exception) as error:  # noqa: BLE001 - `work` raises none
                self._lose(job, error)
            else:
                self._take(job, reply)

    def _lose(self, job: _Job, error: BaseException) -> None:
        """Have a unit done again whose worker was lost, with what it was given."""
        job.losses += 1
        if job.losses >= _MOST_LOSSES:
            raise ToolError(
                f"the workers were lost {job.losses} times with {job.unit.stack} "
                f"({type(error).__name__}). Give each more memory, or look into their logs."
            ) from error
        stack = job.unit.stack
        if job.shared is self.plain:
            self.plain = job.shared = self._scattered({})
        else:
            self.sets.pop(stack, None)
            job.shared = self.plain
        self._send(job)

    def _take(self, job: _Job, reply: Any) -> None:
        match reply:
            case StackResult():
                job.result = reply
                stack = job.unit.stack
                if job.unit.member is not None and stack not in self.sets:
                    self.sets[stack] = self._scattered(job.answers)
            case _Asked(questions):
                job.answers |= {question: question.answer(self.tree) for question in questions}
                self._send(job)
            case _Differs(theirs):
                raise ToolError(_difference(versions(), theirs))
            case BaseException():
                raise reply


def _difference(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    names = [name for name in {**here, **there} if here.get(name) != there.get(name)]
    told = ", ".join(
        f"{name} {there.get(name, 'missing')} where it is {here.get(name, 'missing')} here"
        for name in names
    )
    return f"a worker has {told}. Install the same there as here."


def run(
    tree: Tree, settings: Settings, units: Sequence[Unit], executor: Executor
) -> Iterator[StackResult]:
    """Yield the result of each unit, in their order, done by the workers of an executor.

    Raises ToolError for workers with other versions than here, and for a unit whose workers were
    lost time and again. When nobody wants more results, nothing is left running.
    """
    yield from _Run(tree, settings, executor).results(units)
