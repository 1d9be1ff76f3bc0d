"""Charts that lie in this repository: directories and archives, and those that were vendored."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from kure_hooks.apps.helm.source import path_of
from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import base_name
from kure_hooks.files.tree import Tree
from kure_hooks.files.unpacking import is_archive, unpack
from kure_hooks.stack.missing import unreadable
from kure_hooks.stack.model import Application
from kure_hooks.stack.semver import admits, is_version, newest
from kure_hooks.stack.vendor_lock import LOCK, chart_files, lock_problems, read_lock
from kure_hooks.yamlio import read
from kure_hooks.yamlio.place import Place

METADATA = "Chart.yaml"
"""The file that makes a directory a chart (Helm 3 and 4)."""

_SHOWN = 100


class ChartFiles(Struct, frozen=True):
    """The files of a chart by their names inside of it, and what its Chart.yaml calls it.

    `path` is where it lies in the repository: a directory, or an archive.
    """

    path: str
    name: str
    version: str
    files: Mapping[str, bytes]


def chart_of(application: Application, tree: Tree) -> ChartFiles:
    """Return the chart that an application names by path, or by the name of a vendored one.

    Raises InputError for a chart that is not there, can't be read or is of another version.
    """
    place, reference, path = _named(application, tree)
    try:
        edited = next(lock_problems(tree, path), "")
        chart = read_chart(tree, path)
    except ReadError as error:
        raise InputError([unreadable(error, place, reference, tree, rule="AP002")]) from error
    if edited:
        expected = "Get it back from git, or record the chart again by kure-hooks vendor."
        raise InputError([place.fault(f"{path} {edited}", expected, rule="AP002")])
    _refuse_other_version(application, chart)
    return chart


def read_chart(tree: Tree, path: str) -> ChartFiles:
    """Return the chart at a path; ReadError or InputError for what is none."""
    files = chart_files(tree, path)
    if path in files and is_archive(files[path]):
        files = unpack(files[path], path)
        tops = {name.partition("/")[0] for name in files}
        top = next(iter(tops)) if len(tops) == 1 else ""
    else:
        top = path
    inside = {name.removeprefix(f"{top}/"): data for name, data in files.items()}
    if METADATA not in inside or path in inside:
        raise ReadError(path, "is no chart: it has no Chart.yaml", "Name one that has.")
    metadata = _metadata(inside[METADATA], f"{path}/{METADATA}")
    return ChartFiles(path, metadata["name"], metadata["version"], inside)


def _metadata(data: bytes, path: str) -> Mapping[str, str]:
    documents = read(data, path)
    value: Any = documents[0].value if documents else None
    names = value if isinstance(value, dict) else {}
    for key in ("name", "version"):
        if not isinstance(names.get(key), str) or not names[key]:
            raise ReadError(path, f"has no {key}", f"Write {key} as a string.")
    if not is_version(names["version"]):
        problem = f"has the version {names['version'][:_SHOWN]!r}, which is no semantic version"
        raise ReadError(path, problem, "Write one such as 1.2.3.")
    return names


def _named(application: Application, tree: Tree) -> tuple[Place, str, str]:
    """Return where a chart is named, how, and its path in the repository."""
    chart = application.spec.chart
    if chart.path is None:
        place = application.key("spec", "chart", "name")
        return place, chart.name, _vendored(place, chart.name, chart.version or "*", tree)
    place = application.key("spec", "chart", "path")
    return place, chart.path, path_of(application)


def _vendored(place: Place, name: str, versions: str, tree: Tree) -> str:
    """Return the path of the newest recorded chart of a name in a range of versions."""
    try:
        lock = read_lock(tree)
    except ReadError as error:
        raise InputError([place.fault(error.problem, error.expected, rule="AP002")]) from error
    charts = {
        entry.version: entry.path
        for entry in (lock.vendored if lock else ())
        if entry.version and entry.chart == base_name(name)
    }
    chosen = newest(versions, charts)
    if chosen is None:
        others = f"; it has {', '.join(sorted(charts))}" if charts else ""
        problem = f"{LOCK} has no chart {base_name(name)} {versions}{others}"
        expected = (
            f"Fetch it with helm pull REPOSITORY/{base_name(name)} --version '{versions}', and "
            f"record the archive by kure-hooks vendor {base_name(name)}-VERSION.tgz."
        )
        raise InputError([place.fault(problem, expected, rule="AP005")])
    return charts[chosen]


def _refuse_other_version(application: Application, chart: ChartFiles) -> None:
    wanted = application.spec.chart.version
    if wanted is not None and not admits(wanted, chart.version):
        place = application.key("spec", "chart", "version")
        problem = f"{chart.path} is version {chart.version} of the chart {chart.name}"
        expected = f"Write {chart.version}, or bring another version of the chart."
        raise InputError([place.fault(problem, expected, rule="AP005")])
