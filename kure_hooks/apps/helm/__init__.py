"""The application kind HelmChart, also spelled FluxHelm: a release and the source of its chart.

The objects are Flux's own: HelmRelease v2 and a source v1 (Flux 2.9). A values file becomes a
ConfigMap whose name changes with its content, so that a new file is a new release.
"""

from kure_hooks.apps.helm.problems import problems
from kure_hooks.apps.helm.release import release
from kure_hooks.apps.helm.source import exists, source
from kure_hooks.apps.helm.spec import Spec
from kure_hooks.apps.helm.values import augments, config_maps, contents, values_of
from kure_hooks.apps.metadata import finish, in_namespace, with_annotations, with_labels
from kure_hooks.files.tree import Tree
from kure_hooks.stack.interface import Product
from kure_hooks.stack.model import Application

__all__ = ["Spec", "augments", "generate", "problems"]


def generate(application: Application, tree: Tree) -> Product:
    """Return the source, unless it exists already, the HelmRelease and its values files.

    Of a rendered chart these are its objects. Raises InputError for files that can't be used.
    """
    spec: Spec = application.spec
    if spec.render:
        from kure_hooks.apps.helm import rendered  # noqa: PLC0415 - few charts are rendered

        return rendered.product(application, tree)
    files = values_of(application, tree)
    sources = [] if exists(spec.source) or spec.is_local else [source(application)]
    manifests = finish(
        [*sources, release(application, files, tree)],
        in_namespace(application.namespace),
        with_labels(application.labels),
        with_annotations(application.annotations),
    )
    return Product(manifests, contents(files), config_maps(application, files))
