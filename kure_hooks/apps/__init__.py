"""Application kinds: each turns one application document into manifests."""

import importlib
from collections.abc import Iterator, Mapping
from typing import cast

from kure_hooks.apps.interface import Generator

_MODULES = {
    "AppWorkload": "workload",
    "FluxHelm": "helm",
    "HelmChart": "helm",
    "Manifests": "raw",
}


CHARTS = frozenset({"HelmChart", "FluxHelm"})
"""The kinds that release a chart."""


class _Generators(Mapping[str, Generator]):
    """The generators by kind; the module of one is loaded when it is asked for."""

    def __getitem__(self, kind: str) -> Generator:
        return cast("Generator", importlib.import_module(f"kure_hooks.apps.{_MODULES[kind]}"))

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


GENERATORS: Mapping[str, Generator] = _Generators()
