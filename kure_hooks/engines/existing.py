"""Payloads that exist: directories that bundles apply as they are, here or in another source."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from kure_hooks.decoding import nearest
from kure_hooks.engines.interface import Reader
from kure_hooks.engines.repositories import is_here
from kure_hooks.files.paths import ancestors, is_below, parent, reach_problem
from kure_hooks.files.recorder import unrecorded
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location, of_rule
from kure_hooks.kustomize.directories import MISSING, Builder, is_elsewhere
from kure_hooks.layout.payloads import Contents, applications
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import canonical, plain
from kure_hooks.objects.holdings import Holdings, holdings, manifests_below
from kure_hooks.stack.bundle_options import OF_KUSTOMIZE

_OF_ARGOCD = (".yaml", ".yml", ".json")
_CHART = "Chart.yaml"


class KustomizeReader:
    """A tool that runs kustomize where there is a kustomization.yaml, and takes all else as it is.

    This is for engines of packages, of which no more is known.
    """

    restricted = True

    def problem(self, plan: Plan, unit: Unit, tree: Tree) -> str:
        """See Reader."""
        del plan
        answer = Builder(tree, restricted=True).problem(unit.bundle.payload or "", "Kustomization")
        return "" if answer == MISSING else answer

    def holdings(self, unit: Unit, tree: Tree) -> Holdings | None:
        """See Reader."""
        return holdings(tree, unit.bundle.payload or "")


class FluxReader(KustomizeReader):
    """Flux 2.9: kustomize, which may read all of the source.

    A directory without a kustomization.yaml gets one with all manifests below.
    """

    restricted = False

    def problem(self, plan: Plan, unit: Unit, tree: Tree) -> str:
        """See Reader."""
        del plan
        builder = Builder(tree, restricted=False)
        path = unit.bundle.payload or ""
        answer = builder.problem(path, "Kustomization")
        if answer != MISSING:
            return answer
        files, inner = manifests_below(tree, path)
        problems = ((name, builder.problem(name, "Kustomization")) for name in inner)
        answers = (
            *map(builder.file_problem, files),
            *(f"{name} {problem}" for name, problem in problems if problem),
        )
        return next((f"does not build: {text}" for text in answers if text), "")


class ArgocdReader:
    """Argo CD 3.5: Helm for a chart, kustomize, or the manifests of a directory as they are.

    Kustomize may only read files in or below each directory. Of manifests those of the directory
    alone are taken, unless Argo CD is told to recurse.
    """

    restricted = True

    def problem(self, plan: Plan, unit: Unit, tree: Tree) -> str:
        """See Reader."""
        del plan
        options, path = unit.bundle.options, unit.bundle.payload or ""
        is_chart = self._is_chart(path, tree)
        builder = Builder(tree, restricted=True)
        answer = "" if is_chart else builder.problem(path, "Kustomization")
        is_kustomize = not is_chart and answer != MISSING
        if options.argocd.directory and (is_chart or is_kustomize):
            tool = "a chart" if is_chart else "for kustomize"
            return f"is {tool}, so that argocd.directory keeps it from being rendered"
        if options.argocd.helm and not is_chart:
            return f"has no {_CHART} for argocd.helm"
        if not is_kustomize and any(getattr(options, name) for name in OF_KUSTOMIZE):
            return "has no kustomization.yaml, which other keys of the bundle need"
        return answer if is_chart or is_kustomize else self._plain(unit, tree, builder)

    def holdings(self, unit: Unit, tree: Tree) -> Holdings | None:
        """See Reader; nobody knows here what a chart or a choice of files makes."""
        path = unit.bundle.payload or ""
        if self._is_chart(path, tree) or self._chooses(unit):
            return None
        return holdings(tree, path, self._files(unit, tree))

    def _is_chart(self, path: str, tree: Tree) -> bool:
        return bool(tree.paths(f"{path}/{_CHART}" if path else _CHART))

    def _chooses(self, unit: Unit) -> bool:
        options = unit.bundle.options.argocd.directory
        return bool(options and (options.include or options.exclude or options.jsonnet))

    def _files(self, unit: Unit, tree: Tree) -> Sequence[str]:
        """Return the manifests that are taken where there is no kustomization.yaml."""
        path = unit.bundle.payload or ""
        directory = unit.bundle.options.argocd.directory
        deep = directory is not None and bool(directory.recurse)
        return [
            file
            for file in tree.paths(path)
            if file.endswith(_OF_ARGOCD) and (deep or parent(file) == path)
        ]

    def _plain(self, unit: Unit, tree: Tree, builder: Builder) -> str:
        """Return what is wrong with manifests that are taken as they are."""
        if self._chooses(unit):
            return ""
        files = self._files(unit, tree)
        if not files:
            return "holds manifests in directories below alone, for argocd.directory.recurse: true"
        answers = map(builder.file_problem, files)
        return next((f"does not build: {text}" for text in answers if text), "")


def with_existing(
    plan: Plan, trees: Mapping[Location, Tree], reader: Reader
) -> tuple[Plan, list[Finding]]:
    """Return a plan with what payloads of this repository hold, and what is wrong with them.

    `trees` are the files of the repository by the place of each bundle that has such a payload.
    """
    known: dict[str, Holdings | None] = {}
    here: set[str] = set()
    findings: list[Finding] = []
    for unit in plan.units:
        if not unit.exists:
            continue
        if unit.bundle.is_elsewhere:
            known[unit.name] = None
            continue
        tree, name = trees[unit.bundle.at], unit.name
        known[name] = None
        path = unit.bundle.payload or ""
        is_readable = not path or not reach_problem(path)
        if not is_here(plan, unit) or (is_readable and is_elsewhere(tree, path)):
            continue
        faults = list(_faults(plan, unit, tree, reader))
        findings += faults
        if not faults:
            here.add(path)
            known[name] = reader.holdings(unit, tree)
    plan = replace(plan, existing=known, payloads_here=tuple(sorted(here)))
    return plan, [*findings, *_taken_twice(plan)]


def overlays_build(
    plan: Plan, contents: Contents, trees: Mapping[Location, Tree], reader: Reader
) -> Iterator[Finding]:
    """Yield a finding for each directory that an application takes in and the tool can't build."""
    output = "/".join(plan.directory)
    for unit in plan.units:
        for application, product in applications(plan, unit, contents):
            overlay = product.overlay
            builder = Builder(trees[application.at], restricted=reader.restricted)
            for path in (*overlay.resources, *overlay.components) if overlay else ():
                kind = "Kustomization" if overlay and path in overlay.resources else "Component"
                place = overlay.places[path] if overlay else application.key("spec")
                package = "/".join(unit.artifact)
                if is_below(path, output) or is_below(output, path):
                    relation = "is inside" if is_below(path, output) else "holds"
                    problem = f"{path or '.'} {relation} {output}, which kure-hooks writes"
                    yield place.fault(problem, "Choose a directory apart from it.", rule="EN014")
                elif package:
                    problem = f"{path} is not in the package {package}"
                    yield place.fault(
                        problem,
                        "Remove the packageRef, or move the application to another bundle.",
                        rule="EN013",
                    )
                elif problem := builder.problem(path, kind):
                    expected = "Correct its files, or name another directory."
                    yield place.fault(f"{path} {problem}", expected, rule="EN013")


