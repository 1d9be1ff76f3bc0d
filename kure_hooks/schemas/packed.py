"""The schemas that come with kure-hooks, in the one file packed.bin.

`python -m scripts.pack_schemas` makes the file; docs/schemas.md names each source, its version and
its licence. The first line says how long the index is that follows it; after the index come the
sections, one for each project. Index and sections are compressed by zlib on their own, so that one
kind costs the index and its section. A section is lines of JSON. Each is a schema that refers to
others as `#/definitions/NUMBER`, where a number is that of a line, or of the lines that a
definition has in different versions of Kubernetes.
"""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

FILE = Path(__file__).with_name("packed.bin")
_HEAD = re.compile(rb"kure-hooks schemas 1 ([0-9]+)\n")
_LONGEST_HEAD = 64
_VERSION = re.compile(r"v?1\.([0-9]{1,4})(\.[0-9]+)?", re.ASCII)
_REFERENCE = re.compile(rb'"#/definitions/([0-9]+)"')

KEEPS_STATUS = "x-kubernetes-keeps-status"
"""The key at the root of a custom resource that is true where it has no status subresource."""

REPLICAS = "x-kubernetes-replicas"
"""The key at the root of a custom resource with the pointers to numbers that others may scale."""

Kinds = dict[str, dict[str, list[int]]]
"""By apiVersion and kind: the number, then first and last minor version of each span."""


class Source(NamedTuple):
    """One released version of a project that schemas come from; `licence` is its SPDX name."""

    name: str
    version: str
    licence: str


class Release(msgspec.Struct, frozen=True):
    """One released version of a project, and the kinds that no newer one here has."""

    version: str
    licence: str
    kinds: Kinds


class Section(msgspec.Struct, frozen=True):
    """The place of one project's schemas: `start` counts from the end of the index.

    `variants` has pairs of a minor version of Kubernetes and the line that a number means from
    it on; before the first pair it means the line with that number.
    """

    name: str
    start: int
    length: int
    releases: list[Release]
    variants: dict[str, list[int]] = {}


class Index(msgspec.Struct, frozen=True):
    """All sections. `kubernetes` has the versions of the first one, oldest first."""

    kubernetes: list[str]
    sections: list[Section]


