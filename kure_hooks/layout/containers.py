"""The container of each GitOps object: the unit in whose payload it lies, and which applies it.

A unit that waits for a container can't be inside of it while the container waits for all that it
applies, nor can a unit that the container itself waits for. Each is delivered by the nearest
container above where that is not so, at last by the entry point, which waits for nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from msgspec.structs import replace

from kure_hooks.layout.units import Unit

Events = dict[str, set[str]]
"""By an event such as `apply web` or `ready web`: the events that have to come before it."""

Containers = Mapping[str, str]
"""The container of each unit by its name, empty for the entry point."""

Source = tuple[str, str]
"""The kind and the name of a source."""

_Link = tuple[str, str]


def events(units: Iterable[Unit]) -> Events:
    """Return what has to come before each event of units that are applied by their containers.

    apply(x) needs apply(container) and ready(each dependency of its bundle); ready(x) needs
    apply(x), ready(each part) and, if it waits for what it applies, ready(each that it contains).
    """
    units = list(units)
    by_name = {unit.name: unit for unit in units}
    needs: Events = {}
    for unit in units:
        dependencies = (each for each in unit.bundle.depends_on if not each.external)
        needs[_apply(unit)] = {f"ready {dependency.name}" for dependency in dependencies}
        needs.setdefault(_ready(unit), set()).add(_apply(unit))
        if unit.part:
            needs.setdefault(f"ready {unit.bundle.name}", set()).add(_ready(unit))
        if unit.container:
            for event, earlier in _links(unit, by_name[unit.container]):
                needs.setdefault(event, set()).add(earlier)
        if unit.exists:  # its children are not in it, but it waits for them all the same
            needs[_ready(unit)] |= {f"ready {child.name}" for child in unit.bundle.children}
    return needs


def placed(units: Sequence[Unit]) -> list[Unit]:
    """Return the units, each in the nearest container that does not wait for it in a circle.

    A unit that is in no circle stays in its container whatever happens to others. Of the rest, the
    order of the stack file decides nothing.
    """
    needs = events(units)
    tangled = _tangled(needs)
    if not tangled:
        return list(units)
    by_name = {unit.name: unit for unit in units}
    loose = {
        name: together
        for name, together in _movable(units).items()
        if any(
            tangled.issuperset(link)
            for unit in together
            for link in _links(unit, by_name[unit.container])
        )
    }
    containers = {unit.name: unit.container for unit in units}
    containers |= {unit.name: "" for together in loose.values() for unit in together}
    schedule = _Schedule(_with(units, containers))
    for name in _in_order(loose, by_name):
        candidates = [by_name[container] for container in _upwards(name, by_name)][1:]
        chosen = schedule.place(loose[name], candidates, _links)
        containers |= {unit.name: chosen for unit in loose[name]}
    return _with(units, containers)


def of_sources(units: Sequence[Unit]) -> dict[Source, str]:
    """Return the container of each source that is defined: that of the first unit that has it.

    All that refer to a source need it before they are applied. Where its container comes after one
    of them, the source lies in the nearest container above that does not.
    """
    by_name = {unit.name: unit for unit in units}
    users: dict[Source, list[Unit]] = {}
    for unit in units:
        users.setdefault((unit.source.kind, unit.source.name), []).append(unit)
    containers = {
        source: using[0].container
        for source, using in users.items()
        if any(unit.source.is_defined for unit in using)
    }
    apart = [
        source
        for source, container in sorted(containers.items())
        if container
        and any(container not in _upwards(unit.name, by_name) for unit in users[source])
    ]
    if apart:
        schedule = _Schedule(units)
        for source in apart:
            candidates = [by_name[name] for name in _upwards(containers[source], by_name)]
            containers[source] = schedule.place(users[source], candidates, _links_of_source)
    return containers


class _Schedule:
    """The events of units, of which none needs itself, to which units in containers are added."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._earlier = events(units)
        self._later = _turned(self._earlier)

    def place(
        self,
        units: Sequence[Unit],
        candidates: Iterable[Unit],
        links: Callable[[Unit, Unit], Iterator[_Link]],
    ) -> str:
        """Return the first container in which units wait in no circle, empty if there is none.

        `links` are the events that need others because a unit is in a container: the unit is
        applied after the container, which may be ready after the unit. Neither makes the other one
        part of a circle.
        """
        applied = {*map(_apply, units)}
        before = _reached({*map(_ready, units)}, self._earlier)
        after = _reached(applied, self._later)
        for container in candidates:
            added = [link for unit in units for link in links(unit, container)]
            if not any(
                earlier in after if event in applied else event in before
                for event, earlier in added
            ):
                for event, earlier in added:
                    self._earlier.setdefault(event, set()).add(earlier)
                    self._later.setdefault(earlier, set()).add(event)
                return container.name
        return ""


