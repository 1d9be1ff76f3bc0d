"""The bytes of packed.bin; kure_hooks/schemas/packed.py says what they mean."""

import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from kure_hooks.schemas.packed import Index, Kinds, Release, Section
from scripts.pack_schemas import definitions, kubernetes, sections
from scripts.pack_schemas.definitions import Schema
from scripts.pack_schemas.sources import CUSTOM, KUBERNETES, Source


def packed() -> bytes:
    """Return the file, made of the sources.

    Raises:
        SourceError: a source can't be had.
        DefinitionError: a schema is not one that a CustomResourceDefinition may have.
    """
    contents: list[bytes] = []
    entries: list[Section] = []
    for name, content, releases in _projects():
        compressed = zlib.compress(content.content, 9)
        entries.append(
            Section(
                name=name,
                start=sum(map(len, contents)),
                length=len(compressed),
                releases=releases,
                variants={str(number): lines for number, lines in content.variants.items()},
            )
        )
        contents.append(compressed)
    index = Index(kubernetes=[source.label for source in KUBERNETES], sections=entries)
    compressed = zlib.compress(msgspec.json.encode(index, order="deterministic"), 9)
    return b"".join((b"kure-hooks schemas 1 %d\n" % len(compressed), compressed, *contents))


def _projects() -> Iterator[tuple[str, sections.Section, list[Release]]]:
    """Yield name, content and releases of each section."""
    builtin = sections.of_releases(map(kubernetes.Release, KUBERNETES))
    newest = KUBERNETES[-1]
    yield newest.name, builtin, [_release(newest, builtin, builtin.kinds)]
    yield from custom_projects()


def custom_projects() -> Iterator[tuple[str, sections.Section, list[Release]]]:
    """Yield name, content and releases of each project that defines kinds."""
    for _, sources in groupby(CUSTOM, key=lambda source: source.name):
        yield _project((source, definitions.kinds(source)) for source in sources)


def _project(
    releases: Iterable[tuple[Source, dict[sections.Kind, Schema]]],
) -> tuple[str, sections.Section, list[Release]]:
    """Return name, content and releases of a section; a kind belongs to the first that has it."""
    schemas: dict[sections.Kind, Schema] = {}
    added: list[tuple[Source, list[sections.Kind]]] = []
    for source, kinds in releases:
        new = [kind for kind in kinds if kind not in schemas]
        schemas.update((kind, kinds[kind]) for kind in new)
        added.append((source, new))
    content = sections.of_definitions(schemas)
    return added[0][0].name, content, [_release(source, content, new) for source, new in added]


def _release(source: Source, content: sections.Section, kinds: Iterable[sections.Kind]) -> Release:
    entries: Kinds = {}
    for api_version, kind in sorted(kinds):
        entries.setdefault(api_version, {})[kind] = content.kinds[api_version, kind]
    return Release(version=source.label, licence=source.licence, kinds=entries)
