"""The source and the options that a bootstrap section implies for the rest of its cluster."""

from msgspec import structs

from kure_hooks.config.argocd import ArgocdSpec
from kure_hooks.stack.gitops import Bootstrap
from kure_hooks.stack.sources import SourceRef


def source(bootstrap: Bootstrap) -> SourceRef:
    """Return the source that bootstrap creates: the whole repository as the tool sees it."""
    is_oci = (bootstrap.source_url or "").startswith("oci://")
    kind = bootstrap.source_kind or ("OCIRepository" if is_oci else "GitRepository")
    url, ref = bootstrap.source_url, bootstrap.source_ref
    details = {key: each for key, each in structs.asdict(bootstrap.source).items() if key != "name"}
    usual = SourceRef(kind=kind, name=bootstrap.source.name or "flux-system", **details)
    if kind == "Bucket":
        scheme, _, host = (url or "").partition("://")
        insecure = True if scheme == "http" else usual.insecure
        return structs.replace(usual, bucket_name=ref, endpoint=host or url, insecure=insecure)
    field = "tag" if kind == "OCIRepository" else "branch"
    if ref and ref.startswith("refs/"):
        field = "ref"
    return structs.replace(usual, url=url, **{field: ref})


def argocd(bootstrap: Bootstrap) -> ArgocdSpec:
    """Return the Argo CD options that the section implies."""
    # The layout of argocd-autopilot has an ApplicationSet, whose order is a rolling sync.
    from_a_set = bootstrap.enabled and bootstrap.argo_cd_mode == "autopilot"
    return ArgocdSpec(
        namespace=bootstrap.argo_cd_namespace,
        repo_url=bootstrap.source_url,
        target_revision=bootstrap.source_ref,
        ordering="progressive" if from_a_set else None,
    )
