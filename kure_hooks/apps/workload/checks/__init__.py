"""What the types of a Spec can't say: fields that need, exclude or name one another."""

from collections.abc import Iterator

from kure_hooks.apps.workload.checks import containers, ingress, services, volumes, workload
from kure_hooks.apps.workload.checks.common import Problem
from kure_hooks.apps.workload.spec import Spec

_MODULES = (workload, containers, volumes, services, ingress)


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield every problem: pointer inside the spec, what is wrong, what is expected."""
    for module in _MODULES:
        for check in module.CHECKS:
            yield from check(spec)
