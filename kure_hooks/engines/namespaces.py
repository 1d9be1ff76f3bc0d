"""The namespaces that the objects of a cluster are in, and those that something makes.

Neither Flux nor Argo CD makes a namespace by itself: the API server refuses what is in none.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.engines.annotations import is_substituted
from kure_hooks.engines.materials import place_of
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout import payloads
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest, identity, kind_of, text_at
from kure_hooks.objects.scopes import is_cluster_scoped
from kure_hooks.stack.interface import Product
from kure_hooks.stack.model import Application
from kure_hooks.yamlio.place import Place

if TYPE_CHECKING:  # few stacks have directories that exist
    from kure_hooks.objects.holdings import Holdings

# Kubernetes makes these.
_ALWAYS_THERE = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})

# What makes a namespace of its own name: Kubernetes, OpenShift, the hierarchical namespaces.
_MAKERS = frozenset(
    {
        ("", "Namespace"),
        ("hnc.x-k8s.io", "SubnamespaceAnchor"),
        ("project.openshift.io", "Project"),
        ("project.openshift.io", "ProjectRequest"),
    }
)
_RELEASE = ("helm.toolkit.fluxcd.io", "HelmRelease")
# Of both; all other objects need no closer look.
_KINDS = frozenset(kind for _, kind in (*_MAKERS, _RELEASE))
_CHARTS = frozenset({"HelmChart", "FluxHelm"})
_VARIABLE = "$"


class Tool(Struct, frozen=True):
    """The namespace of a GitOps tool, and where a unit goes to.

    `cluster` returns a value for each cluster that objects go to, `usual` the namespace of objects
    that have none, `created` the one that the tool makes for a unit; either may be empty. A tool
    that `renders` charts itself writes no HelmRelease for them.
    """

    namespace: str
    cluster: Callable[[Unit], Hashable]
    usual: Callable[[Unit], str]
    created: Callable[[Unit], str]
    renders: bool = False


class Need(Struct, frozen=True):
    """A namespace and the first object of a unit that is in it.

    `index` is that of the object in its product; None for a ConfigMap that kustomize makes. In
    `written` the variables of the name are not replaced.
    """

    unit: Unit
    name: str
    application: Application
    product: Product
    written: str
    index: int | None = None


Made = set[tuple[Hashable, str]]
"""Namespaces with the cluster that each is in."""


@of_rule("NS001")
def namespaces_are_made(
    plan: Plan, contents: Contents, tree: Tree, tool: Tool
) -> Iterator[Finding]:
    """Yield a warning for each namespace that nothing of the stack makes, at its first use."""
    if plan.cluster.create_namespaces:
        return
    told: Made = set()
    for need in missing(plan, contents, tool):
        key = (tool.cluster(need.unit), need.name)
        if key not in told:
            told.add(key)
            problem, expected = not_made(plan, need.name)
            yield _place(need, tree).fault(problem, expected, Severity.WARNING)


def not_made(plan: Plan, name: str) -> tuple[str, str]:
    """Return what is wrong with a namespace that nothing makes, and what is expected."""
    problem = f"nothing in cluster {plan.cluster.name} makes the namespace {name}"
    expected = (
        "a Namespace object, gitops.createNamespaces: true, or its name in "
        "gitops.externalNamespaces if something else makes it"
    )
    return problem, expected


def missing(plan: Plan, contents: Contents, tool: Tool) -> list[Need]:
    """Return the needs of all units for namespaces that nothing of the stack makes.

    A unit has one for each namespace. Names with unknown variables are left out; where such a name
    is made nobody can tell what is missing.
    """
    known = made(plan, contents, tool)
    every = (holdings for unit in plan.units for holdings in _held(plan, unit, contents))
    if any(holdings is None or not holdings.whole for holdings in every):
        return []
    if any(_VARIABLE in name for _, name in known):
        return []
    usual = given(plan, tool)
    return [
        need
        for unit in plan.units
        for need in _first_of_each(needs(plan, unit, contents, tool))
        if need.name not in usual
        and _VARIABLE not in need.name
        and (tool.cluster(unit), need.name) not in known
    ]


def given(plan: Plan, tool: Tool) -> frozenset[str]:
    """Return the namespaces that are there without the stack."""
    return _ALWAYS_THERE | {tool.namespace, *plan.cluster.external_namespaces}


def needs(plan: Plan, unit: Unit, contents: Contents, tool: Tool) -> Iterator[Need]:
    """Yield the namespaces of a unit's objects, in their order."""
    target = unit.bundle.options.target_namespace
    for application, product in payloads.applications(plan, unit, contents):
        for index, manifest in enumerate(product.manifests):
            for written in _names(application, manifest, target, tool.usual(unit), tool):
                name = _replaced(plan, unit, contents, manifest, written)
                yield Need(unit, name, application, product, written, index)
        for generator in product.config_maps:
            if written := target or generator.namespace or tool.usual(unit):
                name = _replaced(plan, unit, contents, generator.manifest, written)
                yield Need(unit, name, application, product, written)
        if product.overlay and (name := target or product.overlay.namespace):
            yield Need(unit, name, application, product, name)


