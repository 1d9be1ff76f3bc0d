"""The package of each file of a cluster."""

from collections.abc import Iterable

from kure_hooks.files.paths import ancestors
from kure_hooks.layout.plan import Plan


def artifacts(plan: Plan, paths: Iterable[str]) -> dict[str, str]:
    """Return the artifact root of every path outside of the default package.

    A file belongs to the unit with the nearest payload above it, so that a node named `packages`
    doesn't count as one. What no unit applies is the default package's.
    """
    roots = {
        "/".join(each): "/".join(unit.artifact)
        for unit in plan.units
        for each in (unit.payload, unit.synced)
    }
    if not any(roots.values()):
        return {}
    found = {path: _nearest(path, roots) for path in paths}
    return {path: root for path, root in found.items() if root}


def _nearest(path: str, roots: dict[str, str]) -> str:
    return next(
        (roots[ancestor] for ancestor in reversed(ancestors(path)) if ancestor in roots), ""
    )
