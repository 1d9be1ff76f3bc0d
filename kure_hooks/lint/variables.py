"""Variables of Flux in what a Kustomization applies: those that nothing defines, and all uses."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from kure_hooks.engines.annotations import KUSTOMIZE, is_substituted
from kure_hooks.engines.substitution import (
    Anything,
    SubstitutionError,
    UndefinedError,
    UnsupportedError,
    substitute,
)
from kure_hooks.errors import ReadError
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.gitops.flux import HELM
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.variables import OPEN, has_variables
from kure_hooks.lint.certainty import is_certain
from kure_hooks.lint.flux import flux_version
from kure_hooks.manifests import Identity, Manifest, kind_of, mappings_at, text_at, value_at
from kure_hooks.yamlio import Pointer

NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*", re.ASCII)
"""The names that kustomize-controller takes for a variable."""

_USE = re.compile(r"\$\{#?([_a-zA-Z][_a-zA-Z0-9]*)", re.ASCII)
# Something of such a name, or of such a kind, may add variables to Kustomizations in the cluster.
_WEBHOOK = "kustomize-mutating-webhook"
_MUTATING = frozenset(
    {
        *("ClusterPolicy", "MutatingAdmissionPolicy", "MutatingPolicy", "Policy"),
        "MutatingWebhookConfiguration",
    }
)
_SUFFIX = re.compile(r"(.+)-[a-z0-9]{10}")
# So many undefined variables of one string are told.
_MOST = 20
# Since this version a variable that nothing defines fails the whole Kustomization.
_STRICT = (2, 9)


@dataclass(frozen=True, slots=True)
class Fault:
    """An expression that kustomize-controller refuses or replaces by nothing.

    `problem` completes the sentence `<string> ...`; `name` is that of the undefined variable, empty
    for an expression that can't be read.
    """

    resource: Resource
    pointer: Pointer
    problem: str
    name: str

    @property
    def is_of_definition(self) -> bool:
        """True where the string is one of a CustomResourceDefinition."""
        return self.resource.kind == "CustomResourceDefinition"

    @property
    def pattern(self) -> re.Pattern[str]:
        """The expression as it stands in a line of a file."""
        if self.name:
            return re.compile(rf"(?<!\$)\$\{{#?{re.escape(self.name)}\b")
        return re.compile(rf"(?<!\$){re.escape(_expression(self.problem))}")

    @property
    def is_no_variable(self) -> bool:
        """True where the expression is none that Flux can read, or one of a CRD."""
        return not self.name or self.is_of_definition

    @property
    def is_hidden(self) -> bool:
        """True where the string is in values of a chart, in a patch, or in a generated object."""
        source = self.resource.source
        if source is None:
            return True
        is_release = kind_of(self.resource.manifest) == (HELM, "HelmRelease")
        if is_release and self.pointer[:2] in (("spec", "values"), ("spec", "postRenderers")):
            return True
        return self.is_patched

    @property
    def is_patched(self) -> bool:
        """True where the expression is in no file of the object, but in a patch of it."""
        source = self.resource.source
        return source is not None and not any(
            self.pattern.search(text) for _, text in _strings(source.manifest)
        )


def references(owner: Owner) -> Iterator[tuple[int, Manifest, Identity]]:
    """Yield what a Kustomization takes variables from, with its index and its identity."""
    items = mappings_at(owner.resource.manifest, "spec", "postBuild", "substituteFrom")
    for index, item in enumerate(items):
        kind, name = text_at(item, "kind"), text_at(item, "name")
        yield index, item, Identity("", kind, owner.who.namespace, name)


def names(cluster: Cluster, owner: Owner) -> frozenset[str] | None:
    """Return the names of all variables of a Kustomization, None where some may be elsewhere."""
    if not cluster.is_certain:
        return None  # whatever applies the entry may patch variables into each Kustomization
    known = set(_mapping(owner.spec, "postBuild", "substitute"))
    for _, _, who in references(owner):
        resource = next((item for _, item in cluster.applied.get(who, ())), None)
        if resource is None:
            return None
        known |= keys(resource.manifest)
    return frozenset(known)


def keys(manifest: Manifest) -> set[str]:
    """Return the keys of a ConfigMap or Secret, of an encrypted one as well."""
    return {key for part in ("data", "stringData") for key in _mapping(manifest, part)}


def faults(cluster: Cluster, owner: Owner, *, is_mutated: bool = False) -> Iterator[Fault]:
    """Yield the expressions in the objects of a Kustomization that Flux 2.9 refuses.

    Where its cluster `is_mutated`, every variable may be defined.
    """
    if owner.variables is None:
        return
    known = None if is_mutated else names(cluster, owner)
    values: Mapping[str, str] = Anything() if known is None else dict.fromkeys(known, "")
    for resource in owner.unsubstituted:
        if has_variables(resource.manifest) and is_substituted(resource.manifest):
            for pointer, text in _strings(resource.manifest):
                for problem, name in _problems(text, values):
                    yield Fault(resource, pointer, problem, name)


def faults_of(cluster: Cluster) -> Iterator[tuple[Owner, Fault]]:
    """Yield the same for all Kustomizations of a cluster, with each of them."""
    is_mutated = any(_mutates(resource) for _, resource in cluster.resources())
    for owner in cluster.owners:
        yield from ((owner, fault) for fault in faults(cluster, owner, is_mutated=is_mutated))


def _mutates(resource: Resource) -> bool:
    """Tell whether an object may change Kustomizations on their way to the API server."""
    if _WEBHOOK in resource.name:
        return True
    if resource.kind not in _MUTATING:
        return False
    return KUSTOMIZE in str(resource.manifest) or "'Kustomization'" in str(resource.manifest)


def used(owner: Owner) -> frozenset[str]:
    """Return the names of all variables in what a Kustomization substitutes."""
    return frozenset(
        name
        for resource in owner.unsubstituted
        if is_substituted(resource.manifest)
        for _, text in _strings(resource.manifest)
        for name in _USE.findall(text)
    )


class Report:
    """The findings on the variables of one cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._texts: dict[str, str] = {}
        self._definitions: dict[str, tuple[Owner, Location]] | None = None
        version = flux_version(cluster)
        self.is_strict = version is None or version >= _STRICT

    def finding(self, owner: Owner, fault: Fault) -> Finding:
        """Return the finding on a fault: an error where Flux refuses what is certain."""
        subject = f"this {fault.problem}"
        if fault.name:
            subject += f" for {owner.who}{self._elsewhere(owner, fault.name)}"
        expected = (
            f"Define {fault.name} in postBuild.substitute, give it a default as in "
            f"${{{fault.name}:=value}}, or write $${{{fault.name}}} for the text itself"
            if fault.name
            else "Write $${ where no variable is meant"
        )
        severity = self.weight(owner, fault)
        plain = fault.resource.finding(fault.pointer, subject, expected, "", severity)
        return _without_suffix(replace(plain, at=self._place(owner, fault, plain.at)), fault)

    def weight(self, owner: Owner, fault: Fault) -> Severity:
        """Return how much a fault matters to the version of Flux that the cluster has."""
        if not is_certain(self.cluster, owner):
            return Severity.INFO
        return Severity.ERROR if self.is_strict or not fault.name else Severity.WARNING

    def _place(self, owner: Owner, fault: Fault, at: Location) -> Location:
        """Return the line of the expression itself, in a generated object that of its file."""
        text = value_at(fault.resource.manifest, *fault.pointer)
        if fault.resource.source is None and isinstance(text, str):
            names = (path for payload in owner.payloads for path in sorted(payload.files))
            same = (path for path in names if self._text(path) == text)
            at = next((Location(path, 1, 1) for path in same), at)
        if not fault.is_patched:
            return self._use(fault, at.path, at.line) or at
        files = {path for payload in owner.payloads for path in payload.files}
        paths = (owner.resource.at().path, *sorted(files))
        return next(filter(None, (self._use(fault, path) for path in paths)), at)

    def _use(self, fault: Fault, path: str, start: int = 0) -> Location | None:
        """Return the first place of an expression in a file, from a line on."""
        for number, line in enumerate(self._text(path).splitlines(), 1):
            match = fault.pattern.search(line) if number >= start else None
            if match:
                return Location(path, number, match.start() + 1)
        return None

    def _text(self, path: str) -> str:
        """Return the content of a file, nothing for one that can't be read."""
        if path not in self._texts:
            with suppress(ReadError):
                data = self.cluster.files.tree.read(path, MAX_LARGE)
                self._texts[path] = data.decode(errors="replace")
        return self._texts.setdefault(path, "")

    def _elsewhere(self, owner: Owner, name: str) -> str:
        if self._definitions is None:
            self._definitions = dict(_definitions(self.cluster))
        if name not in self._definitions:
            return ""
        other, at = self._definitions[name]
        return f", but only for {other.who} at {at}" if other is not owner else ""


