"""The settings of charts that Helm renders here: what they are told of the cluster."""

from typing import Annotated

from msgspec import Meta

from kure_hooks.config.validate import KUBERNETES
from kure_hooks.decoding.types import Input, Text, whole

KubeVersion = Annotated[
    str,
    Meta(
        pattern=whole(KUBERNETES),
        description='a Kubernetes version such as "1.34"',
        examples=["1.34"],
    ),
]


class Capabilities(Input, frozen=True, kw_only=True):
    """The cluster as a rendered chart sees it in `.Capabilities`."""

    kube_version: KubeVersion | None = None
    """The Kubernetes version that charts are rendered for. Without it `validate.kubernetes`. Put it
    in quotes."""
    api_versions: tuple[Text, ...] = ()
    """APIs that the cluster has beside those of Kubernetes, such as
    monitoring.coreos.com/v1/ServiceMonitor."""
