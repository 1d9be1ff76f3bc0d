"""The variables of a bundle: those of `postBuild`, as kustomize-controller 1.9 collects them."""

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from kure_hooks.engines.objects import namespace_of
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Identity, identity, mapping_at
from kure_hooks.stack.bundle_options import SubstituteFrom
from kure_hooks.stack.model import Bundle
from kure_hooks.yamlio.place import Place

_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")


class Known(Struct, frozen=True):
    """Variables whose values are known; unless they are `complete`, there may be others."""

    values: Mapping[str, str]
    complete: bool = True


def variables(plan: Plan, bundle: Bundle, contents: Contents) -> Mapping[str, str] | None:
    """Return the variables of a bundle, None for one in which Flux substitutes nothing.

    Those of the bundle itself go before those of ConfigMaps, a later ConfigMap before an earlier
    one. InputError for a ConfigMap that the stack doesn't contain, or that has other keys.
    """
    post_build = bundle.options.post_build
    if post_build is None:
        return None
    found: dict[str, str] = {}
    for reference in post_build.substitute_from:
        found |= _data(plan, bundle, contents, reference)
    found |= post_build.substitute
    if not found and post_build.substitute_strategy != "Always":
        return None
    return {name: value.replace("\n", "") for name, value in found.items()}


def known_variables(plan: Plan, bundle: Bundle, contents: Contents) -> Known | None:
    """Return the variables of a bundle as far as the stack has them, None where there are none.

    Of ConfigMaps outside of the stack and of Secrets nobody here can tell what they define; each
    goes before the ConfigMaps in front of it, so that the values of those are not known either.
    """
    post_build = bundle.options.post_build
    if post_build is None:
        return None
    values: dict[str, str] = {}
    complete = True
    for reference in post_build.substitute_from:
        data = (
            _config_map(plan, bundle, contents, reference)
            if reference.kind == "ConfigMap"
            else None
        )
        complete = complete and data is not None
        values = {} if data is None else values | data
    values |= post_build.substitute
    if not values and (post_build.substitute_strategy != "Always" or not complete):
        return None
    return Known({name: value.replace("\n", "") for name, value in values.items()}, complete)


def _data(
    plan: Plan, bundle: Bundle, contents: Contents, reference: SubstituteFrom
) -> dict[str, str]:
    """Return the data of a ConfigMap in Flux's namespace; Secrets are refused by a rule."""
    data = _config_map(plan, bundle, contents, reference)
    if data is not None:
        if faults := [*names_are_variables(bundle, reference, data)]:
            raise InputError(faults)
        return data
    namespace = namespace_of(plan, bundle)
    if reference.optional:
        return {}
    problem = f"bundle {bundle.name} takes variables from ConfigMap {namespace}/{reference.name}"
    expected = "a ConfigMap that the stack contains, or postBuild.substitute"
    raise InputError([_key(bundle, reference).fault(problem, expected, rule="EN010")])


def _config_map(
    plan: Plan, bundle: Bundle, contents: Contents, reference: SubstituteFrom
) -> dict[str, str] | None:
    """Return the data of a ConfigMap in Flux's namespace, None for one outside of the stack."""
    wanted = Identity("", "ConfigMap", namespace_of(plan, bundle), reference.name)
    for product in (product for each in contents.values() for _, product in each):
        for manifest in product.manifests:
            if identity(manifest) == wanted:
                return {key: str(each) for key, each in mapping_at(manifest, "data").items()}
    return None


@of_rule("FX017")
def names_are_variables(
    bundle: Bundle, reference: SubstituteFrom, data: Iterable[str]
) -> Iterator[Finding]:
    """Yield a finding for keys of a ConfigMap or Secret that Flux refuses as variables."""
    wrong = sorted(name for name in data if not _NAME.fullmatch(name))
    if wrong:
        what = f"{reference.kind} {reference.name}"
        problem = f"{what} has keys that are no variables: {', '.join(wrong)}"
        expected = "keys of letters, digits and underscores"
        yield _key(bundle, reference).fault(problem, expected)


def _key(bundle: Bundle, reference: SubstituteFrom) -> Place:
    post_build = bundle.options.post_build
    references = post_build.substitute_from if post_build else ()
    return bundle.key("postBuild", "substituteFrom", references.index(reference), "name")
