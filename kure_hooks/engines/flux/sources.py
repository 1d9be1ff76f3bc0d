"""The objects that fetch files: GitRepository, OCIRepository and Bucket v1 (Flux 2.9)."""

from collections.abc import Sequence
from typing import Any

from kure_hooks.engines.durations import canonical, in_minutes
from kure_hooks.engines.objects import metadata
from kure_hooks.layout.payloads import origin
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Item
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest, without_empty, written
from kure_hooks.stack.sources import SourceRef, Sts, secret, verification

SOURCE = "source.toolkit.fluxcd.io/v1"


def sources(plan: Plan) -> Sequence[Item]:
    """Return each source that the stack defines once, however many bundles refer to it."""
    first: dict[tuple[str, str, str], Unit] = {}
    for unit in plan.units:
        if unit.source.is_defined:
            first.setdefault(key(plan, unit.source), unit)
    return [Item(manifest(plan, each.source), origin(plan, each)) for each in first.values()]


def key(plan: Plan, source: SourceRef) -> tuple[str, str, str]:
    """Return what makes two references mean one object."""
    return (source.kind, source.name, source.namespace or plan.cluster.flux.namespace)


def manifest(plan: Plan, source: SourceRef) -> Manifest:
    """Return the object of a source that `definitions` finds nothing wrong with."""
    kind, name, namespace = key(plan, source)
    return {
        "apiVersion": SOURCE,
        "kind": kind,
        "metadata": metadata(name, namespace),
        "spec": without_empty(
            {
                "interval": canonical(source.interval or plan.cluster.flux.interval),
                "timeout": source.timeout and in_minutes(source.timeout),
                "url": source.url,
                "ref": revision(source),
                **_bucket(source),
                **_access(source),
                **_contents(source),
                "verify": source.verify and verification(source.verify),
                "suspend": source.suspend,
            }
        ),
    }


def revision(source: SourceRef) -> Manifest:
    """Return the `ref` of a source, empty for its default; Flux takes the most exact part."""
    return without_empty(
        {
            "branch": source.branch,
            "tag": source.tag,
            "semver": source.semver,
            "semverFilter": source.semver_filter,
            "name": source.ref,
            "commit": source.commit,
            "digest": source.digest,
        }
    )


def _bucket(source: SourceRef) -> dict[str, Any]:
    return {
        "bucketName": source.bucket_name,
        "endpoint": source.endpoint,
        "region": source.region,
        "prefix": source.prefix,
        "sts": source.sts and _sts(source.sts),
    }


def _sts(sts: Sts) -> Manifest:
    return without_empty(
        {
            "provider": sts.provider,
            "endpoint": sts.endpoint,
            "secretRef": secret(sts.secret_ref),
            "certSecretRef": secret(sts.cert_secret_ref),
        }
    )


def _access(source: SourceRef) -> dict[str, Any]:
    return {
        "provider": source.provider,
        "secretRef": secret(source.secret_ref),
        "certSecretRef": secret(source.cert_secret_ref),
        "proxySecretRef": secret(source.proxy_secret_ref),
        "serviceAccountName": source.service_account_name,
        "insecure": source.insecure,
    }


def _contents(source: SourceRef) -> dict[str, Any]:
    return {
        "ignore": source.ignore,
        "include": written(source.include),
        "recurseSubmodules": source.recurse_submodules,
        "sparseCheckout": list(source.sparse_checkout),
        "layerSelector": written(source.layer_selector),
    }
