"""The rules of findings: a chapter for each room of the input and for each GitOps tool.

Findings bear the identifiers alone, so that only reports that explain them load these texts.
"""

from collections.abc import Mapping

from kure_hooks.rules import (
    admission,
    applications,
    argocd,
    documents,
    engines,
    flux,
    linting,
    ordering,
    pods,
    runs,
    stacks,
)
from kure_hooks.rules.rule import Rule

CHAPTERS: Mapping[str, Mapping[str, Rule]] = {
    "YAML and values": documents.RULES,
    "Settings, stacks and layout": stacks.RULES,
    "Applications and objects": applications.RULES,
    "Both GitOps tools": engines.RULES,
    "Flux CD": flux.RULES,
    "Argo CD": argocd.RULES,
    "The order of Argo CD": ordering.RULES,
    "Generated trees and validation": runs.RULES,
    "Objects before the API server": admission.RULES,
    "Pods before the API server": pods.RULES,
    "Runs of lint": linting.RULES,
}
"""The rules of each chapter by identifier, in order."""

RULES: Mapping[str, Rule] = {
    name: rule for chapter in CHAPTERS.values() for name, rule in chapter.items()
}
"""All rules by identifier."""
