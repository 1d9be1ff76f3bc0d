"""Changes to objects before they are written: those of Flux on the cluster, and hooks.

Argo CD neither substitutes variables nor adds metadata without touching selectors, so both happen
here, in Flux's order (kustomize-controller 1.9): substitution after the build, then metadata.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from kure_hooks.apps import renders
from kure_hooks.apps.helm.hooks import without_hook
from kure_hooks.apps.metadata import finish, with_annotations
from kure_hooks.engines.annotations import SYNC_OPTIONS, is_substituted, opts_out
from kure_hooks.engines.argocd.applications import WAVE, wave_of
from kure_hooks.engines.substituted import substituted_object, substituted_text
from kure_hooks.engines.variables import variables
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, identity, kind_of
from kure_hooks.stack.interface import MAIN, ConfigMapGenerator, Overlay, Product, Stage
from kure_hooks.stack.model import Application, Bundle
from kure_hooks.yamlio.place import Place

HOOK = "argocd.argoproj.io/hook"

_NAMESPACE = ("", "Namespace")
# Deleting one of these takes away more than the hook.
_LASTING = frozenset(
    {
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        _NAMESPACE,
        ("", "PersistentVolume"),
        ("", "PersistentVolumeClaim"),
    }
)


def prepare(plan: Plan, contents: Contents) -> Contents:
    """Return the contents as Flux would apply them; InputError for what can't be substituted."""
    found: dict[str, Sequence[tuple[Application, Product]]] = {}
    problems: list[Finding] = []
    for bundle in plan.cluster.bundles():
        own = found[bundle.name] = []
        known = variables(plan, bundle, contents)
        for application, product in contents[bundle.name]:
            try:
                own.append((application, _rendered(bundle, application, product, known)))
            except InputError as error:
                problems += error.findings
    if problems:
        raise InputError(problems)
    return found


def _rendered(
    bundle: Bundle, application: Application, product: Product, known: Mapping[str, str] | None
) -> Product:
    substituted = partial(substituted_object, known, bundle.key("postBuild"), application)
    place = bundle.key("postBuild")
    return replace(
        product,
        manifests=[
            marked(bundle, substituted(_arranged(product, manifest)))
            for manifest in product.manifests
        ],
        replaced=(),
        superseded=(),
        files=_files(product, known, place),
        config_maps=[marked_generator(bundle, each) for each in product.config_maps],
        overlay=product.overlay and _marked_overlay(bundle, product.overlay),
        fields=_texts(product.fields, known, place) if known is not None else product.fields,
    )


def _arranged(product: Product, manifest: Manifest) -> Manifest:
    """Return a manifest with the sync options that its product needs for it (Argo CD 3.5)."""
    if product.replaced and identity(manifest) in product.replaced:
        return _with_sync_options(manifest, _REPLACED)
    if product.superseded and identity(manifest) in product.superseded:
        return _with_sync_options(manifest, _SUPERSEDED)
    return manifest


def _texts(value: Any, known: Mapping[str, str], place: Place) -> Any:
    """Return fields of a kustomization.yaml with all texts substituted."""
    if isinstance(value, dict):
        return {key: _texts(part, known, place) for key, part in value.items()}
    if isinstance(value, list):
        return [_texts(part, known, place) for part in value]
    return substituted_text(value, known, place, "a patch") if isinstance(value, str) else value


def _marked_overlay(bundle: Bundle, overlay: Overlay) -> Overlay:
    """Return an overlay with the common metadata of its bundle over its own."""
    common = bundle.options.common_metadata
    if common is None:
        return overlay
    return replace(
        overlay,
        labels={**overlay.labels, **common.labels},
        annotations={**overlay.annotations, **common.annotations},
    )


def _files(product: Product, known: Mapping[str, str] | None, place: Place) -> Mapping[str, bytes]:
    """Return the extra files; Flux substitutes in the ConfigMaps that are made of them."""
    if known is None:
        return product.files
    opted_out = {
        name
        for generator in product.config_maps
        if not is_substituted(generator.manifest)
        for name in generator.files.values()
    }
    return {
        name: data if name in opted_out else _file(name, data, known, place)
        for name, data in product.files.items()
    }


def _file(name: str, data: bytes, known: Mapping[str, str], place: Place) -> bytes:
    try:
        text = data.decode()
    except UnicodeDecodeError:  # binary data is base64 when Flux substitutes
        return data
    return substituted_text(text, known, place, name).encode()


KEPT = ("Delete=false", "Prune=false")

_REPLACED = ("Force=true", "Replace=true")
# Argo CD reads it of the object that it prunes, and waits until all waves are healthy.
_SUPERSEDED = ("PruneLast=true",)


def marked(bundle: Bundle, manifest: Manifest) -> Manifest:
    """Return an object with the common metadata of its bundle, and sync options of its own.

    Those are for an object that Flux would never delete or never apply, and for each object that
    may be replaced because its bundle opted in to that: none whose deletion takes others or data
    along. Common metadata goes over what an object has, as in Flux 2.9.
    """
    if is_left_alone(manifest):
        manifest = _annotated(_with_sync_options(manifest, KEPT), {HOOK: "Skip"})
    elif opts_out(manifest, "prune"):
        manifest = _with_sync_options(manifest, KEPT)
    if is_replaced(bundle, manifest):
        from kure_hooks.engines.effects import takes_along  # noqa: PLC0415 - few bundles ask for it

        if not takes_along(manifest):
            manifest = _with_sync_options(manifest, _REPLACED)
    if common := bundle.options.common_metadata:
        manifest = _added(manifest, "labels", common.labels)
        manifest = _added(manifest, "annotations", common.annotations)
    return manifest


