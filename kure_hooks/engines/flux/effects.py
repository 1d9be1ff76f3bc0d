"""The effects of Flux objects (Flux 2.9: kustomize-controller 1.9, helm-controller 1.6).

kustomize-controller applies first and prunes afterwards, in the same reconciliation and before it
checks health. It deletes only what bears the labels of the Kustomization that deletes, so what
another Kustomization applied in the meantime stays.
"""

from collections.abc import Iterator, Mapping

from kure_hooks.drift.paths import FieldPath
from kure_hooks.drift.result import Risk
from kure_hooks.engines.annotations import KUSTOMIZE, opts_out
from kure_hooks.engines.effects import Deletion, Directory, Effects, normal
from kure_hooks.engines.identities import Renaming
from kure_hooks.manifests import Identity, Manifest, kind_of, mappings_at, named, text_at, value_at

NAME = "Flux"

_HELM = "helm.toolkit.fluxcd.io"
_OPERATOR = "fluxcd.controlplane.io"

# A label or annotation with one of these values, in any case, keeps an object from being deleted.
_OPT_OUTS = {"prune": "disabled", "reconcile": "disabled", "ssa": "ignore"}

_SWITCHES: Mapping[FieldPath, Risk] = {
    ("spec", "prune"): Risk.PRUNE,
    ("spec", "deletionPolicy"): Risk.CASCADE,
    ("spec", "suspend"): Risk.SUSPEND,
}


def effects(manifest: Manifest) -> Effects | None:
    """See Tool."""
    match kind_of(manifest):
        case (group, "Kustomization") if group == KUSTOMIZE:
            return _kustomization(manifest)
        case (group, "HelmRelease") if group == _HELM:
            return _release(manifest)
        case (group, "FluxInstance") if group == _OPERATOR:
            return Effects(NAME, prunes=True, makes=tuple(_sync(manifest)))
        case (group, "ResourceSet") if group == _OPERATOR:
            return Effects(NAME, prunes=True, cascades=True)
    return None


def spares(manifest: Manifest, deletion: Deletion) -> bool:
    """See Tool; the opt-outs hold for both ways."""
    del deletion
    return any(opts_out(manifest, what, value) for what, value in _OPT_OUTS.items())


def wave(manifest: Manifest) -> int:
    """See Tool: Flux has no waves."""
    del manifest
    return 0


def refuses(project: Manifest, own: Effects, who: Identity) -> bool:
    """See Tool: Flux has no projects."""
    del project, own, who
    return False


def switches(manifest: Manifest, path: FieldPath, change: FieldPath) -> Risk | None:
    """See Tool."""
    del change
    group, _ = kind_of(manifest)
    return _SWITCHES.get(path) if group.endswith(".fluxcd.io") else None


def _kustomization(manifest: Manifest) -> Effects:
    spec = value_at(manifest, "spec")
    source = text_at(spec, "sourceRef", "kind"), text_at(spec, "sourceRef", "name")
    renaming = Renaming(
        text_at(spec, "targetNamespace"), text_at(spec, "namePrefix"), text_at(spec, "nameSuffix")
    )
    reference = value_at(spec, "kubeConfig", "secretRef") or value_at(
        spec, "kubeConfig", "configMapRef"
    )
    return Effects(
        NAME,
        (Directory(normal(text_at(spec, "path")), source, renaming),),
        prunes=value_at(spec, "prune") is True,
        cascades=_cascades(spec),
        waits_for=tuple(_dependencies(manifest)),
        cluster=text_at(reference, "name"),
        suspended=value_at(spec, "suspend") is True,
    )


def _cascades(spec: Manifest) -> bool:
    """Tell whether the finalizer deletes the inventory: never that of a suspended Kustomization."""
    if value_at(spec, "suspend") is True:
        return False
    policy = text_at(spec, "deletionPolicy") or "MirrorPrune"
    mirrors = policy == "MirrorPrune" and value_at(spec, "prune") is True
    return mirrors or policy in ("Delete", "WaitForTermination")


def _dependencies(manifest: Manifest) -> Iterator[Identity]:
    """Yield what is waited for at every revision; with readyExpr anything may count as ready."""
    home = text_at(manifest, "metadata", "namespace")
    for each in mappings_at(manifest, "spec", "dependsOn"):
        if not each.get("readyExpr"):
            namespace = text_at(each, "namespace") or home
            yield Identity(KUSTOMIZE, "Kustomization", namespace, text_at(each, "name"))


def _release(manifest: Manifest) -> Effects:
    """Return the effects of a HelmRelease; what it uninstalls is known by name and namespaces."""
    spec, own = value_at(manifest, "spec"), value_at(manifest, "metadata")
    target = text_at(spec, "targetNamespace")
    named_after = "-".join(filter(None, (target, text_at(own, "name"))))
    strategy = text_at(spec, "upgrade", "chartNameChangeStrategy")
    chart = text_at(spec, "chart", "spec", "chart").rstrip("/").rpartition("/")[2]
    return Effects(
        NAME,
        prunes=True,
        cascades=value_at(spec, "suspend") is not True,
        release=(
            text_at(spec, "releaseName") or named_after,
            target or text_at(own, "namespace"),
            text_at(spec, "storageNamespace") or text_at(own, "namespace"),
            "" if strategy == "InPlaceUpdate" else chart,
        ),
    )


def _sync(manifest: Manifest) -> Iterator[Manifest]:
    """Yield the Kustomization that flux-operator writes; deleting the instance spares its objects.

    The operator stops the controllers and takes off all finalizers before it deletes anything.
    """
    sync, who = value_at(manifest, "spec", "sync"), named(manifest)
    if isinstance(sync, dict) and who:
        name = text_at(sync, "name") or who.namespace
        yield {
            "apiVersion": f"{KUSTOMIZE}/v1",
            "kind": "Kustomization",
            "metadata": {"name": name, "namespace": who.namespace},
            "spec": {
                "path": text_at(sync, "path"),
                "prune": True,
                "sourceRef": {"kind": text_at(sync, "kind"), "name": name},
            },
        }
