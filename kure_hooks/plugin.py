"""The names that a package needs to add an engine, an application kind or a rule of lint.

They are those that our own are made of. A package offers an `EngineEntry` as an entry point of the
group `kure_hooks.engines`, a `KindEntry` as one of `kure_hooks.applications`, and a `RuleEntry` as
one of `kure_hooks.rules`.
"""

from kure_hooks.decoding.types import Input
from kure_hooks.drift.paths import FieldPath
from kure_hooks.drift.result import Risk
from kure_hooks.engines.effects import Deletion, Effects
from kure_hooks.engines.effects import Directory as AppliedDirectory
from kure_hooks.engines.interface import Assembly, Reader, Start
from kure_hooks.engines.placement import each_in_a_file, separate
from kure_hooks.engines.tool import Tool
from kure_hooks.engines.workflow import (
    BootstrapGenerator,
    Engine,
    LayoutIntegrator,
    ResourceGenerator,
)
from kure_hooks.files.mark import mark as header
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster as LintedCluster
from kure_hooks.gitops.repository import Repository
from kure_hooks.layout.payloads import Contents, origin
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, File, Item
from kure_hooks.layout.units import Scheme, Unit
from kure_hooks.manifests import Identity, Manifest, kind_of
from kure_hooks.origin import Origin
from kure_hooks.registry import EngineEntry, KindEntry, RuleEntry
from kure_hooks.rules.rule import Rule
from kure_hooks.stack.interface import Product, never
from kure_hooks.stack.model import Application, Bundle, Cluster
from kure_hooks.yamlio import Pointer, dump

__all__ = [
    "Application",
    "AppliedDirectory",
    "Assembly",
    "BootstrapGenerator",
    "Bundle",
    "Cluster",
    "Contents",
    "Deletion",
    "Directory",
    "Effects",
    "Engine",
    "EngineEntry",
    "FieldPath",
    "File",
    "Finding",
    "Identity",
    "Input",
    "Item",
    "KindEntry",
    "LayoutIntegrator",
    "LintedCluster",
    "Manifest",
    "Origin",
    "Owner",
    "Plan",
    "Pointer",
    "Product",
    "Reader",
    "Repository",
    "Resource",
    "ResourceGenerator",
    "Risk",
    "Rule",
    "RuleEntry",
    "Scheme",
    "Severity",
    "Start",
    "Tool",
    "Unit",
    "dump",
    "each_in_a_file",
    "header",
    "kind_of",
    "never",
    "of_rule",
    "origin",
    "separate",
]
