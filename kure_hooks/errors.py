"""The ways in which a run can end early.

KureHooksError            one line for the user, no traceback
├── UsageError            wrong settings or arguments; exit 2
├── InputError            input that can't be read or is wrong, as findings; exit 2
├── ReadError             one file that can't be read; callers turn it into a finding; exit 2
│   └── MissingError      there is no such file
└── ToolError             a program or the file system failed; exit 3

Any other exception is a bug in kure-hooks and exits 3 as well.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from kure_hooks.findings import Finding


class KureHooksError(Exception):
    """The run can't go on and the user can do something about it."""

    exit_code: ClassVar[int] = 2


class UsageError(KureHooksError):
    """The command was given something it can't work with."""


class InputError(KureHooksError):
    """Input is wrong; `findings` holds every fault found, sorted and without repeats."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(set(findings)))
        super().__init__("\n".join(map(str, self.findings)))

    def __reduce__(self) -> tuple[type["InputError"], tuple[tuple[Finding, ...]]]:
        return InputError, (self.findings,)


class ReadError(KureHooksError):
    """A file can't be read; `reason` completes the sentence `<path> ...`.

    `expected` is a sentence that says what to do about it; it may be empty.
    """

    def __init__(self, path: str, reason: str, expected: str = "") -> None:
        self.path = path
        self.reason = reason
        self.expected = expected
        super().__init__(self.named(path))

    @property
    def problem(self) -> str:
        """The file and the reason, without what to do about it."""
        return f"{self.path} {self.reason}"

    def named(self, name: str) -> str:
        """Return the message with the name by which the reader knows the file."""
        return (
            f"{name} {self.reason}. {self.expected}" if self.expected else f"{name} {self.reason}"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return ReadError, (self.path, self.reason, self.expected)


class MissingError(ReadError):
    """No file has the path.

    `version` names what it was looked for in, such as `the index`; empty for the work tree.
    `is_deleted` tells that its deletion is staged, `is_loose` that only the work tree has it.
    """

    def __init__(
        self, path: str, version: str = "", *, is_deleted: bool = False, is_loose: bool = False
    ) -> None:
        self.version = version
        self.is_deleted = is_deleted
        self.is_loose = is_loose
        super().__init__(path, f"does not exist in {version}" if version else "does not exist")

    def __reduce__(self) -> tuple[Any, ...]:
        flags = {"is_deleted": self.is_deleted, "is_loose": self.is_loose}
        return MissingError, (self.path, self.version), flags


class ToolError(KureHooksError):
    """A program that kure-hooks runs, or the file system, failed."""

    exit_code: ClassVar[int] = 3


@contextmanager
def tolerated(subject: str) -> Iterator[None]:
    """Let the body fail with a bug, where a run has something to say without it.

    The log names the error's type and place, but not its message, which may quote a file.
    """
    try:
        yield
    except KureHooksError:
        raise
    except Exception as error:  # noqa: BLE001 - any content may come in, and any bug with it
        import traceback  # noqa: PLC0415 - only for bugs

        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.filename.rpartition('kure_hooks/')[2]}:{place.lineno}"
        import logging  # noqa: PLC0415 - few runs have such an error

        logging.getLogger(__name__).debug("%s: %s at %s", subject, type(error).__name__, where)
