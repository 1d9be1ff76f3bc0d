"""Rules of the API server for every object, whoever made it (Kubernetes 1.34, apimachinery).

A value with a variable such as `${name}` is not judged: another one comes to the cluster.
"""

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from kure_hooks.decoding.strings import Parts, labels_of
from kure_hooks.decoding.types import LabelKey, LabelValue, Name, ObjectName, ServiceName
from kure_hooks.manifests import Kind, value_at
from kure_hooks.secrecy import discreet, way_to
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

MOST_ANNOTATIONS = 256 << 10
"""Bytes that the keys and values of an object's annotations have together at most."""

MOST_DATA = 1 << 20
"""Bytes that the values of a ConfigMap or a Secret have together at most, decoded."""

# So many texts are remembered for each rule.
_TEXTS = 1 << 12

_VARIABLE = "${"
_ENCRYPTED = "ENC["  # by SOPS

_KEY = re.compile(r"(?!\.\.)(?!\.\Z)[-._a-zA-Z0-9]{1,253}")
_KEYS = "at most 253 letters, digits, '-', '_' and '.', which do not begin with '..'"
_NO_NAME = re.compile(r"[^a-z0-9.]++")
_NO_LABEL = re.compile(r"[^a-z0-9]++")
_DOTS = re.compile(r"(?<!-)-*+\.[-.]*+")
_PATH_SEGMENT = re.compile(r"(?!\.{1,2}\Z)[^/%]+")


class _Rule:
    """A field type as the judge of texts: the same labels and names are on most objects."""

    def __init__(self, wanted: Any) -> None:
        (meta,) = wanted.__metadata__
        self.description: str = meta.description
        self.longest: int = meta.max_length
        self._search = lru_cache(maxsize=_TEXTS)(re.compile(meta.pattern).search)

    def fits(self, text: str) -> bool:
        """Tell whether an object may have the text there."""
        return len(text) <= self.longest and self._search(text) is not None


_NAME, _OBJECT_NAME, _SERVICE_NAME = _Rule(Name), _Rule(ObjectName), _Rule(ServiceName)
_LABEL_KEY, _LABEL_VALUE = _Rule(LabelKey), _Rule(LabelValue)

# Kinds whose names are other than DNS subdomains, and those with shorter names: the API server
# needs what is left for the names or the labels of what it makes of them.
_NAMES: Mapping[Kind, _Rule] = {
    ("", "Namespace"): _NAME,
    ("", "Service"): _SERVICE_NAME,
    ("apps", "StatefulSet"): _NAME,  # its pods' host names have it as a part
}
_LENGTHS: Mapping[Kind, int] = {("batch", "CronJob"): 52, ("batch", "Job"): 63}
_ANY_NAME = ("rbac.authorization.k8s.io", ".openshift.io")
_FREE: frozenset[Kind] = frozenset(
    (
        *(("networking.k8s.io", "IPAddress"), ("policy", "PodDisruptionBudget"), ("", "Event")),
        ("certificates.k8s.io", "CertificateSigningRequest"),
    )
)
# Nothing of these groups is kept, so that a name means nothing.
_UNNAMED = ("authentication.k8s.io", "authorization.k8s.io")
# A generated name has five random characters at its end, and 63 together.
_RANDOM = "xxxxx"
_LONGEST_PREFIX = 58

# The values of each are encoded or not.
_DATA: Mapping[Kind, Mapping[str, bool]] = {
    ("", "ConfigMap"): {"data": False, "binaryData": True},
    ("", "Secret"): {"data": True, "stringData": False},
}


def refusals(manifest: Mapping[str, Any], parts: Parts) -> Iterator[Problem]:
    """Yield what the API server refuses of an object with metadata, apiVersion and kind as strings.

    A value of another type than a string is left to `string_problems`.
    """
    yield from name_problems(manifest, parts.kind)
    yield from namespace_problems(manifest)
    yield from label_problems(manifest, parts)
    yield from annotation_problems(parts)
    yield from data_problems(manifest, parts.kind)


