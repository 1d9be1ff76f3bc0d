"""The facts and options of a GitOps tool, and the draft that all parts of its engine begin with."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

from msgspec import Struct, ValidationError, convert, structs, to_builtins

from kure_hooks.config.layout import LayoutSpec
from kure_hooks.engines import interface
from kure_hooks.engines.features import overlays_build, with_existing
from kure_hooks.engines.interface import NO_FILES, NO_RULES, OUTPUT
from kure_hooks.engines.materials import Materials, gather
from kure_hooks.errors import InputError, UsageError
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan, plan
from kure_hooks.layout.rules import LayoutRules, resolve, rules_without_effect
from kure_hooks.layout.units import Scheme
from kure_hooks.stack.model import Cluster

Options = TypeVar("Options", bound=Struct)

Defaults = Callable[[Cluster], Cluster]
"""A step that fills in options of a cluster."""


def checked(tool: str, wanted: type[Options], options: Options) -> Options:
    """Return options that a stack file could have as well; UsageError for others."""
    if not isinstance(options, wanted):
        found = type(options).__name__
        raise UsageError(f"The options of {tool} are a {found}. Give a {wanted.__name__}.")
    try:
        return convert(to_builtins(options), wanted)
    except ValidationError as error:
        raise UsageError(f"The options of {tool} are wrong: {error}") from error


def filled_in(cluster: Cluster, field: str, usual: Struct, options: Struct) -> Cluster:
    """Return a cluster with options in the place of those that it has at the tool's default.

    `field` is that of the cluster, `usual` the tool's own options.
    """
    before = getattr(cluster, field)
    chosen = {
        name: value
        for name in usual.__struct_fields__
        if (value := getattr(options, name)) is not None
        and getattr(before, name) == getattr(usual, name)
    }
    return structs.replace(cluster, **{field: structs.replace(before, **chosen)})


class Draft(Struct, frozen=True):
    """A cluster before anything is written for the tool: its plan, and contents as the tool needs.

    `written` are the contents as the applications have them, `warnings` what was found so far.
    """

    plan: Plan
    contents: Contents
    written: Contents
    materials: Materials
    warnings: tuple[Finding, ...]


class Tool(Struct, frozen=True):
    """The facts of a GitOps tool that the parts of its engine share.

    `scheme` gives the tool's directories in that of a cluster, `placements` are the values of the
    rule `fluxPlacement` that mean something to it, and `defaults` fills in the options of an engine
    where a cluster leaves them unset. `reader` makes what tells how it builds
    directories that exist; without one it is taken to run kustomize. `staged` makes bundles of the
    stages of applications, for a tool that has no such thing inside of one.
    """

    name: str
    version: str
    scheme: Callable[[Cluster], Scheme]
    placements: Collection[str] = ("separate",)
    defaults: Defaults | None = None
    checks: Sequence[interface.Check] = ()
    preparations: Sequence[interface.Preparation] = ()
    reviews: Sequence[interface.Review] = ()
    adaptations: Sequence[interface.Adaptation] = ()
    inspections: Sequence[interface.Inspection] = ()
    reader: Callable[[], interface.Reader] | None = None
    staged: Callable[[Cluster, Contents], tuple[Cluster, Contents]] | None = None

    def draft(
        self,
        cluster: Cluster,
        rules: LayoutSpec | LayoutRules = NO_RULES,
        tree: Tree = NO_FILES,
        output: str = OUTPUT,
    ) -> Draft:
        """Return a cluster planned, checked and prepared; InputError with all its faults."""
        if self.defaults:
            cluster = self.defaults(cluster)
        materials = gather(cluster, tree)
        if self.staged:
            cluster, contents = self.staged(cluster, materials.contents)
            materials = structs.replace(materials, contents=contents)
        table = plan(cluster, self._rules(cluster, rules), output, self.scheme(cluster))
        findings = list(rules_without_effect(cluster))
        findings += (finding for check in self.checks for finding in check(table))
        findings += materials.release_faults
        table, of_payloads = with_existing(table, materials.trees, self.reader)
        findings += of_payloads
        # Of contents that are not all there, nobody can tell what they lack.
        findings += materials.faults or self._reviewed(table, materials)
        warnings = sound(findings)
        contents = materials.contents
        for prepare in self.preparations:
            contents = prepare(table, contents)
        return Draft(table, contents, materials.contents, materials, warnings)

    def _rules(self, cluster: Cluster, rules: LayoutSpec | LayoutRules) -> LayoutRules:
        for layer in (cluster.layout, rules):
            if not isinstance(layer, (LayoutSpec, LayoutRules)):
                raise UsageError(
                    f"The layout rules are a {type(layer).__name__}. Give a LayoutSpec."
                )
        complete = resolve(cluster.layout, rules)
        if complete.flux_placement in self.placements:
            return complete
        return structs.replace(complete, flux_placement="separate")

    def _reviewed(self, table: Plan, materials: Materials) -> Iterator[Finding]:
        trees, contents = materials.trees, materials.contents
        yield from overlays_build(table, contents, trees, self.reader)
        for review in self.reviews:
            yield from review(table, materials.contents, materials.tree)


def sound(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings that are all warnings; InputError with the errors if there are any."""
    if faults := [finding for finding in findings if finding.severity is Severity.ERROR]:
        raise InputError(faults)
    return tuple(findings)
