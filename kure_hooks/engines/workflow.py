"""The parts that all engines have in common: each tool adds its own objects and places them.

An engine is a LayoutIntegrator with the ResourceGenerator and the BootstrapGenerator that it uses.
A tool's package derives the three, and says the rest as facts of a `Tool`.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from types import NoneType
from typing import TYPE_CHECKING, ClassVar, Self

from msgspec.structs import replace

from kure_hooks.config.layout import LayoutSpec
from kure_hooks.engines.features import patched, with_patches
from kure_hooks.engines.identities import on_clusters
from kure_hooks.engines.interface import NO_FILES, NO_RULES, OUTPUT, Assembly, Start
from kure_hooks.engines.materials import refuse
from kure_hooks.engines.tool import Defaults, Draft, Tool, sound
from kure_hooks.errors import UsageError
from kure_hooks.files.tree import Tree
from kure_hooks.layout import invariants, payloads
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.render import ManifestLayout, StartFiles, artifacts, render
from kure_hooks.layout.rules import LayoutRules
from kure_hooks.layout.tree import Directory, Item
from kure_hooks.manifests import Manifest
from kure_hooks.stack.gitops import Bootstrap
from kure_hooks.stack.model import Bundle, Cluster, Node
from kure_hooks.stack.release import Release
from kure_hooks.stack.standalone import cluster_of, only

if TYPE_CHECKING:  # only drift needs them at run time
    from kure_hooks.engines.effects import Effects


def _check(part: object, types: type | tuple[type, ...]) -> None:
    """Raise UsageError for a part of another type, as a program without a type checker has it."""
    if not isinstance(part, types):
        first = types if isinstance(types, type) else types[0]
        raise UsageError(
            f"A {type(part).__name__} is no {first.__name__}. Give a {first.__name__}."
        )


class ResourceGenerator(ABC):
    """See interface.ResourceGenerator; a tool derives it and writes its `objects`.

    `usual` is the tool without options of an engine.
    """

    usual: ClassVar[Tool]

    def __init__(self, tool: Tool | None = None) -> None:
        self.tool = tool or self.usual

    @abstractmethod
    def objects(self, table: Plan, contents: Contents) -> Sequence[Item]:
        """Return the GitOps objects of all units, with what each comes from."""

    def generate_from_cluster(
        self, cluster: Cluster, *, tree: Tree = NO_FILES
    ) -> Sequence[Manifest]:
        """See interface.ResourceGenerator."""
        return [item.manifest for item in self._items(cluster, tree)[1]]

    def generate_from_node(
        self, node: Node, within: Cluster | None = None, *, tree: Tree = NO_FILES
    ) -> Sequence[Manifest]:
        """See interface.ResourceGenerator."""
        _check(node, Node)
        _check(within, (Cluster, NoneType))
        if within is None:
            return self.generate_from_cluster(cluster_of(node, self.tool.name), tree=tree)
        if node not in within.root.closure():
            raise UsageError(
                f"Node {node.name} is not in cluster {within.name}. Give one of its nodes."
            )
        bundles = {
            bundle.name
            for below in node.closure()
            if below.bundle
            for bundle in below.bundle.closure()
        }
        return self._of_bundles(within, bundles, tree)

    def generate_from_bundle(
        self, bundle: Bundle, within: Cluster | None = None, *, tree: Tree = NO_FILES
    ) -> Sequence[Manifest]:
        """See interface.ResourceGenerator."""
        _check(bundle, Bundle)
        _check(within, (Cluster, NoneType))
        if within is None:
            within = cluster_of(only(bundle), self.tool.name, bundle.name)
            bundle = next(within.bundles())
        if bundle not in within.bundles():
            raise UsageError(
                f"Bundle {bundle.name} is not in cluster {within.name}. Give one of its bundles."
            )
        return self._of_bundles(within, {bundle.name}, tree)

    def _items(self, cluster: Cluster, tree: Tree) -> tuple[Plan, list[Item]]:
        _check(cluster, Cluster)
        draft = self.tool.draft(cluster, tree=tree)
        return draft.plan, patched(draft.plan, self.objects(draft.plan, draft.contents))

    def _of_bundles(
        self, cluster: Cluster, bundles: Collection[str], tree: Tree
    ) -> Sequence[Manifest]:
        """Return the objects of bundles; of one that holds those of several, the held ones."""
        table, items = self._items(cluster, tree)
        units = {
            unit.name
            for unit in table.units
            if (unit.bundle.split_from or unit.bundle.name) in bundles
        }
        single = (one for item in items for one in (item.holds or (item,)))
        return [item.manifest for item in single if item.origin.bundle in units]


class BootstrapGenerator(ABC):
    """See interface.BootstrapGenerator; a tool derives it and writes its `start`.

    `usual` is the tool without options of an engine.
    """

    usual: ClassVar[Tool]

    def __init__(self, tool: Tool | None = None) -> None:
        self.tool = tool or self.usual

    @abstractmethod
    def start(self, table: Plan, release: Release | None) -> Start:
        """Return what starts the tool, empty where the stack asks for no bootstrap.

        Raises InputError for a release that doesn't hold what the stack asks for.
        """

    @abstractmethod
    def supported_bootstrap_modes(self) -> Sequence[str]:
        """See interface.BootstrapGenerator."""

    def generate_bootstrap(
        self, config: Bootstrap, root: Node, *, tree: Tree = NO_FILES
    ) -> Sequence[Manifest]:
        """See interface.BootstrapGenerator."""
        if not config.enabled:
            return ()
        draft = self.tool.draft(cluster_of(root, self.tool.name, bootstrap=config), tree=tree)
        start = self.start(draft.plan, draft.materials.release)
        return [item.manifest for items in start.files.values() for item in items]


class LayoutIntegrator(ABC):
    """See interface.LayoutIntegrator; a tool derives it and says how pieces are placed.

    `parts` are the types of the generators that it uses unless it is given others.
    """

    parts: ClassVar[tuple[type[ResourceGenerator], type[BootstrapGenerator]]]

    def __init__(
        self,
        generator: ResourceGenerator | None = None,
        bootstrap: BootstrapGenerator | None = None,
    ) -> None:
        resources, start = self.parts
        self.generator = generator or resources()
        self.bootstrap = bootstrap or start(self.generator.tool)
        self.tool = self.generator.tool

    @abstractmethod
    def place(self, table: Plan, assembly: Assembly) -> Sequence[Directory]:
        """Return all directories: the payloads, and what GitOps objects and start add to them."""

    def create_layout(
        self,
        cluster: Cluster,
        rules: LayoutSpec | LayoutRules = NO_RULES,
        *,
        tree: Tree = NO_FILES,
        output: str = OUTPUT,
    ) -> ManifestLayout:
        """Return the payloads of a cluster alone, as its applications say, for any tool to take."""
        draft = self.tool.draft(cluster, rules, tree, output)
        return render([*payloads.directories(draft.plan, draft.written)], cluster.at.path)

    def create_layout_with_resources(
        self,
        cluster: Cluster,
        rules: LayoutSpec | LayoutRules = NO_RULES,
        *,
        tree: Tree = NO_FILES,
        output: str = OUTPUT,
    ) -> ManifestLayout:
        """See interface.LayoutIntegrator."""
        draft = self.tool.draft(cluster, rules, tree, output)
        return self._integrated(draft, [*payloads.directories(draft.plan, draft.contents)])

    def integrate_with_layout(
        self,
        layout: ManifestLayout,
        cluster: Cluster,
        rules: LayoutSpec | LayoutRules = NO_RULES,
        *,
        tree: Tree = NO_FILES,
        output: str = OUTPUT,
    ) -> ManifestLayout:
        """See interface.LayoutIntegrator."""
        draft = self.tool.draft(cluster, rules, tree, output)
        as_written = {each.path: each for each in payloads.directories(draft.plan, draft.written)}
        prepared = {each.path: each for each in payloads.directories(draft.plan, draft.contents)}
        for directory in layout.directories:
            if directory.path not in prepared:
                place = "/".join(directory.path)
                raise UsageError(
                    f"{place} is no directory of the payloads of cluster {cluster.name}. "
                    "Leave the directories of a layout where create_layout has put them."
                )
        changed = {
            directory.path: directory
            for directory in layout.directories
            if directory != as_written.get(directory.path)
        }
        return self._integrated(draft, [*(prepared | changed).values()])

    def _integrated(self, draft: Draft, own: Sequence[Directory]) -> ManifestLayout:
        """Return the tree around payloads: every step after the draft, in its order."""
        table, materials = draft.plan, draft.materials
        start = self.bootstrap.start(table, materials.release)
        assembly = Assembly(self.generator.objects(table, draft.contents), start, own)
        assembly = with_patches(table, assembly)
        for adapt in self.tool.adaptations:
            assembly = adapt(table, assembly)
        directories = self.place(table, assembly)
        refuse(directories)
        invariants.objects_differ(directories, on_clusters(table))
        invariants.check(table, directories, assembly.start.syncs)
        inspected = [
            finding
            for inspect in self.tool.inspections
            for finding in inspect(table, directories, materials.tree)
        ]
        layout = render(directories, table.cluster.at.path)
        below = "/".join(table.start)
        return replace(
            layout,
            artifacts=artifacts(table, layout.files),
            warnings=sound([*draft.warnings, *inspected]),
            start=StartFiles(tuple(f"{below}/{path}" for path in start.files), tuple(start.advice)),
            reads=materials.reads(),
            payloads=table.payloads_here,
        )


class Engine:
    """See interface.WorkflowEngine: a layout integrator and the two parts that it works with."""

    def __init__(self, integrator: LayoutIntegrator) -> None:
        self.integrator = integrator
        self.tool = integrator.tool
        self.generate_from_cluster = integrator.generator.generate_from_cluster
        self.generate_from_node = integrator.generator.generate_from_node
        self.generate_from_bundle = integrator.generator.generate_from_bundle
        self.create_layout = integrator.create_layout
        self.create_layout_with_resources = integrator.create_layout_with_resources
        self.integrate_with_layout = integrator.integrate_with_layout
        self.generate_bootstrap = integrator.bootstrap.generate_bootstrap
        self.supported_bootstrap_modes = integrator.bootstrap.supported_bootstrap_modes

    def with_defaults(self, defaults: Defaults) -> Self:
        """Return an engine that fills in options of each cluster in this way."""
        integrator = type(self.integrator)
        generator, _ = integrator.parts
        return type(self)(integrator(generator(replace(self.tool, defaults=defaults))))

    @property
    def name(self) -> str:
        """See interface.WorkflowEngine."""
        return self.tool.name

    @property
    def version(self) -> str:
        """See interface.WorkflowEngine."""
        return self.tool.version

    def effects(self, manifest: Manifest) -> "Effects | None":
        """See interface.WorkflowEngine."""
        from kure_hooks.engines.effects import tool_named  # noqa: PLC0415 - only drift needs it

        return tool_named(self.name).effects(manifest)
