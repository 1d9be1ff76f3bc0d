"""Charts of a tree, as directories and as archives, with their values and the schema of these."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

from kure_hooks.files.paths import base_name
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.files.unpacking import unpack
from kure_hooks.yamlio import read

CHART = "Chart.yaml"
SCHEMA = "values.schema.json"
_VALUES = "values.yaml"
_ARCHIVE = ".tgz"
_DRAFTS = (
    (re.compile(r"draft-04"), "Draft4Validator"),
    (re.compile(r"draft-06"), "Draft6Validator"),
    (re.compile(r"2019-09"), "Draft201909Validator"),
    (re.compile(r"2020-12"), "Draft202012Validator"),
)
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_WORDS = {"true": True, "false": False, "null": None}
_URL = re.compile(r"\A(?:[a-z+]++://)?(?:[^/@]*@)?([^/:]+)(?::[0-9]+(?=/))?[:/](.*)", re.IGNORECASE)
# Helm's validator takes what names no draft for one of the older ones.
_USUAL = "Draft7Validator"


class Chart:
    """A chart: `path` is its directory or archive, and `files` those beside its Chart.yaml."""

    def __init__(self, path: str, files: Mapping[str, bytes]) -> None:
        self.path = path
        self._files = files

    @property
    def has_schema(self) -> bool:
        """Tell whether the chart has a schema of its values."""
        return SCHEMA in self._files

    @property
    def schema_path(self) -> str:
        """The path of the schema, below the archive's if it is in one."""
        return f"{self.path}/{SCHEMA}".lstrip("/")

    @cached_property
    def values(self) -> dict[str, Any]:
        """The values that the chart has by default. Raises InputError for no YAML."""
        documents = read(self._files.get(_VALUES, b""), f"{self.path}/{_VALUES}", most=MAX_LARGE)
        value = documents[0].value if documents else {}
        return value if isinstance(value, dict) else {}

    @cached_property
    def schema(self) -> Any:
        """The schema. Raises ValueError for one that is no JSON or refers to another document."""
        try:
            schema = json.loads(self._files[SCHEMA])
        except RecursionError as error:
            raise ValueError("it is too deep") from error
        for reference in _references(schema):
            if not reference.startswith("#"):
                raise ValueError(f"it refers to {reference}, which is not looked up")
        return schema

    @cached_property
    def validator(self) -> Any:
        """The validator of values. Raises ValueError for a schema that can't be used."""
        library = import_module("jsonschema_rs")
        schema, draft = self.schema, ""
        if isinstance(schema, dict):
            draft = str(schema.get("$schema", ""))
            schema = {key: part for key, part in schema.items() if key != "$schema"}
        name = next((name for pattern, name in _DRAFTS if pattern.search(draft)), _USUAL)
        return getattr(library, name)(
            schema,
            validate_formats=False,  # there are as many opinions about them as there are libraries
            pattern_options=library.RegexOptions(),  # linear
            offline=True,
        )


class Charts:
    """The charts of a tree; each is read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._known: dict[str, Chart | None] = {}

    def at(self, path: str) -> Chart | None:
        """Return the chart of a directory or an archive, None where there is none.

        Raises ReadError for an archive that can't be read.
        """
        if path not in self._known:
            self._known[path] = None
            if path in self._files:
                self._known[path] = self._archive(path) if path.endswith(_ARCHIVE) else None
            elif (f"{path}/{CHART}").lstrip("/") in self._files:
                self._known[path] = self._directory(path)
        return self._known[path]

    def vendored(self, name: str, version: str) -> Chart | None:
        """Return the chart of an archive as `helm pull` names it, wherever it lies."""
        wanted = f"{base_name(name)}-{version}{_ARCHIVE}"
        path = next((path for path in sorted(self._files) if base_name(path) == wanted), None)
        return self.at(path) if path else None

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset(self._tree.paths())

    def _directory(self, path: str) -> Chart:
        inside = f"{path}/" if path else ""
        names = [name for name in (SCHEMA, _VALUES) if inside + name in self._files]
        return Chart(path, {name: self._tree.read(inside + name, MAX_LARGE) for name in names})

    def _archive(self, path: str) -> Chart | None:
        files = unpack(self._tree.read(path, MAX_LARGE), path)
        top = next(
            (name for name in files if name.count("/") == 1 and base_name(name) == CHART), ""
        )
        above = top.removesuffix(CHART)
        names = [name for name in (SCHEMA, _VALUES) if above + name in files]
        return Chart(path, {name: files[above + name] for name in names}) if top else None


def repository(url: str) -> str:
    """Return what is the same in all URLs of a repository; empty for a path of this machine."""
    match = _URL.fullmatch(url.strip())
    if match is None or url.startswith(("/", ".", "file:")):
        return ""
    host, path = match.groups()
    return f"{host}/{path.strip('/').removesuffix('.git')}".lower()


def typed(text: str) -> Any:
    """Return the value of a text as `helm --set` takes it."""
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _INTEGER.fullmatch(text) else text


def _references(schema: Any) -> Iterator[str]:
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            references = (value.get(key) for key in ("$ref", "$dynamicRef", "$recursiveRef"))
            yield from (reference for reference in references if isinstance(reference, str))
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