def name_problems(
    manifest: Mapping[str, Any], kind: Kind, *, relaxed: bool = False
) -> Iterator[Problem]:
    """Yield why an object can't have its name, or its generateName."""
    name = value_at(manifest, "metadata", "name")
    if isinstance(name, str) and (problem := name_problem(*kind, name, relaxed=relaxed)):
        yield ("metadata", "name"), *problem
    prefix = value_at(manifest, "metadata", "generateName")
    if isinstance(prefix, str) and prefix and _VARIABLE not in prefix:
        # The API server holds the prefix against the rules even where nothing is generated.
        generated = () if name else (prefix[:_LONGEST_PREFIX] + _RANDOM,)
        for text in (_without_last_dash(prefix), *generated):
            if problem := name_problem(*kind, text, relaxed=relaxed):
                wrong, right = problem
                wrong = wrong.replace(shown(text), shown(prefix))
                yield ("metadata", "generateName"), wrong, right.replace(_RANDOM, "")
                return


def _without_last_dash(prefix: str) -> str:
    """Return a prefix as the API server judges it: a dash at its end may stand there."""
    return prefix[:-2] + "a" if len(prefix) > 1 and prefix[-1] == "-" else prefix


def namespace_problems(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield why an object can't be in its namespace."""
    namespace = value_at(manifest, "metadata", "namespace")
    if isinstance(namespace, str) and (problem := _namespace_problem(namespace)):
        yield ("metadata", "namespace"), *problem


def label_problems(manifest: Mapping[str, Any], parts: Parts) -> Iterator[Problem]:
    """Yield the labels that no object can have: its own, those of its pods, those it selects."""
    for pointer, labels in labels_of(manifest, parts):
        yield from _labels(manifest, pointer, labels)


def annotation_problems(parts: Parts) -> Iterator[Problem]:
    """Yield the annotations that no object can have: its own, and those of its pods."""
    for pointer, metadata in parts.metadata:
        yield from _annotations((*pointer, "annotations"), metadata.get("annotations"))


def data_problems(manifest: Mapping[str, Any], kind: Kind) -> Iterator[Problem]:
    """Yield what is wrong with the keys, the encoding and the size of a ConfigMap or a Secret."""
    if kind in _DATA:
        yield from _data(manifest, _DATA[kind])


def name_problem(
    group: str, kind: str, name: str, *, relaxed: bool = False
) -> tuple[str, str] | None:
    """Return why an object of a kind can't have a name, and what it can have.

    With `relaxed` a Service's name may begin with a digit, as from Kubernetes 1.36 on.
    """
    if _VARIABLE in name or not name or group in _UNNAMED:
        return None
    rule = _NAMES.get((group, kind), _OBJECT_NAME)
    if relaxed and rule is _SERVICE_NAME:
        rule = _NAME
    most = _LENGTHS.get((group, kind), rule.longest)
    is_free = group.endswith(_ANY_NAME) or (group, kind) in _FREE
    fits = _PATH_SEGMENT.fullmatch(name) if is_free else len(name) <= most and rule.fits(name)
    if fits:
        return None
    problem = f'the API server refuses the name "{shown(name)}" of a {shown(kind)}'
    if is_free:
        return problem, "a name without / and %"
    if len(name) > most:
        return f"{problem}, which has {len(name)} characters", f"at most {most} characters"
    return problem, _expected(rule, name, most)


def generated_name_problem(name: str) -> tuple[str, str] | None:
    """Return why kustomize can't make a ConfigMap of this name, to which it adds ten characters."""
    most = 253 - len("-0123456789")
    if len(name) > most:
        problem = f"the name with its suffix has more than 253 characters: {len(name)} of its own"
        return problem, f"at most {most} characters"
    return name_problem("", "ConfigMap", name)


def annotations_problem(annotations: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return why an object can't have all of these annotations together."""
    size = sum(len(each.encode()) for one in annotations.items() for each in map(str, one))
    if size <= MOST_ANNOTATIONS:
        return None
    problem = f"these annotations have {size:,} bytes, and Kubernetes takes {MOST_ANNOTATIONS:,}"
    return problem, "Use fewer or shorter annotations, or a ConfigMap for what is long."


def data_problem(sizes: Iterable[int]) -> tuple[str, str] | None:
    """Return why a ConfigMap or a Secret can't have values of these sizes together."""
    size = sum(sizes)
    if size <= MOST_DATA:
        return None
    problem = f"the values have {size:,} bytes together, and Kubernetes takes {MOST_DATA:,}"
    return problem, "several objects, or a volume or an image for what is long"


def key_problem(key: str) -> tuple[str, str] | None:
    """Return why a ConfigMap or a Secret can't have a key."""
    if _KEY.fullmatch(key) or _VARIABLE in key:
        return None
    return "the API server refuses this key", _KEYS


def _namespace_problem(name: str) -> tuple[str, str] | None:
    if not name or _VARIABLE in name or _NAME.fits(name):
        return None
    problem = f'the API server refuses the namespace "{shown(name)}"'
    return problem, _expected(_NAME, name, _NAME.longest)


def _labels(manifest: Mapping[str, Any], pointer: Pointer, labels: Any) -> Iterator[Problem]:
    for key, value in labels.items() if isinstance(labels, dict) else ():
        if refused := _label_key_problem(key, key):
            yield (*pointer, key), *refused
        if isinstance(value, str) and not _LABEL_VALUE.fits(value) and _VARIABLE not in value:
            problem = f'the API server refuses the value "{shown(value)}" of a label'
            expected = f"{_LABEL_VALUE.description}, or an annotation"
            place = (*pointer, key)
            yield place, discreet(problem, shown(value), way_to(place, manifest)), expected


def _annotations(pointer: Pointer, annotations: Any) -> Iterator[Problem]:
    if not isinstance(annotations, dict):
        return
    for key in annotations:
        if problem := _label_key_problem(key, key.lower()):
            yield (*pointer, key), *problem
    if problem := annotations_problem(annotations):
        yield (*pointer, max(annotations, key=lambda key: len(str(annotations[key])))), *problem


@lru_cache(maxsize=_TEXTS)
def _label_key_problem(key: str, judged: str) -> tuple[str, str] | None:
    fits = _LABEL_KEY.fits(judged) and judged.find("/") <= _OBJECT_NAME.longest
    if fits or _VARIABLE in key:
        return None
    return "the API server refuses this key", _LABEL_KEY.description


def _data(manifest: Mapping[str, Any], fields: Mapping[str, bool]) -> Iterator[Problem]:
    """Yield what is wrong with the keys, the encoding and the size of values."""
    sizes: dict[Pointer, int] = {}
    seen: dict[str, str] = {}
    for field, encoded in fields.items():
        values = manifest.get(field)
        for key, value in values.items() if isinstance(values, dict) else ():
            if problem := key_problem(key):
                yield (field, key), *problem
            if seen.setdefault(key, field) != field and manifest["kind"] == "ConfigMap":
                yield (field, key), f"this key is also in {seen[key]}", "List each key once."
            if not isinstance(value, str):
                continue
            size = _decoded(value) if encoded else len(value.encode())
            if size is None:
                instead = ", or the string in stringData" if "stringData" in fields else ""
                yield (field, key), "this is no Base64", f"the value in Base64{instead}"
            sizes[field, key] = size or 0
    if problem := data_problem(sizes.values()):
        yield max(sizes, key=lambda place: sizes[place]), *problem


def _decoded(value: str) -> int | None:
    """Return how many bytes Base64 stands for, None for what is none."""
    if _VARIABLE in value or value.startswith(_ENCRYPTED):
        return 0
    try:
        return len(b64decode(value.replace("\n", "").replace("\r", ""), validate=True))
    except ValueError:
        return None


def is_of(wanted: Any, text: str) -> bool:
    """Tell whether a text is of an annotated type such as `LabelKey`."""
    return _rule(wanted).fits(text)


@cache
def _rule(wanted: Any) -> _Rule:
    return _Rule(wanted)


def _expected(rule: _Rule, name: str, most: int) -> str:
    """Return the words for names of a rule, and a name like this one that fits."""
    near = (_NO_NAME if rule is _OBJECT_NAME else _NO_LABEL).sub("-", name.lower())
    near = _DOTS.sub(".", near)[:most].strip("-.")
    near = near if rule is not _SERVICE_NAME else near.lstrip("-0123456789")
    described = rule.description.partition(", such as")[0]
    return f"{described}, such as {near}" if near else described
