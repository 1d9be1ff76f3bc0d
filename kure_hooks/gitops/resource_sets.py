"""The objects that ResourceSets make (flux-operator 0.59)."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from kure_hooks.gitops.budget import Budget
from kure_hooks.gitops.payload import Resource, made_of
from kure_hooks.gitops.templating.values import Budget as Allowance
from kure_hooks.gitops.templating.values import UnknownError
from kure_hooks.gitops.variables import texts
from kure_hooks.manifests import Identity, Manifest, value_at

_TEMPLATE = "<<"
_INPUT = re.compile(r"<<-?\s*+inputs\.([\w.]++)\s*+-?>>")
_MOST_INPUTS = 1_000


def made_by(resource: Resource, budget: Budget) -> tuple[tuple[Resource, ...], str]:
    """Return the objects of a ResourceSet, and why there may be others.

    Each of its resources is made for each of its inputs, where those are written in it and the
    templates do no more than name them; without inputs once. All are taken from the budget.
    """
    spec = value_at(resource.manifest, "spec")
    if value_at(spec, "inputsFrom"):
        return (), "has inputs from providers, which are not here"
    unknown = "has a template, which is not followed" if value_at(spec, "resourcesTemplate") else ""
    inputs = [*_items(spec, "inputs")] or [{}]
    if len(inputs) > _MOST_INPUTS:
        return (), f"has more than {_MOST_INPUTS} inputs"
    objects: dict[Identity, Resource] = {}
    with budget.allowance() as allowance:
        try:
            for made in _all(resource, [*_items(spec, "resources")], inputs, allowance):
                if made.who is None or _is_template(made.manifest):
                    unknown = "has templates, which are not followed"
                else:
                    objects.setdefault(made.who, made)
        except UnknownError as error:
            unknown = str(error)
    return tuple(objects.values()), unknown


def _items(spec: Any, key: str) -> Iterator[Manifest]:
    value = value_at(spec, key)
    for item in value if isinstance(value, list) else ():
        yield item if isinstance(item, dict) else {}


def _all(
    resource: Resource, templates: list[Manifest], inputs: list[Manifest], allowance: Allowance
) -> Iterator[Resource]:
    """Yield each resource for each of the inputs; one that names none is always the same."""
    for index, template in enumerate(templates):
        place = resource.at("spec", "resources", index)
        for values in inputs if _is_template(template) else inputs[:1]:
            allowance.spend(0, steps=1)
            made = made_of(resource, _filled(template, values, allowance))
            yield replace(made, kustomization=place)


def _is_template(value: Any) -> bool:
    """Tell whether any text or key in a value has the start of an action."""
    return any(_TEMPLATE in text for text in texts(value))


def _filled(template: Any, values: Manifest, allowance: Allowance) -> Any:
    """Return a template with the inputs that it names; what is more than a name stays."""
    allowance.spend(0, values=1)
    if isinstance(template, dict):
        return {
            _filled(key, values, allowance): _filled(item, values, allowance)
            for key, item in template.items()
        }
    if isinstance(template, list):
        return [_filled(item, values, allowance) for item in template]
    if not isinstance(template, str) or _TEMPLATE not in template:
        return template
    allowance.spend(len(template))

    def fill(match: re.Match[str]) -> str:
        value = value_at(values, *match[1].split("."))
        text = match[0] if value is None or isinstance(value, dict | list) else str(value)
        allowance.spend(len(text), steps=1)
        return text

    return _INPUT.sub(fill, template)
