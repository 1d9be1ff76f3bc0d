"""A release's values file: an extra file, and the ConfigMap that kustomize makes of it."""

from collections.abc import Mapping, Sequence

from kure_hooks.apps.config_maps import content
from kure_hooks.apps.helm.spec import Spec
from kure_hooks.errors import InputError
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.manifests import Manifest
from kure_hooks.stack.interface import ConfigMapGenerator
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import read

FILE = "values.yaml"
"""The name of a values file, and the key that a HelmRelease looks for by itself (Flux 2.9)."""


def augments(spec: Spec) -> bool:
    """Tell whether a release has a values file."""
    return spec.values_file is not None


def files(application: Application, tree: Tree) -> Mapping[str, bytes]:
    """Return the values file under the name it is written to, if there is one.

    Raises InputError for a file that can't be used or that holds anything but values.
    """
    spec: Spec = application.spec
    if spec.values_file is None:
        return {}
    path, data = content(application.key("spec", "valuesFile"), spec.values_file, tree)
    documents = read(data, path)
    faults = [
        Finding(each.at(), "", "these are no values of a chart", "one mapping", rule="AP004")
        for index, each in enumerate(documents)
        if index or not isinstance(each.value, dict)
    ]
    if faults:
        raise InputError(faults)
    return {FILE: data}


def config_maps(application: Application) -> Sequence[ConfigMapGenerator]:
    """Return the ConfigMap of the values file, if there is one."""
    if not augments(application.spec):
        return ()
    generator = ConfigMapGenerator(
        name=_name(application),
        namespace=application.namespace,
        files={FILE: FILE},
        labels=application.labels,
        annotations=application.annotations,
        places={FILE: application.key("spec", "valuesFile")},
    )
    return (generator,)


def reference(application: Application) -> list[Manifest]:
    """Return how a HelmRelease refers to that ConfigMap; kustomize adds the suffix."""
    if not augments(application.spec):
        return []
    return [{"kind": "ConfigMap", "name": _name(application)}]


def _name(application: Application) -> str:
    return f"{application.name}-values"
