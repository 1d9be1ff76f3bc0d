"""The engines and the application kinds that there are: our own, and those of installed packages.

A package offers an engine as an entry point of the group `kure_hooks.engines`, an application kind
as one of `kure_hooks.applications` and a rule of lint as one of `kure_hooks.rules`; each is an
`EngineEntry`, `KindEntry` or `RuleEntry`. Packages are looked for where a name is none of ours, or
where all of them are listed. A checkout offers nothing: what a pull request brings must not run.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import asdict

from kure_hooks.errors import ToolError, UsageError
from kure_hooks.package_code import loading, points

ENGINES = "kure_hooks.engines"
APPLICATIONS = "kure_hooks.applications"
LINT = "kure_hooks.rules"


class EngineEntry(Struct, frozen=True):
    """An engine: what `gitops.type` calls it, and where its parts are found when they are needed.

    `aliases` are other values of `gitops.type`. The others are `module:attribute`: `engine` is a
    function that returns a WorkflowEngine, `effects` a module or value with the members of
    `engines.effects.Tool`, and `options` the msgspec type of `gitops.options`. `headerless` and
    `health_patch` are functions like those of these names in `engines`. An engine may leave
    out the last three.
    """

    name: str
    description: str
    engine: str
    effects: str
    aliases: tuple[str, ...] = ()
    options: str = ""
    headerless: str = ""
    health_patch: str = ""


class KindEntry(Struct, frozen=True):
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


class RuleEntry(Struct, frozen=True):
    """A rule of lint: its identifier, and the module or value that is like one of our rules.

    It has a `Rule` as `RULE`, and functions `check` of a cluster or `check_repository`.
    """

    name: str
    rule: str


_GROUPS: Mapping[type, tuple[str, str]] = {
    EngineEntry: (ENGINES, "the engine"),
    KindEntry: (APPLICATIONS, "the application kind"),
    RuleEntry: (LINT, "the rule"),
}
_SPELLING = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")

_IDENTIFIER = re.compile(r"[A-Z]{2,10}[0-9]{3}")

Entry = TypeVar("Entry", EngineEntry, KindEntry, RuleEntry)

_OWN_ENGINES = (
    EngineEntry(
        name="flux",
        description="Kustomizations and sources for Flux CD 2.9",
        engine="kure_hooks.engines.flux.tool:engine",
        effects="kure_hooks.engines.flux.effects",
        aliases=("fluxcd",),
    ),
    EngineEntry(
        name="argocd",
        description="Applications and AppProjects for Argo CD 3.5",
        engine="kure_hooks.engines.argocd.tool:engine",
        effects="kure_hooks.engines.argocd.effects",
        aliases=("argo",),
        headerless="kure_hooks.engines.argocd.headerless:headerless",
        health_patch="kure_hooks.engines.argocd.health:health_patch",
    ),
)

_OWN_KINDS = (
    KindEntry(
        name="AppWorkload",
        description="a Deployment, StatefulSet, DaemonSet, Job or CronJob, and what belongs to it",
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
    KindEntry(
        name="Kustomize",
        description="a kustomize base, overlay or component of the repository",
        generator="kure_hooks.apps.kustomize",
    ),
)


_GUESTS: set[str] = set()


def engine(spelling: str) -> EngineEntry:
    """Return the engine that `gitops.type` calls by this name; UsageError for another name."""
    found = engine_named(spelling)
    if found is None:
        raise UsageError(
            f'There is no engine "{spelling}". Write {listed(engine_names())}, '
            "or give an engine of your own as generate(engine=...)."
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
    return next((entry for entry in _installed(APPLICATIONS, KindEntry) if entry.api == api), None)


def rules() -> tuple[RuleEntry, ...]:
    """Return the rules of lint that installed packages have."""
    return _installed(LINT, RuleEntry)


def guests() -> tuple[str, ...]:
    """Return the names of the installed packages that this process has asked for anything yet."""
    return tuple(sorted(_GUESTS))


def load(reference: str) -> Any:
    """Return the module, or its attribute, that `module:attribute` names.

    ToolError for a package's that fails to load: its code may do anything.
    """
    module, _, attribute = reference.partition(":")
    with loading(reference):
        loaded = import_module(module)
        return getattr(loaded, attribute) if attribute else loaded


def options_of(entry: EngineEntry) -> type[Struct]:
    """Return the type of an engine's `gitops.options`; ToolError for what is no such type."""
    options = load(entry.options)
    if not isinstance(options, type) or not issubclass(options, Struct):
        raise ToolError(
            f"{entry.options}, the options of the engine {entry.name}, is no msgspec.Struct. "
            "Install another version of its package, or uninstall it."
        )
    return options