class Catalogue:
    """The packed schemas: built-in kinds of each version of Kubernetes, and custom resources.

    Opening it reads the index; a section is read when one of its kinds is asked for. A catalogue
    is not for several threads at once.
    """

    def __init__(self, file: Path = FILE) -> None:
        self._file = file
        self._index, self._start = read_index(file)
        self._lines: dict[str, list[bytes]] = {}
        self._minors = [int(version.split(".")[1]) for version in self._index.kubernetes]

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions of Kubernetes that are packed, such as `1.34`, oldest first."""
        return tuple(f"1.{minor}" for minor in self._minors)

    def nearest(self, kubernetes: str) -> str:
        """Return the packed version, such as `1.34`, that stands for a version of Kubernetes.

        It is the minor version itself, or the nearest one that is packed: a caller that gets
        another minor version back has to say so.

        Args:
            kubernetes: `1.34` or `1.34.2`, with or without a leading v.

        Raises:
            ValueError: it is not a version of Kubernetes 1.
        """
        return f"1.{self._minor(kubernetes)}"

    def structural(self, api_version: str, kind: str, kubernetes: str) -> dict[str, Any] | None:
        """Return the structural schema of a kind, None if it is not packed.

        The value is an OpenAPI v3 schema as a CustomResourceDefinition has it: with defaults,
        nullable, the x-kubernetes- keys and rules, without descriptions. Parts that occur more
        than once are `{"$ref": "#/definitions/NUMBER"}`, alone in their object, and are all in
        `definitions` at the root; that key is absent when there are none. The schema of a
        CustomResourceDefinition has a part that refers to itself. Every call makes a new value.

        The schema of a built-in kind says what the decoder of the API server does: fields that
        are not required are nullable, and `format: quantity` marks quantities. A built-in kind
        is found only if the nearest packed version of Kubernetes has it; custom resources do
        not depend on the version.

        Args:
            api_version: as in an object: `v1`, `apps/v1`.
            kind: as in an object: `Deployment`.
            kubernetes: the version of the cluster, as `nearest` takes it.

        Raises:
            ValueError: `kubernetes` is not a version.
        """
        minor = self._minor(kubernetes)
        for section, release in self._releases():
            numbers = release.kinds.get(api_version, {}).get(kind)
            if numbers is not None and _has(numbers, minor):
                return self._schema(section, numbers[0], minor)
        return None

    def kinds(self, kubernetes: str) -> Iterator[tuple[str, str]]:
        """Yield (apiVersion, kind) of each schema for a version, in the order of the file.

        Raises:
            ValueError: `kubernetes` is not a version.
        """
        minor = self._minor(kubernetes)
        for _, release in self._releases():
            for api_version, kinds in release.kinds.items():
                for kind, numbers in kinds.items():
                    if _has(numbers, minor):
                        yield api_version, kind

    def source(self, api_version: str, kind: str, kubernetes: str) -> Source | None:
        """Return the release that the schema of a kind is from, None if it is not packed.

        Releases of a project other than its first in `sources` are there for API versions that
        the first no longer serves.

        Raises:
            ValueError: `kubernetes` is not a version.
        """
        minor = self._minor(kubernetes)
        for section, release in self._releases():
            numbers = release.kinds.get(api_version, {}).get(kind)
            if numbers is not None and _has(numbers, minor):
                if section is self._index.sections[0]:
                    version = self._index.kubernetes[self._minors.index(minor)]
                    return Source(section.name, version, release.licence)
                return Source(section.name, release.version, release.licence)
        return None

    def sources(self) -> Iterator[Source]:
        """Yield each release that schemas are from, in the order of the file."""
        kubernetes, *others = self._index.sections
        for version in self._index.kubernetes:
            yield Source(kubernetes.name, version, kubernetes.releases[0].licence)
        for section in others:
            for release in section.releases:
                yield Source(section.name, release.version, release.licence)

    def _releases(self) -> Iterator[tuple[Section, Release]]:
        for section in self._index.sections:
            for release in section.releases:
                yield section, release

    def _minor(self, kubernetes: str) -> int:
        match = _VERSION.fullmatch(kubernetes)
        if match is None:
            raise ValueError(f"{kubernetes!r} is not a version of Kubernetes, such as 1.34")
        return min(max(int(match[1]), self._minors[0]), self._minors[-1])

    def _schema(self, section: Section, number: int, minor: int) -> dict[str, Any]:
        """Return a schema from the lines that it needs; no other line is parsed."""
        lines = self._section(section)
        root = lines[_line(section, number, minor)]
        parts: dict[int, bytes] = {}
        waiting = [root]
        while waiting:
            for reference in _REFERENCE.findall(waiting.pop()):
                part = int(reference)
                if part not in parts:
                    parts[part] = lines[_line(section, part, minor)]
                    waiting.append(parts[part])
        schema: dict[str, Any] = msgspec.json.decode(root)
        if parts:
            members = (b'"%d":%b' % (part, parts[part]) for part in sorted(parts))
            schema["definitions"] = msgspec.json.decode(b"{%b}" % b",".join(members))
        return schema

    def _section(self, section: Section) -> list[bytes]:
        if section.name not in self._lines:
            self._lines[section.name] = read_section(self._file, self._start, section)
        return self._lines[section.name]


def read_index(file: Path) -> tuple[Index, int]:
    """Return the index of a packed file, and the place in the file where it ends.

    Raises:
        OSError: the file can't be read.
        ValueError: it is not a packed file, or one of another format.
    """
    with file.open("rb") as packed:
        match = _HEAD.fullmatch(packed.readline(_LONGEST_HEAD))
        if match is None:
            raise ValueError(f"{file} does not begin as a file of schemas does")
        index = zlib.decompress(packed.read(int(match[1])))
        return msgspec.json.decode(index, type=Index), packed.tell()


def read_section(file: Path, start: int, section: Section) -> list[bytes]:
    """Return the lines of a section; `start` is where the index ends.

    Raises:
        OSError: the file can't be read.
    """
    with file.open("rb") as packed:
        packed.seek(start + section.start)
        return zlib.decompress(packed.read(section.length)).split(b"\n")


def _has(numbers: list[int], minor: int) -> bool:
    """Tell whether a version of Kubernetes has a kind: is within a span, or there are none."""
    spans = numbers[1:]
    return not spans or any(
        first <= minor <= last for first, last in zip(spans[::2], spans[1::2], strict=True)
    )


def _line(section: Section, number: int, minor: int) -> int:
    """Return the line that a number means in a version of Kubernetes."""
    line = number
    variants = section.variants.get(str(number), ())
    for since, variant in zip(variants[::2], variants[1::2], strict=True):
        if since <= minor:
            line = variant
    return line
