"""The code of installed packages: where it is, and faults of it, told with the package's name."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kure_hooks import __version__
from kure_hooks.errors import KureHooksError, ToolError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def _anything(_: Any) -> bool:
    return True


def _nothing(*_: Any) -> str:
    return ""


class Member(Struct, frozen=True):
    """A member of a part: a test of its results, and the type that they should have, in words.

    `about` makes the end of the sentence `it fails in generate ...` of the arguments.
    """

    expected: str = "anything"
    holds: Callable[[Any], bool] = _anything
    about: Callable[..., str] = _nothing


_ANY = Member()


class Part:
    """A part of an installed package: its members are those of `part`, called with care.

    A member that raises anything but a KureHooksError, or returns a wrong type, makes a ToolError
    that begins with `subject`. Results that are iterators are read to their end, as tuples.
    """

    def __init__(self, part: Any, subject: str, members: Mapping[str, Member]) -> None:
        self._part = part
        self._subject = subject
        self._members = members

    def __getattr__(self, name: str) -> Any:
        """Return a member; what can be called is guarded, types are as they are."""
        if name.startswith("__"):  # copying and pickling ask for these before there is a part
            raise AttributeError(name)
        with blamed(self._subject, name):
            value = getattr(self._part, name)
        if not callable(value) or isinstance(value, type):
            return value
        member = self._members.get(name, _ANY)

        def call(*arguments: Any, **options: Any) -> Any:
            with blamed(self._subject, name, lambda: member.about(*arguments)):
                result = value(*arguments, **options)
                result = tuple(result) if isinstance(result, Iterator) else result
                if not member.holds(result):
                    raise TypeError(
                        f"it returned a value of the type {type(result).__name__}, "
                        f"not {member.expected}"
                    )
            return result

        return call


def decoding(part: Any, name: str) -> AbstractContextManager[None]:
    """Guard the decoding of a type, which is the member `name` of a part; ours needs no guard."""
    return blamed(part._subject, name) if isinstance(part, Part) else nullcontext()  # noqa: SLF001


def optional(part: Any, name: str) -> Any:
    """Return a member that a part may leave out, None where it does."""
    if not isinstance(part, Part):
        return getattr(part, name, None)
    with blamed(part._subject, name):  # noqa: SLF001
        has = hasattr(part._part, name)  # noqa: SLF001
    return getattr(part, name) if has else None


@contextmanager
def blamed(subject: str, name: str, about: Callable[[], str] = _nothing) -> Iterator[None]:
    """Turn errors of the body into a ToolError; without a subject it is code of ours."""
    try:
        yield
    except BaseException as error:
        if not subject or _is_ours(error):
            raise
        raise ToolError(
            f"{subject} fails in {name}{about()} ({sentence(error)}). Report it to the authors of "
            "the package; with --debug the log has the traceback."
        ) from error


@contextmanager
def loading(subject: str) -> Iterator[None]:
    """Turn whatever loading a package raises into a ToolError about it."""
    try:
        yield
    except BaseException as error:
        if _is_ours(error):
            raise
        raise ToolError(
            f"{subject} can't be loaded ({sentence(error)}). "
            "Install another version of the package, or uninstall it."
        ) from error


def _is_ours(error: BaseException) -> bool:
    """Return whether an error is meant for kure-hooks: its own ones, interrupts, the time limit."""
    ours = type(error).__module__.partition(".")[0] == __name__.partition(".")[0]
    return ours or isinstance(error, (KureHooksError, KeyboardInterrupt, GeneratorExit))


def sentence(error: BaseException) -> str:
    """Return the type and the message of an error, in one line."""
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - the type of the error is the package's, too
        message = ""
    return " ".join(f"{type(error).__name__}: {message}".split()).removesuffix(":")


def points(group: str) -> Iterator[tuple[str, "EntryPoint"]]:
    """Yield the entry points of a group with the names and versions of their packages."""
    every = _points(tuple(_trusted(sys.path)))
    return ((package, point) for package, point in every if point.group == group)


@cache
def _points(path: Sequence[str]) -> Sequence[tuple[str, "EntryPoint"]]:
    """Return the entry points of all packages on a search path; none where no package has ours."""
    from importlib.metadata import distributions  # noqa: PLC0415 - most runs need none

    installed = list(distributions(path=list(path)))
    # Names and versions take far longer to read, and most environments have no such package.
    if not any("[kure_hooks." in (item.read_text("entry_points.txt") or "") for item in installed):
        return []
    known = set()
    every: list[tuple[str, EntryPoint]] = []
    for distribution in installed:
        metadata = distribution.metadata
        name, version = metadata["Name"], metadata["Version"]
        # Of two of one name Python imports the first one.
        if name not in known:
            known.add(name)
            every += ((f"{name} {version}", point) for point in distribution.entry_points)
    return every


def _trusted(path: Iterable[str]) -> Iterator[str]:
    """Yield the entries of a search path from which packages may come.

    A checkout may be anywhere on it: as the working directory of `python -m`, or by PYTHONPATH. An
    environment inside of a checkout is the user's own, if this interpreter runs in it.
    """
    here, environment = Path.cwd().resolve(), Path(sys.prefix).resolve()
    around = (here, *here.parents)
    top = next((directory for directory in around if (directory / ".git").exists()), here)
    for entry in path:
        place = Path(entry).resolve()
        if entry and (place.is_relative_to(environment) or not place.is_relative_to(top)):
            yield entry


@cache
def versions() -> Mapping[str, str]:
    """Return the versions of all that decides what is generated and is no file of the repository.

    Beside them there is a digest of the code of kure-hooks, which may differ in one version.
    """
    from importlib.metadata import version  # noqa: PLC0415 - most runs compare nothing

    every = _points(tuple(_trusted(sys.path)))
    packages = {package for package, point in every if point.group.startswith("kure_hooks.")}
    return {
        "kure-hooks": __version__,
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "the code of kure-hooks": _code(),
        **{name: version(name) for name in ("msgspec", "PyYAML")},
        **dict(package.rsplit(" ", 1) for package in sorted(packages)),
    }


def _code() -> str:
    from hashlib import sha256  # noqa: PLC0415 - most runs compare nothing

    package = Path(__file__).parent
    files = sorted(path for path in package.rglob("*") if path.suffix in (".py", ".bin"))
    digest = sha256()
    for path in files:
        digest.update(path.relative_to(package).as_posix().encode() + b"\0")
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
