"""Files of a repository as controllers read them, each parsed once."""

import re
from functools import cached_property

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.memory import OverlaidTree
from kure_hooks.files.paths import ancestors, base_name, parent
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.findings import Finding, Location
from kure_hooks.gitops.left_out import NOTHING, LeftOut
from kure_hooks.kustomize import is_kustomization
from kure_hooks.objects.written import ENDINGS, Object, in_documents
from kure_hooks.yamlio import Document, read, skim

_GROUPS = re.compile(rb"\bfluxcd\b|\bargoproj\.io\b")
# Comments that begin so are for kure-hooks.
_REMARK = b"kure-hooks:"


# Scalars that kustomize builds as others than kubectl reads: words such as `on`, floats without a
# fraction, dates, numbers that begin with 0, and folded texts. Each expression begins with what few
# places of a file have, and looks behind that then.
_END = rb"(?=[\s,\]}]|\Z)"
_WORD = re.compile(
    rb"[yYnNoO](?<![\w./-].)"
    rb"(?:(?<=[yY])(?:[eE][sS])?|(?<=[nN])[oO]?|(?<=[oO])(?:[nN]|[fF][fF]))" + _END
)
_FLOAT = re.compile(
    rb"[-+.\d](?<![\w./+-].)"
    rb"(?:(?:(?<=[-+])\d|(?<=\d))\d*+\.0*+|[-+.\d]*+[eE][-+]?\d++)" + _END
)
_DATE = re.compile(rb"\d(?<![\w./-].)\d{3}-\d\d?-\d")
_ZERO = re.compile(rb"0(?<=\s0)[bBoO]?[-+_\d]")
_FOLDED = re.compile(rb">[-+\d]*[ \t]*(?:#.*)?$", re.MULTILINE)
_DISPUTED = (_WORD, _FLOAT, _DATE, _ZERO, _FOLDED)


class Files:
    """The files of one tree, with the objects that they have."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.left_out = NOTHING
        self._whole = tree
        self._data: dict[str, bytes] = {}
        self._documents: dict[str, tuple[Document, ...]] = {}
        self._objects: dict[str, tuple[Object, ...]] = {}
        self._disputed: set[str] = set()
        self._faults: dict[str, tuple[Finding, ...]] = {}

    def without(self, left_out: LeftOut) -> "Files":
        """Return the same files but for some; each is still parsed once."""
        files = Files(OverlaidTree({}, self.tree, frozenset(left_out.patterns)))
        files.left_out = left_out
        files._whole = self._whole
        files._data, files._documents, files._objects = self._data, self._documents, self._objects
        files._disputed, files._faults = self._disputed, self._faults
        return files

    @cached_property
    def paths(self) -> frozenset[str]:
        """All paths; another repository, such as a submodule, has a slash at the end."""
        return frozenset(self.tree.paths())

    @cached_property
    def directories(self) -> frozenset[str]:
        """All directories that have a file at any depth; `''` is the root."""
        return frozenset(above for path in self.paths for above in ("", *ancestors(path)))

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """The names of the files and directories in each directory."""
        names: dict[str, list[str]] = {}
        for path in (*self.paths, *self.directories - {""}):
            names.setdefault(parent(path), []).append(base_name(path))
        return names

    @cached_property
    def manifests(self) -> tuple[str, ...]:
        """The sorted paths of the files that may have objects."""
        return tuple(sorted(path for path in self.paths if path.lower().endswith(ENDINGS)))

    def text(self, path: str) -> str:
        """Return a file as it is written; what is not UTF-8 is replaced."""
        return self.content(path).decode(errors="replace")

    def mentions(self, path: str) -> bool:
        """Tell whether a file has the API group of Flux or Argo CD in it, without parsing it."""
        return _GROUPS.search(self.content(path)) is not None

    @property
    def remarked(self) -> dict[str, bytes]:
        """The content of the files read so far in which `kure-hooks:` stands, as in comments."""
        return {path: data for path, data in sorted(self._data.items()) if _REMARK in data}

    def documents(self, path: str) -> tuple[Document, ...]:
        """Return the documents of a file, objects or not; none where it can't be read."""
        self._parse(path)
        return self._documents[path]

    def is_disputed(self, path: str) -> bool:
        """Tell whether kustomize may build other values from a file than kubectl reads."""
        self._parse(path)
        return path in self._disputed

    def objects(self, path: str) -> tuple[Object, ...]:
        """Return what may be objects in a file, in their order; none where it can't be read."""
        self._parse(path)
        return self._objects[path]

    def faults(self, path: str) -> tuple[Finding, ...]:
        """Return why a file can't be read; none where it can."""
        self._parse(path)
        return self._faults[path]

    def content(self, path: str) -> bytes:
        """Return the content of a file, nothing for one that can't be read."""
        if path not in self._data:
            try:
                self._data[path] = self._whole.read(path, MAX_LARGE)
            except ReadError as error:
                self._data[path] = b""
                fault = Finding(
                    Location(path), "", f"it {error.reason}", error.expected, rule="VA001"
                )
                self._faults[path] = (fault,)
        return self._data[path]

    def _parse(self, path: str) -> None:
        if path in self._objects:
            return
        documents: list[Document] = []
        try:
            data = self.content(path)
            # Of files of kustomize's the places of all entries are asked for, of others of few.
            parse = read if is_kustomization(path) else skim
            documents = parse(data, path, most=MAX_LARGE)
            if any(expression.search(data) for expression in _DISPUTED):
                self._disputed.add(path)
        except InputError as error:
            self._faults[path] = tuple(error.findings)
        objects = in_documents(path, documents)
        self._documents[path] = tuple(documents)
        self._objects[path] = tuple(item for item in objects if isinstance(item.manifest, dict))
        self._faults.setdefault(path, ())
