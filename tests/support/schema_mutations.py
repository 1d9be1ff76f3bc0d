"""Breaks one place of an object that a structural schema describes, or comes near to it."""

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from tests.support.schema_values import ANY, Sampler, Schema, literals, named_in_rules, rules

_TYPES = ("1", 1, 1.0, 1.5, True, None, [], {}, [None], {"a": 1}, "", -1, 2**31, 2**63, "1.0")
_TEXTS = (
    "", " ", "a\n", "a" * 64, "a" * 300, "é" * 63, "A", "a_b", "-a", "5", "1d", "1h", "0s", "10",
    "http://", "oci://x", "\u0661", "a/b", "../x", "x\u00a0y", "null", "true", "50%", "\u212a",
)  # fmt: skip
_NUMBERS = (0, -1, 1.0, 0.5, 1.5, 2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 1e21, -(2**31))


class Place(NamedTuple):
    """A value in an object: what holds it, under which key, and its schema if it has one."""

    holder: Any
    key: Any
    schema: Schema

    @property
    def value(self) -> Any:
        return self.holder[self.key]


def places(holder: Any, key: Any, schema: Schema) -> Iterator[Place]:
    """Yield a value and all values in it, from the outside in."""
    place = Place(holder, key, schema)
    yield place
    match place.value:
        case dict() as content:
            free = schema.get("additionalProperties")
            for name in content:
                inner = schema.get("properties", {}).get(name, free)
                yield from places(content, name, inner if isinstance(inner, dict) else {})
        case list() as items:
            for index in range(len(items)):
                yield from places(items, index, schema.get("items", {}))


def _other_type(place: Place, chance: Random) -> None:
    place.holder[place.key] = copy.deepcopy(chance.choice(_TYPES))


def _null(place: Place, chance: Random) -> None:
    place.holder[place.key] = None


def _nothing(place: Place, chance: Random) -> None:
    del place.holder[place.key]


def _unknown(place: Place, chance: Random) -> None:
    names = [*place.value, *place.schema.get("properties", {}), "unknown"]
    name = chance.choice(names) + chance.choice(["", "z"])
    place.value[name] = copy.deepcopy(chance.choice(ANY))


def _number(place: Place, chance: Random) -> None:
    bounds = [place.schema[key] for key in ("minimum", "maximum") if key in place.schema]
    near = [bound + step for bound in bounds for step in (-1, 0, 1)]
    place.holder[place.key] = chance.choice([*_NUMBERS, *near, float(place.value)])


def _text(place: Place, chance: Random) -> None:
    text = place.value
    cut = chance.randrange(len(text) + 1)
    most = place.schema.get("maxLength", 1)
    made = (text + "\n", text[:cut], text.upper(), f"{text[:cut]} {text[cut:]}", "a" * most)
    near = (*made, "a" * (most + 1), "é" * most)
    place.holder[place.key] = chance.choice(near if chance.random() < 0.5 else _TEXTS)


def _length(place: Place, chance: Random) -> None:
    match place.value:
        case list() as items if items and chance.random() < 0.7:
            count = chance.choice([1, 2, 5])
            items.extend(copy.deepcopy(chance.choice(items)) for _ in range(count))
        case list() | dict() as content:
            content.clear()


def _too_many(place: Place, chance: Random) -> None:
    """Fill a list to its most items, or to one more."""
    count = place.schema["maxItems"] - len(place.value) + chance.choice([0, 1])
    place.value.extend(copy.deepcopy(place.value[-1]) for _ in range(count))


def _twin(place: Place, chance: Random) -> None:
    """Put an item into a set or map once more, a map's with another value beside the keys."""
    item = copy.deepcopy(chance.choice(place.value))
    spare = (
        sorted(item.keys() - set(place.schema.get("x-kubernetes-list-map-keys", ())))
        if isinstance(item, dict)
        else []
    )
    if spare:
        del item[chance.choice(spare)]
    place.value.append(item)


def _ruled(place: Place, chance: Random) -> None:
    """Add, drop or set the fields that the rules of an object name."""
    texts = [text for rule in rules(place.schema) for text in literals(rule)]
    properties = place.schema.get("properties", {})
    for name in sorted(named_in_rules(place.schema) & properties.keys()):
        inner = properties[name]
        draw = chance.random()
        if draw < 0.35:
            place.value.pop(name, None)
        elif draw < 0.5 and texts and inner.get("type") == "string":
            place.value[name] = chance.choice(texts)
        elif draw < 0.8:
            place.value[name] = Sampler(chance, 0.3).value(inner)


def _fresh(place: Place, chance: Random) -> None:
    place.holder[place.key] = Sampler(chance, chance.random()).value(place.schema)


MUTATIONS: dict[str, Callable[[Place, Random], None]] = {
    "other type": _other_type,
    "null": _null,
    "missing": _nothing,
    "unknown": _unknown,
    "number": _number,
    "text": _text,
    "length": _length,
    "too many": _too_many,
    "twin": _twin,
    "rule": _ruled,
    "fresh": _fresh,
}
_APT: dict[str, Callable[[Place], bool]] = {
    "unknown": lambda place: isinstance(place.value, dict),
    "number": lambda place: (
        isinstance(place.value, int | float) and not isinstance(place.value, bool)
    ),
    "text": lambda place: isinstance(place.value, str),
    "length": lambda place: isinstance(place.value, list | dict),
    "too many": lambda place: (
        isinstance(place.value, list)
        and bool(place.value)
        and place.schema.get("maxItems", 999) < 130
    ),
    "twin": lambda place: (
        isinstance(place.value, list)
        and bool(place.value)
        and place.schema.get("x-kubernetes-list-type") in {"set", "map"}
    ),
    "rule": lambda place: isinstance(place.value, dict) and bool(named_in_rules(place.schema)),
}


def mutate(holder: dict[str, Any], key: str, schema: Schema, chance: Random) -> str:
    """Change one place of the value in the holder, and return the name of what was done.

    Not every change makes the value wrong: a validator has to tell those apart that do.
    """
    found = list(places(holder, key, schema))
    apt = {
        name: [place for place in found if name not in _APT or _APT[name](place)]
        for name in MUTATIONS
    }
    name = chance.choice([name for name, chosen in apt.items() if chosen])
    MUTATIONS[name](chance.choice(apt[name]), chance)
    return name
