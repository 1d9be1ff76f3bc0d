"""Variables of Flux in what a Kustomization applies: those that nothing defines, and all uses."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kure_hooks.engines.annotations import KUSTOMIZE, is_substituted
from kure_hooks.engines.substitution import (
    Anything,
    SubstitutionError,
    UndefinedError,
    UnsupportedError,
    substitute,
)
from kure_hooks.gitops.flux import HELM
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.variables import OPEN, has_variables
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
# So many undefined variables of one string are told.
_MOST = 20


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
        """Tell whether the string is one of a CustomResourceDefinition."""
        return self.resource.kind == "CustomResourceDefinition"

    @property
    def pattern(self) -> re.Pattern[str]:
        """The expression as it stands in a line of a file."""
        if self.name:
            return re.compile(rf"(?<!\$)\$\{{#?{re.escape(self.name)}\b")
        return re.compile(rf"(?<!\$){re.escape(_expression(self.problem))}")

    @property
    def is_no_variable(self) -> bool:
        """Tell whether the expression is none that Flux can read, or one of a CRD."""
        return not self.name or self.is_of_definition

    @property
    def is_hidden(self) -> bool:
        """Tell whether the string is in values of a chart, in a patch, or in a generated object."""
        source = self.resource.source
        if source is None:
            return True
        is_release = kind_of(self.resource.manifest) == (HELM, "HelmRelease")
        if is_release and self.pointer[:2] in (("spec", "values"), ("spec", "postRenderers")):
            return True
        return self.is_patched

    @property
    def is_patched(self) -> bool:
        """Tell whether the expression is in no file of the object, but in a patch of it."""
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
    known = set(mapping(owner.spec, "postBuild", "substitute"))
    for _, _, who in references(owner):
        resource = next((item for _, item in cluster.applied.get(who, ())), None)
        if resource is None:
            return None
        known |= keys(resource.manifest)
    return frozenset(known)


def keys(manifest: Manifest) -> set[str]:
    """Return the keys of a ConfigMap or Secret, of an encrypted one as well."""
    return {key for part in ("data", "stringData") for key in mapping(manifest, part)}


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


def mapping(value: Any, *steps: str) -> Mapping[str, Any]:
    """Return the mapping below the keys, an empty one where there is none."""
    mapping = value_at(value, *steps)
    return mapping if isinstance(mapping, dict) else {}
