"""The variables in what Flux substitutes: all objects of a Kustomization with `postBuild`.

Since Flux 2.9 a variable that nothing defines fails the whole Kustomization; earlier versions put
in nothing. Of ConfigMaps and Secrets that the stack doesn't have nobody can tell what they define.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kure_hooks.engines.annotations import is_substituted
from kure_hooks.engines.objects import namespace_of
from kure_hooks.engines.substitution import (
    Anything,
    SubstitutionError,
    UndefinedError,
    UnsupportedError,
    substitute,
)
from kure_hooks.engines.variables import names_are_variables
from kure_hooks.errors import ReadError
from kure_hooks.files.recorder import unrecorded
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.findings import Finding, Location, Severity, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory
from kure_hooks.layout.units import Segments, Unit
from kure_hooks.manifests import Identity, identity, written
from kure_hooks.stack.interface import ConfigMapGenerator
from kure_hooks.stack.model import Bundle, Cluster
from kure_hooks.yamlio import dump
from kure_hooks.yamlio.document import key_path
from kure_hooks.yamlio.place import Place

# So many undefined variables of one text are told.
_MOST = 20

_LENIENT = re.compile(r"v?2\.[0-8](\D|\Z)")


@dataclass(frozen=True)
class _Text:
    """A text in which Flux substitutes: its name in a message, and the place it is written.

    At a location the text begins, in which the variable is sought.
    """

    name: str
    value: str
    at: Location | Place


@of_rule("FX016")
def variables_are_defined(
    plan: Plan, directories: Sequence[Directory], tree: Tree
) -> Iterator[Finding]:
    """Every variable is one of the bundle's, or has a default."""
    by_path = {directory.path: directory for directory in directories}
    severity = _severity(plan.cluster)
    for unit in plan.units:
        if unit.bundle.options.post_build is None:
            continue
        variables, faults = _variables(plan, unit.bundle, directories)
        yield from () if unit.part else faults
        if variables is None:
            continue
        for text in _texts(unit, by_path):
            for fault, expected, name in _problems(text.value, variables):
                problem = f"{text.name} {fault} (bundle {unit.bundle.name})"
                if isinstance(text.at, Place):
                    yield text.at.fault(problem, expected, severity)
                else:
                    at = _first_use(text.at, name, tree)
                    yield Finding(at, "", problem, expected, severity)


def _severity(cluster: Cluster) -> Severity:
    """Return how much an undefined variable matters to the version of Flux that is asked for."""
    lenient = cluster.bootstrap.enabled and _LENIENT.match(cluster.bootstrap.flux_version or "")
    return Severity.WARNING if lenient else Severity.ERROR


def _variables(
    plan: Plan, bundle: Bundle, directories: Sequence[Directory]
) -> tuple[Mapping[str, str] | None, list[Finding]]:
    """Return the variables of a bundle, None where Flux substitutes nothing, and their faults."""
    post_build = bundle.options.post_build
    faults: list[Finding] = []
    if post_build is None:
        return None, faults
    variables: dict[str, str] = dict(post_build.substitute)
    for reference in post_build.substitute_from:
        namespace = namespace_of(plan, bundle)
        names = _names(directories, Identity("", reference.kind, namespace, reference.name))
        if names is None:
            return Anything(), faults
        faults += names_are_variables(bundle, reference, names)
        variables |= dict.fromkeys(names, "")
    always = post_build.substitute_strategy == "Always"
    return (variables if variables or always else None), faults


def _names(directories: Sequence[Directory], wanted: Identity) -> list[str] | None:
    """Return the keys of a ConfigMap or Secret of the stack, None for one that it has not."""
    for directory in directories:
        for item in (item for file in directory.files for item in file.items):
            if identity(item.manifest) == wanted:
                data = (item.manifest.get(key) for key in ("data", "stringData"))
                return [str(name) for each in data if isinstance(each, dict) for name in each]
    return None


def _texts(unit: Unit, by_path: Mapping[Segments, Directory]) -> Iterator[_Text]:
    """Yield all that Flux builds of a unit and that may have variables in it."""
    for directory in () if unit.exists else _closure(unit.synced, by_path):
        for item in (item for file in directory.files for item in file.items):
            if is_substituted(item.manifest):
                at = item.at or item.origin.at
                yield _Text(str(identity(item.manifest)), dump(item.manifest), at)
        for generator in directory.generators:
            yield from _generated(generator, directory)
    options = unit.bundle.options
    for key, values in (("patches", options.patches), ("images", options.images)):
        for index, value in enumerate(() if unit.part else values):
            place = unit.bundle.key(key, index)
            name = key_path((key, index))
            yield _Text(name, "\n".join(_strings(written(value))), place)


def _closure(path: Segments, by_path: Mapping[Segments, Directory]) -> Iterator[Directory]:
    yield by_path[path]
    for each in by_path[path].includes:
        yield from _closure(each, by_path)


def _generated(generator: ConfigMapGenerator, directory: Directory) -> Iterator[_Text]:
    """Yield the texts in a ConfigMap that kustomize makes; what is none there becomes Base64."""
    if not is_substituted(generator.manifest):
        return
    for key, file in sorted(generator.files.items()):
        try:
            value = directory.extras[file].decode()
        except UnicodeDecodeError:
            continue
        at = generator.places.get(key, directory.origin.at)
        yield _Text(f"{key} of ConfigMap {generator.name}", value, at)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inside: Iterable[object] = value.values() if isinstance(value, dict) else ()
    for each in value if isinstance(value, list) else inside:
        yield from _strings(each)


def _problems(text: str, variables: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield what Flux refuses in a text: the end of a sentence, what is expected, the variable."""
    if "$" not in text:
        return
    known = variables
    for _ in range(_MOST):
        try:
            substitute(text, known)
        except UnsupportedError:
            return
        except UndefinedError as error:
            name = error.name
            wanted = f"{name} in postBuild.substitute, a default as in ${{{name}:=value}}"
            yield str(error), f"{wanted}, or $${{{name}}} to keep it as it is", name
            known = {**known, name: ""}
        except SubstitutionError as error:
            yield str(error), "$${ where no variable is meant", ""
            return
        else:
            return


def _first_use(at: Location, name: str, tree: Tree) -> Location:
    """Return where a variable is first used behind a place in a file, else the place itself."""
    try:
        text = unrecorded(tree).read(at.path, MAX_LARGE).decode(errors="replace")
    except ReadError:
        return at
    use = re.compile(rf"(?<!\$)\$\{{#?{re.escape(name)}\b" if name else r"(?<!\$)\$\{")
    for number, line in enumerate(text.splitlines(), 1):
        found = use.search(line) if number >= at.line else None
        if found:
            return Location(at.path, number, found.start() + 1)
    return at
