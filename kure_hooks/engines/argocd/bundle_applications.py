"""The Application of a unit: what its bundle and its cluster say, in the words of Argo CD 3.5.

A bundle's `argocd` section goes before the fields that it shares with Flux, these go before the
cluster's options. The path comes from the plan.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import json, structs

from kure_hooks.config.argocd import Destination
from kure_hooks.engines.argocd.applications import CASCADE, application, repository
from kure_hooks.engines.argocd.sync_policy import ignored, sync_policy
from kure_hooks.engines.objects import Head, annotations_of, labels_of
from kure_hooks.engines.substituted import substituted_text, substituted_value
from kure_hooks.engines.variables import variables
from kure_hooks.errors import InputError
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest, without_empty, written
from kure_hooks.stack.bundle_options import BundleOptions, Image
from kure_hooks.stack.model import Bundle, Cluster
from kure_hooks.yamlio import dump, read
from kure_hooks.yamlio.place import Place


def project_of(plan: Plan, unit: Unit | None = None) -> str:
    """Return the project of a unit: the one it names, or the cluster's."""
    named = unit.bundle.options.argocd.project if unit else None
    return named or usual_project(plan.cluster)


def usual_project(cluster: Cluster) -> str:
    """Return the project of a cluster: the one that the stack names, or the cluster's own."""
    return cluster.argocd.project or cluster.name


def application_of(plan: Plan, unit: Unit, contents: Contents) -> Manifest:
    """Return the Application of a unit, without what orders it; InputError as from `kustomize`."""
    made = application(
        name=unit.name,
        options=structs.replace(plan.cluster.argocd, destination=destination_of(plan, unit)),
        project=project_of(plan, unit),
        source=_source(plan, unit, contents),
        sync_policy=sync_policy(plan, unit.bundle),
        labels=labels_of(plan, unit, *heads(plan, unit)),
        annotations=annotations_of(plan, unit, *heads(plan, unit)),
        cascade=False,
    )
    if finalizers := _finalizers(plan, unit.bundle.options):
        made["metadata"]["finalizers"] = list(finalizers)
    return {**made, "spec": _with_sources(made["spec"], unit) | _details(plan, unit)}


def heads(plan: Plan, unit: Unit) -> tuple[Head, Head]:
    """Return what says which labels and annotations are for Applications alone."""
    return plan.cluster.argocd, unit.bundle.options.argocd


def destination_of(plan: Plan, unit: Unit) -> Destination:
    """Return where a unit goes to; one that only names a namespace is on the cluster's server."""
    options = unit.bundle.options
    own = options.argocd.destination or Destination()
    usual = plan.cluster.argocd.destination
    namespace = own.namespace or options.target_namespace or usual.namespace
    elsewhere = own.server or own.name
    return structs.replace(own if elsewhere else usual, namespace=namespace)


def _source(plan: Plan, unit: Unit, contents: Contents) -> Manifest:
    url, revision = repository(plan, unit.source)
    own = unit.bundle.options.argocd.source
    changes: Manifest = written(own) if own else {}
    return without_empty(
        {
            "repoURL": url,
            "path": None if unit.bundle.is_elsewhere else unit.path,
            "targetRevision": unit.bundle.options.argocd.target_revision or revision,
            "kustomize": kustomize(plan, unit.bundle, contents),
            "directory": written(unit.bundle.options.argocd.directory),
            "helm": written(unit.bundle.options.argocd.helm),
            **changes,
        }
    )


def _with_sources(spec: Manifest, unit: Unit) -> Manifest:
    """Return a spec with the other sources of its bundle behind the bundle's own directory."""
    more = unit.bundle.options.argocd.sources
    if not more:
        return spec
    rest = {key: each for key, each in spec.items() if key not in ("project", "source")}
    sources = [spec["source"], *written(more)]
    return {"project": spec["project"], "sources": sources, **rest}


def _details(plan: Plan, unit: Unit) -> Manifest:
    own, usual = unit.bundle.options.argocd, plan.cluster.argocd
    limit = own.revision_history_limit
    return without_empty(
        {
            "ignoreDifferences": ignored(plan, unit.bundle),
            "info": written((*usual.info, *(own.info or ()))),
            "revisionHistoryLimit": usual.revision_history_limit if limit is None else limit,
        }
    )


def _finalizers(plan: Plan, options: BundleOptions) -> tuple[str, ...]:
    if options.argocd.finalizers is not None:
        return options.argocd.finalizers
    if not _cascades(options):
        return ()
    usual = plan.cluster.argocd.finalizers
    return (CASCADE,) if usual is None else usual


def _cascades(options: BundleOptions) -> bool:
    """Tell whether the objects go with the Application (Flux: deletionPolicy and prune)."""
    if options.deletion_policy in ("Delete", "WaitForTermination"):
        return True
    return options.deletion_policy != "Orphan" and options.prune


def kustomize(plan: Plan, bundle: Bundle, contents: Contents) -> Manifest:
    """Return the kustomize section of a bundle's source, empty for a plain build.

    Flux substitutes variables after the build, so that they may be in patches and images as well.
    InputError for those that can't be substituted.
    """
    found = _shared(bundle.options) | (written(bundle.options.argocd.kustomize) or {})
    known = variables(plan, bundle, contents)
    if known is None:
        return found
    what, place = f"bundle {bundle.name}", bundle.key("postBuild")
    patches = [_patch(each, known, place, what) for each in found.pop("patches", ())]
    changed: Manifest = _substituted(found, known, place, what)
    return changed | without_empty({"patches": patches})


def _shared(options: BundleOptions) -> Manifest:
    return without_empty(
        {
            "namespace": options.target_namespace,
            "namePrefix": options.name_prefix,
            "nameSuffix": options.name_suffix,
            "images": [_image(each) for each in options.images],
            "patches": written(options.patches),
            "components": list(options.components),
            "ignoreMissingComponents": options.ignore_missing_components,
        }
    )


def _image(image: Image) -> str:
    """Return an image override as Argo CD writes it: `old=new:tag@digest`."""
    renamed = f"{image.name}={image.new_name}" if image.new_name else image.name
    tag = f":{image.new_tag}" if image.new_tag else ""
    return f"{renamed}{tag}" + (f"@{image.digest}" if image.digest else "")


def _substituted(value: Any, known: Mapping[str, str], place: Place, what: str) -> Any:
    if isinstance(value, dict):
        return {key: _substituted(each, known, place, what) for key, each in value.items()}
    if isinstance(value, list):
        return [_substituted(each, known, place, what) for each in value]
    return substituted_text(value, known, place, what) if isinstance(value, str) else value


def _patch(patch: Manifest, known: Mapping[str, str], place: Place, what: str) -> Manifest:
    """Return a patch as it is once its values are in an object, where Flux substitutes."""
    text = patch["patch"]
    if "$" not in text:
        return patch
    try:
        (document,) = read(text.encode(), place.document.path)
    except (InputError, ValueError):  # kustomize has the better words for it
        return patch | {"patch": substituted_text(text, known, place, what)}
    value = substituted_value({"patch": document.value}, known, place, what)["patch"]
    changed = dump(value) if isinstance(value, dict) else json.encode(value).decode()
    return patch | {"patch": changed}