def with_namespaces(
    contents: Contents, chosen: Iterable[Need], annotations: Mapping[str, str]
) -> Contents:
    """Return the contents with a Namespace, with these annotations, in front of what needs it."""
    added: dict[tuple[str, str], list[Manifest]] = {}
    for need in chosen:
        key = (need.unit.bundle.name, need.application.name)
        added.setdefault(key, []).append(namespace(need.name, annotations))
    return {
        name: [
            (application, _with(product, added.get((name, application.name), ())))
            for application, product in found
        ]
        for name, found in contents.items()
    }


def namespace(name: str, annotations: Mapping[str, str]) -> Manifest:
    """Return a Namespace."""
    metadata = {"name": name, "annotations": dict(annotations)}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _with(product: Product, manifests: Sequence[Manifest]) -> Product:
    if not manifests:
        return product
    places = (*(None for _ in manifests), *product.places) if product.places else ()
    return replace(product, manifests=[*manifests, *product.manifests], places=places)


def _first_of_each(found: Iterable[Need]) -> Iterable[Need]:
    first: dict[str, Need] = {}
    for need in found:
        first.setdefault(need.name, need)
    return first.values()


def _names(
    application: Application, manifest: Manifest, target: str | None, usual: str, tool: Tool
) -> Iterator[str]:
    """Yield the namespaces that an object needs: its own, and those that a release goes to."""
    own = target or manifest["metadata"].get("namespace") or usual
    is_release = manifest["kind"] in _KINDS and kind_of(manifest) == _RELEASE
    goes_to = _release_namespaces(manifest) if is_release else []
    is_rendered = is_release and tool.renders and application.kind in _CHARTS
    if is_rendered and (goes_to or _creates(manifest)):
        own = ""
    if own and not is_cluster_scoped(manifest):
        yield own
    yield from goes_to


def _release_namespaces(release: Manifest) -> list[str]:
    """Return the namespaces that a release is installed to, unless Helm makes the first of them."""
    spec = _spec(release)
    if spec.get("kubeConfig"):
        return []
    keys = ("storageNamespace",) if _creates(release) else ("targetNamespace", "storageNamespace")
    names = [spec[key] for key in keys if isinstance(spec.get(key), str)]
    if _creates(release):
        return [name for name in names if name != spec.get("targetNamespace")]
    return names


def made(plan: Plan, contents: Contents, tool: Tool) -> Made:
    """Return the namespaces that the objects of the stack make, or the tool for its units."""
    found: Made = set()
    for unit in plan.units:
        cluster, target = tool.cluster(unit), unit.bundle.options.target_namespace
        found.add((cluster, tool.created(unit)))
        for holdings in _held(plan, unit, contents):
            every = holdings.objects if holdings else ()
            makers = (item for item in every if item["kind"] in _KINDS)
            found.update((cluster, _made(item, target, tool)) for item in makers)
        for _, product in payloads.applications(plan, unit, contents):
            for manifest in product.manifests:
                if manifest["kind"] not in _KINDS:
                    continue
                written = _made(manifest, target, tool)
                found.add((cluster, _replaced(plan, unit, contents, manifest, written)))
    return found


def _held(plan: Plan, unit: Unit, contents: Contents) -> "Iterator[Holdings | None]":
    """Yield what directories that exist hold: the payload of a unit, and those it takes in.

    None stands for one that is elsewhere.
    """
    if unit.exists:
        yield plan.existing.get(unit.name)
    for _, product in payloads.applications(plan, unit, contents):
        if product.overlay:
            yield product.overlay.holdings


def _replaced(plan: Plan, unit: Unit, contents: Contents, manifest: Manifest, text: str) -> str:
    """Return a string of an object as it is on the cluster, as far as its variables are known."""
    if _VARIABLE not in text or not is_substituted(manifest):
        return text
    from kure_hooks.engines.substituted import known_string  # noqa: PLC0415 - few have variables
    from kure_hooks.engines.variables import known_variables  # noqa: PLC0415

    known = known_variables(plan, unit.bundle, contents)
    return text if known is None else known_string(text, known)


def _made(manifest: Manifest, target: str | None, tool: Tool) -> str:
    """Return the namespace that an object makes, empty for none."""
    who = identity(manifest)
    if (who.group, who.kind) in _MAKERS:
        return target or who.name
    if (who.group, who.kind) == _RELEASE and _creates(manifest):
        own = (target or who.namespace) if tool.renders else ""
        return text_at(manifest, "spec", "targetNamespace") or own
    return ""


def _creates(release: Manifest) -> bool:
    install = _spec(release).get("install")
    return isinstance(install, dict) and install.get("createNamespace") is True


def _spec(manifest: Manifest) -> dict[str, Any]:
    spec = manifest.get("spec")
    return spec if isinstance(spec, dict) else {}


def _place(need: Need, tree: Tree) -> Place:
    """Return where the name of a needed namespace is written."""
    application, bundle = need.application, need.unit.bundle
    candidates = [
        bundle.key("targetNamespace"),
        application.key("spec", "release", "targetNamespace"),
        application.key("spec", "release", "storageNamespace"),
        application.key("namespace"),
        bundle.key("argocd", "destination", "namespace"),
    ]
    if need.index is not None:
        place = place_of(application, need.product, need.index, tree)
        if place is not None:
            candidates.insert(1, place.below("metadata", "namespace"))
            candidates.insert(2, place.below("spec", "targetNamespace"))
    return next(
        (each for each in candidates if each.exists and each.value == need.written),
        application.key("spec"),
    )
