"""Where the objects of Argo CD lie."""

from collections.abc import Sequence

from kure_hooks.engines import placement
from kure_hooks.engines.argocd.bootstrap.rules import is_autopilot
from kure_hooks.engines.argocd.ordering.strategies import strategy
from kure_hooks.engines.argocd.units import usual_project
from kure_hooks.engines.interface import Start
from kure_hooks.layout import naming
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, File, Item

# There is one of each at most, and the set needs the project.
_OF_PROJECTS = ("AppProject", "ApplicationSet")


def layout(
    plan: Plan, objects: Sequence[Item], start: Start, payloads: Sequence[Directory]
) -> Sequence[Directory]:
    """Return all directories, as `placement.separate` does, with what the strategy adds."""
    together = is_autopilot(plan.cluster)
    files = _by_project(plan, objects) if together else placement.each_in_a_file(plan, objects)
    return placement.separate(plan, files, start, strategy(plan).payloads(plan, payloads))


def _by_project(plan: Plan, objects: Sequence[Item]) -> list[File]:
    """Return the project and its ApplicationSet in one file of its name, before all others."""
    by_kind = {each.manifest["kind"]: each for each in objects}
    own = [by_kind[kind] for kind in _OF_PROJECTS if kind in by_kind]
    others = [each for each in objects if each.manifest["kind"] not in _OF_PROJECTS]
    files = placement.each_in_a_file(plan, others)
    if not own:
        return files
    name = usual_project(plan.cluster)
    return [naming.single(name, own, [each.name for each in files]), *files]
