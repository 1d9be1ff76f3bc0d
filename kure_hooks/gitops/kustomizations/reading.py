"""The file that makes a directory one of kustomize's, read as kustomize 5.8 reads it."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.decoding.faults import faults
from kure_hooks.files.paths import base_name
from kure_hooks.findings import Finding, Location
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.kustomizations.schema import Kustomization
from kure_hooks.kustomize import BUILD_FILES
from kure_hooks.kustomize.files import GROUP, HEAD
from kure_hooks.manifests import Manifest, value_at
from kure_hooks.yamlio import Document, Pointer
from kure_hooks.yamlio.document import key_path

COMPONENT = "Component"
_UNKNOWN = "TY003"
_KINDS = {"Kustomization": f"{GROUP}/v1beta1", COMPONENT: f"{GROUP}/v1alpha1"}
_OF_FLUX = "targetNamespace"
REFUSES = "kustomize can't build this: "
"""The beginning of each problem that ends a build."""


class File(Struct, frozen=True):
    """A directory's file of kustomize's.

    `fields` are None where it can't be read; `path` is empty where there is none. `lenient` are
    those of the faults that Flux does not mind in the directory that an object of its names. The
    fields are below the pointer `inside` in the document; nowhere but in an object of Flux or Argo
    CD it is not empty.
    """

    directory: str
    path: str = ""
    document: Document | None = None
    fields: Kustomization | None = None
    faults: tuple[Finding, ...] = ()
    lenient: tuple[Finding, ...] = ()
    inside: Pointer = ()

    @property
    def is_component(self) -> bool:
        """True for one that others take in as a component."""
        return bool(self.fields and self.fields.kind == COMPONENT)

    def at(self, *pointer: str | int) -> Location:
        """Return where a key is."""
        if self.document is None:
            return Location(self.path)
        return self.document.key_at(*self.inside, *self._written(pointer))

    def _written(self, pointer: Pointer) -> Pointer:
        """Return the pointer as the object has it; Flux has the namespace by another name."""
        if self.inside and pointer[:1] == ("namespace",) and self.document is not None:
            fields = value_at(self.document.value, *self.inside)
            if isinstance(fields, dict) and _OF_FLUX in fields:
                return (_OF_FLUX, *pointer[1:])
        return pointer

    def refusal(
        self, pointer: Pointer, problem: str, expected: str, rule: str = "KZ001"
    ) -> Finding:
        """Return a finding about a key."""
        return Finding(
            self.at(*pointer),
            key_path((*self.inside, *self._written(pointer))),
            f"{REFUSES}{problem}",
            expected,
            rule=rule,
        )


def names_in(files: Files, directory: str) -> list[str]:
    """Return the paths of a directory's files of kustomize's."""
    start = f"{directory}/" if directory else ""
    return [start + name for name in BUILD_FILES if start + name in files.paths]


def read_file(files: Files, directory: str) -> File:
    """Return a directory's file of kustomize's, with all that kustomize refuses in it."""
    paths = names_in(files, directory)
    if not paths:
        return File(directory)
    file = File(directory, paths[0])
    refused = [
        replace(fault, problem=f"{REFUSES}{fault.problem}", rule="KZ001")
        for fault in files.faults(paths[0])
    ]
    if len(paths) > 1:
        names = " and ".join(map(base_name, paths))
        problem = f"{REFUSES}the directory has {names}"
        at = Location(paths[1])
        refused.append(Finding(at, "", problem, "Keep one of them.", rule="KZ001"))
    documents = files.documents(paths[0])
    if not documents:
        lenient = () if refused else (_empty(Location(paths[0])),)
        every = (*refused, *lenient)
        return replace(file, faults=every, fields=Kustomization(), lenient=lenient)
    read = replace(file, document=documents[0], faults=tuple(refused))
    return _decoded(read, documents[0])


def _decoded(file: File, document: Document) -> File:
    value = document.value
    if not isinstance(value, dict):
        fault = file.refusal((), "the file is no mapping", "Write fields such as resources.")
        return replace(file, faults=(*file.faults, fault))
    value = {_BY_CASE.get(key.lower(), key): item for key, item in value.items()}
    try:
        fields = msgspec.convert(value, Kustomization, strict=True)
    except msgspec.ValidationError:
        return _with_faults(file, document, value)
    empty = not any(value.get(key) is not None for key in value.keys() - HEAD)
    lenient = (_empty(file.at("resources")),) if empty else ()
    every = (*file.faults, *_of_head(file, fields), *lenient)
    return replace(file, fields=fields, faults=every, lenient=lenient)


def _with_faults(file: File, document: Document, value: Manifest) -> File:
    findings = faults(document, value, Kustomization, ())
    worded = [
        replace(fault, problem=f"{REFUSES}{fault.problem}", rule="KZ001") for fault in findings
    ]
    strange = {new for new, old in zip(worded, findings, strict=True) if old.rule == _UNKNOWN}
    known = {key: item for key, item in value.items() if key in _NAMES}
    try:
        fields = msgspec.convert(known, Kustomization, strict=True)
    except msgspec.ValidationError:
        fields = None
    lenient = tuple(worded) if _are_scalars(findings) else tuple(strange)
    heads = _of_head(file, fields) if fields else ()
    return replace(file, fields=fields, faults=(*file.faults, *worded, *heads), lenient=lenient)


def _are_scalars(findings: Iterable[Finding]) -> bool:
    """Tell whether the only faults are unknown fields and numbers or words that stand for texts."""
    return all(finding.rule == _UNKNOWN or finding.expected == "a string" for finding in findings)


def _of_head(file: File, fields: Kustomization) -> Iterator[Finding]:
    kind = fields.kind or "Kustomization"
    if kind not in _KINDS:
        yield file.refusal(("kind",), f"the kind is {kind}", "Write Kustomization or Component.")
    elif fields.api_version not in (None, "", _KINDS[kind]):
        problem = f"the apiVersion is {fields.api_version}"
        yield file.refusal(("apiVersion",), problem, f"Write {_KINDS[kind]}.")


def _empty(at: Location) -> Finding:
    problem = f"{REFUSES}the file is empty"
    return Finding(at, "", problem, "List what it takes in under resources.", rule="KZ001")


_NAMES = frozenset(field.encode_name for field in msgspec.structs.fields(Kustomization))
# Go reads keys in any case.
_BY_CASE = {name.lower(): name for name in _NAMES}