def described(entry: EngineEntry | KindEntry | RuleEntry) -> str:
    """Return the words for an entry in messages about its package; none for an entry of ours."""
    if entry in (*_OWN_ENGINES, *_OWN_KINDS):
        return ""
    group, noun = _GROUPS[type(entry)]
    source = _sources(group, type(entry)).get(entry)
    package = f" of the package {source[0]} (entry point {source[1]})" if source else ""
    return f"{noun} {entry.name}{package}"


def _named(spelling: str, entries: tuple[Entry, ...]) -> Entry | None:
    return next((entry for entry in entries if spelling in _spellings(entry)), None)


def _by_spelling(entries: tuple[Entry, ...]) -> Mapping[str, Entry]:
    """Return entries by each of their names; of two for a name the first one counts."""
    names: dict[str, Entry] = {}
    for entry in entries:
        for name in _spellings(entry):
            names.setdefault(name, entry)
    return MappingProxyType(names)


def _spellings(entry: EngineEntry | KindEntry | RuleEntry) -> tuple[str, ...]:
    return (entry.name,) if isinstance(entry, RuleEntry) else (entry.name, *entry.aliases)


def _installed(group: str, wanted: type[Entry]) -> tuple[Entry, ...]:
    """Return what installed packages offer, sorted by name; ToolError for what can't be used."""
    return tuple(_sources(group, wanted))


@cache
def _sources(group: str, wanted: type[Entry]) -> Mapping[Entry, tuple[str, str]]:
    """Return what installed packages offer, each with its package and its entry point."""
    offers: dict[str, str] = dict.fromkeys(_taken(wanted), "kure-hooks itself")
    entries: dict[Entry, tuple[str, str]] = {}
    for package, point in points(group):
        _GUESTS.add(package)
        with loading(f"{point.value} of the package {package}"):
            entry = point.load()
        if problem := _problem(entry, wanted):
            raise ToolError(
                f"the package {package} offers {point.value} as one of {group}, but {problem}. "
                "Install another version of it, or uninstall it."
            )
        for spelling in dict.fromkeys(_spellings(entry)):
            if other := offers.get(spelling):
                raise ToolError(
                    f'the package {package} offers "{spelling}" as one of {group}, but so does '
                    f"{other}. Uninstall one of both, or have it renamed."
                )
            offers[spelling] = f"the package {package}"
        entries[entry] = package, point.value
    return dict(sorted(entries.items(), key=_name))


def _taken(wanted: type[Entry]) -> Iterator[str]:
    """Yield the names that entries of ours have."""
    for entry in (*_OWN_ENGINES, *_OWN_KINDS):
        if isinstance(entry, wanted):
            yield from _spellings(entry)


def _problem(entry: Any, wanted: type[Any]) -> str:
    """Return what is wrong with the value of an entry point, empty for an entry."""
    if type(entry) is not wanted:
        return f"it is no {wanted.__name__}"
    texts = asdict(entry)
    aliases = texts.pop("aliases", ())
    if not isinstance(aliases, tuple):
        return "its aliases are no tuple"
    if not all(
        isinstance(name, str) and _SPELLING.fullmatch(name) for name in (entry.name, *aliases)
    ):
        return "a name of it is not made of letters, digits, dots and dashes"
    if wanted is RuleEntry and not _IDENTIFIER.fullmatch(entry.name):
        return "its name is no identifier such as ACME001"
    wrong = [name for name, value in texts.items() if not isinstance(value, str)]
    return f"its {wrong[0]} is no string" if wrong else ""


def _name(offer: tuple[Entry, Any]) -> str:
    return offer[0].name
