"""AR007: an object in a wave before the one that it needs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.argocd import GROUP, WAVE, sync_options, wave
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.application_order import Need, needs
from kure_hooks.lint.argocd import (
    ANNOTATIONS,
    ARGOCD,
    annotation,
    applications,
    is_application,
    written,
)
from kure_hooks.lint.argocd_settings import health_checks
from kure_hooks.manifests import Identity, kind_of, text_at, value_at
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Wave before that of what it needs",
    ERROR,
    "A sync applies its waves one after the other, and stops at the first that fails. An object "
    "whose namespace, CRD or AppProject comes in a later wave fails on a new cluster, and the wave "
    "with what it needs is never reached. Waves order nothing between two parents: a dependency "
    "that an annotation names is not kept there.",
    "Give what is needed an earlier wave, in the same parent.",
    ARGOCD,
    wrong="""\
kind: Namespace
metadata:
  name: shop
  annotations: {argocd.argoproj.io/sync-wave: "1"}
---
kind: ConfigMap
metadata: {name: settings, namespace: shop}
""",
    right="""\
kind: Namespace
metadata:
  name: shop
  annotations: {argocd.argoproj.io/sync-wave: "-1"}
---
kind: ConfigMap
metadata: {name: settings, namespace: shop}
""",
    incidents=(
        "https://github.com/alphagov/govuk-helm-charts/issues/3135",
        "https://github.com/lsst-sqre/phalanx/issues/331",
        "https://github.com/argoproj/argo-cd/issues/8358",
    ),
)

_PHASES = {"PreSync": 0, "Sync": 1, "PostSync": 2}
_HOOK = "argocd.argoproj.io/hook"
_HELM_HOOKS = {
    "pre-install": "PreSync",
    "pre-upgrade": "PreSync",
    "post-install": "PostSync",
    "post-upgrade": "PostSync",
}
_DEPENDS = ("argocd.argoproj.io/depends-on", "config.kubernetes.io/depends-on")
_USUAL = re.compile(r"default|kube-.*|openshift.*")

Order = tuple[int, int]
"""Phase and wave of an object in a sync."""


@dataclass(slots=True)
class _Needed:
    """The objects of one sync that others of them need, with their order."""

    namespaces: dict[str, tuple[Order, Resource]] = field(default_factory=dict)
    kinds: dict[tuple[str, str], tuple[Order, Resource]] = field(default_factory=dict)
    projects: dict[str, tuple[Order, Resource]] = field(default_factory=dict)

    def of(self, resource: Resource) -> Iterator[tuple[str, Order, Resource]]:
        """Yield what an object needs in the words of a message, with the one that brings it."""
        namespace = text_at(resource.manifest, "metadata", "namespace")
        if namespace in self.namespaces:
            yield f"the namespace {namespace}", *self.namespaces[namespace]
        if (kind := kind_of(resource.manifest)) in self.kinds:
            yield f"the CRD of {kind[1]}", *self.kinds[kind]
        if is_application(resource):
            project = text_at(resource.manifest, "spec", "project")
            if project in self.projects:
                yield f"the AppProject {project}", *self.projects[project]


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the objects that come too early, and declared dependencies that nothing keeps."""
    checks = list(health_checks(cluster))
    waits = bool(checks)
    made = frozenset(_made_namespaces(cluster))
    for owner in applications(cluster):
        ordered = [(order, item) for item in owner.resources if (order := _order(item))]
        if len({order for order, _ in ordered}) > 1:
            needed = _needed(cluster, ordered, made | {owner.who.namespace})
            yield from _too_early(ordered, needed, waits=waits)
    yield from _declared(cluster)
    is_strict = any("sync.status" in check.lua or "Synced" in check.lua for check in checks)
    for need in needs(cluster):
        if fault := _misplaced(need):
            severity = Severity.WARNING
            if is_strict and _wave(need.owner) < _wave(need.provider):
                severity = Severity.ERROR  # the first waits for its sync, which needs the second
            resource, prefix = written(need.owner)
            steps = (*prefix, *ANNOTATIONS, WAVE)
            yield resource.finding(steps, *fault, "AR007", severity)


def _misplaced(need: Need) -> tuple[str, str] | None:
    """Return problem and remedy where waves let an Application come before a CRD that it needs.

    Nothing is wrong where nobody orders anything: Argo CD tries such Applications again.
    """
    owner, provider = need.owner, need.provider
    if owner.parent is None or provider.parent is None:
        return None
    first, other = _wave(owner), _wave(provider)
    name, kind = provider.who.name, need.kind[1]
    item = next(item for item in owner.resources if kind_of(item.manifest) == need.kind)
    objects = f"objects of the kind {kind}, the first at {item.at()}"
    problem = f"{owner.who.name} has {objects}, whose CRD {name} installs, and is "
    if owner.parent is not provider.parent:
        if first <= other or _is_made(owner) or _is_made(provider):
            return None
        problem += f"in another parent, so its wave {first} does not wait for that of {name}"
        return problem, "Bring both with one parent."
    if first > other or (first == other and not _has_wave(owner)):
        return None
    problem += "in the same wave" if first == other else f"in wave {first}, before wave {other}"
    return problem, f"Give {owner.who.name} a wave after {other}."


