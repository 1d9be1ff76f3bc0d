"""The application kind AppWorkload: a workload with everything that belongs to it."""

from collections.abc import Sequence

from kure_hooks.apps.workload.build import workload
from kure_hooks.apps.workload.exposure import after, before
from kure_hooks.apps.workload.problems import problems
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.files.tree import Tree
from kure_hooks.manifests import Manifest
from kure_hooks.stack.model import Application

__all__ = ["Spec", "generate", "problems"]


def generate(application: Application, tree: Tree) -> Sequence[Manifest]:
    """Return ServiceAccount, ConfigMap, workload, Services, Ingress, autoscaler, budget, policy."""
    del tree  # everything is in the document
    return [*before(application), workload(application), *after(application)]