def is_left_alone(manifest: Manifest) -> bool:
    """Return whether an object says that Flux neither applies nor deletes it."""
    return opts_out(manifest, "reconcile") or opts_out(manifest, "ssa", "ignore")


def is_replaced(bundle: Bundle, manifest: Manifest) -> bool:
    """Return whether an object may be replaced: Flux asks for it, and `argocd.force` allows it."""
    asked = bundle.options.force or opts_out(manifest, "force", "enabled")
    return asked and bundle.options.argocd.force


def marked_generator(bundle: Bundle, generator: ConfigMapGenerator) -> ConfigMapGenerator:
    """Return what makes a ConfigMap with the common metadata of its bundle; see `marked`."""
    metadata = marked(bundle, generator.manifest)["metadata"]
    return replace(generator, labels=metadata["labels"], annotations=metadata["annotations"])


def _with_sync_options(manifest: Manifest, options: Sequence[str]) -> Manifest:
    """Return an object with sync options; those that it has already win."""
    annotations = manifest["metadata"].get("annotations") or {}
    own = [each.strip() for each in annotations.get(SYNC_OPTIONS, "").split(",") if each.strip()]
    keys = {each.partition("=")[0] for each in own}
    more = [each for each in options if each.partition("=")[0] not in keys]
    return _added(manifest, "annotations", {SYNC_OPTIONS: ",".join([*own, *more])})


def _annotated(manifest: Manifest, annotations: Mapping[str, str]) -> Manifest:
    """Return an object with annotations; those that it has already win."""
    own = manifest["metadata"].get("annotations") or {}
    return _added(manifest, "annotations", {**annotations, **own})


def _added(manifest: Manifest, key: str, more: Mapping[str, str]) -> Manifest:
    if not more:
        return manifest
    metadata = manifest["metadata"]
    together = {**(metadata.get(key) or {}), **more}
    return {**manifest, "metadata": {**metadata, key: dict(sorted(together.items()))}}


def hooked(plan: Plan, contents: Contents) -> Contents:
    """Return contents in which the objects of stages are hooks, in the waves of their phase.

    What comes before an application is in the waves below 0 of the same sync, so that namespaces
    and CRDs can come earlier still; what comes after it is in the phase after the sync. Argo CD
    waits for each wave, and deletes a hook and makes it anew in each sync unless its delete policy
    says otherwise, for which it reads Helm's annotation as well.
    """
    del plan  # the products say it all
    if not any(product.stages for products in contents.values() for _, product in products):
        return contents
    return {
        name: [
            (application, _hooked(product) if product.stages else product)
            for application, product in products
        ]
        for name, products in contents.items()
    }


def with_namespaces_first(plan: Plan, contents: Contents) -> Contents:
    """Return contents in which Namespaces come before the first wave of their bundle."""
    bundles = plan.cluster.bundles()
    if not any(renders(each) for bundle in bundles for each in bundle.applications):
        return contents
    return {
        name: [
            (application, _in_front(product, _first(products))) for application, product in products
        ]
        for name, products in contents.items()
    }


def _first(products: Sequence[tuple[object, Product]]) -> int:
    """Return the first wave of the objects of a bundle."""
    return min(
        (wave_of(manifest) for _, product in products for manifest in product.manifests), default=0
    )


def _in_front(product: Product, first: int) -> Product:
    if first >= 0 or not any(kind_of(manifest) == _NAMESPACE for manifest in product.manifests):
        return product
    step = with_annotations({WAVE: str(first - 1)})
    manifests = [
        step(manifest) if kind_of(manifest) == _NAMESPACE else manifest
        for manifest in product.manifests
    ]
    return replace(product, manifests=manifests)


def _hooked(product: Product) -> Product:
    waves = _waves(product.stages)
    manifests = [
        _hook(manifest, stage, waves[stage]) if stage != MAIN else manifest
        for manifest, stage in zip(product.manifests, product.stages, strict=True)
    ]
    return replace(product, manifests=manifests, stages=())


def _waves(stages: Sequence[Stage]) -> Mapping[Stage, int]:
    """Return the wave of each stage: below 0 before the application, from 0 on after it."""
    before = sorted({stage for stage in stages if stage < MAIN}, reverse=True)
    after = sorted({stage for stage in stages if stage > MAIN})
    return {stage: -number for number, stage in enumerate(before, start=1)} | {
        stage: number for number, stage in enumerate(after)
    }


def _hook(manifest: Manifest, stage: Stage, wave: int) -> Manifest:
    if kind_of(manifest) in _LASTING:
        # Argo CD makes hooks of Helm's annotation, too; and it never applies one of type Skip.
        late = {WAVE: str(wave if stage < MAIN else wave + 1)}
        (lasting,) = finish([without_hook(manifest)], with_annotations(late))
        return lasting
    phase = "Sync" if stage < MAIN else "PostSync"
    (hook,) = finish([manifest], with_annotations({HOOK: phase, WAVE: str(wave)}))
    return hook
