"""YAML in with positions and limits, YAML out in one canonical form."""

from kure_hooks.yamlio.document import Document, Pointer
from kure_hooks.yamlio.emitter import dump
from kure_hooks.yamlio.ordinary import read
from kure_hooks.yamlio.scalars import agreed, kubernetes, kustomize, strict
from kure_hooks.yamlio.skimming import skim

__all__ = [
    "Document",
    "Pointer",
    "agreed",
    "dump",
    "kubernetes",
    "kustomize",
    "read",
    "skim",
    "strict",
]
