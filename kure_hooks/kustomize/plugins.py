"""Configurations of the generators, transformers and validators of kustomizations."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import join_relative
from kure_hooks.files.tree import Tree
from kure_hooks.yamlio import read

PLUGINS = ("generators", "transformers", "validators")
_BUILTIN = "builtin"
_INFLATION = "HelmChartInflationGenerator"
REMOTE = re.compile(
    r"\A(?:[a-z][a-z0-9+.-]*+://|git::|gh:|[\w.-]+@[\w.-]+[:/]|(github|gitlab)\.com[/:]|bitbucket\.org[/:]"
    r"|[^?]*+\?(ref|version|timeout|submodules)=|[\w-]++(\.[\w-]++)++/[^/]++/.*//)",
    re.IGNORECASE,
)
NEEDS_NETWORK = "takes in {}, which needs a network"
NEEDS_HELM = "inflates Helm charts, which needs a network"


class Plugins:
    """The configurations of generators, transformers and validators of one file."""

    def __init__(
        self, tree: Tree, directory: str, present: AbstractSet[str], fields: Mapping[str, Any]
    ) -> None:
        self.files: set[str] = set()
        self.obstacles: list[str] = []
        for entry in (entry for key in PLUGINS for entry in fields.get(key) or ()):
            for plugin in _configurations(tree, directory, entry):
                self._take(plugin, directory, present)

    def _take(self, plugin: Any, directory: str, present: AbstractSet[str]) -> None:
        version = plugin.get("apiVersion") if isinstance(plugin, dict) else None
        if version != _BUILTIN:
            self.obstacles.append("runs plugins, which are programs of others")
        elif plugin.get("kind") == _INFLATION:
            self.obstacles.append(NEEDS_HELM)
        for text in _texts(plugin):
            path = join_relative(directory, text.rpartition("=")[2])
            if path is not None and path in present:
                self.files.add(path)
            elif REMOTE.match(text.rpartition("=")[2]):
                self.obstacles.append(NEEDS_NETWORK.format(text))


def _configurations(tree: Tree, directory: str, entry: Any) -> Iterator[Any]:
    """Yield the documents of an entry: a file, or the text itself."""
    if not isinstance(entry, str):
        return
    path = join_relative(directory, entry)
    try:
        if "\n" in entry:
            documents = read(entry.encode(), directory)
        elif path and list(tree.paths(path)) == [path]:
            documents = read(tree.read(path), path)
        else:
            return
    except (InputError, ReadError):
        return
    yield from (document.value for document in documents)


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
