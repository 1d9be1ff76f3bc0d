"""Application kinds: each turns one application document into manifests."""

from collections.abc import Iterator, Mapping
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
        generator = cast("Generator", registry.load(entry.generator))
        with registry.of_package(entry.generator):
            for part in ("Spec", "problems", "augments", "generate"):
                getattr(generator, part)
        return generator

    def __iter__(self) -> Iterator[str]:
        return iter(registry.kinds())

    def __len__(self) -> int:
        return len(registry.kinds())


GENERATORS: Mapping[str, Generator] = _Generators()
