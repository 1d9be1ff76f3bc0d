"""Attributes by which git stores a file in another form than the work tree has it."""

import os
import select
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from kure_hooks.errors import ReadError
from kure_hooks.files.paths import in_batches
from kure_hooks.process import Session
from kure_hooks.repository.git import converse, git
from kure_hooks.repository.snapshot import Entry

FILE_NAME = ".gitattributes"

_FILTER, _IDENT, _ENCODING = "filter", "ident", "working-tree-encoding"
_NAMES = (_FILTER, _IDENT, _ENCODING)
_EXEMPTIONS = {_FILTER: "-filter", _IDENT: "-ident", _ENCODING: "!working-tree-encoding"}

EXEMPTION = " ".join(_EXEMPTIONS.values())
"""What a line of .gitattributes says so that git stores a file as it is."""


class Attributes(Struct, frozen=True, eq=False):
    """The attributes of a work tree's files, or of those of a version of them.

    With `cached` they are those that the index says, or `files`, a version's .gitattributes, in its
    place. What git reads besides, such as core.attributesFile, counts for all versions.
    """

    root: Path
    cached: bool = False
    files: Sequence[tuple[str, Entry]] | None = None
    _conversations: dict[int, Session] = {}

    def conversions(self, paths: Sequence[str]) -> dict[str, str]:
        """Return the first attribute that converts each path, such as `filter=lfs`.

        Left out are paths that git stores as they are, but for line endings. Raises ToolError.
        """
        talk = self._conversation()
        found: dict[str, str] = {}
        # git answers while it reads: of what the pipe can hold at once neither side waits.
        for batch in in_batches(paths, str, select.PIPE_BUF):
            talk.send(b"".join(os.fsencode(path) + b"\0" for path in batch))
            for path in batch:
                values = {name: _value(talk) for name in _NAMES}
                if conversion := _conversion(values):
                    found[path] = conversion
        return found

    def _conversation(self) -> Session:
        """Return the conversation of this process; a forked one must not join in its parent's."""
        process = os.getpid()
        if process not in self._conversations:
            self._conversations[process] = self._start()
        return self._conversations[process]

    def _start(self) -> Session:
        # In a sparse checkout git would disregard the attributes of what is outside (git 2.39).
        flags = ("--stdin", "-z", *(["--cached"] if self.cached else []))
        command = ("-c", "core.sparseCheckout=false", "check-attr", *flags, *_NAMES)
        if self.files is None:
            return converse(self.root, *command)
        import tempfile  # noqa: PLC0415 - for a revision with such attributes only

        with tempfile.TemporaryDirectory(prefix="kure-hooks-") as directory:
            index = Path(directory, "index")
            lines = (f"{mode} {blob}\t{path}\0" for path, (mode, blob) in self.files)
            stdin = os.fsencode("".join(lines))
            git(self.root, "update-index", "-z", "--index-info", stdin=stdin, index=index)
            talk = converse(self.root, *command, index=index)
            # The first answer tells that the index has been read.
            talk.send(b"x\0")
            for _ in _NAMES:
                _value(talk)
        return talk


def mentions(text: bytes) -> bool:
    """Tell whether an attributes file may convert anything; a macro says the same words."""
    return any(name.encode() in text for name in _NAMES)


def conversion_error(path: str, conversion: str) -> ReadError:
    """Return the error about a file that isn't read since git converts it."""
    name = conversion.removeprefix("-").partition("=")[0]
    return ReadError(
        path,
        f"has the git attribute {conversion}, so that git stores something else than the work tree "
        "holds",
        f'Use another file, or add the line "/{path} {_EXEMPTIONS[name]}" to {FILE_NAME}.',
    )


def _conversion(values: dict[str, str]) -> str:
    """Return the attribute that converts a file, by the rules of convert.c (git 2.39).

    A filter counts whether its program is installed or not: what the file holds depends on that.
    """
    name, encoding = values[_FILTER], values[_ENCODING]
    if name not in {"", "unspecified", "set", "unset"}:
        return f"{_FILTER}={name}"
    if values[_IDENT] == "set":
        return _IDENT
    if encoding in {"set", "unset"}:
        return f"-{_ENCODING}" if encoding == "unset" else _ENCODING
    if encoding.lower() not in {"", "unspecified", "utf-8", "utf8"}:
        return f"{_ENCODING}={encoding}"
    return ""


def _value(talk: Session) -> str:
    _path, _name, value = (talk.until(b"\0") for _ in range(3))
    return os.fsdecode(value)
