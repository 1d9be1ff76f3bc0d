"""Checks beyond the types of a Spec: fields that need, exclude or name one another.

Beside them, whatever the API server refuses of an object that its schema allows: the rules are
those of Kubernetes 1.36, seen on its API server by `tests/live/test_dry_run.py`.
"""

from collections.abc import Iterator

from kure_hooks.apps.workload.checks import (
    containers,
    ingress,
    pods,
    policies,
    ports,
    resources,
    scaling,
    security,
    selectors,
    services,
    sources,
    variables,
    volumes,
    workload,
)
from kure_hooks.apps.workload.checks.common import Problem
from kure_hooks.apps.workload.spec import Spec

_MODULES = (
    workload,
    pods,
    selectors,
    containers,
    ports,
    variables,
    resources,
    security,
    volumes,
    sources,
    services,
    ingress,
    scaling,
    policies,
)


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield every problem: pointer inside the spec, what is wrong, what is expected."""
    for module in _MODULES:
        for check in module.CHECKS:
            yield from check(spec)
