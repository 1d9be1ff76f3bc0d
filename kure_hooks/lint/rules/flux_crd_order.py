"""FX021: a custom resource whose CRD comes too late."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.flux import HELM, OPERATOR
from kure_hooks.gitops.graph import Event, Moment, Order
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.bootstrap import Bootstrap
from kure_hooks.lint.charts import words
from kure_hooks.lint.flux import is_certain, kustomizations
from kure_hooks.lint.kinds import defined_kind, is_custom
from kure_hooks.lint.provision import Provision
from kure_hooks.manifests import Kind, kind_of
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Custom resource before its CRD",
    ERROR,
    "kustomize-controller sends all objects of a Kustomization to the API server in a dry run "
    "before it applies any of them, CRDs and namespaces aside. A custom resource whose CRD is not "
    "there fails all of it. Where the CRD comes with a HelmRelease of the same Kustomization, or "
    "of one that waits for it, it never comes: a new cluster stops there for ever. An existing "
    "cluster hides this, because it has the CRD already. Without any order it is an info: the "
    "Kustomization fails until the CRD is there.",
    "Apply the custom resource with a Kustomization of its own, whose dependsOn names the one that "
    "has the HelmRelease, and let that one wait. Name CRDs that a bootstrap installs in "
    "lint.preinstalled.",
    "Flux 2.9 (kustomize-controller 1.9, helm-controller 1.6)",
    wrong="""\
# The Kustomization metallb applies both.
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: metallb, namespace: metallb}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: home, namespace: metallb}
""",
    right="""\
# The Kustomization metallb-pools has the pool.
spec:
  path: ./metallb/pools
  dependsOn: [{name: metallb}]  # which has wait: true
""",
    incidents=(
        "https://github.com/devantler-tech/platform/issues/1755",
        "https://github.com/keiretsu-labs/kubernetes-manifests/issues/1326",
        "https://github.com/axeII/home-ops/issues/3606",
        "https://github.com/fluxcd/helm-controller/issues/387",
        "https://github.com/fluxcd/flux2/issues/1928",
        "https://github.com/external-secrets/external-secrets/issues/2876",
    ),
)

_NAME = ("metadata", "name")
_Complaint = tuple[Severity, str, str]
"""The severity, the problem with {} for the kinds that have no CRD, and what to do."""

_FLUX_GROUPS = ("toolkit.fluxcd.io", OPERATOR)


@dataclass(frozen=True, slots=True)
class _Provider:
    """Something that brings the CRD of a kind: a CRD that an owner applies, or a release."""

    owner: Owner
    release: Owner | None = None

    @property
    def event(self) -> Event:
        """The moment from which the CRD is there."""
        return Event(self.release or self.owner, Moment.READY if self.release else Moment.APPLIED)

    def __str__(self) -> str:
        return f"{self.release.who} installs it" if self.release else f"{self.owner.who} applies it"


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a finding for each Kustomization and each provider whose CRDs come too late."""
    if not cluster.is_certain:
        return
    world = _World(cluster)
    late: dict[tuple[_Complaint, Owner | None], list[tuple[Owner, Resource]]] = {}
    for owner in kustomizations(cluster):
        if owner.suspended or owner.destination or any(above.suspended for above in owner.above()):
            continue
        for kind, resource in _custom(owner).items():
            if complaint := world.complaint(owner, kind):
                # What is only a matter of time is told once for each provider.
                key = complaint, owner if complaint[0] is Severity.ERROR else None
                late.setdefault(key, []).append((owner, resource))
    for (complaint, _), items in late.items():
        yield _finding(complaint, items)


def _finding(complaint: _Complaint, items: list[tuple[Owner, Resource]]) -> Finding:
    severity, problem, expected = complaint
    first, *others = dict.fromkeys(resource.kind for _, resource in items)
    subject = f"{first} and {len(others)} more kinds have" if others else f"{first} has"
    owner, *more = dict.fromkeys(owner for owner, _ in items)
    name = f"{owner.who} and {len(more)} more fail" if more else f"{owner.who} fails"
    problem = f"{name} {problem.replace('{}', subject)}"
    return items[0][1].finding(_NAME, problem, expected, "", severity)


def _custom(owner: Owner) -> Mapping[Kind, Resource]:
    """Return the first custom resource of each kind that a Kustomization applies."""
    first: dict[Kind, Resource] = {}
    for resource in owner.resources:
        kind = kind_of(resource.manifest)
        if is_custom(resource.manifest) and not kind[0].endswith(_FLUX_GROUPS):
            first.setdefault(kind, resource)
    return first


