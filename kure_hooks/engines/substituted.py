"""Objects with their variables replaced, as kustomize-controller 1.9 replaces them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from kure_hooks.decoding.objects import faults
from kure_hooks.engines.annotations import is_substituted
from kure_hooks.engines.variables import Known, known_variables
from kure_hooks.errors import InputError
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, identity, value_at
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import dump, read
from kure_hooks.yamlio.document import key_path
from kure_hooks.yamlio.place import Place

_VARIABLE = re.compile(r"\$\{([_a-zA-Z][_a-zA-Z0-9]*)")


def substituted_objects_are_accepted(
    plan: Plan, contents: Contents, tree: Tree
) -> Iterator[Finding]:
    """Check that the API server takes objects with their variables replaced.

    Variables that are not known here stay as they are, and what holds them is left to the cluster.
    """
    del tree  # the objects are all that counts
    for bundle in plan.cluster.bundles():
        known = known_variables(plan, bundle, contents)
        if known is None:
            continue
        place = bundle.key("postBuild")
        for application, product in contents[bundle.name]:
            for manifest in filter(is_substituted, product.manifests):
                yield from _refusals(application, manifest, known, place)


def _refusals(
    application: Application, manifest: Manifest, known: Known, place: Place
) -> Iterator[Finding]:
    """Yield why an object is none once the known variables of it are replaced."""
    text = dump(manifest)
    if "$" not in text:
        return
    from kure_hooks.engines import substitution  # noqa: PLC0415 - few stacks have variables

    # What Flux can't replace is told by the rule on variables, at each of them.
    with suppress(substitution.SubstitutionError):
        result = substitution.substitute_known(text, known)
        try:
            value = _reread(result, place, _subject(application, manifest))
        except InputError as error:
            yield from error.findings
        else:
            yield from _broken(application, manifest, value, place)


def substituted_text(text: str, known: Mapping[str, str] | None, place: Place, what: str) -> str:
    """Return a text with its variables replaced; `known` is None where Flux replaces none."""
    if known is None:
        return text
    from kure_hooks.engines import substitution  # noqa: PLC0415 - few stacks have variables

    try:
        return substitution.substitute(text, known)
    except substitution.SubstitutionError as error:
        expected = "postBuild.substitute with all variables, or a default as in ${name:=value}"
        raise InputError([place.fault(f"{what} {error}", expected, rule="EN009")]) from error


def substituted_value(
    value: Mapping[str, Any], known: Mapping[str, str], place: Place, what: str
) -> Any:
    """Return a mapping with its variables replaced as in YAML: `3` becomes a number, as in Flux."""
    text = dump(value)
    if "$" not in text:
        return value
    return _reread(substituted_text(text, known, place, what), place, what)


def _reread(text: str, place: Place, what: str) -> Any:
    """Return the value of a text in which variables are replaced."""
    try:
        (document,) = read(text.encode(), place.document.path)
    except (InputError, ValueError) as error:
        problem = f"{what} is no YAML once its variables are replaced"
        raise InputError([place.fault(problem, "other values", rule="EN009")]) from error
    return document.value


def known_string(text: str, known: Known) -> str:
    """Return a string of an object with its known variables replaced, as it is where it is not one.

    As in the whole object, quotes in the value of a variable are those of YAML.
    """
    from kure_hooks.engines import substitution  # noqa: PLC0415 - few stacks have variables

    with suppress(substitution.SubstitutionError, InputError, ValueError):
        replaced = substitution.substitute_known(dump({"text": text}), known)
        (document,) = read(replaced.encode(), "")
        return text if document.value is None else str(document.value["text"])
    return text


def substituted_object(
    known: Mapping[str, str] | None, place: Place, application: Application, manifest: Manifest
) -> Manifest:
    """Return an object with its variables replaced; `place` is that of `postBuild`.

    Raises InputError for what can't be substituted, and for a result that is no object.
    """
    if known is None or not is_substituted(manifest):
        return manifest
    result: Manifest = substituted_value(manifest, known, place, _subject(application, manifest))
    if found := list(_broken(application, manifest, result, place)):
        raise InputError(found)
    return result


def _subject(application: Application, manifest: Manifest) -> str:
    return f"{identity(manifest)} of application {application.name} at {application.at}"


@of_rule("EN009")
def _broken(
    application: Application, manifest: Manifest, result: Manifest, place: Place
) -> Iterator[Finding]:
    """Yield why an object is none with its variables replaced, at the variable if it is one.

    `place` is that of `postBuild`.
    """
    for pointer, problem, expected in faults(result):
        names = _VARIABLE.findall(str(value_at(manifest, *pointer)))
        variables_at = [place.below("substitute", name) for name in names]
        at = next((each for each in variables_at if each.exists), place)
        subject = f"{_subject(application, manifest)} is no object once its variables are replaced"
        yield at.fault(
            f"{subject}: {key_path(pointer)}: {problem}",
            f"{expected}, which the variable has to bring",
        )
