"""Makes random custom resources, right and wrong ones, of the kinds whose CRDs are at hand."""

import copy
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from tests.support.api_server import Change
from tests.support.schema_mutations import mutate
from tests.support.schema_values import Sampler, Schema, literals, rules

ROOT = Path(__file__).parents[2]
PLACES = (ROOT.parent / "shared/data/crds/yaml", ROOT / ".tools/crds")
"""Where CRDs lie: the files for tests, and what .ci/crds fetches. Later ones replace earlier."""

Object = dict[str, Any]

_NAME = "self.metadata.name"

_METADATA: tuple[Object, ...] = (
    {"name": "Upper"},
    {"name": "a_b"},
    {"name": "a" * 254},
    {"name": "a.b-c.d"},
    {"name": "-a"},
    {"name": "a\n"},
    {"name": ""},
    {"name": None},
    {"name": 1},
    {"name": None, "generateName": "a-"},
    {"name": None, "generateName": "A-"},
    {"generateName": "a_"},
    {"namespace": "Upper"},
    {"namespace": "a.b"},
    {"namespace": "a" * 64},
    {"namespace": None},
    {"namespace": 1},
    {"labels": {"a": "b c"}},
    {"labels": {"a": "x" * 64}},
    {"labels": {"a": "x" * 63}},
    {"labels": {"a": "é"}},
    {"labels": {"-a": "b"}},
    {"labels": {"a/b/c": "d"}},
    {"labels": {"Example.com/a": "b"}},
    {"labels": {"example.com/A_b.c": ""}},
    {"labels": {"a": 1}},
    {"labels": {"a": True}},
    {"labels": {"a": None}},
    {"labels": []},
    {"labels": None},
    {"annotations": {"a b": "c"}},
    {"annotations": {"Example.com/a": "any thing\n"}},
    {"annotations": {"a": 1}},
    {"annotations": {"/a": "b"}},
    {"annotations": {"a": "x" * 262_144}},
    {"finalizers": ["example.com/a"]},
    {"finalizers": ["a b"]},
    {"finalizers": ["orphan", "foregroundDeletion"]},
    {"ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "a", "uid": "b"}]},
    {"ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "a"}]},
    {"ownerReferences": [{"apiVersion": "v1", "kind": "Event", "name": "a", "uid": "b"}]},
    {"creationTimestamp": None},
    {"creationTimestamp": "yesterday"},
    {"generation": 1},
    {"generation": "1"},
    {"resourceVersion": "1"},
    {"unknown": "a"},
    {"Labels": {"a": "b"}},
)


@dataclass(frozen=True)
class Kind:
    """One served version of a CRD."""

    crd: Object
    version: str

    @property
    def group(self) -> str:
        return self.crd["spec"]["group"]

    @property
    def name(self) -> str:
        return self.crd["spec"]["names"]["kind"]

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}"

    @property
    def schema(self) -> Schema:
        versions = self.crd["spec"]["versions"]
        version = next(v for v in versions if v["name"] == self.version)
        return version["schema"]["openAPIV3Schema"]

    def __str__(self) -> str:
        return f"{self.name}.{self.api_version}"


@functools.cache
def kinds() -> tuple[Kind, ...]:
    """Return the kinds of all CRDs at hand, in the order of their names. Read only."""
    found = {}
    for place in PLACES:
        for path in sorted(place.rglob("*.yaml")):
            for document in yaml.load_all(path.read_bytes(), yaml.CSafeLoader):
                if isinstance(document, dict) and document["kind"] == "CustomResourceDefinition":
                    for version in document["spec"]["versions"]:
                        if version.get("served"):
                            kind = Kind(document, version["name"])
                            found[str(kind)] = kind
    return tuple(found[name] for name in sorted(found))


def kinds_at_hand(least: int) -> tuple[Kind, ...]:
    """Return the kinds at hand, or skip the test where there are fewer than so many."""
    if len(kinds()) < least:
        pytest.skip("the CRDs of ../shared/data or .tools/crds are not here; run .ci/crds")
    return kinds()


def resource(kind: Kind, chance: Random) -> Object:
    """Return an object that the schema of the kind allows, as far as chance finds one."""
    sampler = Sampler(chance, chance.choice([0.05, 0.2, 0.5]))
    names = [text for rule in rules(kind.schema) if _NAME in rule for text in literals(rule)]
    content: Object = {
        "apiVersion": kind.api_version,
        "kind": kind.name,
        "metadata": {"name": names[0] if names else "example", "labels": {"a": "b"}},
    }
    for key, schema in kind.schema["properties"].items():
        if key not in content and chance.random() < (0.1 if key == "status" else 0.98):
            content[key] = sampler.value(schema)
    return content


def mutant(kind: Kind, original: Object, chance: Random) -> tuple[str, Object]:
    """Return a copy of an object with one to three changes, and the names of those."""
    content = copy.deepcopy(original)
    names = []
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        draw = chance.random()
        if draw < 0.12 and isinstance(content.get("metadata"), dict):
            content["metadata"] |= copy.deepcopy(chance.choice(_METADATA))
            names.append("metadata")
        elif draw < 0.17:
            names.append(_root(content, kind, chance))
        elif filled := [key for key in content if key not in {"apiVersion", "kind", "metadata"}]:
            key = chance.choice(sorted(filled))
            inner = kind.schema.get("properties", {}).get(key, {})
            names.append(mutate(content, key, inner, chance))
    return " + ".join(names), content


def _root(content: Object, kind: Kind, chance: Random) -> str:
    key, value = chance.choice(
        (
            ("apiVersion", f"{kind.group}/v0"),
            ("apiVersion", None),
            ("kind", "Other"),
            ("kind", 1),
            ("metadata", None),
            ("metadata", []),
            ("spec", None),
            ("spec", []),
            ("spec", {}),
            ("status", {}),
            ("status", {"unknown": 1}),
            ("unknown", 1),
        )
    )
    content[key] = value
    return "root"


def samples(kind: Kind, *, seed: int, count: int) -> Iterator[tuple[str, Object]]:
    """Yield so many objects of a kind, each with what was done to it: a third are not changed.

    The same seed makes the same objects.
    """
    chance = Random(f"{seed} {kind}")  # noqa: S311 - repeatable on purpose
    for number in range(count):
        content = resource(kind, chance)
        yield ("as made", content) if number % 3 == 0 else mutant(kind, content, chance)


def changes(kind: Kind, *, seed: int, count: int) -> Iterator[Change]:
    """Yield so many updates of a kind, from an object as made to a mutant of it."""
    chance = Random(f"change {seed} {kind}")  # noqa: S311 - repeatable on purpose
    for _ in range(count):
        old = resource(kind, chance)
        yield Change(old, mutant(kind, old, chance)[1])
