"""Application kinds: each turns one application document into manifests."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import cast

from kure_hooks import registry
from kure_hooks.apps.interface import Generator

CHARTS = frozenset({"HelmChart", "FluxHelm"})
"""The kinds that release a chart."""


class _Generators(Mapping[str, Generator]):
    """The generators by kind; the module of one is loaded when it is asked for."""

    def __getitem__(self, kind: str) -> Generator:
        entry = registry.kind(kind)
        if entry is None:
            raise KeyError(kind)
        return _generator(entry)

    def __iter__(self) -> Iterator[str]:
        return iter(registry.kinds())

    def __len__(self) -> int:
        return len(registry.kinds())


@cache
def _generator(entry: registry.KindEntry) -> Generator:
    """Return the generator of a kind, which every application of a fleet asks for."""
    generator = cast("Generator", registry.load(entry.generator))
    with registry.of_package(entry.generator):
        for part in ("Spec", "problems", "augments", "generate"):
            getattr(generator, part)
    return generator


GENERATORS: Mapping[str, Generator] = _Generators()
