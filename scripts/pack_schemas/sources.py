"""The modules of Go that schemas come from: pinned, with checksums and licences."""

from dataclasses import dataclass

APACHE = "Apache-2.0"


class SourceError(Exception):
    """A source that could not be fetched, or one that is not what its checksum says."""


@dataclass(frozen=True)
class Source:
    """One released version of a project, as a module of Go.

    `checksum` is the one that go.sum has; `members` are patterns of `fnmatch` for the files
    that are read. A kind that an earlier pattern brought is not taken from a later one.
    `release` is the version that users know, where it is not that of the module. `command` is
    there for a module without schemas: the directory of a program, and the arguments of `go`
    that make it print CRDs.
    """

    name: str
    module: str
    version: str
    checksum: str
    members: tuple[str, ...]
    licence: str = APACHE
    release: str = ""
    command: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The version as users know it, without the leading v."""
        return (self.release or self.version).removeprefix("v")


_OPENAPI = ("api/openapi-spec/v3/*.json", "pkg/generated/openapi/zz_generated.openapi.go")


def _kubernetes(version: str, checksum: str, members: tuple[str, ...] = _OPENAPI) -> Source:
    return Source("Kubernetes", "k8s.io/kubernetes", version, checksum, members)


# Before 1.27 the documents of OpenAPI v3 lack APIService, which the one of v2 has.
_BEFORE_27 = ("api/openapi-spec/swagger.json", *_OPENAPI)


# The last patch release of each minor version, oldest first.
KUBERNETES = (
    _kubernetes("v1.25.16", "h1:pdtEdre7aInDvXas+mWzpTiK/7cpcaGRyYB+Bedr2+Q=", _BEFORE_27),
    _kubernetes("v1.26.15", "h1:o65B3kKH7q9xK2h2323rKKThI1rp3ZarXpb8asT932U=", _BEFORE_27),
    _kubernetes("v1.27.16", "h1:DHFqj/HTUqHStFlRH9wCKPocqgHsjR6Q/DzYarB2QQE="),
    _kubernetes("v1.28.15", "h1:d91N2Znk+E8REIJZlrD6za2JtIwvEypa0DB1IoU4fJ0="),
    _kubernetes("v1.29.15", "h1:hLcyf3XmxtfkubCEmmPX5QVD7lDclXjvEUrJeP283LM="),
    _kubernetes("v1.30.14", "h1:MrlKXh9uhLIJpyxOeXhcndzRVSvwiV9iJ8NgH8nqPsg="),
    _kubernetes("v1.31.14", "h1:UtjLfqvXLuSVDdJ4+NpQCIfFkKkLnAAVmxAEMsnkhjk="),
    _kubernetes("v1.32.13", "h1:5TGYdZ6YZqdp6h/Rp1vX/4TIoybMPdgv97LCZCtPuNQ="),
    _kubernetes("v1.33.13", "h1:bmH31xUdSzeA5vk0wZAK9MZp11mdLuzUSeKk0qN3hPQ="),
    _kubernetes("v1.34.4", "h1:Yy6R4QB8C9kJPp25GFqEvX5XQwY5qzKeqD0Xx6oAcmk="),
    _kubernetes("v1.35.4", "h1:o/8dBC/pHVpYoGV4OAIytAlNPZbdYVTXJHoYvXC4qzM="),
    _kubernetes("v1.36.3", "h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o="),
    _kubernetes("v1.37.2", "h1:A2VDEiObzkYqFTKhSsn0ZEb0RlLEXpHWj93gi2HqEwE="),
)

_FLUX_OPERATOR = (
    "github.com/controlplaneio-fluxcd/flux-operator",
    "v0.59.0",
    "h1:jByuiWYtjSJxucGHuz68tV0DeVFz5CYrKQYfxAwE7lE=",
)


def _flux(version: str) -> Source:
    """Return a release of Flux: its own manifests, which the module of flux-operator holds."""
    return Source("Flux", *_FLUX_OPERATOR, (f"config/data/flux/{version}/*.yaml",), release=version)


_MONITORING = "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring"

# The CRDs of projects. Those of one name are one section of the file: what the first release
# does not serve any longer is taken from the next ones.
CUSTOM = (
    Source(
        "Kustomize",
        "sigs.k8s.io/kustomize/api",
        "v0.21.2",
        "h1:MRyw+zLnFBP+G40gZJoKZErAuRiOPEPao+ddS9L6xt4=",
        (),
        release="v5.8.2",
        command=("kustomize", "run", "."),
    ),
    _flux("v2.9.5"),
    _flux("v2.8.8"),
    _flux("v2.7.5"),
    _flux("v2.6.4"),
    Source(
        "flux-operator",
        *_FLUX_OPERATOR,
        ("config/crd/bases/*.yaml",),
        licence="AGPL-3.0-only",
    ),
    Source(
        "Argo CD",
        "github.com/argoproj/argo-cd/v3",
        "v3.5.7",
        "h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0=",
        ("manifests/crds/*-crd.yaml",),
    ),
    Source(
        "Gateway API",
        "sigs.k8s.io/gateway-api",
        "v1.7.0",
        "h1:duVnm7nO6oXfMMUWfcDoBph47CYR/ME3NGxccOVglaY=",
        ("config/crd/standard/*.yaml", "config/crd/experimental/*.yaml"),
    ),
    Source(
        "cert-manager",
        "github.com/cert-manager/cert-manager",
        "v1.21.2",
        "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
        ("deploy/crds/*.yaml",),
    ),
    Source(
        "External Secrets",
        "github.com/external-secrets/external-secrets",
        "v1.3.2",
        "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=",
        ("config/crds/bases/*.yaml",),
    ),
    Source(
        "External Secrets",
        "github.com/external-secrets/external-secrets",
        "v0.16.2",
        "h1:iNY+gIgSyL5higXTfnz+hdPCaiB/43UiHLqE7HBpj68=",
        ("config/crds/bases/*.yaml",),
    ),
    Source(
        "Prometheus Operator",
        _MONITORING,
        "v0.95.2",
        "h1:DQKGQhE39ua9V+ZCro38z32jP8nAtIZ27f3qdAorXHg=",
        (),
        command=(
            *("prometheus", "tool", "controller-gen", "crd:maxDescLen=0", "output:stdout"),
            *(f"paths={_MONITORING}/{version}" for version in ("v1", "v1alpha1", "v1beta1")),
        ),
    ),
    Source(
        "Flagger",
        "github.com/fluxcd/flagger",
        "v1.36.1",
        "h1:X2PumtNwZz9YSGaOtZLFm2zAKLgHhFkbNv8beg7ifyc=",
        ("artifacts/flagger/crd.yaml",),
    ),
    Source(
        "Argo Rollouts",
        "github.com/argoproj/argo-rollouts",
        "v1.10.2",
        "h1:sEPWsY+HUvnXj3Vh0ejb+GDTceQ/palqhFo2FVQJMk0=",
        ("manifests/crds/*-crd.yaml",),
    ),
    Source(
        "Argo Workflows",
        "github.com/argoproj/argo-workflows/v4",
        "v4.0.5",
        "h1:/1lru5oXUd+k6KEDUps6rLX5OKfi1jTfabgXTly/VFU=",
        ("manifests/base/crds/full/*.yaml",),
    ),
    Source(
        "Sealed Secrets",
        "github.com/bitnami-labs/sealed-secrets",
        "v0.40.0",
        "h1:rvCP35JL8ZV5LNA2SrwNR6iLyoM3ulrSFWN0lBtYEYI=",
        ("helm/sealed-secrets/crds/*.yaml",),
    ),
    Source(
        "Kyverno",
        "github.com/kyverno/kyverno",
        "v1.19.1",
        "h1:/MkgFii3/VlQfKR1JpC9tVwNNVNQTt2S4U6qCsafsTU=",
        ("config/crds/*.yaml",),
    ),
    Source(
        "KEDA",
        "github.com/kedacore/keda/v2",
        "v2.21.0",
        "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=",
        ("config/crd/bases/*.yaml",),
    ),
    Source(
        "external-snapshotter",
        "github.com/kubernetes-csi/external-snapshotter/client/v8",
        "v8.7.0",
        "h1:HVaSUeRRHPu49aSiL8eXOjS9Re9G6pM0NzdTGI7mM14=",
        ("config/crd/*.yaml",),
    ),
    Source(
        "Istio",
        "istio.io/api",
        "v1.32.0",
        "h1:37mJvg9I0biYZAEQF+MATs4FNeCpXEIVO3LFpVb6iNM=",
        ("kubernetes/customresourcedefinitions.gen.yaml",),
    ),
    Source(
        "Traefik",
        "github.com/traefik/traefik/v3",
        "v3.7.13",
        "h1:T8wy9KuaFzCkmXCqAzDy7t73pBDR1DHrJe3pqXpNXTw=",
        ("docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",),
        licence="MIT",
    ),
    Source(
        "MetalLB",
        "go.universe.tf/metallb",
        "v0.16.2",
        "h1:RCSAGoZmqcvTg0e56+Okbwz8iTuQVX30JpKX5mYEPUM=",
        ("config/crd/bases/*.yaml",),
    ),
    Source(
        "Velero",
        "github.com/vmware-tanzu/velero",
        "v1.18.3",
        "h1:9uwN5yxTWQl9PsF5ljX4xiG+7VIq3I9mxOQ0DyyZ31A=",
        ("config/crd/*/bases/*.yaml",),
    ),
    Source(
        "Argo CD Operator",
        "github.com/argoproj-labs/argocd-operator",
        "v0.18.0",
        "h1:ukU1K4DnyAyPbD9UHCZQRziTy/ZjazAJ5pzfcQrA4/o=",
        (
            "config/crd/bases/argoproj.io_argocd*.yaml",
            "config/crd/bases/argoproj.io_n*.yaml",
            "config/crd/bases/argocd-image-updater.argoproj.io_*.yaml",
        ),
    ),
    Source(
        "Cilium",
        "github.com/cilium/cilium",
        "v1.20.2",
        "h1:dqiEGIcXc+gqCLYG/l7VCFJ8GHyb4HUrwbZOpkX5dL8=",
        ("pkg/k8s/apis/cilium.io/client/crds/*.yaml",),
    ),
    Source(
        "Karpenter",
        "sigs.k8s.io/karpenter",
        "v1.15.0",
        "h1:5SEptlAvsOZbNg4qg8OSdF1qi6BEZHZLA020nXY7jGw=",
        ("pkg/apis/crds/*.yaml",),
    ),
    Source(
        "Karpenter for AWS",
        "github.com/aws/karpenter-provider-aws",
        "v1.15.2",
        "h1:RGw64PB2ROUHZIUhBqjO78l3zJ9YctnWeullrr4cxYI=",
        ("pkg/apis/crds/karpenter.k8s.aws_*.yaml",),
    ),
    Source(
        "trust-manager",
        "github.com/cert-manager/trust-manager",
        "v0.25.0",
        "h1:nGtkHH9wEacI5uACdsq8wqCKWsCw1PMrwHPJcrUFUXA=",
        ("deploy/crds/*.yaml",),
    ),
    Source(
        "Vertical Pod Autoscaler",
        "k8s.io/autoscaler/vertical-pod-autoscaler",
        "v1.8.1",
        "h1:Pe8bV1wozN4gOKO1rleiIY5alIyAXN+DnXDbXQcL4fI=",
        ("deploy/vpa-v1-crd-gen.yaml",),
    ),
    Source(
        "ExternalDNS",
        "sigs.k8s.io/external-dns",
        "v0.23.0",
        "h1:35KyAZtLN8o5nIE0aPKfyhILbf5HHkKPJby/4FowPJM=",
        ("config/crd/standard/*.yaml",),
    ),
    Source(
        "Kueue",
        "sigs.k8s.io/kueue",
        "v0.17.0",
        "h1:7hzb38M4eKGzYW+CFv2s1L+swzzacUCHOCXxZmAV90I=",
        ("config/components/crd/bases/*.yaml",),
    ),
    Source(
        "Gatekeeper",
        "github.com/open-policy-agent/gatekeeper/v3",
        "v3.23.1",
        "h1:njHTm0SJ6ZEhhEgmQTpJKTGQbc99fSs4hGiEp1OIKck=",
        ("charts/gatekeeper/crds/*.yaml",),
    ),
)
