"""What an application kind is."""

from collections.abc import Sequence
from typing import Protocol

from kure_hooks.files.tree import Tree
from kure_hooks.manifests import Manifest
from kure_hooks.stack.interface import Kind
from kure_hooks.stack.model import Application


class Generator(Kind, Protocol):
    """A module with a `Spec`, its `problems`, and the manifests that an application stands for."""

    def generate(self, application: Application, tree: Tree) -> Sequence[Manifest]:
        """Return the manifests in a fixed order; InputError for files that can't be used."""
        ...
