"""Makes random values of a structural schema, such as that of a CRD."""

import re
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.support.pattern_texts import text_of

Schema = dict[str, Any]

FORMATS = {
    "date-time": ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678+02:00"),
    "date": ("2026-01-02",),
    "duration": ("5m", "1h30m", "90s"),
    "byte": ("aGVsbG8=",),
    "uri": ("https://example.com/a?b=c", "/a"),
    "email": ("a@example.com",),
    "hostname": ("example.com", "localhost"),
    "ipv4": ("10.1.2.3",),
    "ipv6": ("fd00::1",),
    "cidr": ("10.0.0.0/8",),
    "mac": ("00:00:5e:00:53:01",),
    "uuid": ("123e4567-e89b-12d3-a456-426614174000",),
}
TEXTS = ("a", "main", "example-1", "x.y", "1", "10m", "https://example.com/a", "v1.2.3", "a b", "é")
ANY = (0, 1, -3, 1.5, True, "a", [], [1, "a"], {}, {"a": {"b": [None]}})
NAMES = ("a", "b-c", "example.com/d", "E")
_QUOTED = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")
_FIELD = re.compile(r"self\.([A-Za-z_]\w*)")
_DEPTH = 7


def literals(rule: str) -> Iterator[str]:
    """Yield the strings that a rule in CEL names."""
    for single, double in _QUOTED.findall(rule):
        yield single or double


class Sampler:
    """Random values of schemas, the same ones for the same seed.

    Args:
        chance: the source of chance.
        density: how likely an optional property is there, from 0 to 1.
    """

    def __init__(self, chance: Random, density: float = 0.3) -> None:
        self._chance = chance
        self._density = density
        # Chance would seldom fill what rules speak of, and would seldom leave all of it out.
        self._ruled = chance.choice([density, 0.5])

    def value(self, schema: Schema, texts: tuple[str, ...] = (), depth: int = 0) -> Any:
        """Return a value that the schema allows, as far as one is found without search.

        The texts are those that rules in CEL around the schema name: a string field takes one of
        them now and then, since chance alone would never hit on it.
        """
        texts += tuple(text for rule in rules(schema) for text in literals(rule))
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        if schema.get("nullable") and self._chance.random() < 0.1:
            return None
        if schema.get("x-kubernetes-int-or-string"):
            schema = schema | {"type": self._chance.choice(["integer", "string"])}
        return self._typed(schema, texts, depth)

    def _typed(self, schema: Schema, texts: tuple[str, ...], depth: int) -> Any:
        match schema.get("type"):
            case "object":
                value = self._object(schema, texts, depth)
            case "array":
                value = self._array(schema, texts, depth)
            case "string":
                value = self._text(schema, texts)
            case "integer" | "number" as kind:
                value = self._number(schema, kind)
            case "boolean":
                value = self._chance.random() < 0.5
            case _:
                value = self._chance.choice(ANY)
        return value

    def _object(self, schema: Schema, texts: tuple[str, ...], depth: int) -> dict[str, Any]:
        if schema.get("x-kubernetes-embedded-resource"):
            return self._embedded()
        properties = schema.get("properties", {})
        required = self._required(schema)
        density = self._density if depth < _DEPTH else 0.0
        ruled = named_in_rules(schema)
        content = {
            name: self.value(inner, texts, depth + 1)
            for name, inner in properties.items()
            if name in required
            or self._chance.random() < (self._ruled if name in ruled and density else density)
        }
        free = schema.get("additionalProperties")
        count = self._chance.randint(schema.get("minProperties", 0), 2)
        if isinstance(free, dict) and (depth < _DEPTH or "minProperties" in schema):
            names = self._chance.sample(NAMES, count)
            content |= {name: self.value(free, texts, depth + 1) for name in names}
        elif schema.get("x-kubernetes-preserve-unknown-fields") and self._chance.random() < 0.5:
            content["extra"] = self._chance.choice(ANY)
        spare = [name for name in content if name not in required]
        while spare and len(content) > schema.get("maxProperties", len(content)):
            del content[spare.pop(self._chance.randrange(len(spare)))]
        missing = [name for name in properties if name not in content]
        while missing and len(content) < schema.get("minProperties", 0):
            name = missing.pop(self._chance.randrange(len(missing)))
            content[name] = self.value(properties[name], texts, depth + 1)
        return content

    def _required(self, schema: Schema) -> set[str]:
        """Return what an object must have, with one branch of its alternatives."""
        required = {
            name
            for name in schema.get("required", ())
            if "default" not in schema.get("properties", {}).get(name, {})
            or self._chance.random() < 0.5
        }
        for branches in (schema.get("oneOf"), schema.get("anyOf")):
            if branches:
                required |= set(self._chance.choice(branches).get("required", ()))
        for branch in schema.get("allOf", ()):
            required |= set(branch.get("required", ()))
        return required

    def _embedded(self) -> dict[str, Any]:
        content = {"apiVersion": "v1", "kind": "ConfigMap"}
        if self._chance.random() < 0.7:
            content["metadata"] = {"name": "inner", "labels": {"a": "b"}}
        return content

    def _array(self, schema: Schema, texts: tuple[str, ...], depth: int) -> list[Any]:
        least = schema.get("minItems", 0)
        most = min(schema.get("maxItems", 3), max(least, 3 if depth < _DEPTH else 0))
        items: list[Any] = []
        for _ in range(self._chance.randint(least, max(least, most))):
            item = self.value(schema.get("items", {}), texts, depth + 1)
            if schema.get("x-kubernetes-list-type") != "set" or item not in items:
                items.append(item)
        if schema.get("x-kubernetes-list-type") == "map":
            keys = schema["x-kubernetes-list-map-keys"]
            items = list({repr([item.get(key) for key in keys]): item for item in items}.values())
        return items

    def _text(self, schema: Schema, texts: tuple[str, ...]) -> str:
        choices = [*FORMATS.get(schema.get("format", ""), ()), *schema.get("examples", ())]
        if not choices:
            choices = list(TEXTS)
            if texts and self._chance.random() < 0.5:
                choices = list(texts)
        if pattern := schema.get("pattern"):
            fitting = [text for text in choices if _fits(pattern, text)]
            made = text_of(pattern, self._chance)
            choices = fitting if fitting and (made is None or texts) else [made or "a"]
        text = self._chance.choice(choices)
        least, most = schema.get("minLength", 0), schema.get("maxLength", 10**9)
        return text.ljust(least, "a")[:most]

    def _number(self, schema: Schema, kind: str) -> float:
        least = schema.get("minimum", 0) + bool(schema.get("exclusiveMinimum"))
        most = schema.get("maximum", least + 100) - bool(schema.get("exclusiveMaximum"))
        if kind == "number" and self._chance.random() < 0.5:
            return round(self._chance.uniform(least, most), 2)
        step = max(1, int(schema.get("multipleOf", 1)))
        return self._chance.randrange(int(least), max(int(most), int(least)) + 1) // step * step


def rules(schema: Schema) -> Iterator[str]:
    """Yield the rules in CEL of one place of a schema."""
    for rule in schema.get("x-kubernetes-validations", ()):
        yield rule["rule"]


def named_in_rules(schema: Schema) -> set[str]:
    """Return the fields that the rules and the alternatives of an object name."""
    branches = [branch for key in ("oneOf", "anyOf", "allOf") for branch in schema.get(key, ())]
    names = {name for rule in rules(schema) for name in _FIELD.findall(rule)}
    return names | {name for branch in branches for name in branch.get("required", ())}


def _fits(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text, re.ASCII) is not None
    except re.error:
        return False
