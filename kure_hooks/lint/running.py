"""A run of rules over a repository: each finding with its rule, its owner and its clusters."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec.structs import replace

from kure_hooks.findings import Finding, Skipped
from kure_hooks.gitops.budget import MAX_RESOURCES
from kure_hooks.gitops.kustomizations.loading import REFUSED
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.lint.catalogue import Check, check_of
from kure_hooks.lint.rules import MODULES
from kure_hooks.lint.selection import Selection
from kure_hooks.lint.suppression import UNKNOWN, UNUSED, Suppressions

MOST_FINDINGS = 5_000
"""The most findings of one rule and severity that are kept, and so many times more characters."""

_ROOM = 1_000
_UNSEARCHED = (
    f"its kustomizations ask for more work than {MAX_RESOURCES // 2:,} objects; the rest is not "
    "searched for objects of Flux and Argo CD"
)


def run(
    repository: Repository, selection: Selection | None = None, others: Iterable[Check] = ()
) -> list[Finding]:
    """Return what the chosen rules find, ours and `others`, sorted.

    Findings of several clusters with the same place and words are one, which names the clusters.
    What is suppressed in the files is left out, and suppressions of nothing are findings too.
    """
    return Run(repository, selection or Selection(), others).findings


class Run:
    """One run of the chosen rules, with all that it makes of their findings.

    `known` are the names that suppressions may have beside those of the rules here.
    """

    def __init__(
        self,
        repository: Repository,
        selection: Selection,
        others: Iterable[Check],
        known: Iterable[str] = (),
    ) -> None:
        self.repository = repository
        self.selection = selection
        own = map(check_of, selection.chosen(MODULES))
        added = list(others)
        self.known = [*MODULES, *(check.name for check in added), *known]
        self.checks = [*own, *(check for check in added if selection.has(check.name))]
        self.suppressions = Suppressions(repository)
        self._beyond: dict[str, set[int]] = {}

    @cached_property
    def rules(self) -> frozenset[str]:
        """The rules that are checked; those on changes alone are not, as they need a revision."""
        ours = filter(self.selection.has, (UNUSED, UNKNOWN))
        checks = (check for check in self.checks if check.of_cluster or check.of_repository)
        return frozenset((*(check.name for check in checks), *ours))

    @cached_property
    def findings(self) -> list[Finding]:
        """All findings, sorted; of a rule that has very many, the first of each severity."""
        shared: dict[Finding, tuple[set[str], set[str], set[str]]] = {}
        kept = _Kept(self._beyond)
        for check in self.checks:
            for cluster, plain in check.findings(self.repository):
                finding = self._of_rule(check, plain)
                if self._counts(finding, cluster):
                    # One manifest may be objects of several namespaces, one in each cluster.
                    key = replace(finding, object="")
                    if key not in shared and not kept.takes(finding):
                        continue
                    names, owners, objects = shared.setdefault(key, (set(), set(), set()))
                    names |= {cluster.name} if cluster else set()
                    owners.add(self._owner(cluster, finding))
                    objects.add(finding.object)
        findings = [
            replace(key, object=min(objects), owner=min(owners), clusters=tuple(sorted(names)))
            for key, (names, owners, objects) in shared.items()
        ]
        return sorted([*findings, *filter(kept.takes, self._unused())])

    def changes(self, before: Repository) -> list[Finding]:
        """Return what the rules on changes find, compared with the repository before, sorted."""
        plain = (
            self._of_rule(check, finding)
            for check in self.checks
            for finding in (check.of_change(before, self.repository) if check.of_change else ())
        )
        return sorted(
            {
                replace(finding, owner=self._owner(None, finding))
                for finding in plain
                if self._counts(finding, None)
            }
        )

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The clusters and findings beyond what is followed, and what is not read or built."""
        more = [
            Skipped(rule, f"there are {len(self._beyond[rule]):,} more findings of this rule")
            for rule in sorted(self._beyond)
            if self.findings
        ]
        clusters, files = self.repository.clusters, self.repository.files
        beyond = f"it asks for more work than {MAX_RESOURCES:,} objects; the rest is not read"
        cut = [Skipped(cluster.name, beyond) for cluster in clusters if not cluster.is_whole]
        if not self.repository.is_whole:
            cut.append(Skipped(".", _UNSEARCHED))
        paths = sorted(frozenset().union(*(cluster.read for cluster in clusters)))
        faults = ((path, next(iter(files.faults(path)), None)) for path in paths)
        unread = [
            Skipped(path, fault.problem)
            for path, fault in faults
            if fault is not None and fault.rule not in REFUSED
        ]
        return (*cut, *more, *unread, *self._unbuilt())

    def _unbuilt(self) -> Iterator[Skipped]:
        unbuilt = self.repository.unbuilt
        for reason in sorted(set(unbuilt.values())):
            first, *others = sorted(path for path, why in unbuilt.items() if why == reason)
            more = f" and {len(others)} more" if others else ""
            yield Skipped(f"{first or '.'}{more}", reason)

    def _of_rule(self, check: Check, finding: Finding) -> Finding:
        named = replace(finding, rule=finding.rule or check.name)
        return replace(named, severity=self.selection.weight(named, check.rule.severity))

    def _counts(self, finding: Finding, cluster: Cluster | None) -> bool:
        is_allowed = self.selection.allows(finding)
        return is_allowed and not self.suppressions.suppress(finding, cluster)

    def _owner(self, cluster: Cluster | None, finding: Finding) -> str:
        """Return the label of what applies the object of a finding; an owner stands for itself."""
        clusters = [cluster] if cluster else self.repository.clusters
        owners = (self._owners(item).get(finding.object, "") for item in clusters)
        return next(filter(None, owners), finding.owner)

    def _owners(self, cluster: Cluster) -> dict[str, str]:
        """Return the labels of owners by those of the objects that they apply, and by their own."""
        known = self._owners_of.get(id(cluster))
        if known is None:
            known = {
                resource.label: owner.resource.label
                for owner, resource in cluster.resources()
                if owner
            }
            known |= {owner.resource.label: owner.resource.label for owner in cluster.owners}
            self._owners_of[id(cluster)] = known
        return known

    @cached_property
    def _owners_of(self) -> dict[int, dict[str, str]]:
        return {}

    def _unused(self) -> Iterator[Finding]:
        for finding in self.suppressions.findings(self.rules, self.known):
            if self.selection.has(finding.rule) and self.selection.allows(finding):
                yield finding


class _Kept:
    """The findings that are kept; of the others, `beyond` gets what tells them apart by rule."""

    def __init__(self, beyond: dict[str, set[int]]) -> None:
        self._beyond = beyond
        self._counts: Counter[tuple[str, str]] = Counter()
        self._characters: Counter[tuple[str, str]] = Counter()

    def takes(self, finding: Finding) -> bool:
        """Tell whether there is room for a finding, and take note of it."""
        key = finding.rule, finding.severity
        is_within = self._characters[key] < MOST_FINDINGS * _ROOM
        if self._counts[key] >= MOST_FINDINGS or not is_within:
            self._beyond.setdefault(finding.rule, set()).add(hash(replace(finding, object="")))
            return False
        texts = (finding.problem, finding.expected, finding.key, finding.object, finding.owner)
        self._counts[key] += 1
        self._characters[key] += sum(map(len, texts))
        return True
