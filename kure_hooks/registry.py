"""The engines and the application kinds that there are: our own, and those of installed packages.

A package offers an engine as an entry point of the group `kure_hooks.engines`, an application kind
as one of `kure_hooks.applications`; each is an `EngineEntry` or a `KindEntry`. Packages are looked
for where a name is none of ours, or where all of them are listed. A checkout offers nothing: what a
pull request brings along must not run.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from kure_hooks.errors import UsageError

ENGINES = "kure_hooks.engines"
APPLICATIONS = "kure_hooks.applications"


@dataclass(frozen=True)
class EngineEntry:
    """An engine: what `gitops.type` calls it, and where its parts are found when they are needed.

    `aliases` are other values of `gitops.type`. The others are `module:attribute`: `engine` is a
    function that returns a WorkflowEngine, `effects` a module or value with the members of
    `engines.effects.Tool`, and `options` the msgspec type of `gitops.options`, empty for none.
    """

    name: str
    description: str
    engine: str
    effects: str
    aliases: tuple[str, ...] = ()
    options: str = ""


@dataclass(frozen=True)
class KindEntry:
    """An application kind: what documents call it, and the module or value that is its Generator.

    `aliases` are other spellings. With an `api` of its own, a file whose documents have this
    apiVersion is taken as it is: `metadata.name` names the application, and all of it is the
    `spec`.
    """

    name: str
    description: str
    generator: str
    aliases: tuple[str, ...] = ()
    api: str = ""


Entry = TypeVar("Entry", EngineEntry, KindEntry)

_OWN_ENGINES = (
    EngineEntry(
        name="flux",
        description="Kustomizations and sources for Flux CD 2.9",
        engine="kure_hooks.engines.flux:engine",
        effects="kure_hooks.engines.flux.effects",
        aliases=("fluxcd",),
    ),
    EngineEntry(
        name="argocd",
        description="Applications and AppProjects for Argo CD 3.5",
        engine="kure_hooks.engines.argocd:engine",
        effects="kure_hooks.engines.argocd.effects",
        aliases=("argo",),
    ),
)

_OWN_KINDS = (
    KindEntry(
        name="AppWorkload",
        description="a Deployment, StatefulSet or DaemonSet with all that belongs to it",
        generator="kure_hooks.apps.workload",
    ),
    KindEntry(
        name="HelmChart",
        description="the release of a Helm chart",
        generator="kure_hooks.apps.helm",
        aliases=("FluxHelm",),
    ),
    KindEntry(
        name="Manifests",
        description="Kubernetes objects as they are",
        generator="kure_hooks.apps.manifests",
    ),
)


def engine(spelling: str) -> EngineEntry:
    """Return the engine that `gitops.type` calls by this name; UsageError for another name."""
    found = engine_named(spelling)
    if found is None:
        raise UsageError(
            f'there is no engine "{spelling}": expected {listed(engine_names())}, '
            "or an engine of your own as generate_cluster(engine=...)"
        )
    return found


def engine_named(spelling: str) -> EngineEntry | None:
    """Return the engine that `gitops.type` calls by this name, None for another name."""
    return _named(spelling, _OWN_ENGINES) or _named(spelling, _installed(ENGINES, EngineEntry))


def listed(names: Iterable[str]) -> str:
    """Return names for a sentence about what is expected."""
    return f"one of {', '.join(sorted(names))}"


def engines() -> tuple[EngineEntry, ...]:
    """Return all engines, our own first."""
    return (*_OWN_ENGINES, *_installed(ENGINES, EngineEntry))


def engine_names() -> Mapping[str, EngineEntry]:
    """Return every value of `gitops.type`, with the engine that it means."""
    return _by_spelling(engines())


def kind(spelling: str) -> KindEntry | None:
    """Return the application kind that documents call by this name, None for another name."""
    return _named(spelling, _OWN_KINDS) or _named(spelling, _installed(APPLICATIONS, KindEntry))


def kinds() -> Mapping[str, KindEntry]:
    """Return every name of an application kind, with the kind that it means."""
    return _by_spelling((*_OWN_KINDS, *_installed(APPLICATIONS, KindEntry)))


def kind_of_api(api: str) -> KindEntry | None:
    """Return the application kind whose documents have this apiVersion of their own."""
    return next((each for each in _installed(APPLICATIONS, KindEntry) if each.api == api), None)


def load(reference: str) -> Any:
    """Return the module, or its attribute, that `module:attribute` names."""
    module, _, attribute = reference.partition(":")
    loaded = import_module(module)
    return getattr(loaded, attribute) if attribute else loaded


def _named(spelling: str, entries: tuple[Entry, ...]) -> Entry | None:
    return next((entry for entry in entries if spelling in _spellings(entry)), None)


def _by_spelling(entries: tuple[Entry, ...]) -> Mapping[str, Entry]:
    """Return entries by each of their names; of two for a name the first one counts."""
    names: dict[str, Entry] = {}
    for entry in entries:
        for name in _spellings(entry):
            names.setdefault(name, entry)
    return MappingProxyType(names)


def _spellings(entry: EngineEntry | KindEntry) -> tuple[str, ...]:
    return (entry.name, *entry.aliases)


@cache
def _installed(group: str, wanted: type[Entry]) -> tuple[Entry, ...]:
    """Return what installed packages offer, sorted by name; UsageError for what is no entry."""
    entries = []
    for point in _points(group):
        entry = point.load()
        if not isinstance(entry, wanted):
            raise UsageError(f"the entry point {point.value} of {group} is no {wanted.__name__}")
        entries.append(entry)
    return tuple(sorted(entries, key=_name))


def _name(entry: EngineEntry | KindEntry) -> str:
    return entry.name


def _points(group: str) -> Iterator[Any]:
    from importlib.metadata import distributions  # noqa: PLC0415 - most runs need none

    here = Path.cwd()
    path = [each for each in sys.path if each and Path(each).resolve() != here]
    for distribution in distributions(path=path):
        yield from (each for each in distribution.entry_points if each.group == group)
