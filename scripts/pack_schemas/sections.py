"""Sections of the file: the lines of one project's schemas, with what is equal written once."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.pack_schemas.definitions import MAPS, ONE, Schema
from scripts.pack_schemas.kubernetes import Release

# A schema that occurs twice gets a line of its own when its text has so many characters.
WORTH_A_LINE = 80

Kind = tuple[str, str]


@dataclass
class Section:
    """Lines of JSON, each a schema that refers to others as `#/definitions/NUMBER`.

    A number is that of a line, unless `variants` says otherwise: there it has pairs of a minor
    version of Kubernetes and the line that counts from it on. `kinds` maps a kind to its number,
    and for Kubernetes to the first and last minor version that have it, once for each span.
    """

    lines: list[str] = field(default_factory=list)
    kinds: dict[Kind, list[int]] = field(default_factory=dict)
    variants: dict[int, list[int]] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The lines as one text."""
        return "\n".join(self.lines).encode()


def text(value: object) -> str:
    """Return the JSON of a value: compact, keys sorted."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _reference(number: int) -> Schema:
    return {"$ref": f"#/definitions/{number}"}


class _Sharing:
    """Schemas by their text, so that equal ones are one, and how many places each has."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}
        self.places: Counter[str] = Counter()

    def add(self, schema: Schema) -> str:
        """Add a schema with those that it is made of; return its text."""
        name = text(schema)
        if name not in self.schemas:
            self.schemas[name] = schema
            for part in _parts(schema):
                self.places[self.add(part)] += 1
        return name


def _parts(schema: Schema) -> Iterable[Schema]:
    """Yield the schemas of values inside a value.

    Those in `allOf`, `anyOf`, `oneOf` and `not` say something else about the same value, and stay
    where they are.
    """
    for key in MAPS:
        yield from schema.get(key, {}).values()
    for key in ONE:
        if key != "not" and isinstance(schema.get(key), dict):
            yield schema[key]


def of_definitions(schemas: Mapping[Kind, Schema]) -> Section:
    """Return the section of kinds that do not depend on the version of Kubernetes."""
    sharing = _Sharing()
    roots = {kind: sharing.add(schema) for kind, schema in sorted(schemas.items())}
    shared = {
        name for name, places in sharing.places.items() if places > 1 and len(name) >= WORTH_A_LINE
    }
    numbers: dict[str, int] = {}
    section = Section()

    def number(name: str) -> int:
        if name not in numbers:
            line = text(_mapped(sharing.schemas[name], place))
            numbers[name] = len(section.lines)
            section.lines.append(line)
        return numbers[name]

    def place(schema: Schema) -> Schema:
        name = text(schema)
        return _reference(number(name)) if name in shared else _mapped(schema, place)

    section.kinds = {kind: [number(name)] for kind, name in roots.items()}
    return section


def _mapped(schema: Schema, place: Any) -> Schema:
    """Return a schema with another in place of each schema of a value inside."""
    mapped = dict(schema)
    for key in MAPS:
        if key in schema:
            mapped[key] = {name: place(part) for name, part in schema[key].items()}
    for key in ONE:
        if key != "not" and isinstance(schema.get(key), dict):
            mapped[key] = place(schema[key])
    return mapped


def of_releases(releases: Iterable[Release]) -> Section:
    """Return the section of the built-in kinds of some versions of Kubernetes, oldest first."""
    releases = list(releases)
    names = sorted({name for release in releases for name in release.definitions})
    numbers = {name: number for number, name in enumerate(names)}
    section = Section()
    later: list[tuple[int, int, str]] = []
    for name, number in numbers.items():
        last = ""
        for release in releases:
            if name not in release.definitions:
                continue
            line = _line(release.definitions[name], numbers)
            if not last:
                section.lines.append(line)
            elif line != last:
                later.append((number, release.minor, line))
            last = line
    for number, minor, line in later:
        section.variants.setdefault(number, []).extend((minor, len(section.lines)))
        section.lines.append(line)
    for kind in sorted({kind for release in releases for kind in release.kinds}):
        section.kinds[kind] = _spans(kind, releases, numbers)
    return section


def _line(definition: Schema, numbers: Mapping[str, int]) -> str:
    def place(schema: Schema) -> Schema:
        if "$ref" in schema:
            return _reference(numbers[schema["$ref"]])
        return _mapped(schema, place)

    return text(place(definition))


def _spans(kind: Kind, releases: Iterable[Release], numbers: Mapping[str, int]) -> list[int]:
    """Return the number of a kind, and first and last version of each span that has it."""
    minors = [release.minor for release in releases if kind in release.kinds]
    names = {release.kinds[kind] for release in releases if kind in release.kinds}
    (name,) = names
    spans = [minor for minor in minors for edge in (minor - 1, minor + 1) if edge not in minors]
    return [numbers[name], *spans]