def _apply(unit: Unit) -> str:
    return f"apply {unit.name}"


def _ready(unit: Unit) -> str:
    return f"ready {unit.name}"


def _links(unit: Unit, container: Unit) -> Iterator[_Link]:
    """Yield the events of a unit in a container, each with the one that it needs."""
    yield _apply(unit), _apply(container)
    if container.bundle.options.wait or container.bundle.children:
        yield _ready(container), _ready(unit)


def _links_of_source(unit: Unit, container: Unit) -> Iterator[_Link]:
    """Yield the events of a unit of which the source is in a container."""
    yield _apply(unit), _apply(container)


def _movable(units: Iterable[Unit]) -> dict[str, list[Unit]]:
    """Return the units that another container may deliver, by the name of their bundle.

    An umbrella applies its children itself unless its payload exists, and a bundle its parts; only
    those of a package lie where the bundle's own object does.
    """
    units = list(units)
    inner = {child.name for unit in units if not unit.exists for child in unit.bundle.children}
    found: dict[str, list[Unit]] = {}
    for unit in units:
        if unit.bundle.name not in inner and unit.container not in ("", unit.bundle.name):
            found.setdefault(unit.bundle.name, []).append(unit)
    return found


def _tangled(needs: Events) -> set[str]:
    """Return the events in circles, and those between two circles; empty if there is no circle."""
    blocked = _blocked(needs)
    if not blocked:
        return set()
    inside = {event: needs.get(event, set()) & blocked for event in blocked}
    return _blocked({event: set() for event in blocked} | _turned(inside))


def _blocked(needs: Events) -> set[str]:
    """Return the events that can never come: those in circles, and all behind them."""
    sorter = TopologicalSorter(needs)
    try:
        sorter.prepare()
    except CycleError:
        pass
    else:
        return set()
    blocked = {*needs, *(event for earlier in needs.values() for event in earlier)}
    while ready := sorter.get_ready():
        blocked.difference_update(ready)
        sorter.done(*ready)
    return blocked


def _in_order(names: Iterable[str], by_name: Mapping[str, Unit]) -> Iterator[str]:
    """Yield names, each behind the units above it, then behind those that it waits for.

    So it is what waits that gives way, and not what is waited for or contains it. Where units wait
    for each other in turn, the first name goes first.
    """
    names = frozenset(names)
    seen: set[str] = set()
    for start in sorted(names):
        path = {} if start in seen else {start: _before(by_name[start])}
        seen.add(start)
        while path:
            name, earlier = next(reversed(path.items()))
            for other in earlier:
                above = _upwards(by_name[other].container, by_name)
                if other not in seen and path.keys().isdisjoint(above):
                    seen.add(other)
                    path[other] = _before(by_name[other])
                    break
            else:
                del path[name]
                if name in names:
                    yield name


def _before(unit: Unit) -> Iterator[str]:
    """Yield the container of a unit, and what the unit and those inside of it depend on."""
    if unit.container:
        yield unit.container
    dependencies = (each for bundle in unit.bundle.closure() for each in bundle.depends_on)
    yield from sorted({dependency.name for dependency in dependencies if not dependency.external})


def _turned(needs: Events) -> Events:
    """Return by each event those that need it."""
    later: Events = {}
    for event, needed in needs.items():
        for earlier in needed:
            later.setdefault(earlier, set()).add(event)
    return later


def _reached(start: set[str], edges: Events) -> set[str]:
    """Return events and all that they lead to."""
    reached = set(start)
    waiting = [*start]
    while waiting:
        more = edges.get(waiting.pop(), set()) - reached
        reached |= more
        waiting += more
    return reached


def _with(units: Iterable[Unit], containers: Mapping[str, str]) -> list[Unit]:
    return [replace(unit, container=containers[unit.name]) for unit in units]


def _upwards(name: str, by_name: Mapping[str, Unit]) -> Iterator[str]:
    """Yield a unit and its containers, without the entry point."""
    while name:
        yield name
        name = by_name[name].container