class _World:
    """The CRDs of a cluster: who brings them, and when."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._bootstrap = Bootstrap(cluster)

    @cached_property
    def _order(self) -> Order:
        return Order(self.cluster)

    @cached_property
    def _provisions(self) -> list[Provision]:
        releases = (owner for owner in self.cluster.owners if owner.who.group == HELM)
        return [Provision(self.cluster, release) for release in releases]

    @cached_property
    def _definitions(self) -> Mapping[Kind, list[Owner | None]]:
        found: dict[Kind, list[Owner | None]] = {}
        for owner, resource in self.cluster.resources():
            if kind := defined_kind(resource.manifest):
                found.setdefault(kind, []).append(owner)
        return found

    @cached_property
    def _has_strangers(self) -> bool:
        """Tell whether an owner applies what is not here, which may be any CRD."""
        return any(
            not owner.is_certain
            for owner in self.cluster.owners
            if owner.who.kind not in ("HelmRelease", "FluxInstance")
        )

    def complaint(self, owner: Owner, kind: Kind) -> _Complaint | None:
        """Return what is wrong with the order of a kind of a Kustomization, None if nothing is."""
        if self.cluster.declared.is_preinstalled(*kind):
            return None
        defining = self._definitions.get(kind, [])
        if owner in defining or None in defining:
            return None
        providers = [_Provider(other) for other in defining if other]
        providers += [
            _Provider(provision.release.parent, provision.release)
            for provision in self._provisions
            if provision.is_certain(*kind) and provision.release.parent
        ]
        if not providers:
            return self._skipped(owner, kind)
        applied = Event(owner, Moment.APPLIED)
        if any(self._order.waits(applied, provider.event) for provider in providers):
            return None
        return self._late(owner, kind, providers)

    def _late(self, owner: Owner, kind: Kind, providers: list[_Provider]) -> _Complaint | None:
        names = [provider.release.who.name for provider in providers if provider.release]
        if self._bootstrap.mention(*words(*kind), *names):
            return None
        first = providers[0]
        is_stuck = all(self._waits(provider, owner) for provider in providers)
        if is_stuck and self._is_closed(kind, providers) and is_certain(self.cluster, owner):
            return (
                Severity.ERROR,
                (
                    f"for ever on a new cluster: {{}} no CRD before {first}, and "
                    f"{_reason(first, owner)}"
                ),
                (
                    f"Apply it with another Kustomization that depends on {first.owner.who}, "
                    "and let that one wait."
                ),
            )
        return (
            Severity.INFO,
            (
                f"on a new cluster for a while: {{}} no CRD before {first}, and "
                "nothing makes them wait for that"
            ),
            f"Add {first.owner.who.name} to dependsOn, and let that one wait.",
        )

    def _skipped(self, owner: Owner, kind: Kind) -> _Complaint | None:
        """Return an error where a release is waited for that leaves the CRD out."""
        for provision in self._provisions:
            release = provision.release
            if not provision.skips or not provision.has(*kind):
                continue
            events = Event(owner, Moment.APPLIED), Event(release, Moment.READY)
            if not self._order.waits(*events) or not is_certain(self.cluster, owner):
                continue
            if self._bootstrap.mention(*words(*kind), release.who.name):
                return None
            if self._is_closed(kind, ()):
                return (
                    Severity.ERROR,
                    (
                        f"for ever on a new cluster: {{}} no CRD, because "
                        f"{release.who} has crds: Skip"
                    ),
                    "Write crds: Create there, or apply the CRDs with another Kustomization.",
                )
        return None

    def _is_closed(self, kind: Kind, providers: Sequence[_Provider]) -> bool:
        """Tell whether nothing else may bring the CRD of a kind."""
        known = {provider.release for provider in providers}
        return not self._has_strangers and not any(
            provision.is_possible(*kind)
            for provision in self._provisions
            if provision.release not in known
        )

    def _waits(self, provider: _Provider, owner: Owner) -> bool:
        return self._order.waits(provider.event, Event(owner, Moment.APPLIED))


def _reason(provider: _Provider, owner: Owner) -> str:
    if provider.owner is owner:
        return "the dry run refuses both"
    return f"{provider.owner.who} waits for this Kustomization"
