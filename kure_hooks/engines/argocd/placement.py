"""The place of Argo CD's objects in the tree."""

import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from kure_hooks.engines import placement
from kure_hooks.engines.argocd.applications import WAVE
from kure_hooks.engines.argocd.bootstrap.rules import is_autopilot
from kure_hooks.engines.argocd.bundle_applications import usual_project
from kure_hooks.engines.argocd.ordering.strategies import strategy
from kure_hooks.engines.argocd.ordering.waves import in_wave
from kure_hooks.engines.interface import Assembly, Start
from kure_hooks.layout import file_names
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, File, Item
from kure_hooks.layout.units import Segments
from kure_hooks.manifests import Manifest

# There is one of each at most, and the set needs the project.
_OF_PROJECTS = ("AppProject", "ApplicationSet")

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")


def layout(plan: Plan, assembly: Assembly) -> Sequence[Directory]:
    """Return all directories, as `placement.separate` does, with what the strategy adds."""
    objects = assembly.objects
    together = is_autopilot(plan.cluster)
    files = _by_project(plan, objects) if together else placement.each_in_a_file(plan, objects)
    last = _with_roots_last(plan, objects, assembly.start)
    payloads = strategy(plan).payloads(plan, assembly.payloads)
    return placement.separate(plan, files, last, payloads)


def _with_roots_last(plan: Plan, objects: Sequence[Item], start: Start) -> Start:
    """Return the start with each Application that syncs its own directory in the last wave of it.

    Such an Application is under way while it syncs itself. In an earlier wave the sync would wait
    for its own end; the last one is not waited for (Argo CD 3.5). A wave of its own behind all
    others would make the sync wait for the bundles that nothing depends on, also for those that are
    suspended.
    """
    inside: dict[Segments, list[Item]] = {plan.control: [*objects]}
    for path, items in start.files.items():
        inside.setdefault(_directory(plan, path), []).extend(items)
    last = {"/".join(directory): _last_wave(items) for directory, items in inside.items()}
    files = {
        path: [
            in_wave(item, last[synced])
            if (synced := _synced(item.manifest)) == "/".join(_directory(plan, path))
            and last[synced] > 0
            else item
            for item in items
        ]
        for path, items in start.files.items()
    }
    return replace(start, files=files)


def _directory(plan: Plan, path: str) -> Segments:
    """Return the directory of a file of the start."""
    return (*plan.start, *path.split("/")[:-1])


def _synced(manifest: Manifest) -> str:
    """Return the directory that an Application syncs, empty for other objects."""
    if manifest["kind"] != "Application":
        return ""
    path: str = manifest["spec"].get("source", {}).get("path", "")
    return path


def _last_wave(items: Iterable[Item]) -> int:
    """Return the last wave of objects; a wave that is no number is the first one, 0."""
    annotations = (item.manifest["metadata"].get("annotations") or {} for item in items)
    waves = [str(each.get(WAVE, "0")) for each in annotations]
    return max((int(wave) for wave in waves if _NUMBER.fullmatch(wave)), default=0)


def _by_project(plan: Plan, objects: Sequence[Item]) -> list[File]:
    """Return the project and its ApplicationSet in one file of its name, before all others."""
    by_kind = {each.manifest["kind"]: each for each in objects}
    own = [by_kind[kind] for kind in _OF_PROJECTS if kind in by_kind]
    others = [each for each in objects if each.manifest["kind"] not in _OF_PROJECTS]
    files = placement.each_in_a_file(plan, others)
    if not own:
        return files
    name = usual_project(plan.cluster)
    return [file_names.single(name, own, [each.name for each in files]), *files]