def _is_made(owner: Owner) -> bool:
    return owner.parent is not None and owner.parent.who.kind != "Application"


def _wave(owner: Owner) -> int:
    return wave(owner.resource.manifest)


def _has_wave(owner: Owner) -> bool:
    return annotation(owner.resource.manifest, WAVE) is not None


def _order(resource: Resource) -> Order | None:
    """Return the first phase and the wave of an object, None for one that no sync applies."""
    hooks = annotation(resource.manifest, _HOOK)
    if not isinstance(hooks, str):
        helm = annotation(resource.manifest, "helm.sh/hook")
        hooks = _helm_phases(helm) if isinstance(helm, str) else "Sync"
    phases = [_PHASES[name] for hook in hooks.split(",") if (name := hook.strip()) in _PHASES]
    return (min(phases), wave(resource.manifest)) if phases else None


def _helm_phases(hooks: str) -> str:
    return ",".join(_HELM_HOOKS.get(hook.strip(), "") for hook in hooks.split(","))


def _too_early(
    ordered: list[tuple[Order, Resource]], needed: _Needed, *, waits: bool
) -> Iterator[Finding]:
    told: set[int] = set()
    for order, resource in ordered:
        for name, later, provider in needed.of(resource):
            if later > order and id(provider) not in told:
                told.add(id(provider))
                severity = Severity.ERROR
                if name.startswith("the AppProject") and not waits:
                    severity = Severity.WARNING  # without a health check no wave waits for it
                problem = (
                    f"{resource.label} comes {_place(order)}, and {name}, which it needs, "
                    f"{_place(later)}"
                )
                expected = f"Give {provider.label} a wave before that of {resource.label}."
                steps = (*ANNOTATIONS, WAVE)
                yield provider.finding(steps, problem, expected, "AR007", severity)


def _place(order: Order) -> str:
    phase, wave = order
    names = {number: name for name, number in _PHASES.items()}
    return f"in wave {wave}" if phase == _PHASES["Sync"] else f"in wave {wave} of {names[phase]}"


def _needed(
    cluster: Cluster, ordered: list[tuple[Order, Resource]], made: frozenset[str]
) -> _Needed:
    """Return what the objects of a sync bring, without what is there before for all we know."""
    needed = _Needed()
    for order, resource in ordered:
        who = resource.who
        if who is None or len(cluster.applied.get(who, ())) > 1:
            continue
        if cluster.declared.is_external(who):
            continue
        if (who.group, who.kind) == ("", "Namespace"):
            if who.name not in made and not _USUAL.fullmatch(who.name):
                needed.namespaces[who.name] = (order, resource)
        elif who.kind == "CustomResourceDefinition":
            group = text_at(resource.manifest, "spec", "group")
            kind = str(value_at(resource.manifest, "spec", "names", "kind"))
            if group != GROUP and not cluster.declared.is_preinstalled(group, kind):
                needed.kinds[group, kind] = (order, resource)
        elif (who.group, who.kind) == (GROUP, "AppProject") and who.name != "default":
            needed.projects[who.name] = (order, resource)
    return needed


def _made_namespaces(cluster: Cluster) -> Iterator[str]:
    """Yield the namespaces that Applications make themselves before they sync."""
    for owner in applications(cluster):
        if "CreateNamespace=true" in sync_options(owner.resource.manifest):
            yield text_at(owner.spec, "destination", "namespace")


def _declared(cluster: Cluster) -> Iterator[Finding]:
    """Yield the dependencies that annotations of Applications name, and that waves don't keep."""
    known = {owner.who: owner for owner in applications(cluster)}
    for owner in known.values():
        manifest = owner.resource.manifest
        for key in _DEPENDS:
            text = annotation(manifest, key)
            for name in text.split(",") if isinstance(text, str) else ():
                who = Identity(
                    GROUP, "Application", owner.who.namespace, name.strip().split("/")[-1]
                )
                other = known.get(who)
                if other is not None and (fault := _broken(owner, other)):
                    steps = (*ANNOTATIONS, key)
                    yield owner.resource.finding(steps, *fault, "AR007")


def _broken(owner: Owner, other: Owner) -> tuple[str, str] | None:
    name = other.who.name
    if owner.parent is not other.parent or owner.parent is None:
        problem = f"{owner.who.name} depends on {name}, which has another parent, so no wave counts"
        return problem, "Bring both with one parent."
    if owner.parent.who.kind != "Application":
        return None
    own, its = _wave(owner), _wave(other)
    if its < own:
        return None
    problem = f"{owner.who.name} depends on {name}, and is in wave {own}, not after wave {its}"
    return problem, f"Give {owner.who.name} a wave after {its}."
