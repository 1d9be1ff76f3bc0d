"""The findings on variables: each at the line of its expression, weighed by the version of Flux."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec.structs import replace

from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.bootstrap import Bootstrap
from kure_hooks.lint.flux import flux_version, is_certain
from kure_hooks.lint.variables import Fault, keys, mapping, references
from kure_hooks.manifests import text_at, value_at
from kure_hooks.yamlio import Pointer

_SUFFIX = re.compile(r"\A(.+)-[a-z0-9]{10}")
# Since this version a variable that nothing defines fails the whole Kustomization.
_STRICT = (2, 9)
# flux-operator has had the manifests of 2.9 since this minor version.
_STRICT_OPERATOR = 53
_INSTALL = re.compile(rb"fluxcd/flux2/manifests/install\?ref=v2\.([0-9]{1,3})\.")
_MANIFESTS = re.compile(r"/flux-operator-manifests:v0\.([0-9]{1,3})\.")
_SOURCES = ("/flux-manifests", "fluxcd/flux2", "fluxcd/flux2.git")
_TAG = re.compile(r"v2\.([0-9]{1,3})\.\S*")


class Report:
    """The findings on the variables of one cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._definitions: dict[str, tuple[Owner, Resource, Pointer]] | None = None

    @cached_property
    def is_strict(self) -> bool:
        """Tell whether the Flux of the cluster may refuse variables that nothing defines."""
        version = flux_version(self.cluster) or _newest(self.cluster)
        return version is None or version >= _STRICT

    def findings(self, faults: Iterable[tuple[Owner, Fault]]) -> Iterator[Finding]:
        """Yield one finding for each Kustomization and variable, at its first use."""
        uses: dict[tuple[Owner, str], list[Fault]] = {}
        for owner, fault in faults:
            uses.setdefault((owner, fault.name), []).append(fault)
        for (owner, _), (first, *others) in uses.items():
            yield self.finding(owner, first, len(others))

    def finding(self, owner: Owner, fault: Fault, more: int = 0) -> Finding:
        """Return the finding on a fault: an error where Flux refuses what is certain.

        `more` counts other uses of its variable.
        """
        subject = f"this {fault.problem}"
        if fault.name:
            subject += f" for {owner.who}{self._elsewhere(owner, fault.name)}"
        if more:
            subject += f"; {more} more {'use is' if more == 1 else 'uses are'} like it"
        expected = (
            f"Define {fault.name} in postBuild.substitute, give it a default as in "
            f"${{{fault.name}:=value}}, or write $${{{fault.name}}} for the text itself."
            if fault.name
            else "Write $${ where no variable is meant."
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
            same = (path for path in names if self.cluster.files.text(path) == text)
            at = next((Location(path, 1, 1) for path in same), at)
        if not fault.is_patched:
            return self._use(fault, at.path, at.line) or at
        files = {path for payload in owner.payloads for path in payload.files}
        paths = (owner.resource.at().path, *sorted(files))
        return next(filter(None, (self._use(fault, path) for path in paths)), at)

    def _use(self, fault: Fault, path: str, start: int = 0) -> Location | None:
        """Return the first place of an expression in a file, from a line on."""
        for number, line in enumerate(self.cluster.files.text(path).splitlines(), 1):
            match = fault.pattern.search(line) if number >= start else None
            if match:
                return Location(path, number, match.start() + 1)
        return None

    def _elsewhere(self, owner: Owner, name: str) -> str:
        if self._definitions is None:
            self._definitions = dict(_definitions(self.cluster))
        if name not in self._definitions:
            return ""
        other, resource, pointer = self._definitions[name]
        is_others = other is not owner
        return f", but only for {other.who} at {resource.at(*pointer)}" if is_others else ""


def _definitions(cluster: Cluster) -> Iterator[tuple[str, tuple[Owner, Resource, Pointer]]]:
    """Yield each variable with a Kustomization that has it, and where it is defined."""
    for owner in cluster.owners:
        # The last reference to an object counts.
        named = dict.fromkeys(reversed([who for _, _, who in references(owner)]))
        for who in reversed(named):
            for _, resource in cluster.applied.get(who, ())[:1]:
                part = "stringData" if "stringData" in resource.manifest else "data"
                for key in keys(resource.manifest):
                    yield key, (owner, resource, (part, key))
        for key in mapping(owner.spec, "postBuild", "substitute"):
            yield key, (owner, owner.resource, ("spec", "postBuild", "substitute", key))


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


def _newest(cluster: Cluster) -> tuple[int, int] | None:
    """Return the newest version of Flux that a cluster may run by its sources, None for any."""
    for _, resource in cluster.resources():
        spec = value_at(resource.manifest, "spec")
        for way in (("distribution",), ("values", "instance", "distribution")):
            minors = _MANIFESTS.findall(text_at(spec, *way, "artifact"))
            if minors and int(minors[-1]) < _STRICT_OPERATOR:
                return 2, _STRICT[1] - 1
        match = _TAG.fullmatch(text_at(spec, "ref", "tag"))
        if match and text_at(spec, "url").endswith(_SOURCES):
            return 2, int(match[1])
    unknown = (
        reason for owner in cluster.owners for item in owner.payloads for reason in item.unknown
    )
    texts = (*map(str.encode, unknown), *Bootstrap(cluster).texts.values())
    installed = next(filter(None, map(_INSTALL.search, texts)), None)
    return (2, int(installed[1])) if installed else None
