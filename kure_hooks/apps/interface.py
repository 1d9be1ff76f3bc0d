"""The interface of application kinds."""

from typing import Protocol

from kure_hooks.files.tree import Tree
from kure_hooks.stack.interface import Kind, Product
from kure_hooks.stack.model import Application


class Generator(Kind, Protocol):
    """A module with a `Spec`, its `problems`, and the product that an application stands for."""

    def generate(self, application: Application, tree: Tree) -> Product:
        """Return the manifests in a fixed order; InputError for files that can't be used."""
        ...
