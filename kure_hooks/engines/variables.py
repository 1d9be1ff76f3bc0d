"""The variables of a bundle: those of `postBuild`, as kustomize-controller 1.9 collects them."""

import re
from collections.abc import Iterable, Iterator, Mapping

from kure_hooks.errors import InputError
from kure_hooks.findings import Finding
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Identity, identity
from kure_hooks.stack.model import Bundle
from kure_hooks.stack.reconcile import SubstituteFrom
from kure_hooks.yamlio.place import Place

_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")


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


def _data(
    plan: Plan, bundle: Bundle, contents: Contents, reference: SubstituteFrom
) -> dict[str, str]:
    """Return the data of a ConfigMap in Flux's namespace; Secrets are refused by a rule."""
    namespace = plan.cluster.flux.namespace
    wanted = Identity("", "ConfigMap", namespace, reference.name)
    for product in (product for each in contents.values() for _, product in each):
        for manifest in product.manifests:
            if identity(manifest) == wanted:
                data = {key: str(each) for key, each in (manifest.get("data") or {}).items()}
                if faults := [*names_are_variables(bundle, reference, data)]:
                    raise InputError(faults)
                return data
    if reference.optional:
        return {}
    problem = f"bundle {bundle.name} takes variables from ConfigMap {namespace}/{reference.name}"
    expected = "a ConfigMap that the stack contains, or postBuild.substitute"
    raise InputError([_key(bundle, reference).fault(problem, expected)])


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