def _faults(plan: Plan, unit: Unit, tree: Tree, reader: Reader) -> Iterator[Finding]:
    path, output = unit.bundle.payload or "", "/".join(plan.directory)
    place = unit.bundle.key("payload", "path")
    subject = f"payload {path or '.'} of bundle {unit.name}"
    if is_below(path, output) or is_below(output, path):
        relation = "is inside" if is_below(path, output) else "holds"
        problem = f"{subject} {relation} {output}, which kure-hooks writes"
        yield place.fault(
            problem, "Choose a directory apart from it, or another output.", rule="EN014"
        )
        return
    if path and (reach := reach_problem(path)):
        yield place.fault(f"{subject} {reach}", "Name another directory.", rule="EN013")
        return
    paths = tree.paths(path)
    if list(paths) == [path]:
        yield place.fault(f"{subject} is a file", "Name the directory of the file.", rule="EN013")
    elif not paths:
        choices = {each for file in unrecorded(tree).paths() for each in ancestors(file)}
        expected = nearest(path, choices) or "Name a directory of this repository."
        yield place.fault(f"{subject} does not exist", expected, rule="EN013")
    elif problem := reader.problem(plan, unit, tree):
        expected = "Correct its files, or name another directory."
        yield place.fault(f"{subject} {problem}", expected, rule="EN013")


@of_rule("EN015")
def _taken_twice(plan: Plan) -> Iterator[Finding]:
    """Yield a finding for each payload whose objects another bundle applies to the same place.

    Bundles that change the objects in different ways may share a directory.
    """
    units = [unit for unit in plan.units if unit.bundle.payload is not None]
    first: dict[tuple[str, str], Unit] = {}
    for unit in units:
        other = first.setdefault((unit.bundle.payload or "", _changes(unit)), unit)
        if other is not unit:
            problem = f"payload {unit.path} is already applied by bundle {other.name}"
            expected = f"Name another directory. Bundle {other.name} is at {other.bundle.at}."
            yield unit.bundle.key("payload", "path").fault(problem, expected)
    by_path: dict[str, list[Unit]] = {}
    for unit in units:
        by_path.setdefault(unit.bundle.payload or "", []).append(unit)
    for inner in units:
        outside = ("", *ancestors(inner.bundle.payload or ""))
        for outer in (unit for path in outside for unit in by_path.get(path, ())):
            if not _takes_in(plan, outer, inner) or _changes(outer) != _changes(inner):
                continue
            subject = f"payload {inner.path} is in {outer.path}"
            problem = f"{subject}, which bundle {outer.name} applies"
            expected = "Name directories of which none takes in the other."
            yield inner.bundle.key("payload", "path").fault(problem, expected)


def _takes_in(plan: Plan, outer: Unit, inner: Unit) -> bool:
    """Tell whether all objects of a payload are in another one that is known."""
    path, above = inner.bundle.payload or "", outer.bundle.payload or ""
    known, inside = plan.existing.get(outer.name), plan.existing.get(inner.name)
    if known is None or inside is None or path == above or not is_below(path, above):
        return False
    return known.plain and bool(inside.files) and known.files >= inside.files


def _changes(unit: Unit) -> str:
    """Return all that decides what becomes of the objects of a payload, and where."""
    options = unit.bundle.options
    shared = (
        *(options.kube_config, options.target_namespace, options.name_prefix),
        *(options.name_suffix, options.post_build, options.patches, options.components),
    )
    of_argocd = (
        *(options.argocd.destination, options.argocd.directory, options.argocd.helm),
        *(options.argocd.kustomize, options.argocd.target_revision),
    )
    return canonical(plain([shared, of_argocd, unit.source, unit.artifact]))
