"""Application kinds: each turns one application document into manifests."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType
from typing import Any, Protocol, cast

from kure_hooks import registry
from kure_hooks.files.tree import Tree
from kure_hooks.manifests import named
from kure_hooks.package_code import Member, Part, loading
from kure_hooks.stack.interface import Kind, Product
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import dump

CHARTS = frozenset({"HelmChart", "FluxHelm"})
"""The kinds that release a chart."""


def is_release(application: Application) -> bool:
    """Tell whether an application is a release of a chart that the GitOps tool renders."""
    return application.kind in CHARTS and not renders(application)


def renders(application: Application) -> bool:
    """Tell whether an application is a chart that is rendered here."""
    return application.kind in CHARTS and bool(application.spec and application.spec.render)


class Generator(Kind, Protocol):
    """A module with a `Spec`, its `problems`, and the product that an application stands for."""

    def generate(self, application: Application, tree: Tree) -> Product:
        """Return the manifests in a fixed order; InputError for files that can't be used."""
        ...


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
    if subject := registry.described(entry):
        with loading(entry.generator):
            for part in ("Spec", "problems", "augments", "generate"):
                getattr(generator, part)
        return cast("Generator", Part(generator, subject, _MEMBERS))
    return generator


def _are_problems(result: Any) -> bool:
    return isinstance(result, (list, tuple)) and all(
        isinstance(problem, tuple)
        and [*map(type, problem)] == [tuple, str, str]
        and all(isinstance(step, (str, int)) for step in problem[0])
        for problem in result
    )


def _are_gaps(result: Any) -> bool:
    return isinstance(result, (list, tuple)) and all(
        isinstance(gap, tuple)
        and [*map(type, gap)] == [tuple, tuple]
        and all(
            pointer and all(isinstance(step, (str, int)) for step in pointer) for pointer in gap
        )
        for gap in result
    )


def _is_truth(result: Any) -> bool:
    return isinstance(result, bool)


def _is_product(result: Any) -> bool:
    return (
        isinstance(result, Product)
        and all(_is_data(manifest) and named(manifest) for manifest in result.manifests)
        and all(map(dump, result.manifests))  # it says itself what it can't write
        and all(isinstance(content, bytes) for content in result.files.values())
    )


def _is_data(value: Any) -> bool:
    """Return whether YAML for Kubernetes can hold a value."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_data(value[key]) for key in value)
    if isinstance(value, (list, tuple)):
        return all(map(_is_data, value))
    return isinstance(value, (str, int, float, NoneType))


def _of_application(application: Application, _: Tree) -> str:
    return f" for the application {application.name} at {application.at}"


_MEMBERS = {
    "problems": Member("tuples of a pointer, a problem and what is expected", _are_problems),
    "gaps": Member("pairs of pointers", _are_gaps),
    "augments": Member("a bool", _is_truth),
    "generate": Member("a Product of manifests", _is_product, _of_application),
}


GENERATORS: Mapping[str, Generator] = _Generators()
