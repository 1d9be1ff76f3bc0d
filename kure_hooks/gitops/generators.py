"""The parameters that generators of ApplicationSets make of a repository (Argo CD 3.5).

Generators that ask a cluster, a host of repositories or a plugin make what can't be known here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kure_hooks.gitops.git_generators import Checkout, of_git
from kure_hooks.gitops.parameters import Parameters, flattened, over
from kure_hooks.gitops.templating.rendering import Templates
from kure_hooks.gitops.templating.values import TemplateError, UnknownError, intake, text
from kure_hooks.manifests import Manifest, canonical, mappings_at, text_at, value_at
from kure_hooks.yamlio import Pointer

MOST_SETS = 5_000
"""The most sets of parameters that a generator may make to be followed."""

# Generators may be in each other once (Argo CD 3.5); deeper ones are none.
_DEEPEST = 2
_ASKING: Mapping[str, str] = {
    "clusters": "asks for the clusters that Argo CD knows",
    "clusterDecisionResource": "asks an object of the cluster for clusters",
    "pullRequest": "asks a host of repositories for pull requests",
    "scmProvider": "asks a host of repositories for its repositories",
    "plugin": "asks a plugin for parameters",
}
_PAIR = 2


class Made(NamedTuple):
    """The sets of parameters of a generator, and the template that it has itself."""

    sets: list[Parameters]
    template: Any


@dataclass(frozen=True)
class Generators:
    """The generators of one ApplicationSet; `is_here` tells whether a URL is this repository."""

    checkout: Checkout
    templates: Templates
    is_here: Callable[[str], bool]

    def kinds(self, generator: Manifest) -> list[str]:
        """Return the kinds of generators that an entry has; more than one each make their sets."""
        known = ("list", "clusters", "git", *_ASKING, "matrix", "merge")
        return [
            kind for kind in dict.fromkeys(known) if isinstance(value_at(generator, kind), dict)
        ]

    def made(
        self,
        generator: Manifest,
        kind: str,
        pointer: Pointer,
        outer: Mapping[str, Any] | None = None,
        depth: int = 0,
    ) -> Made:
        """Return what a generator of an entry makes; `outer` are parameters for its templates.

        Raises UnknownError or TemplateError: ends of the sentence `<ApplicationSet> ...`.
        """
        self._spend(steps=1)
        if depth > _DEEPEST:
            message = "has generators in generators in generators"
            raise UnknownError(message)
        if kind in _ASKING:
            raise UnknownError(_ASKING[kind])
        fields = {key: item for key, item in generator[kind].items() if key != "template"}
        at = (*pointer, kind)
        if outer is not None:
            self._spend(values=len(fields))
        if outer:
            fields = self._filled(fields, outer)
        match kind:
            case "list":
                sets = self._listed(fields, at)
            case "git":
                sets = of_git(fields, at, self.templates, self.checkout, self.is_here)
            case "matrix":
                sets = self._crossed(fields, at, depth)
            case _:
                sets = self._merged(fields, at, depth)
        if len(sets) > MOST_SETS:
            message = f"makes more than {MOST_SETS:,} sets of parameters"
            raise UnknownError(message)
        selector = generator.get("selector")
        if isinstance(selector, dict):
            sets = [item for item in sets if self._is_selected(selector, item.values)]
        return Made(sets, generator[kind].get("template"))

    def _spend(self, *, steps: int = 0, values: int = 0) -> None:
        self.templates.budget.spend(0, steps, values)

    def _filled(self, fields: Manifest, outer: Mapping[str, Any]) -> Manifest:
        """Return a generator filled with the parameters of the one before it in a matrix.

        Its `values`, and those of generators in it, may have templates for its own parameters as
        well: they stay as they are.
        """
        filled: Manifest = {}
        for key, item in fields.items():
            if key == "values" and isinstance(item, dict):
                strict = self.templates.strictly()
                filled[key] = {
                    name: _tried(strict, str(template), outer) for name, template in item.items()
                }
            elif key == "generators" and isinstance(item, list):
                filled[key] = [self._entry(entry, outer) for entry in item]
            else:
                filled[key] = self.templates.value(item, outer)
        return filled

    def _entry(self, entry: Any, outer: Mapping[str, Any]) -> Any:
        """Return an entry of a list of generators with those in it filled."""
        if not isinstance(entry, dict):
            return entry
        kinds = self.kinds(entry)
        return {
            key: self._filled(item, outer) if key in kinds else self.templates.value(item, outer)
            for key, item in entry.items()
        }

    def _listed(self, fields: Manifest, pointer: Pointer) -> list[Parameters]:
        elements = fields.get("elements")
        sets = [
            Parameters(self._element(element), (*pointer, "elements", index))
            for index, element in enumerate(elements if isinstance(elements, list) else ())
        ]
        if written := text_at(fields, "elementsYaml"):
            decoded = self.templates.yaml(written)
            items = decoded if isinstance(decoded, list) else []
            if decoded is not None and not isinstance(decoded, list):
                message = "has elementsYaml that is no list"
                raise TemplateError(message)
            at = (*pointer, "elementsYaml")
            sets += [Parameters(item if isinstance(item, dict) else {}, at) for item in items]
        return sets

    def _element(self, element: Any) -> dict[str, Any]:
        if element is not None and not isinstance(element, dict):
            message = "has an element of a list that is no mapping"
            raise TemplateError(message)
        self._spend(steps=1)
        if self.templates.is_go:
            self.templates.budget.weigh(element)
            made: dict[str, Any] = intake(element or {})
            return made
        self._spend(values=len(element or ()))
        flat: dict[str, Any] = {}
        for key, item in (element or {}).items():
            self._spend(values=len(item) if isinstance(item, dict) else 0)
            inner = (
                {f"values.{name}": value for name, value in item.items()}
                if (key == "values" and isinstance(item, dict))
                else {key: item}
            )
            flat |= inner
        if wrong := sorted(key for key, item in flat.items() if not isinstance(item, str)):
            message = f"has an element whose {wrong[0]} is no text, which only goTemplate takes"
            raise TemplateError(message)
        return flat

    def _inner(
        self, generator: Manifest, pointer: Pointer, outer: Mapping[str, Any] | None, depth: int
    ) -> list[Parameters]:
        """Return the sets of the only generator of an entry that is in another one."""
        kinds = self.kinds(generator)
        if len(kinds) != 1:
            message = "has an inner entry with no generator, or with several"
            raise TemplateError(message)
        return self.made(generator, kinds[0], pointer, outer, depth + 1).sets

    def _crossed(self, fields: Manifest, pointer: Pointer, depth: int) -> list[Parameters]:
        generators = list(mappings_at(fields, "generators"))
        if len(generators) != _PAIR:
            message = f"has a matrix of {len(generators)} generators; it takes two"
            raise TemplateError(message)
        sets: list[Parameters] = []
        for first in self._inner(generators[0], (*pointer, "generators", 0), None, depth):
            second_at = (*pointer, "generators", 1)
            for second in self._inner(generators[1], second_at, first.values, depth):
                sets.append(Parameters(self._both(first.values, second.values), second.pointer))
                if len(sets) > MOST_SETS:
                    message = f"makes more than {MOST_SETS:,} sets of parameters"
                    raise UnknownError(message)
        return sets

    def _both(self, first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
        self._spend(steps=1)
        if self.templates.is_go:
            return over(second, first, self.templates.budget)
        self._spend(values=len(first) + len(second))
        one = {key: text(value) for key, value in first.items()}
        other = {key: text(value) for key, value in second.items()}
        if double := sorted(key for key in one.keys() & other.keys() if one[key] != other[key]):
            message = f"has a matrix of two generators that give {double[0]} another value"
            raise TemplateError(message)
        return one | other

    def _merged(self, fields: Manifest, pointer: Pointer, depth: int) -> list[Parameters]:
        generators = list(mappings_at(fields, "generators"))
        keys = fields.get("mergeKeys")
        if len(generators) < _PAIR or not isinstance(keys, list) or not keys:
            message = "has a merge that lacks mergeKeys, or a second generator"
            raise TemplateError(message)
        base: dict[str, Parameters] = {}
        for index, generator in enumerate(generators):
            inner = self._inner(generator, (*pointer, "generators", index), None, depth)
            sets = self._by_keys(keys, inner)
            if index == 0:
                base = sets
                continue
            for key in base.keys() & sets.keys():
                own, other = base[key], sets[key].values
                base[key] = Parameters(self._put_over(own.values, other), own.pointer)
        return list(base.values())

    def _put_over(self, values: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
        if self.templates.is_go:
            return over(values, other, self.templates.budget)
        self._spend(steps=1, values=len(values) + len(other))
        return values | other

    def _by_keys(self, keys: Sequence[Any], sets: Iterable[Parameters]) -> dict[str, Parameters]:
        known: dict[str, Parameters] = {}
        for item in sets:
            self._spend(steps=1, values=len(keys))
            values = {str(name): item.values.get(str(name)) for name in keys}
            self.templates.budget.weigh(values)
            key = canonical(values)
            if key in known:
                message = f"has a merge with two sets of parameters for {key}"
                raise TemplateError(message)
            known[key] = item
        return known

    def _is_selected(self, selector: Manifest, values: Mapping[str, Any]) -> bool:
        """Tell whether parameters meet a selector of labels, whose values may be any text."""
        self.templates.budget.weigh(selector)
        flat = flattened(dict(values), self.templates.budget)
        labels = selector.get("matchLabels")
        if isinstance(labels, dict) and any(flat.get(key) != item for key, item in labels.items()):
            return False
        return all(_meets(item, flat) for item in mappings_at(selector, "matchExpressions"))


def _tried(templates: Templates, template: str, outer: Mapping[str, Any]) -> str:
    try:
        return templates.text(template, outer)
    except TemplateError:
        return template


def _meets(expression: Manifest, flat: Mapping[str, str]) -> bool:
    key, operator = text_at(expression, "key"), text_at(expression, "operator")
    values = expression.get("values")
    listed = flat.get(key) in (values if isinstance(values, list) else [])
    match operator:
        case "In":
            return key in flat and listed
        case "NotIn":
            return key not in flat or not listed
        case "Exists":
            return key in flat
        case "DoesNotExist":
            return key not in flat
    message = f"has a selector with the unknown operator {operator}"
    raise TemplateError(message)
