from typing import Final

import kure_hooks.engines.argocd.tool
import kure_hooks.engines.flux.tool
from kure_hooks.api import check as check
from kure_hooks.api import generate as generate
from kure_hooks.api import load_stack as load_stack
from kure_hooks.apps import Generator as Generator
from kure_hooks.builder import BundleBuilder as BundleBuilder
from kure_hooks.builder import ClusterBuilder as ClusterBuilder
from kure_hooks.builder import NodeBuilder as NodeBuilder
from kure_hooks.config.argocd import ArgocdSpec as ArgocdSpec
from kure_hooks.config.flux import FluxSpec as FluxSpec
from kure_hooks.config.layout import LayoutSpec as LayoutSpec
from kure_hooks.engines import engine_for as engine_for
from kure_hooks.engines.interface import BootstrapGenerator as BootstrapGenerator
from kure_hooks.engines.interface import LayoutIntegrator as LayoutIntegrator
from kure_hooks.engines.interface import ResourceGenerator as ResourceGenerator
from kure_hooks.engines.interface import WorkflowEngine as WorkflowEngine
from kure_hooks.errors import InputError as InputError
from kure_hooks.errors import KureHooksError as KureHooksError
from kure_hooks.errors import ToolError as ToolError
from kure_hooks.errors import UsageError as UsageError
from kure_hooks.findings import Finding as Finding
from kure_hooks.findings import Location as Location
from kure_hooks.findings import Severity as Severity
from kure_hooks.layout.render import ManifestLayout as ManifestLayout
from kure_hooks.layout.rules import LayoutRules as LayoutRules
from kure_hooks.outcome import Outcome as Outcome
from kure_hooks.registry import EngineEntry as EngineEntry
from kure_hooks.registry import KindEntry as KindEntry
from kure_hooks.registry import RuleEntry as RuleEntry
from kure_hooks.stack.gitops import Bootstrap as Bootstrap
from kure_hooks.stack.interface import Product as Product
from kure_hooks.stack.model import Application as Application
from kure_hooks.stack.model import Bundle as Bundle
from kure_hooks.stack.model import Cluster as Cluster
from kure_hooks.stack.model import Node as Node
from kure_hooks.stack.model import Stack as Stack

__version__: Final[str]

argocd = kure_hooks.engines.argocd.tool
flux = kure_hooks.engines.flux.tool
