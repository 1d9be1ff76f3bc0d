"""Runs kubeconform and reads its JSON."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from kure_hooks import process
from kure_hooks.errors import ToolError
from kure_hooks.files.paths import in_batches
from kure_hooks.objects.written import Source
from kure_hooks.validators.schemas import CATALOG

# One worker keeps the results in the order of the documents; two thousand documents take it 0.8 s
# instead of 0.5 s with four.
_FLAGS = ("-strict", "-output", "json", "-verbose", "-ignore-missing-schemas", "-n", "1")
# The program's own classification of errors starts with these for faults of the manifest. All its
# other errors come from loading a file or a schema.
_MANIFEST_ERRORS = ("error unmarshalling resource: ", "error while parsing: ")
_FILE_NAMES_BYTES = 96 << 10
_FOUND_FAULTS = 1
_REMEDY = "Validate with --backend embedded, or name another directory with --schemas."


class Status(StrEnum):
    """The program's verdict on one document; empty documents have no status."""

    VALID = "statusValid"
    INVALID = "statusInvalid"
    ERROR = "statusError"
    SKIPPED = "statusSkipped"
    EMPTY = ""


class FirstLevel(msgspec.Struct, frozen=True):
    """A complaint, or a group of complaints, right below the root of the schema."""

    path: str
    message: str = msgspec.field(name="msg")


class Result(msgspec.Struct, frozen=True):
    """The program's verdict on one object. It tells neither document, line nor namespace."""

    filename: str
    kind: str
    name: str
    api_version: str = msgspec.field(name="version")
    status: Status
    message: str = msgspec.field(name="msg")
    first_level: tuple[FirstLevel, ...] = msgspec.field(name="validationErrors", default=())


class _Report(msgspec.Struct, frozen=True):
    resources: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """The program, and all that it is given beside the files to judge.

    `path` is where it is and `version` a full Kubernetes version. `schemas` is the directory of all
    schemas, in the naming of the CRDs-catalog. `files` has the absolute path of the file of each
    source, by the source's name. The `checkouts` are left out of the program's PATH.
    """

    path: str
    version: str
    schemas: Path
    files: Mapping[str, Path]
    checkouts: tuple[Path, ...] = ()

    def judge(self, sources: Sequence[Source]) -> Mapping[str, list[Result]]:
        """Return the results of each source by its name, in the order of its documents.

        Raises ToolError when a file or a schema can't be loaded.
        """
        by_path = {self._file(source): source.name for source in sources}
        found: dict[str, list[Result]] = defaultdict(list)
        for batch in self.batches(sources):
            for result in self._run(batch):
                name = by_path.get(result.filename)
                is_error = result.status == Status.ERROR
                if is_error and not result.message.startswith(_MANIFEST_ERRORS):
                    raise ToolError(_failure(name or "a file", result))
                if name is not None and result.status != Status.EMPTY:
                    found[name].append(result)
        return found

    def batches(self, sources: Sequence[Source]) -> Iterator[list[Source]]:
        """Yield the sources in batches whose names fit into one command line."""
        yield from in_batches(sources, self._file, _FILE_NAMES_BYTES)

    def _file(self, source: Source) -> str:
        return str(self.files[source.name])

    def _run(self, sources: Sequence[Source]) -> tuple[Result, ...]:
        # Absolute names can't be read as flags, and the program needs nothing of its directory.
        done = process.run(
            *(self.path, *_FLAGS, "-kubernetes-version", self.version),
            *("-schema-location", f"{self.schemas.absolute()}/{CATALOG}"),
            *map(self._file, sources),
            cwd=Path(self.path).parent,
            ok=(0, _FOUND_FAULTS),
            checkouts=self.checkouts,
        )
        try:
            report = msgspec.json.decode(done.out, type=_Report)
        except msgspec.DecodeError as error:
            raise ToolError(f"kubeconform did not answer in JSON{_first_line(done.err)}") from error
        faults = (Status.INVALID, Status.ERROR)
        faulty = any(result.status in faults for result in report.resources)
        if done.code == _FOUND_FAULTS and not faulty:
            raise ToolError(f"kubeconform failed without naming a fault{_first_line(done.err)}")
        return report.resources


def _first_line(err: bytes) -> str:
    line = err.decode(errors="replace").strip().partition("\n")[0]
    return f": {line}" if line else ". Run it by hand to see why."


def _failure(name: str, result: Result) -> str:
    """Shorten a message such as `failed downloading schema at <url>: Get ...: no such host`."""
    parts = result.message.replace(result.filename, name).split(": ")
    reason = ": ".join(dict.fromkeys((parts[0], parts[-1])))
    return f"kubeconform could not judge {name}: {reason}. {_REMEDY}"