def _definitions(cluster: Cluster) -> Iterator[tuple[str, tuple[Owner, Location]]]:
    """Yield each variable with a Kustomization that has it, and where it is defined."""
    for owner in cluster.owners:
        for _, _, who in references(owner):
            for _, resource in cluster.applied.get(who, ())[:1]:
                part = "stringData" if "stringData" in resource.manifest else "data"
                for key in keys(resource.manifest):
                    yield key, (owner, resource.at(part, key))
        for key in _mapping(owner.spec, "postBuild", "substitute"):
            yield key, (owner, owner.resource.at("spec", "postBuild", "substitute", key))


def _problems(text: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what Flux refuses in a string, with the name of the variable if it is one."""
    known = values
    for _ in range(_MOST):
        try:
            substitute(text, known)
        except UndefinedError as error:
            yield str(error), error.name
            known = {**known, error.name: ""}
        except UnsupportedError:
            return
        except SubstitutionError as error:
            yield f"has {_expression(str(error))}, which Flux can't read as a variable", ""
            return
        else:
            return


def _expression(problem: str) -> str:
    """Return the expression that a message quotes, as far as it is on one line."""
    start = problem.find(OPEN)
    text = problem[start:].partition(", which Flux can't read")[0] if start >= 0 else OPEN
    head, brace, _ = text.partition("}")
    return head + brace


def _without_suffix(finding: Finding, fault: Fault) -> Finding:
    """Return a finding on a generated object with its name as the generator has it.

    The suffix changes with the content, so that a baseline could not know the finding again.
    """
    name = fault.resource.name
    if fault.resource.source is None and (match := _SUFFIX.fullmatch(name)):
        changes = {
            field: getattr(finding, field).replace(name, match[1]) for field in ("object", "key")
        }
        return replace(finding, **changes)
    return finding


def _strings(value: Any, pointer: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """Yield the strings with a variable in a value, keys as well, with the way to them."""
    if isinstance(value, str):
        if OPEN in value:
            yield pointer, value
    elif isinstance(value, dict):
        for key, part in value.items():
            if OPEN in str(key):
                yield (*pointer, key), str(key)
            yield from _strings(part, (*pointer, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _strings(part, (*pointer, index))


def _mapping(value: Any, *steps: str) -> Mapping[str, Any]:
    mapping = value_at(value, *steps)
    return mapping if isinstance(mapping, dict) else {}
