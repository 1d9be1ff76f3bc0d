"""Selectors of labels and of nodes, and affinities: parts that are written as they are given."""

from collections.abc import Iterator
from typing import Any

from kure_hooks.apps.workload.checks.common import Checks
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.affinity import affinity_problems
from kure_hooks.decoding.selectors import selector_problems
from kure_hooks.manifests import plain
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem


def label_selector(place: Pointer, selector: Any) -> Iterator[Problem]:
    """Yield what the API server refuses of a label selector that lies at `place`."""
    yield from selector_problems(place, selector, closed=True)


def _affinity_is_whole(spec: Spec) -> Iterator[Problem]:
    if spec.affinity:
        yield from affinity_problems(("affinity",), plain(spec.affinity), closed=True)


CHECKS: Checks = {
    _affinity_is_whole: ("affinity",),
}
